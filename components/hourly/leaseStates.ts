/** The states that claim the lease, take it over from ended executions, and release it or hand it over. */

import { CAUSE } from "../workflow/runStates";
import { LAMBDA_SERVICE_ERRORS, retryOn } from "../workflow/stateRetry";
import type { HourlyWorkflow, States } from "../workflow/states";
import { jobRunStates } from "./jobRunStates";

const EXECUTION = "{% $states.context.Execution.Id %}";
const HOLDER_POLL_SECONDS = 300;
const FAILURES = { failures: "{% [$failures] %}" };

/**
 * Errors that the service's model does not name, as throttling (Step Functions developer guide, AWS SDK integrations).
 */
const SFN_SERVICE_ERRORS = ["Sfn.SfnException", "Sfn.SdkClientException", "Sfn.ThrottlingException"];

export function planCall(workflow: HourlyWorkflow, payload: Record<string, string | boolean>) {
  return {
    Type: "Task",
    Resource: "arn:aws:states:::lambda:invoke",
    Arguments: { FunctionName: workflow.planFunctionArn, Payload: { ...payload, execution: EXECUTION } },
    Output: "{% $states.result.Payload %}",
    Retry: [retryOn(LAMBDA_SERVICE_ERRORS, 6), retryOn(["States.ALL"], workflow.retryAttempts, 10)],
  };
}

/**
 * Continues with `PlanHours` once the lease is held and no job run is active. Otherwise leaves the hour to the
 * execution that holds the lease, which plans again before it releases the lease.
 */
export function claimStates(workflow: HourlyWorkflow): States {
  const isAlive = "$states.input.status in ['RUNNING', 'PENDING_REDRIVE']";
  const settled = `$fromMillis($toMillis($states.input.endedAt) + ${workflow.functionTimeoutSeconds * 1000})`;
  return {
    Begin: { Type: "Pass", Assign: beginning(), Next: "Claim" },
    Claim: {
      ...planCall(workflow, { step: "claim", hour: "{% $hour %}", replaces: "{% $replaces %}" }),
      Catch: [stepFailed("claim the lease", "Notify")],
      Next: "HoldsLease",
    },
    HoldsLease: {
      Type: "Choice",
      Choices: [{ Condition: "{% $states.input.isHeld %}", Next: "ListJobRuns" }],
      Default: "DescribeHolder",
    },
    DescribeHolder: {
      Type: "Task",
      Resource: "arn:aws:states:::aws-sdk:sfn:describeExecution",
      Arguments: { ExecutionArn: "{% $states.input.holder %}" },
      Output: {
        holder: "{% $states.input.holder %}",
        isLeft: "{% $states.input.isLeft %}",
        status: "{% $states.result.Status %}",
        endedAt: "{% $exists($states.result.StopDate) ? $states.result.StopDate : $states.context.State.EnteredTime %}",
      },
      Retry: [retryOn(SFN_SERVICE_ERRORS, 6)],
      Catch: [
        {
          ErrorEquals: ["Sfn.ExecutionDoesNotExistException"],
          Assign: { replaces: "{% $states.input.holder %}" },
          Next: "Claim",
        },
        stepFailed("describe the execution that holds the lease", "Notify"),
      ],
      Next: "IsHolderAlive",
    },
    IsHolderAlive: {
      Type: "Choice",
      Choices: [
        { Condition: `{% ${isAlive} and $states.input.isLeft %}`, Next: "LeftToHolder" },
        { Condition: `{% ${isAlive} %}`, Next: "AwaitHolder" },
      ],
      Default: "AwaitFunctions",
    },
    AwaitHolder: {
      Type: "Wait",
      Comment: "The holder does not plan this hour: it is too far from the holder's own",
      Seconds: HOLDER_POLL_SECONDS,
      Next: "Claim",
    },
    LeftToHolder: {
      Type: "Succeed",
      Output: {
        hour: "{% $hour %}",
        result: "left to the execution that flattens hours now",
        execution: "{% $states.input.holder %}",
      },
    },
    AwaitFunctions: {
      Type: "Wait",
      Comment: "A function that the holder called may run to its timeout",
      Timestamp: `{% ${settled} %}`,
      Assign: { replaces: "{% $states.input.holder %}" },
      Next: "Claim",
    },
    // A job run of an earlier execution may continue: .sync stops it on a best-effort basis (Step Functions developer
    // guide).
    ...jobRunStates("", workflow, "PlanHours", stepFailed("list job runs")),
  };
}

