/** A run that is over as the source of a console: its files, and the record that it left beside them. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { CommandError } from "../errors";
import type { Run } from "../project/runs/listRuns";
import type { Io } from "../terminal/io";
import { type ConsoleSource, RECORD_FILE, type RunRecord } from "./source";

/**
 * @param program the directory of the program and its environment
 * @throws CommandError for a run without a record
 */
export function savedSource({ id, stack, directory, marker }: Run, program?: Pick<Io, "cwd" | "env">): ConsoleSource {
  const record = readRecord(directory, id);
  return {
    project: marker.project,
    stack,
    run: id,
    startedAt: marker.startedAt,
    dataDir: directory,
    // <dir>/<stack>/runs/<id>
    ...(program && {
      replay: { ...program, argv: ["--run", id, "--stack", stack, "--dir", path.resolve(directory, "../../..")] },
    }),
    record: () => record,
    sample: () => record.sample,
  };
}

function readRecord(directory: string, id: string): RunRecord {
  try {
    return JSON.parse(readFileSync(path.join(directory, RECORD_FILE), "utf8")) as RunRecord;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new CommandError(
      `streamlake console: the run ${id} has no ${RECORD_FILE}: it has no results yet, or a former version made it; start another with: streamlake local`,
    );
  }
}
