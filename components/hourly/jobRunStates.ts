/** The states that wait until no run of the flatten job is under way: of one hour, or of any. */

import { retryOn } from "../workflow/stateRetry";
import type { HourlyWorkflow, States } from "../workflow/states";

/** Errors of calls to Glue that are gone after a while; `Glue.GlueException` is what the SDK calls those without a name. */
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
/** Beyond its timeout: a run waits for workers before it starts. */
const START_MINUTES = 60;

/**
 * GetJobRuns returns the newest runs first (Glue web API reference), so that the first page with a run from before the longest
 * run is the last one to be read.
 *
 * @param suffix of the states' names and variables; `"OfHour"` counts runs with the `--HOUR` of the input alone
 * @param next is entered, with the same input, when no run is under way
 * @param failed catches errors of the calls
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