/** The variables that an execution starts with: empty ones, or those of the execution that it continues. */
function beginning(): Record<string, string | number | []> {
  const before = "$states.input.continues";
  const given = (name: string, otherwise: string) =>
    `{% $exists(${before}.${name}) ? ${before}.${name} : ${otherwise} %}`;
  return {
    hour: "{% $states.input.hour %}",
    replaces: given("execution", "''"),
    root: given("root", "$states.context.Execution.Name"),
    part: given("part", "1"),
    hasCrawled: given("hasCrawled", "false"),
    failedHours: `{% [${before}.failedHours] %}`,
    narrowHours: `{% [${before}.narrowHours] %}`,
    stillNarrowHours: `{% [${before}.stillNarrowHours] %}`,
    failures: [],
    hours: 0,
  };
}

/**
 * Releases the lease, unless others requested hours meanwhile. Continues in another execution when the history fills
 * up.
 */
export function releaseStates(workflow: HourlyWorkflow): States {
  const release = (isForced: boolean) =>
    planCall(workflow, { step: "release", hasCrawled: "{% $hasCrawled %}", isForced });
  const hasFailures = "{% $count($failures) > 0 %}";
  const result = "$hours > 0 ? 'flattened' : 'nothing to do'";
  return {
    HasRoom: {
      Type: "Choice",
      Choices: [{ Condition: `{% $hours >= ${workflow.hoursPerExecution} %}`, Next: "Continue" }],
      Default: "PlanHours",
    },
    Release: {
      ...release(false),
      Assign: { hasCrawled: false },
      Catch: [stepFailed("release the lease", "Notify")],
      Next: "IsReleased",
    },
    IsReleased: {
      Type: "Choice",
      Choices: [
        // A failure is published now, not after the hours that others requested.
        { Condition: `{% $not($states.input.isReleased) and $count($failures) > 0 %}`, Next: "Continue" },
        { Condition: "{% $not($states.input.isReleased) %}", Next: "HasRoom" },
        { Condition: hasFailures, Output: FAILURES, Next: "Notify" },
      ],
      Default: "Done",
    },
    Done: { Type: "Succeed", Output: { hour: "{% $hour %}", result: `{% ${result} %}`, hours: "{% $hours %}" } },
    ReleaseAfterFailure: {
      ...release(true),
      Output: "{% $states.input %}",
      Catch: [{ ErrorEquals: ["States.ALL"], Output: "{% $states.input %}", Next: "Notify" }],
      Next: "Notify",
    },
    Continue: {
      Type: "Task",
      Comment: "A history holds 25,000 events",
      Resource: "arn:aws:states:::states:startExecution",
      Arguments: {
        StateMachineArn: "{% $states.context.StateMachine.Id %}",
        // The name is the same for every try, so that only one execution continues.
        Name: "{% $substring($root, 0, 70) & '-' & $string($part + 1) %}",
        Input: {
          hour: "{% $hour %}",
          continues: {
            execution: EXECUTION,
            root: "{% $root %}",
            part: "{% $part + 1 %}",
            hasCrawled: "{% $hasCrawled %}",
            failedHours: "{% [$failedHours] %}",
            narrowHours: "{% [$narrowHours] %}",
            stillNarrowHours: "{% [$stillNarrowHours] %}",
          },
        },
      },
      Output: {},
      Retry: [retryOn(["StepFunctions.ThrottlingException", "StepFunctions.SdkClientException"], 5)],
      Catch: [
        { ErrorEquals: ["StepFunctions.ExecutionAlreadyExistsException"], Output: {}, Next: "IsContinued" },
        stepFailed("go on in another execution"),
      ],
      Next: "IsContinued",
    },
    IsContinued: {
      Type: "Choice",
      Choices: [{ Condition: hasFailures, Output: FAILURES, Next: "Notify" }],
      Default: "Continued",
    },
    Continued: {
      Type: "Succeed",
      Output: { hour: "{% $hour %}", result: "another execution goes on", hours: "{% $hours %}" },
    },
  };
}

/** Ends the execution as failed, with the earlier failures; by default, it releases the lease first. */
export function stepFailed(step: string, next = "ReleaseAfterFailure") {
  const failure = `{ 'step': '${step}', 'error': $states.errorOutput.Error, 'cause': ${CAUSE} }`;
  return {
    ErrorEquals: ["States.ALL"],
    Output: { failures: `{% $append($failures, [${failure}]) %}` },
    Next: next,
  };
}
