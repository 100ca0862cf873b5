/** Reopens the lake of the last local run with the program as it is now: the run's buckets, an empty stream. */
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { type LocalCloud, startLocal } from "../../local/startLocal";
import { CommandError } from "../errors";
import { lastRun } from "../project/dataDirectory";
import { loadProgram } from "../project/loadProgram";
import { readProject } from "../project/readProject";
import { routedLake } from "../run/routes";
import type { Io } from "../terminal/io";

export interface ReopenedRun {
  readonly cloud: LocalCloud;
  readonly functionName: string;
  readonly failedBuckets: readonly string[];
  close(): Promise<void>;
}

/** Services whose files are reopened; stream, functions and logs are new. */
const KEPT = ["s3", "glue"];

/** @throws CommandError if the program no longer has the run's lake */
export async function reopenLastRun(dir: string, stack: string | undefined, io: Io): Promise<ReopenedRun> {
  const { directory, marker } = lastRun(dir, stack);
  const project = readProject(io.cwd, marker.stack);
  const dataDir = mkdtempSync(path.join(directory, "replay-"));
  let cloud: LocalCloud | undefined;
  const close = async () => {
    await cloud?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    for (const kept of KEPT) {
      const original = path.join(directory, kept);
      if (existsSync(original)) symlinkSync(original, path.join(dataDir, kept), "dir");
    }
    cloud = await startLocal({
      program: () => loadProgram(project.main),
      project: project.name,
      stack: marker.stack,
      config: project.config,
      dataDir,
      seed: marker.seed,
      clock: io.clock,
    });
    const { bucket, failedBuckets, functionNames } = routedLake(cloud.resources);
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
