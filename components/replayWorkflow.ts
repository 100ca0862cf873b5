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
/** Objects that failed alone are tried again so often at most, since each such try leaves nine events. */
const MOST_OBJECT_TRIES = 3;
const OBJECT_RETRY_SECONDS = 10;

const TOTALS = "$states.input.totals";
const FAILURES = "'failures': $states.input.failures";
const COUNTS = `$sift(${TOTALS}, function($value, $name) { $name != 'failures' })`;
/** What is done is told before what failed; the totals' own failures are the same. */
const FAILED_WITH = `$exists(${TOTALS}) ? { 'totals': ${COUNTS}, ${FAILURES} } : { ${FAILURES} }`;

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
        cause: FAILED_WITH,
      }),
    } satisfies States,
  };
}

/** The most events that a step and a chunk leave in the history, with each of their retries (three events a retry). */
export function replayEvents(retryAttempts: number): { step: number; chunk: number } {
  const retries = 3 * (SERVICE_RETRIES + retryAttempts);
  // Of a step: the plan, the choice, the map, and what ends the execution. Of a chunk: its iteration, task, choice and end, and
  // the choice, wait and task of each further try of its objects.
  const objectRetries = 9 * objectTries(retryAttempts);
  return { step: 5 + retries + 2 + 4 + 20, chunk: 2 + 5 + retries + 2 + objectRetries + 2 };
}

function objectTries(retryAttempts: number): number {
  return Math.min(retryAttempts, MOST_OBJECT_TRIES);
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
  const kept = { order: "{% $states.input.order %}" };
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

/** Of a chunk's objects only those that failed are tried again; what the others came to is kept. */
function leftStates(chunkFunctionArn: string, tries: number): States {
  const found = "$states.input.found";
  const kept = { order: "{% $states.input.order %}", tries: "{% $states.input.tries + 1 %}" };
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
          order: "{% $states.input.order %}",
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
      // The keys that are left stay behind: those of all chunks together would be too much for the next state.
      Output: `{% { 'totals': ${found}.totals, 'partial': ${found}.partial, 'failure': ${found}.failure } %}`,
      End: true,
    },
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
