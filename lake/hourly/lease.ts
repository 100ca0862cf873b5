/** The lease of the hourly workflow: one execution at a time flattens hours, also those that others request. */
import { addHours, type Hour, isHour } from "../hour";
import { firstHourOf } from "./planHours";

/** One object for each workflow, which only conditional writes change: `ledger/hourly-leases/<name>.json`. */
export interface HourLease {
  /** ARN of the execution that flattens hours; null if there is none. */
  readonly holder: string | null;
  /** The newest requested hour; the holder plans up to it. */
  readonly through: Hour;
  /**
   * True if another execution requested hours since the holder's last plan: the holder plans again before it releases
   * the lease.
   */
  readonly isAsked: boolean;
  /** True if the crawler may not have cataloged some flattened hours yet. */
  readonly isCrawlDue: boolean;
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
  const { holder, through, isAsked, isCrawlDue } = lease;
  const hasHolder = holder === null || typeof holder === "string";
  const hasFlags = typeof isAsked === "boolean" && typeof isCrawlDue === "boolean";
  if (hasHolder && hasFlags && typeof through === "string" && isHour(through)) return lease as HourLease;
  throw new Error(`lake: "${key}" is not a lease; remove it while no execution of the hourly workflow runs`);
}

/**
 * The lease after a claim: the claiming execution holds it, or the present holder gets the requested hour. An hour outside the
 * holder's plans changes nothing: its execution waits.
 *
 * A claim of a free lease replaces the hours requested before, so that a manual start can plan older hours alone.
 */
export function claimed(before: HourLease | undefined, claim: LeaseClaim): HourLease {
  const { execution, hour, replaces } = claim;
  if (!before || before.holder === null) {
    return { holder: execution, through: hour, isAsked: false, isCrawlDue: before?.isCrawlDue ?? false };
  }
  const isOwn = before.holder === execution || before.holder === replaces || !isOfSameMachine(before.holder, execution);
  const isNear = isPlannedWith(before.through, claim);
  if (isOwn) return { ...before, holder: execution, through: isNear ? later(before.through, hour) : hour };
  return isNear ? { ...before, through: later(before.through, hour), isAsked: true } : before;
}

/** True if a plan through this hour, or shortly after it, covers the claim's hour; otherwise the claim must wait for the lease. */
export function isPlannedWith(
  through: Hour,
  { hour, lookbackHours }: Pick<LeaseClaim, "hour" | "lookbackHours">,
): boolean {
  return hour >= firstHourOf(through, lookbackHours) && hour <= addHours(through, MAX_HOURS_AHEAD);
}

/**
 * The lease after its holder is done: free, unless others requested hours that the holder has not planned yet.
 *
 * @param isForced true to release it in any case, for a holder that cannot plan
 */
export function released(before: HourLease, execution: string, isForced: boolean): HourLease {
  const stays = before.holder !== execution || (before.isAsked && !isForced);
  return stays ? before : { ...before, holder: null };
}

/**
 * False if the holder's state machine was replaced: its executions have ended, and the new one may not describe them.
 */
function isOfSameMachine(left: string, right: string): boolean {
  return machineOf(left) === machineOf(right);
}

function machineOf(execution: string): string {
  return execution.slice(0, execution.lastIndexOf(":"));
}

function later(left: Hour, right: Hour): Hour {
  return left > right ? left : right;
}
