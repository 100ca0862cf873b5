/** The definition of the state machine that replays (Amazon States Language, JSONata), as plain data. */

import { catchAll, notifyStates } from "../runStates";
import { retryOn } from "../stateRetry";
import type { States } from "../states";
import { chunkStates, type ReplayWorkflow, retries } from "./chunkStates";

const TOTALS = "$states.input.totals";
const FAILURES = "'failures': $states.input.failures";
const COUNTS = `$sift(${TOTALS}, function($value, $name) { $name != 'failures' })`;
/** The cause lists the totals before the failures, and omits the totals' own copy of the failures. */
const FAILED_WITH = `$exists(${TOTALS}) ? { 'totals': ${COUNTS}, ${FAILURES} } : { ${FAILURES} }`;

/**
 * Plans a bounded number of chunks, replays them concurrently, and plans again with their results, until nothing is
 * left. Before its history is full, it starts another execution that continues. A failed chunk is counted and does not
 * stop the others.
 */
export function replayWorkflow(workflow: ReplayWorkflow) {
  return {
    Comment: "Replays what could not be used; a dry run unless the input says so",
    QueryLanguage: "JSONata",
    StartAt: "PlanChunks",
    States: {
      ...planStates(workflow),
      ReplayChunks: chunkStates(workflow),
      ...continueStates(),
      ...notifyStates({
        topicArn: workflow.topicArn,
        subject: "Streamlake: a replay failed",
        error: "ReplayFailed",
        cause: FAILED_WITH,
      }),
    } satisfies States,
  };
}

function planStates({ planFunctionArn, retryAttempts }: ReplayWorkflow): States {
  const next = (name: string) => `{% $states.input.next = '${name}' %}`;
  return {
    PlanChunks: {
      Type: "Task",
      Resource: "arn:aws:states:::lambda:invoke",
      Arguments: {
        FunctionName: planFunctionArn,
        Payload: {
          execution: {
            name: "{% $states.context.Execution.Name %}",
            startedAt: "{% $states.context.Execution.StartTime %}",
          },
          input: "{% $states.input %}",
        },
      },
      Output: "{% $states.result.Payload %}",
      Retry: retries(retryAttempts),
      Catch: [catchAll("plan chunks")],
      Next: "HasNext",
    },
    HasNext: {
      Type: "Choice",
      Choices: [
        { Condition: next("replay"), Next: "ReplayChunks" },
        { Condition: next("plan"), Next: "PlanChunks" },
        { Condition: next("continue"), Next: "Continue" },
        {
          Condition: next("failed"),
          Output: {
            failures: "{% [$states.input.progress.totals.failures] %}",
            totals: "{% $states.input.progress.totals %}",
          },
          Next: "Notify",
        },
      ],
      Default: "Done",
    },
    Done: {
      Type: "Succeed",
      Output: {
        dryRun: "{% $states.input.progress.request.dryRun %}",
        executions: "{% $states.input.progress.part %}",
        totals: "{% $states.input.progress.totals %}",
      },
    },
  };
}

function continueStates(): States {
  const { progress, execution } = { progress: "$states.input.progress", execution: "$states.context.Execution" };
  // The name is the same for every try, so that only one execution continues.
  const name = `$substring(${progress}.root, 0, 50) & '-' & $string($toMillis(${progress}.startedAt)) & '-' & $string(${progress}.part + 1)`;
  const machine = `$substring(${execution}.Id, 0, $length(${execution}.Id) - $length(${execution}.Name))`;
  return {
    Continue: {
      Type: "Task",
      Comment: "A history holds 25,000 events",
      Resource: "arn:aws:states:::states:startExecution",
      Arguments: {
        StateMachineArn: "{% $states.context.StateMachine.Id %}",
        Name: `{% ${name} %}`,
        Input: { progress: `{% ${progress} %}` },
      },
      Output: { continuedBy: "{% $states.result.ExecutionArn %}" },
      Retry: [retryOn(["StepFunctions.ThrottlingException", "StepFunctions.SdkClientException"], 5)],
      Catch: [
        {
          ErrorEquals: ["StepFunctions.ExecutionAlreadyExistsException"],
          Output: { continuedBy: `{% ${machine} & ${name} %}` },
          Next: "Continued",
        },
        catchAll("go on in a new execution"),
      ],
      Next: "Continued",
    },
    Continued: { Type: "Succeed" },
  };
}
