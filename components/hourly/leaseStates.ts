/** The states that claim the lease, take it over from ended executions, and release it or hand it over. */

import { CAUSE } from "../workflow/runStates";
import { LAMBDA_SERVICE_ERRORS, retryOn } from "../workflow/stateRetry";
import type { HourlyWorkflow, States } from "../workflow/states";
import { DESCRIBE_RETRIES, eventsPerClaim, LAMBDA_RETRIES, MAX_LISTINGS, START_RETRIES } from "./historyEvents";
import { jobRunStates, longestRunSeconds, oldestActiveRun } from "./jobRunStates";

const EXECUTION = "{% $states.context.Execution.Id %}";
const HOLDER_POLL_SECONDS = 300;
/** Keeps the events of this wait far below the history's quota. */
const MAX_UNKNOWN_POLLS = 20;
/** `ExecutionStarted`, `HasHour`, `LastHour`, `Begin`, the last claim with its choice, and `ListJobRuns`. */
const firstEvents = (retryAttempts: number) => 9 + eventsPerClaim(retryAttempts);
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
    Retry: [retryOn(LAMBDA_SERVICE_ERRORS, LAMBDA_RETRIES), retryOn(["States.ALL"], workflow.retryAttempts, 10)],
  };
}

/**
 * Continues with `PlanHours` once the lease is held and no job run is active. Otherwise leaves the hour to the
 * execution that holds the lease, which plans again before it releases the lease.
 *
 * The lease is taken over only when nothing of its holder can write any more. DescribeExecution is eventually consistent
 * (Step Functions API reference), so an execution that it does not find may have just started. A holder of another state
 * machine was started before a replacement. When a state machine is deleted, its executions end at their next
 * transition, and their job runs continue (DeleteStateMachine).
 */
export function claimStates(workflow: HourlyWorkflow): States {
  const functionSeconds = workflow.functionTimeoutSeconds;
  // The job may have been replaced, too, so that a listing does not find its runs.
  const holderSeconds = functionSeconds + longestRunSeconds(workflow);
  const isOwnMachine = "$contains($states.input.holder, ':execution:' & $states.context.StateMachine.Name & ':')";
  const isAlive = "$states.input.status in ['RUNNING', 'PENDING_REDRIVE']";
  const after = (time: string, seconds: string) => `$fromMillis($toMillis(${time}) + 1000 * (${seconds}))`;
  const isUnknownForLong = `$toMillis($states.context.State.EnteredTime) >= $toMillis($unknownSince) + ${holderSeconds * 1000}`;
  const waitsForLong = { Condition: `{% $events >= ${workflow.handOverEvents} %}`, Next: "Continue" };
  const counted = { events: `{% $events + ${eventsPerClaim(workflow.retryAttempts)} %}` };
  const taken = { replaces: "{% $states.input.holder %}", ...counted };
  return {
    Begin: { Type: "Pass", Assign: beginning(workflow), Next: "Claim" },
    Claim: {
      ...planCall(workflow, { step: "claim", hour: "{% $hour %}", replaces: "{% $replaces %}" }),
      Catch: [stepFailed("claim the lease", "Notify")],
      Next: "HoldsLease",
    },
    HoldsLease: {
      Type: "Choice",
      Choices: [{ Condition: "{% $states.input.isHeld %}", Next: "ListJobRuns" }, waitsForLong],
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
      Assign: { unknownHolder: "" },
      Retry: [retryOn(SFN_SERVICE_ERRORS, DESCRIBE_RETRIES)],
      Catch: [
        {
          ErrorEquals: ["Sfn.ExecutionDoesNotExistException"],
          Assign: {
            unknownHolder: "{% $states.input.holder %}",
            unknownSince:
              "{% $unknownHolder = $states.input.holder ? $unknownSince : $states.context.State.EnteredTime %}",
          },
          Output: { holder: "{% $states.input.holder %}" },
          Next: "IsHolderGone",
        },
        stepFailed("describe the execution that holds the lease", "Notify"),
      ],
      Next: "IsHolderAlive",
    },
    IsHolderAlive: {
      Type: "Choice",
      Choices: [
        { Condition: `{% ${isAlive} and $states.input.isLeft and ${isOwnMachine} %}`, Next: "LeftToHolder" },
        { Condition: `{% ${isAlive} %}`, Next: "AwaitHolder" },
      ],
      Default: "AwaitFunctions",
    },
    AwaitHolder: {
      Type: "Wait",
      Comment:
        "The holder does not plan this hour: it is too far from its own, or the holder's state machine was replaced",
      Seconds: HOLDER_POLL_SECONDS,
      Assign: counted,
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
      Timestamp: `{% ${after("$states.input.endedAt", `${isOwnMachine} ? ${functionSeconds} : ${holderSeconds}`)} %}`,
      Assign: taken,
      Next: "Claim",
    },
    IsHolderGone: {
      Type: "Choice",
      Choices: [{ Condition: `{% ${isUnknownForLong} %}`, Assign: taken, Next: "Claim" }],
      Default: "AwaitUnknownHolder",
    },
    AwaitUnknownHolder: {
      Type: "Wait",
      Comment: "Until the holder is found, or its functions and its job runs have ended",
      Seconds: Math.max(HOLDER_POLL_SECONDS, Math.ceil(holderSeconds / MAX_UNKNOWN_POLLS)),
      Assign: counted,
      Next: "Claim",
    },
    // A job run of an earlier execution may continue: .sync stops it on a best-effort basis (Step Functions developer
    // guide).
    ...jobRunStates(workflow, {
      suffix: "",
      next: "HasRoom",
      failed: stepFailed("list job runs"),
      since: oldestActiveRun(workflow),
      maxListings: MAX_LISTINGS,
      givenUp: "JobRunsActive",
      beforeWait: [waitsForLong],
    }),
    JobRunsActive: {
      Type: "Pass",
      Output: { failures: `{% $append($failures, [${ACTIVE_RUNS}]) %}` },
      Next: "ReleaseAfterFailure",
    },
  };
}

