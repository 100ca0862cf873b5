/** Reopens the lake of a local run with the program as it is now: the run's buckets, an empty stream. */
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { type LocalCloud, startLocal } from "../../local/startLocal";
import { CommandError } from "../errors";
import { loadProgram } from "../project/loadProgram";
import { readLookups } from "../project/readLookups";
import { readProject } from "../project/readProject";
import type { Run } from "../project/runs/listRuns";
import { changeMarker, userOf } from "../project/runs/marker";
import { withProgramPlaces } from "../project/withProgramPlaces";
import { lakeOf } from "../run/ledgers";
import { manyLakes, routedLake, routedStreams } from "../run/routes";
import { splitLakes } from "../run/splitLakes";
import type { Io } from "../terminal/io";

export interface ReopenedRun {
  readonly cloud: LocalCloud;
  readonly functionName: string;
  readonly failedBuckets: readonly string[];
  close(): Promise<void>;
}

/** Services whose files are reopened; stream, functions and logs are new. */
const KEPT = ["s3", "glue"];

/**
 * Uses the run like the run itself: until it is closed, no other process may reopen or delete it.
 *
 * @throws CommandError if a process uses the run, or if the program no longer has the run's lake
 */
export async function reopenRun({ id, directory, marker, state }: Run, io: Io): Promise<ReopenedRun> {
  const user = userOf(marker);
  if (user !== undefined) {
    const served = state === "served" ? ", or replay through what it serves with --function and --endpoint-url" : "";
    throw new CommandError(`streamlake replay: the process ${user} uses the run ${id}; end it first${served}`);
  }
  const lookups = readLookups(marker.lookups);
  const project = readProject(io.cwd, marker.stack, lookups.config);
  changeMarker(directory, { pid: process.pid });
  const dataDir = mkdtempSync(path.join(directory, "replay-"));
  let cloud: LocalCloud | undefined;
  const close = async () => {
    await cloud?.stop();
    rmSync(dataDir, { recursive: true, force: true });
    changeMarker(directory, { pid: marker.pid });
  };
  try {
    for (const kept of KEPT) {
      const original = path.join(directory, kept);
      if (existsSync(original)) symlinkSync(original, path.join(dataDir, kept), "dir");
    }
    const options = {
      program: () => loadProgram(project.main),
      project: project.name,
      stack: marker.stack,
      config: project.config,
      lookups,
      dataDir,
      seed: marker.seed,
      clock: io.clock,
    };
    cloud = await withProgramPlaces(io.cwd, () => startLocal(options));
    const { bucket, failedBuckets, functionNames } = routedLake(cloud.resources);
    const lakes = new Set((await splitLakes({ cloud, io }, routedStreams(cloud.resources))).map(lakeOf));
    if (lakes.size > 1) throw manyLakes(lakes.size);
    if (!existsSync(path.join(directory, "s3", bucket))) {
      throw new CommandError(`streamlake replay: the run in ${directory} has no bucket ${bucket}; run it again`);
    }
    // A local run has one.
    return { cloud, functionName: functionNames[0] as string, failedBuckets, close };
  } catch (error) {
    await close();
    throw error;
  }
}
