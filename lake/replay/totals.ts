/** What a replay found, as plain data that adds up: of a chunk, of an execution, of all that went on from it. */
import type { Hour } from "../hour";
import type { Reason } from "../reasons";
import type { ReplayAnswer } from "./event";
import type { ReplayFindings, ReplaySource } from "./target";

export interface ReplayTotals {
  /** Objects of `unformatted/` and failed batches that were read. */
  readonly objects: number;
  /** Records that were sent through the router; of an aggregated record each user record counts. */
  readonly records: number;
  /** Records that have rows, or would have. */
  readonly landed: number;
  /** Rows of those records. */
  readonly rows: number;
  /** Objects of rows that were created, or would be. */
  readonly created: number;
  /** Objects of rows that were there already, from an earlier replay. */
  readonly alreadyThere: number;
  /** Records that cannot be used still, by the reason that they have now. */
  readonly stays: Readonly<Partial<Record<Reason, number>>>;
  /** What was left out, by why. */
  readonly leftOut: Readonly<Record<string, number>>;
  /** The first and the last hour whose tables get rows. */
  readonly firstHour?: Hour;
  readonly lastHour?: Hour;
  /** Objects and failed batches that were given up. */
  readonly failedObjects: number;
  /** The first of them. */
  readonly failures: readonly ReplayFailure[];
}

/** Objects of a chunk that were given up together. */
export interface ReplayFailure {
  readonly source: ReplaySource;
  /** The first of them; the log of the chunk function names each. */
  readonly key: string;
  readonly objects: number;
  /** Of the first of them. */
  readonly error: string;
  readonly cause: string;
}

/** What a chunk came to: how its function answers, but for the keys that are left, and what the next plan adds up. */
export interface ChunkResult {
  /** Of the objects that are done. */
  readonly totals?: ReplayTotals;
  /** What the objects that failed landed before they did. */
  readonly partial?: ReplayTotals;
  readonly failure?: ReplayFailure;
}

/**
 * Failures that are named; keys have up to 1,024 bytes, all that passes between states has at most 256 KiB, and the cause of a
 * failed execution, which holds them, 32,768 characters.
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

/** Adds up what a chunk's replay says. */
export class ReplayCount implements ReplayFindings {
  totals: ReplayTotals = NO_TOTALS;

  readObject(): void {
    this.count({ objects: 1 });
  }

  add({ objects, landed, stays }: ReplayAnswer): void {
    const raw = objects.filter(({ kind }) => kind === "raw");
    const there = raw.filter(({ state }) => state === "present").length;
    const reasons: Partial<Record<Reason, number>> = {};
    for (const { reason, records } of stays) reasons[reason] = (reasons[reason] ?? 0) + records;
    const hours = raw.map(({ hour }) => hour).sort();
    const [firstHour] = hours;
    const lastHour = hours.at(-1);
    this.count({
      records: stays.reduce((sum, { records }) => sum + records, landed),
      landed,
      rows: raw.reduce((rows, { lines }) => rows + lines, 0),
      created: raw.length - there,
      alreadyThere: there,
      stays: reasons,
      ...(firstHour !== undefined && { firstHour }),
      ...(lastHour !== undefined && { lastHour }),
    });
  }

  leaveOut(why: string): void {
    this.count({ leftOut: { [why]: 1 } });
  }

  private count(found: Partial<ReplayTotals>): void {
    this.totals = addTotals(this.totals, { ...NO_TOTALS, ...found });
  }
}
