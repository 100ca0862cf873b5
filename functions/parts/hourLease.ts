/** Changes the lease of the hourly workflow by conditional writes. */
import { claimed, type HourLease, type LeaseClaim, leaseKey, readLease, released } from "../../lake/hourly/lease";
import type { ObjectStore } from "../effects/objectStore";

export interface HourLeaseOptions {
  readonly store: Pick<ObjectStore, "getVersion" | "putIfUnchanged">;
  /** Each ends with `/`. */
  readonly prefixes: { readonly ledger: string };
  /** The workflow's name, which is also the lease's. */
  readonly workflow: string;
}

/**
 * More than the writes that can conflict in a row: those of the holder and of executions that start at the same time.
 */
const ATTEMPTS = 20;

/** Thrown if another execution holds the lease; the caller must stop. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
}

/** Takes the lease, or asks its holder for the hour. */
export async function claimLease(options: HourLeaseOptions, claim: LeaseClaim): Promise<HourLease> {
  return change(options, (before) => claimed(before, claim));
}

/**
 * Resets `isAsked` before the holder lists the lake: the listing covers all requests so far.
 *
 * @returns the lease before the change
 */
export async function beginPlan(options: HourLeaseOptions, execution: string, hasCrawled: boolean): Promise<HourLease> {
  let before: HourLease | undefined;
  await change(options, (found) => {
    before = heldBy(options, found, execution);
    return { ...before, isAsked: false, isCrawlDue: before.isCrawlDue && !hasCrawled };
  });
  return before as unknown as HourLease;
}

/** Records that the crawler must catalog hours that are about to be flattened. */
export async function expectCrawl(options: HourLeaseOptions, execution: string): Promise<void> {
  await change(options, (found) => ({ ...heldBy(options, found, execution), isCrawlDue: true }));
}

/** Releases the lease; returns false if others requested hours, which must be planned first. */
export async function releaseLease(
  options: HourLeaseOptions,
  execution: string,
  { hasCrawled = false, isForced = false } = {},
): Promise<boolean> {
  const after = await change(options, (found) => {
    if (found?.holder !== execution) return found;
    return released({ ...found, isCrawlDue: found.isCrawlDue && !hasCrawled }, execution, isForced);
  });
  return after?.holder !== execution;
}

function heldBy({ workflow }: HourLeaseOptions, lease: HourLease | undefined, execution: string): HourLease {
  if (lease?.holder === execution) return lease;
  throw new LeaseLost(
    `planHours: "${execution}" does not hold the lease of "${workflow}"; its holder is ${lease?.holder}`,
  );
}

async function change<After extends HourLease | undefined>(
  { store, prefixes, workflow }: HourLeaseOptions,
  next: (before: HourLease | undefined) => After,
): Promise<After> {
  const key = leaseKey(prefixes.ledger, workflow);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const found = await store.getVersion(key);
    const before = found && readLease(key, found.body);
    const after = next(before);
    if (after === undefined || JSON.stringify(after) === JSON.stringify(before)) return after;
    const body = Buffer.from(`${JSON.stringify(after satisfies HourLease)}\n`);
    if (await store.putIfUnchanged(key, body, found?.version)) return after;
  }
  throw new Error(`planHours: "${key}" changed ${ATTEMPTS} times while it was written`);
}
