/** The definition of the state machine that replays (Amazon States Language, JSONata), as plain data. */
import { CAUSE, catchAll, notifyStates } from "./runStates";
import { LAMBDA_SERVICE_ERRORS, retryOn } from "./stateRetry";
import type { States } from "./workflowStates";

export interface ReplayWorkflow {
  readonly planFunctionArn: string;
  readonly chunkFunctionArn: string;
  readonly topicArn: string;
  readonly concurrentChunks: number;
  readonly retryAttempts: number;
}

const SERVICE_RETRIES = 6;

/**
 * Plans a bounded number of chunks, replays them beside each other, and plans again with what they came to, until nothing is
 * left; before its history is full it starts an execution that goes on. A chunk that fails is counted and stops no other.
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
      }),
    } satisfies States,
  };
}

/** The most events that a step and a chunk leave in the history, with each of their retries (three events a retry). */
export function replayEvents(retryAttempts: number): { step: number; chunk: number } {
  const retries = 3 * (SERVICE_RETRIES + retryAttempts);
  // Of a step: the plan, the choice, the map, and what ends the execution. Of a chunk: its iteration, task and failure.
  return { step: 5 + retries + 2 + 4 + 20, chunk: 2 + 5 + retries + 2 };
}

function retries(attempts: number) {
  return [retryOn(LAMBDA_SERVICE_ERRORS, SERVICE_RETRIES), retryOn(["States.ALL"], attempts, 10)];
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
        dryRun: "{% $states.input.progress.order.dryRun %}",
        executions: "{% $states.input.progress.part %}",
        totals: "{% $states.input.progress.totals %}",
      },
    },
  };
}

function chunkStates({ chunkFunctionArn, concurrentChunks, retryAttempts }: ReplayWorkflow) {
  const chunk = "$states.input.chunk";
  return {
    Type: "Map",
    Items: "{% $states.input.chunks %}",
    ItemSelector: {
      order: "{% $states.input.progress.order %}",
      chunk: "{% $states.context.Map.Item.Value %}",
    },
    MaxConcurrency: concurrentChunks,
    ItemProcessor: {
      ProcessorConfig: { Mode: "INLINE" },
      StartAt: "ReplayChunk",
      States: {
        ReplayChunk: {
          Type: "Task",
          Resource: "arn:aws:states:::lambda:invoke",
          Arguments: { FunctionName: chunkFunctionArn, Payload: "{% $states.input %}" },
          Output: "{% $states.result.Payload %}",
          Retry: retries(retryAttempts),
          Catch: [
            {
              ErrorEquals: ["States.ALL"],
              Output: {
                failure: {
                  source: `{% ${chunk}.source %}`,
                  firstKey: `{% ${chunk}.keys[0] %}`,
                  lastKey: `{% ${chunk}.keys[-1] %}`,
                  objects: `{% $count(${chunk}.keys) %}`,
                  error: "{% $states.errorOutput.Error %}",
                  cause: `{% ${CAUSE} %}`,
                },
              },
              Next: "ChunkFailed",
            },
          ],
          End: true,
        },
        ChunkFailed: { Type: "Pass", End: true },
      },
    },
    Output: { progress: "{% $states.input.progress %}", results: "{% $states.result %}" },
    Catch: [catchAll("replay chunks")],
    Next: "PlanChunks",
  };
}

function continueStates(): States {
  const { progress, execution } = { progress: "$states.input.progress", execution: "$states.context.Execution" };
  // The same for every try, so that there is one execution that goes on.
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
