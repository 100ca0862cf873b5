/** States around the work of the workflows: naming the hour of a scheduled start, and saying what failed of any. */

import { retryOn } from "./stateRetry";
import type { States } from "./states";

const HOUR_BEFORE = (time: string) => `{% $substring($fromMillis($toMillis(${time}) - 3600000), 0, 13) %}`;

/**
 * A start by the schedule becomes one execution named after the hour, so that a second start of it is a no-op. A start by hand
 * without an hour is for the last closed one.
 *
 * @param next is entered with `{ hour }` and whatever else the start has
 */
export function startStates(next: string): States {
  return {
    HasHour: {
      Type: "Choice",
      Choices: [
        { Condition: "{% $exists($states.input.hour) %}", Next: next },
        { Condition: "{% $exists($states.input.scheduledTime) %}", Next: "NameHour" },
      ],
      Default: "LastHour",
    },
    LastHour: {
      Type: "Pass",
      Comment: "The last closed hour, UTC",
      Output: { hour: HOUR_BEFORE("$states.context.Execution.StartTime") },
      Next: next,
    },
    NameHour: {
      Type: "Pass",
      Comment: "The last closed hour at the scheduled time, UTC",
      Output: { hour: HOUR_BEFORE("$states.input.scheduledTime") },
      Next: "StartHour",
    },
    StartHour: {
      Type: "Task",
      Resource: "arn:aws:states:::states:startExecution",
      Arguments: {
        StateMachineArn: "{% $states.context.StateMachine.Id %}",
        Name: "{% 'hour-' & $states.input.hour %}",
        Input: { hour: "{% $states.input.hour %}" },
      },
      Retry: [retryOn(["StepFunctions.ThrottlingException", "StepFunctions.SdkClientException"], 5)],
      Catch: [
        { ErrorEquals: ["StepFunctions.ExecutionAlreadyExistsException"], Next: "HourStarted" },
        catchAll("start the hour"),
      ],
      Next: "HourStarted",
    },
    HourStarted: { Type: "Succeed" },
  };
}

/** What an execution that failed says, and what it is called. */
export interface Notice {
  readonly topicArn: string;
  readonly subject: string;
  readonly error: string;
  /** JSONata of what the failed execution says in its cause. @default its failures */
  readonly cause?: string;
}

export function notifyStates({ topicArn, subject, error, cause = "$states.input.failures" }: Notice): States {
  const told = { failures: `{% ${cause} %}` };
  return {
    Notify: {
      Type: "Task",
      Resource: "arn:aws:states:::sns:publish",
      Arguments: {
        TopicArn: topicArn,
        Subject: subject,
        // Totals where there are any: what JSONata does not find is left out.
        Message:
          "{% $string({ 'execution': $states.context.Execution.Id, 'failures': $states.input.failures, 'totals': $states.input.totals }) %}",
      },
      Assign: told,
      Retry: [retryOn(["States.ALL"], 3)],
      // The execution fails either way; without the message it is its failure that tells.
      Catch: [{ ErrorEquals: ["States.ALL"], Assign: told, Next: "Failed" }],
      Next: "Failed",
    },
    Failed: {
      Type: "Fail",
      Error: error,
      Cause: "{% $substring($string($failures), 0, 30000) %}",
    },
  };
}

const GLUE_MESSAGE = `'"ErrorMessage":'`;

/**
 * Why, shortened: of 168 hours' failures each is kept, and 256 KiB is all that passes between states. The cause of a failed
 * job is the whole job run, of which its message counts.
 */
export const CAUSE = `($cause := $string($states.errorOutput.Cause); $substring($contains($cause, ${GLUE_MESSAGE}) ? $substringAfter($cause, ${GLUE_MESSAGE}) : $exists($cause) ? $cause : '', 0, 300))`;

/** What was tried and why it failed, as one entry of the failures that end an execution. */
export function failureOf(step: string): Record<string, string> {
  return {
    step,
    error: "{% $states.errorOutput.Error %}",
    cause: `{% ${CAUSE} %}`,
  };
}

/** Ends the execution as failed, with a notification. */
export function catchAll(step: string) {
  return { ErrorEquals: ["States.ALL"], Output: { failures: [failureOf(step)] }, Next: "Notify" };
}
