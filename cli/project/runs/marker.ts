/** The marker file of a run, which identifies its directory and holds its state. */
import { readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { filesBelow } from "../../../local/duckdb/files";

/** The results of a run, as `streamlake runs` lists them. */
export interface RunOutcome {
  /** Records that the run sent. */
  readonly records: number;
  /** False if the ledger found lost, duplicated or unknown records. */
  readonly balanced: boolean;
  /** `streamBytes` before the ledger was read; absent in runs of former versions. */
  readonly streamBytes?: number;
  /**
   * The prefixes of raw rows with an hourly step, each behind its bucket: `team-data/clicks/raw/`. Buckets alone in runs of
   * former versions, or absent.
   */
  readonly flattened?: readonly string[];
}

/** The alarms of a run when its results, or its end, were written. */
export interface RunAlarms {
  readonly count: number;
  /** Those in the state ALARM; `since` is ISO 8601, UTC. */
  readonly off: readonly { readonly name: string; readonly since: string; readonly description?: string }[];
}

/** The bytes of the streams' records in the directory of a run; they grow with each record. */
export function streamBytes(directory: string): number {
  const logs = filesBelow(path.join(directory, "kinesis"), ".ndjson");
  return logs.reduce((sum, log) => sum + (statSync(log, { throwIfNoEntry: false })?.size ?? 0), 0);
}

export interface RunMarker {
  readonly project: string;
  readonly stack: string;
  readonly seed: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** The file that answers the program's look-ups; absent without one. */
  readonly lookups?: string;
  /** The id of the process that uses the run; absent once that has ended. */
  readonly pid?: number;
  /** The endpoint of a run that serves its cloud; absent once the run has ended. */
  readonly endpoint?: string;
  /** The address of the console of a run that serves its cloud; absent once the run has ended. */
  readonly console?: string;
  /** True once the program runs, so that records may be in the run. */
  readonly begun?: true;
  /** True if a signal ended the run before its results. */
  readonly stopped?: true;
  /** True if an error ended the run before its results. */
  readonly failed?: true;
  /** Absent until the ledger is read, and in runs of former versions. */
  readonly outcome?: RunOutcome;
  /** Absent until the results are there, and in runs of former versions. */
  readonly alarms?: RunAlarms;
}

export const MARKER = "streamlake-run.json";

/** Undefined for a directory that streamlake did not create. */
export function readMarker(directory: string): RunMarker | undefined {
  try {
    return JSON.parse(readFileSync(path.join(directory, MARKER), "utf8")) as RunMarker;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof SyntaxError || code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

/** Replaces the file in one step, so that another process never reads a part of it. */
export function writeMarker(directory: string, marker: RunMarker): void {
  const file = path.join(directory, MARKER);
  const whole = `${file}.${process.pid}`;
  writeFileSync(whole, `${JSON.stringify(marker, null, 2)}\n`);
  renameSync(whole, file);
}

/** Undefined values remove their key. */
export function changeMarker(directory: string, changes: { readonly [K in keyof RunMarker]?: RunMarker[K] }): void {
  const marker = readMarker(directory);
  if (marker) writeMarker(directory, { ...marker, ...changes });
}

/** The process that uses the run, or a file of it; undefined if none does, as after a run that was killed. */
export function userOf({ pid }: Pick<RunMarker, "pid">): number | undefined {
  return pid !== undefined && isAlive(pid) ? pid : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
