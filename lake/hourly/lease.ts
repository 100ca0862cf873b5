/** The lease of the hourly workflow: one execution at a time flattens hours, also those that others request. */
import { addHours, type Hour, isHour } from "../hour";
import { firstHourOf } from "./planHours";

/** One object for each workflow, which only conditional writes change: `ledger/hourly-leases/<name>.json`. */
export interface HourLease {
  /** ARN of the execution that flattens hours; null if there is none. */
  readonly holder: string | null;
  /** The newest requested hour; the holder plans up to it. */
  readonly through: Hour;
  /** How often other executions have requested hours from a holder; it only grows. */
  readonly requests: number;
  /** The requests that were planned when the lease was last released; fewer than `requests` if a holder failed. */
  readonly planned: number;
  /** True if the crawler may not have cataloged some flattened hours yet. */
  readonly isCrawlDue: boolean;
  /** True if a crawl was tried and failed, and none has succeeded since. @default false */
  readonly hasCrawlFailed?: boolean;
}

export interface LeaseClaim {
  /** ARN of the execution that claims the lease. */
  readonly execution: string;
  readonly hour: Hour;
  /** ARN of an execution that has ended, or that passes its lease to this one. */
  readonly replaces?: string;
  /** Hours that a plan covers, the newest included. */
  readonly lookbackHours: number;
}

export interface LeaseRelease {
  readonly execution: string;
  /** The requests that the execution's last successful plan covered. */
  readonly planned: number;
  /** True to release it in any case, for a holder that cannot plan. */
  readonly isForced: boolean;
}

/**
 * Other executions request hours that close while the holder runs; an hour further ahead than this is taken for a
 * mistake.
 */
const MAX_HOURS_AHEAD = 24;

/** The hyphen distinguishes the folder from those of tables, whose names contain no hyphen. */
export function leaseKey(ledgerPrefix: string, name: string): string {
  return `${ledgerPrefix}hourly-leases/${name}.json`;
}

/** @throws Error that names `key`, if the object is not a lease */
export function readLease(key: string, body: Uint8Array): HourLease {
  const lease = (JSON.parse(Buffer.from(body).toString("utf8")) ?? {}) as Partial<HourLease>;
  const { holder, through, requests, planned, isCrawlDue } = lease;
  const hasHolder = holder === null || typeof holder === "string";
  const hasCounts = Number.isInteger(requests) && Number.isInteger(planned) && typeof isCrawlDue === "boolean";
  if (hasHolder && hasCounts && typeof through === "string" && isHour(through)) return lease as HourLease;
  throw new Error(`lake: "${key}" is not a lease; remove it while no execution of the hourly workflow runs`);
}

/**
 * The lease after a claim: the claiming execution holds it, or the present holder gets the requested hour. An hour outside the
 * holder's plans changes nothing: its execution waits.
 *
 * A claim of a free lease replaces the hours requested before, so that a manual start can plan older hours alone, unless
 * the last holder failed before it planned them.
 */
export function claimed(before: HourLease | undefined, claim: LeaseClaim): HourLease {
  const { execution, hour, replaces } = claim;
  if (!before) return { holder: execution, through: hour, requests: 0, planned: 0, isCrawlDue: false };
  const isNear = isPlannedWith(before.through, claim);
  const through = isNear ? later(before.through, hour) : hour;
  if (before.holder === null) {
    return { ...before, holder: execution, through: before.requests > before.planned ? through : hour };
  }
  if (before.holder === execution || before.holder === replaces) return { ...before, holder: execution, through };
  return isNear ? { ...before, through, requests: before.requests + 1 } : before;
}

/** True if a plan through this hour, or shortly after it, covers the claim's hour; otherwise the claim must wait for the lease. */
export function isPlannedWith(
  through: Hour,
  { hour, lookbackHours }: Pick<LeaseClaim, "hour" | "lookbackHours">,
): boolean {
  return hour >= firstHourOf(through, lookbackHours) && hour <= addHours(through, MAX_HOURS_AHEAD);
}

/** The lease after its holder is done: free, unless others requested hours that the holder has not planned yet. */
export function released(before: HourLease, { execution, planned, isForced }: LeaseRelease): HourLease {
  const stays = before.holder !== execution || (before.requests > planned && !isForced);
  return stays ? before : { ...before, holder: null, planned: Math.min(planned, before.requests) };
}

function later(left: Hour, right: Hour): Hour {
  return left > right ? left : right;
}
