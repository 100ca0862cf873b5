/**
 * Bounds the history of an execution: an execution with 25,000 events fails (Step Functions developer guide, history
 * quota), so it passes its lease to another one while its worst next pass still fits.
 */

const MAX_EVENTS = 25_000;
/** A Pass, Choice or Wait state: entered and exited. */
const STATE = 2;
/** A Task state: entered, scheduled, started, succeeded or failed, exited; a `.sync` task also adds `TaskSubmitted`. */
const TASK = 5;
/** Each retry: scheduled, started, failed. */
const RETRY = 3;

/** Retries of a function's call after errors of Lambda itself. */
export const LAMBDA_RETRIES = 6;
export const DESCRIBE_RETRIES = 6;
export const START_RETRIES = 5;
export const NOTIFY_RETRIES = 3;
/** Tries of an hour that Glue refuses to start. */
export const MAX_REFUSALS = 10;
/** Calls of GetJobRuns for one hour, over all its tries; then the hour fails. */
export const MAX_LISTINGS_OF_HOUR = 20;
/** Calls of GetJobRuns before the first plan; then the execution fails. */
export const MAX_LISTINGS = 240;
export const MAX_CRAWLER_POLLS = 120;

/** One call of GetJobRuns, the choice and the wait after it. */
export const EVENTS_PER_LISTING = TASK + STATE + STATE;
/** A try of an hour: `Flatten`, `MayTryAgain`, `AwaitTry`, and the start of a listing. */
export const EVENTS_PER_TRY = TASK + 1 + STATE + STATE + STATE;
/** An hour without its tries and listings: its iteration, `BeginHour`, `Reconcile`, and the states of a failure. */
export const EVENTS_PER_HOUR = STATE + STATE + TASK + RETRY * LAMBDA_RETRIES + STATE + STATE;
/** A start of the crawler, a wait and a poll. */
export const EVENTS_PER_POLL = TASK + RETRY * START_RETRIES + STATE + TASK + STATE;

/** Left for the states before the first plan of an execution. */
const MIN_BEFORE_PLAN = 2_500;

/** A claim that finds a holder: `Claim`, `DescribeHolder`, choices and a wait. */
export function eventsPerClaim(retryAttempts: number): number {
  return eventsPerPlanCall(retryAttempts) + TASK + RETRY * DESCRIBE_RETRIES + 4 * STATE;
}

/** A plan, the map around its hours, and the choices after it. */
export function eventsPerPass(retryAttempts: number): number {
  return eventsPerPlanCall(retryAttempts) + 4 + 6 * STATE;
}

/** Events in the history from which on an execution begins no further pass. */
export function handOverEvents(hoursPerPass: number, retryAttempts: number): number {
  return MAX_EVENTS - worstOfEnd(retryAttempts) - hoursPerPass * worstOfHour(retryAttempts);
}

/** The most hours of a pass with which an execution never reaches the quota, whatever fails and however long it waits. */
export function maxHoursPerPass(retryAttempts: number): number {
  const left = MAX_EVENTS - worstOfEnd(retryAttempts) - MIN_BEFORE_PLAN;
  return Math.floor(left / worstOfHour(retryAttempts));
}

function worstOfHour(retryAttempts: number): number {
  const tries = 1 + retryAttempts + MAX_REFUSALS;
  return EVENTS_PER_HOUR + tries * EVENTS_PER_TRY + MAX_LISTINGS_OF_HOUR * EVENTS_PER_LISTING;
}

/** A pass without its hours: plan, crawl, release, and then either the next execution or a notification, or both. */
function worstOfEnd(retryAttempts: number): number {
  const crawl = 2 * STATE + MAX_CRAWLER_POLLS * EVENTS_PER_POLL;
  const release = 2 * eventsPerPlanCall(retryAttempts) + STATE;
  const start = TASK + RETRY * START_RETRIES + STATE;
  const notification = TASK + RETRY * NOTIFY_RETRIES + STATE;
  return eventsPerPass(retryAttempts) + crawl + release + start + notification + 2;
}

function eventsPerPlanCall(retryAttempts: number): number {
  return TASK + RETRY * (LAMBDA_RETRIES + retryAttempts);
}
