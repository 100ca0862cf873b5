/** The states that wait until no run of the flatten job is active, for one hour or for all. */

import type { HourlyWorkflow, States } from "../workflow/states";
import { EVENTS_PER_LISTING } from "./historyEvents";

/**
 * Errors of calls to Glue that pass. Those that the service's model does not name, as throttling, are
 * `Glue.GlueException` in calls of the SDK and `Glue.AWSGlueException` in `startJobRun.sync`.
 */
export const GLUE_SERVICE_ERRORS = [
  "Glue.AWSGlueException",
  "Glue.GlueException",
  "Glue.InternalServiceException",
  "Glue.OperationTimeoutException",
  "Glue.ResourceNumberLimitExceededException",
  "Glue.SdkClientException",
  "Glue.ThrottlingException",
];

/** 25 job runs stay far below the 256 KiB that a task may return. */
const RUNS_PER_PAGE = 25;
/** The first wait; each is half as long again as the one before, up to a tenth of the longest run. */
const POLL_SECONDS = 60;
/** Added to the timeout, because a run waits for workers before it starts. */
const START_MINUTES = 60;
/** The clocks of Step Functions and Glue may differ. */
const CLOCK_MILLIS = 5 * 60_000;

export interface JobRunWait {
  /** The end of the states' names and variables; `"OfHour"` counts only runs with the `--HOUR` of the input. */
  readonly suffix: "" | "OfHour";
  /** The state that follows, with the same input, when no run is active. */
  readonly next: string;
  /** Catches errors of the calls that do not pass. */
  readonly failed: Record<string, unknown>;
  /** JSONata: runs that started before this time, milliseconds since the epoch, are not looked at. */
  readonly since: string;
  /** Calls after which the wait is given up, and the state that follows then. */
  readonly maxListings: number;
  readonly givenUp: string;
  /** Choices before a wait. */
  readonly beforeWait?: readonly Record<string, unknown>[];
}

/** How long a run may be active after its start was requested, seconds. */
export function longestRunSeconds({ jobTimeoutMinutes }: Pick<HourlyWorkflow, "jobTimeoutMinutes">): number {
  return (jobTimeoutMinutes + START_MINUTES) * 60;
}

/** JSONata: the start of the oldest run that can be active when the present state is entered. */
export function oldestActiveRun(workflow: HourlyWorkflow): string {
  return `$toMillis($states.context.State.EnteredTime) - ${longestRunSeconds(workflow) * 1000}`;
}

/** JSONata: the time at which the present state is entered, less what clocks may differ by. */
export const NOW_BY_ANY_CLOCK = `$toMillis($states.context.State.EnteredTime) - ${CLOCK_MILLIS}`;

/**
 * GetJobRuns returns the newest runs first (Glue web API reference), so the states stop at the first page with a run
 * that started before `since`. A call that fails for a passing reason is repeated after the next wait, so that calls
 * are bounded; `events` counts those of all runs, `listings` those of an hour.
 */
export function jobRunStates(workflow: HourlyWorkflow, wait: JobRunWait): States {
  const { suffix, since } = wait;
  const [token, active, listings, waits] = ["runsToken", "activeRuns", "listings", "waits"].map(
    (name) => `${name}${suffix}`,
  ) as [string, string, string, string];
  const [list, get, areListed, await_] = ["ListJobRuns", "GetJobRuns", "AreRunsListed", "AwaitJobRuns"].map(
    (name) => `${name}${suffix}`,
  ) as [string, string, string, string];
  const ofHour = suffix === "" ? "" : " and Arguments.`--HOUR` = $states.input.hour";
  const found = `$states.result.JobRuns[JobRunState in ['STARTING', 'RUNNING', 'STOPPING', 'WAITING']${ofHour}]`;
  const hasMore = `$exists($states.result.NextToken) and $toMillis($states.result.JobRuns[-1].StartedOn) >= ${since}`;
  const counted = {
    [listings]: `{% $${listings} + 1 %}`,
    ...(suffix === "" && { events: `{% $events + ${EVENTS_PER_LISTING} %}` }),
  };
  const maxSeconds = Math.max(POLL_SECONDS, Math.ceil(longestRunSeconds(workflow) / 10));
  return {
    [list]: { Type: "Pass", Assign: { [token]: "", [active]: 0, [waits]: 0 }, Next: get },
    [get]: {
      Type: "Task",
      Resource: "arn:aws:states:::aws-sdk:glue:getJobRuns",
      Arguments: `{% $merge([{ 'JobName': ${JSON.stringify(workflow.jobName)}, 'MaxResults': ${RUNS_PER_PAGE} }, $${token} = '' ? {} : { 'NextToken': $${token} }]) %}`,
      Assign: {
        [token]: `{% ${hasMore} ? $states.result.NextToken : '' %}`,
        [active]: `{% $${active} + $count(${found}) %}`,
        ...counted,
      },
      Output: "{% $states.input %}",
      Catch: [
        {
          ErrorEquals: GLUE_SERVICE_ERRORS,
          // A run may be active.
          Assign: { [active]: 1, ...counted },
          Output: "{% $states.input %}",
          Next: areListed,
        },
        wait.failed,
      ],
      Next: areListed,
    },
    [areListed]: {
      Type: "Choice",
      Choices: [
        { Condition: `{% $${active} = 0 and $${token} = '' %}`, Next: wait.next },
        { Condition: `{% $${listings} >= ${wait.maxListings} %}`, Next: wait.givenUp },
        { Condition: `{% $${active} = 0 %}`, Next: get },
        ...(wait.beforeWait ?? []),
      ],
      Default: await_,
    },
    [await_]: {
      Type: "Wait",
      Seconds: `{% $min([${maxSeconds}, $floor(${POLL_SECONDS} * $power(1.5, $${waits}))]) %}`,
      Assign: { [token]: "", [active]: 0, [waits]: `{% $${waits} + 1 %}` },
      Next: get,
    },
  };
}
