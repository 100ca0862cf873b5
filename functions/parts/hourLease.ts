/** Changes the lease of the hourly workflow by conditional writes. */
import {
  claimed,
  type HourLease,
  type LeaseClaim,
  type LeaseRelease,
  leaseKey,
  readLease,
  released,
} from "../../lake/hourly/lease";
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

/** Both are false if no crawl was tried. */
export interface CrawlResult {
  readonly hasSucceeded: boolean;
  readonly hasFailed: boolean;
}

/** Thrown if another execution holds the lease; the caller must stop. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
}

/** Takes the lease, or asks its holder for the hour. */
export async function claimLease(options: HourLeaseOptions, claim: LeaseClaim): Promise<HourLease> {
  return change(options, (before) => claimed(before, claim));
}

/**
 * Reads the lease before the holder lists the lake. It keeps the count of requests: only the holder, once it has the
 * plan, counts them as planned. So a plan that fails, or an answer that gets lost, loses no request.
 */
export async function beginPlan(options: HourLeaseOptions, execution: string, hasCrawled: boolean): Promise<HourLease> {
  return change(options, (found) => {
    const lease = heldBy(options, found, execution);
    return afterCrawl(lease, { hasSucceeded: hasCrawled, hasFailed: false });
  });
}

/** Records that the crawler must catalog hours that are about to be flattened. */
export async function expectCrawl(options: HourLeaseOptions, execution: string): Promise<void> {
  await change(options, (found) => ({ ...heldBy(options, found, execution), isCrawlDue: true }));
}

/** Releases the lease; returns false if others requested hours, which must be planned first. */
export async function releaseLease(
  options: HourLeaseOptions,
  release: LeaseRelease,
  crawl: CrawlResult,
): Promise<boolean> {
  const after = await change(options, (found) => {
    if (found?.holder !== release.execution) return found;
    return released(afterCrawl(found, crawl), release);
  });
  return after?.holder !== release.execution;
}

function afterCrawl(lease: HourLease, { hasSucceeded, hasFailed }: CrawlResult): HourLease {
  const { hasCrawlFailed = false, ...others } = lease;
  return {
    ...others,
    isCrawlDue: lease.isCrawlDue && !hasSucceeded,
    ...((hasCrawlFailed || hasFailed) && !hasSucceeded && { hasCrawlFailed: true }),
  };
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
