/** The states that replay chunks concurrently, and the number of events that they may leave in the history. */
import { CAUSE, catchAll } from "../runStates";
import { LAMBDA_SERVICE_ERRORS, retryOn } from "../stateRetry";
import type { States } from "../states";

export interface ReplayWorkflow {
  readonly planFunctionArn: string;
  readonly chunkFunctionArn: string;
  readonly topicArn: string;
  readonly concurrentChunks: number;
  readonly retryAttempts: number;
}

const SERVICE_RETRIES = 6;
/** The maximum number of further tries of single failed objects; each such try leaves nine events. */
const MAX_OBJECT_TRIES = 3;
const OBJECT_RETRY_SECONDS = 10;

/** The maximum number of history events of a step and of a chunk, with all retries (three events per retry). */
export function replayEvents(retryAttempts: number): { step: number; chunk: number } {
  const retries = 3 * (SERVICE_RETRIES + retryAttempts);
  // A step leaves the plan, the choice, the map, and the states that end the execution. A chunk leaves its iteration,
  // task, choice and end, and the choice, wait and task of each further try of its objects.
  const objectRetries = 9 * objectTries(retryAttempts);
  return { step: 5 + retries + 2 + 4 + 20, chunk: 2 + 5 + retries + 2 + objectRetries + 2 };
}

function objectTries(retryAttempts: number): number {
  return Math.min(retryAttempts, MAX_OBJECT_TRIES);
}

export function retries(attempts: number) {
  return [retryOn(LAMBDA_SERVICE_ERRORS, SERVICE_RETRIES), retryOn(["States.ALL"], attempts, 10)];
}

/** A failed chunk is counted and does not stop the others. */
export function chunkStates({ chunkFunctionArn, concurrentChunks, retryAttempts }: ReplayWorkflow) {
  const chunk = "$states.input.chunk";
  const kept = { request: "{% $states.input.request %}" };
  return {
    Type: "Map",
    Items: "{% $states.input.chunks %}",
    ItemSelector: {
      request: "{% $states.input.progress.request %}",
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
          Output: { ...kept, tries: 0, found: "{% $states.result.Payload %}" },
          Retry: retries(retryAttempts),
          Catch: [
            {
              ErrorEquals: ["States.ALL"],
              Output: {
                failure: {
                  source: `{% ${chunk}.source %}`,
                  key: `{% ${chunk}.keys[0] %}`,
                  objects: `{% $count(${chunk}.keys) %}`,
                  error: "{% $states.errorOutput.Error %}",
                  cause: `{% ${CAUSE} %}`,
                },
              },
              Next: "ChunkFailed",
            },
          ],
          Next: "HasLeft",
        },
        ChunkFailed: { Type: "Pass", End: true },
        ...leftStates(chunkFunctionArn, objectTries(retryAttempts)),
      },
    },
    Output: { progress: "{% $states.input.progress %}", results: "{% $states.result %}" },
    Catch: [catchAll("replay chunks")],
    Next: "PlanChunks",
  };
}

/** Only the failed objects of a chunk are tried again; the results of the others are kept. */
function leftStates(chunkFunctionArn: string, tries: number): States {
  const found = "$states.input.found";
  const kept = { request: "{% $states.input.request %}", tries: "{% $states.input.tries + 1 %}" };
  return {
    HasLeft: {
      Type: "Choice",
      Choices: [{ Condition: `{% $exists(${found}.left) and $states.input.tries < ${tries} %}`, Next: "WaitForLeft" }],
      Default: "ChunkDone",
    },
    WaitForLeft: {
      Type: "Wait",
      Seconds: `{% ${OBJECT_RETRY_SECONDS} * $power(2, $states.input.tries) %}`,
      Next: "ReplayLeft",
    },
    ReplayLeft: {
      Type: "Task",
      Resource: "arn:aws:states:::lambda:invoke",
      Arguments: {
        FunctionName: chunkFunctionArn,
        Payload: {
          request: "{% $states.input.request %}",
          chunk: `{% ${found}.left %}`,
          before: `{% ${found}.totals %}`,
        },
      },
      Output: { ...kept, found: "{% $states.result.Payload %}" },
      Catch: [{ ErrorEquals: ["States.ALL"], Output: { ...kept, found: `{% ${found} %}` }, Next: "HasLeft" }],
      Next: "HasLeft",
    },
    ChunkDone: {
      Type: "Pass",
      // The output omits the keys that are left: those of all chunks together would be too large for the next state.
      Output: `{% { 'totals': ${found}.totals, 'partial': ${found}.partial, 'failure': ${found}.failure } %}`,
      End: true,
    },
  };
}
