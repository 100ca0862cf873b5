/** The states that wait until no run of the flatten job is active, for one hour or for all. */

import { retryOn } from "../workflow/stateRetry";
import type { HourlyWorkflow, States } from "../workflow/states";

/** Transient errors of calls to Glue; `Glue.GlueException` is the SDK's name for errors without a name of their own. */
export const GLUE_SERVICE_ERRORS = [
  "Glue.GlueException",
  "Glue.InternalServiceException",
  "Glue.OperationTimeoutException",
  "Glue.SdkClientException",
  "Glue.ThrottlingException",
];

/** 25 job runs stay far below the 256 KiB that a task may return. */
const RUNS_PER_PAGE = 25;
const POLL_SECONDS = 60;
/** Added to the timeout, because a run waits for workers before it starts. */
const START_MINUTES = 60;

/**
 * GetJobRuns returns the newest runs first (Glue web API reference), so the states stop at the first page with a run
 * older than the longest possible run.
 *
 * @param suffix the end of the states' names and variables; `"OfHour"` counts only runs with the `--HOUR` of the input
 * @param next the state that follows, with the same input, when no run is active
 * @param failed the catcher for errors of the calls
 */
export function jobRunStates(
  suffix: "" | "OfHour",
  workflow: HourlyWorkflow,
  next: string,
  failed: Record<string, unknown>,
): States {
  const { jobName, jobTimeoutMinutes } = workflow;
  const [token, active] = [`runsToken${suffix}`, `activeRuns${suffix}`];
  const [list, areListed, await_] = [`ListJobRuns${suffix}`, `AreRunsListed${suffix}`, `AwaitJobRuns${suffix}`];
  const ofHour = suffix === "" ? "" : " and Arguments.`--HOUR` = $states.input.hour";
  const found = `$states.result.JobRuns[JobRunState in ['STARTING', 'RUNNING', 'STOPPING', 'WAITING']${ofHour}]`;
  const oldest = "$toMillis($states.result.JobRuns[-1].StartedOn)";
  const longAgo = `$toMillis($states.context.State.EnteredTime) - ${(jobTimeoutMinutes + START_MINUTES) * 60_000}`;
  const hasMore = `$exists($states.result.NextToken) and ${oldest} >= ${longAgo}`;
  return {
    [list]: { Type: "Pass", Assign: { [token]: "", [active]: 0 }, Next: `GetJobRuns${suffix}` },
    [`GetJobRuns${suffix}`]: {
      Type: "Task",
      Resource: "arn:aws:states:::aws-sdk:glue:getJobRuns",
      Arguments: `{% $merge([{ 'JobName': ${JSON.stringify(jobName)}, 'MaxResults': ${RUNS_PER_PAGE} }, $${token} = '' ? {} : { 'NextToken': $${token} }]) %}`,
      Assign: {
        [token]: `{% ${hasMore} ? $states.result.NextToken : '' %}`,
        [active]: `{% $${active} + $count(${found}) %}`,
      },
      Output: "{% $states.input %}",
      Retry: [retryOn(GLUE_SERVICE_ERRORS, 6)],
      Catch: [failed],
      Next: areListed,
    },
    [areListed]: {
      Type: "Choice",
      Choices: [
        { Condition: `{% $${active} > 0 %}`, Next: await_ },
        { Condition: `{% $${token} != '' %}`, Next: `GetJobRuns${suffix}` },
      ],
      Default: next,
    },
    [await_]: { Type: "Wait", Seconds: POLL_SECONDS, Next: list },
  };
}
