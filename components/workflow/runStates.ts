/** States before and after a workflow's work: they name the hour of a scheduled start, and report failures. */

import { retryOn } from "./stateRetry";
import type { States } from "./states";

const HOUR = { hour: "{% $states.input.hour %}" };
const HOUR_NAME = "{% 'hour-' & $states.input.hour %}";
const HOUR_BEFORE = (time: string) => `{% $substring($fromMillis($toMillis(${time}) - 3600000), 0, 13) %}`;

/**
 * A scheduled start becomes one execution named after the hour, so that a second start of the same hour has no effect.
 * A manual start without an hour is for the last closed hour.
 *
 * @param next the state that receives `{ hour }` and the rest of the start's input
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
        Name: HOUR_NAME,
        Input: HOUR,
      },
      Output: { ...HOUR, result: "started", name: HOUR_NAME },
      Retry: [retryOn(["StepFunctions.ThrottlingException", "StepFunctions.SdkClientException"], 5)],
      Catch: [
        {
          ErrorEquals: ["StepFunctions.ExecutionAlreadyExistsException"],
          Output: { ...HOUR, result: "nothing to do: the hour was started before", name: HOUR_NAME },
          Next: "HourStarted",
        },
        catchAll("start the hour"),
      ],
      Next: "HourStarted",
    },
    HourStarted: { Type: "Succeed" },
  };
}

/** The topic and the content of the message about a failed execution, and the execution's error. */
export interface Notice {
  readonly topicArn: string;
  readonly subject: string;
  readonly error: string;
  /** JSONata of the failed execution's cause. @default its failures */
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
        // JSONata omits what it does not find, so totals appear only if there are any.
        Message:
          "{% $string({ 'execution': $states.context.Execution.Id, 'failures': $states.input.failures, 'totals': $states.input.totals }) %}",
      },
      Assign: told,
      Retry: [retryOn(["States.ALL"], 3)],
      // The execution fails either way; without the message, only its own failure reports the problem.
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
 * The cause of an error, shortened: the failures of 168 hours are all kept, and states pass at most 256 KiB. The cause
 * of a failed job is the whole job run, of which only the error message is kept.
 */
export const CAUSE = `($cause := $string($states.errorOutput.Cause); $substring($contains($cause, ${GLUE_MESSAGE}) ? $substringAfter($cause, ${GLUE_MESSAGE}) : $exists($cause) ? $cause : '', 0, 300))`;

/** The failed step and its error, as one entry of the failures that end an execution. */
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
