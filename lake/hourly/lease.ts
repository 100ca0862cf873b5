/** The lease of the hourly workflow: one execution at a time flattens hours, and it takes over the hours that others ask for. */
import { addHours, type Hour, isHour } from "../hour";

/** One object for each workflow, changed by conditional writes only: `ledger/hourly-leases/<name>.json`. */
export interface HourLease {
  /** ARN of the execution that flattens hours; null while there is none. */
  readonly holder: string | null;
  /** The newest hour that was asked for: the holder plans up to it. */
  readonly through: Hour;
  /** Another execution asked for hours since the holder planned last: the holder plans again before it releases the lease. */
  readonly isAsked: boolean;
  /** Hours were flattened that the crawler may not have cataloged yet. */
  readonly isCrawlDue: boolean;
}

export interface LeaseClaim {
  /** ARN of the execution that claims. */
  readonly execution: string;
  readonly hour: Hour;
  /** ARN of an execution that is over, or that hands its lease to this one. */
  readonly replaces?: string;
}

/** A running holder is asked for hours that close while it runs; one further ahead than this is a slip of the pen. */
const MAX_HOURS_AHEAD = 24;

/** The hyphen keeps it apart from the folders of tables, whose names have none. */
export function leaseKey(ledgerPrefix: string, name: string): string {
  return `${ledgerPrefix}hourly-leases/${name}.json`;
}

/** @throws Error that names `key`, where the object is not a lease */
export function readLease(key: string, body: Uint8Array): HourLease {
  const lease = (JSON.parse(Buffer.from(body).toString("utf8")) ?? {}) as Partial<HourLease>;
  const { holder, through, isAsked, isCrawlDue } = lease;
  const hasHolder = holder === null || typeof holder === "string";
  const hasFlags = typeof isAsked === "boolean" && typeof isCrawlDue === "boolean";
  if (hasHolder && hasFlags && typeof through === "string" && isHour(through)) return lease as HourLease;
  throw new Error(`lake: "${key}" is not a lease; remove it while no execution of the hourly workflow runs`);
}

/**
 * The lease after a claim: the claiming execution holds it, or its hour is left to the holder.
 *
 * A free lease forgets which hours were asked for before, so that a start by hand can plan older hours alone.
 */
export function claimed(before: HourLease | undefined, { execution, hour, replaces }: LeaseClaim): HourLease {
  if (!before || before.holder === null) {
    return { holder: execution, through: hour, isAsked: false, isCrawlDue: before?.isCrawlDue ?? false };
  }
  const isOwn = before.holder === execution || before.holder === replaces || !isOfSameMachine(before.holder, execution);
  if (isOwn) return { ...before, holder: execution, through: later(before.through, hour) };
  const isAhead = hour > addHours(before.through, MAX_HOURS_AHEAD);
  return { ...before, through: isAhead ? before.through : later(before.through, hour), isAsked: true };
}

/**
 * The lease after its holder is done: free, unless others asked for hours that the holder has yet to plan.
 *
 * @param isForced releases it in any case, for a holder that cannot plan
 */
export function released(before: HourLease, execution: string, isForced: boolean): HourLease {
  const stays = before.holder !== execution || (before.isAsked && !isForced);
  return stays ? before : { ...before, holder: null };
}

/** The state machine of that ARN was replaced by this one: its executions are over, and this one may not describe them. */
function isOfSameMachine(left: string, right: string): boolean {
  return machineOf(left) === machineOf(right);
}

function machineOf(execution: string): string {
  return execution.slice(0, execution.lastIndexOf(":"));
}

function later(left: Hour, right: Hour): Hour {
  return left > right ? left : right;
}
