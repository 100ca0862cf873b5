/** The directory of a run, `<dir>/<stack>`. A marker file identifies it; directories without it are never deleted. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { CommandError } from "../errors";

/** The content of the marker file. */
export interface RunMarker {
  readonly project: string;
  readonly stack: string;
  readonly seed: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** The id of the running process; absent once the run has ended. */
  readonly pid?: number;
}

const MARKER = "streamlake-run.json";

/** Replaces the directory of the stack by a new one that contains only the marker. */
export function startRun(baseDir: string, marker: RunMarker): string {
  const directory = path.join(baseDir, marker.stack);
  if (existsSync(directory) && readdirSync(directory).length > 0) {
    const before = readMarker(directory);
    if (!before) {
      throw new CommandError(`${directory} was not created by streamlake (it has no ${MARKER}); choose another --dir`);
    }
    if (before.pid !== undefined && before.pid !== marker.pid && isAlive(before.pid)) {
      throw new CommandError(
        `${directory} is in use by another run (process ${before.pid}); end that run or choose another --dir`,
      );
    }
    rmSync(directory, { recursive: true });
  }
  mkdirSync(directory, { recursive: true });
  writeMarker(directory, marker);
  return directory;
}

/** Marks the run as ended; its files stay. */
export function endRun(directory: string): void {
  const marker = readMarker(directory);
  if (!marker) return;
  const { pid: _, ...rest } = marker;
  writeMarker(directory, rest);
}

/** Finds the last run of `stack`, or of all stacks. */
export function lastRun(baseDir: string, stack: string | undefined): { directory: string; marker: RunMarker } {
  const names = stack !== undefined ? [stack] : existsSync(baseDir) ? readdirSync(baseDir) : [];
  const runs = names.flatMap((name) => {
    const directory = path.join(baseDir, name);
    const marker = readMarker(directory);
    return marker ? [{ directory, marker }] : [];
  });
  runs.sort((left, right) => (left.marker.startedAt < right.marker.startedAt ? 1 : -1));
  const last = runs[0];
  if (last) return last;
  const of = stack === undefined ? "" : ` of the stack "${stack}"`;
  throw new CommandError(`there is no run${of} in ${baseDir}; start one with: streamlake local`);
}

function readMarker(directory: string): RunMarker | undefined {
  const file = path.join(directory, MARKER);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as RunMarker) : undefined;
}

function writeMarker(directory: string, marker: RunMarker): void {
  writeFileSync(path.join(directory, MARKER), `${JSON.stringify(marker, null, 2)}\n`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
