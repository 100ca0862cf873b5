/** The counts of a replay as plain data: of a chunk, of an execution, or of all executions together. */
import type { Hour } from "../hour";
import type { Reason } from "../reasons";
import type { ReplaySource } from "./request";

export interface ReplayTotals {
  /** Objects of `unformatted/` and failed batches that were read. */
  readonly objects: number;
  /** Records that the router routed; each user record of an aggregated record counts. */
  readonly records: number;
  /** Records that have rows; in a dry run, those that would have rows. */
  readonly landed: number;
  /** Rows of those records. */
  readonly rows: number;
  /** Objects of rows that were created; in a dry run, those that would be created. */
  readonly created: number;
  /** Objects of rows that an earlier replay created. */
  readonly alreadyThere: number;
  /** Records that still cannot be used, by their present reason. */
  readonly stays: Readonly<Partial<Record<Reason, number>>>;
  /** Skipped objects and records, by note. */
  readonly leftOut: Readonly<Record<string, number>>;
  /** The first and the last hour whose tables get rows. */
  readonly firstHour?: Hour;
  readonly lastHour?: Hour;
  /** Objects and failed batches that failed after their last retry. */
  readonly failedObjects: number;
  /** The first 10 of these failures. */
  readonly failures: readonly ReplayFailure[];
}

/** Objects of a chunk that failed after their last retry. */
export interface ReplayFailure {
  readonly source: ReplaySource;
  /** The first of them; the log of the chunk function names each. */
  readonly key: string;
  readonly objects: number;
  /** The name of the first object's error. */
  readonly error: string;
  readonly cause: string;
}

/** The result of a chunk, without the keys that failed; the next plan adds it to the totals. */
export interface ChunkResult {
  /** Counts of the objects that are done. */
  readonly totals?: ReplayTotals;
  /** Counts of the objects that failed, up to their failure. */
  readonly partial?: ReplayTotals;
  readonly failure?: ReplayFailure;
}

/**
 * A key has up to 1,024 bytes. States pass at most 256 KiB to each other, and the cause of a failed execution, which
 * contains the failures, has at most 32,768 characters.
 */
const MAX_FAILURES = 10;

export const NO_TOTALS: ReplayTotals = {
  objects: 0,
  records: 0,
  landed: 0,
  rows: 0,
  created: 0,
  alreadyThere: 0,
  stays: {},
  leftOut: {},
  failedObjects: 0,
  failures: [],
};

export function addTotals(left: ReplayTotals, right: ReplayTotals): ReplayTotals {
  const hours = [left, right].flatMap(({ firstHour, lastHour }) => [firstHour, lastHour]).filter((hour) => hour);
  const [firstHour] = hours.sort();
  const lastHour = hours.at(-1);
  return {
    objects: left.objects + right.objects,
    records: left.records + right.records,
    landed: left.landed + right.landed,
    rows: left.rows + right.rows,
    created: left.created + right.created,
    alreadyThere: left.alreadyThere + right.alreadyThere,
    stays: addCounts(left.stays, right.stays),
    leftOut: addCounts(left.leftOut, right.leftOut),
    ...(firstHour !== undefined && { firstHour }),
    ...(lastHour !== undefined && { lastHour }),
    failedObjects: left.failedObjects + right.failedObjects,
    failures: [...left.failures, ...right.failures].slice(0, MAX_FAILURES),
  };
}

export function totalsOf({ totals = NO_TOTALS, partial = NO_TOTALS, failure }: ChunkResult): ReplayTotals {
  const done = addTotals(totals, partial);
  return failure ? addTotals(done, { ...NO_TOTALS, failedObjects: failure.objects, failures: [failure] }) : done;
}

function addCounts(left: Readonly<Record<string, number>>, right: Readonly<Record<string, number>>) {
  const sum: Record<string, number> = { ...left };
  for (const [name, count] of Object.entries(right)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