const ACTIVE_RUNS = `{ 'step': 'list job runs', 'error': 'JobRunsActive', 'cause': 'runs of the job are active, or too many to list; end those that the hourly workflow did not start' }`;

/** The variables that an execution starts with: empty ones, or those of the execution that it continues. */
function beginning({ retryAttempts }: HourlyWorkflow): Record<string, string | number | boolean | []> {
  const before = "$states.input.continues";
  const given = (name: string, otherwise: string) =>
    `{% $exists(${before}.${name}) ? ${before}.${name} : ${otherwise} %}`;
  return {
    hour: "{% $states.input.hour %}",
    replaces: given("execution", "''"),
    root: given("root", "$states.context.Execution.Name"),
    part: given("part", "1"),
    hasCrawled: given("hasCrawled", "false"),
    hasCrawlFailed: false,
    failedHours: `{% [${before}.failedHours] %}`,
    narrowHours: `{% [${before}.narrowHours] %}`,
    stillNarrowHours: `{% [${before}.stillNarrowHours] %}`,
    planned: given("planned", "0"),
    failures: [],
    hours: 0,
    // Events of the history so far, at most: the start, and the states up to the first plan.
    events: firstEvents(retryAttempts),
    listings: 0,
    unknownHolder: given("unknownHolder", "''"),
    unknownSince: given("unknownSince", "''"),
  };
}

/**
 * Releases the lease, unless others requested hours meanwhile. Continues in another execution when the history fills
 * up.
 */
export function releaseStates(workflow: HourlyWorkflow): States {
  const release = (isForced: boolean) =>
    planCall(workflow, {
      step: "release",
      planned: "{% $planned %}",
      hasCrawled: "{% $hasCrawled %}",
      hasCrawlFailed: "{% $hasCrawlFailed %}",
      isForced,
    });
  const hasFailures = "{% $count($failures) > 0 %}";
  const result = "$hours > 0 ? 'flattened' : 'nothing to do'";
  return {
    HasRoom: {
      Type: "Choice",
      Choices: [{ Condition: `{% $events >= ${workflow.handOverEvents} %}`, Next: "Continue" }],
      Default: "PlanHours",
    },
    Release: {
      ...release(false),
      Assign: { hasCrawled: false, hasCrawlFailed: false },
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
        // The name is the same for every try, so that only one execution continues. No other execution has it: a name
        // may belong to one that ended up to 90 days ago (StartExecution).
        Name: "{% $substring($root, 0, 50) & '-' & $string($part + 1) & '-' & $substring($hash($states.context.Execution.Id, 'SHA-256'), 0, 16) %}",
        Input: {
          hour: "{% $hour %}",
          continues: {
            execution: EXECUTION,
            root: "{% $root %}",
            part: "{% $part + 1 %}",
            hasCrawled: "{% $hasCrawled %}",
            planned: "{% $planned %}",
            unknownHolder: "{% $unknownHolder %}",
            unknownSince: "{% $unknownSince %}",
            failedHours: "{% [$failedHours] %}",
            narrowHours: "{% [$narrowHours] %}",
            stillNarrowHours: "{% [$stillNarrowHours] %}",
          },
        },
      },
      Output: {},
      Retry: [retryOn(["StepFunctions.ThrottlingException", "StepFunctions.SdkClientException"], START_RETRIES)],
      Catch: [
        // An earlier try has started it, and it has ended since.
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
