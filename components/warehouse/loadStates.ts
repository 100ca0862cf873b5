/** The definition of the state machine that loads a warehouse (Amazon States Language, JSONata), as plain data. */
import { CAUSE, notifyStates } from "../workflow/runStates";
import { LAMBDA_SERVICE_ERRORS, retryOn } from "../workflow/stateRetry";
import type { States } from "../workflow/states";

export interface WarehouseWorkflow {
  readonly planFunctionArn: string;
  readonly workgroupName: string;
  readonly database: string;
  readonly secretArn: string;
  readonly topicArn: string;
  readonly loadTimeoutMinutes: number;
  readonly retryAttempts: number;
}

const FIRST_WAIT_SECONDS = 2;
const MAX_WAIT_SECONDS = 60;
/** An execution ends after these, and the next start goes on: its history stays far below 25,000 events. */
const MAX_ROUNDS = 20;
const MAX_LOOKS = 1_000;
const LAMBDA_RETRIES = 5;
const CALL_RETRIES = 5;

/** Errors that pass; the model of the Data API names the first. https://docs.aws.amazon.com/redshift-data/latest/APIReference/CommonErrors.html */
const DATA_API_ERRORS = [
  "RedshiftData.ActiveStatementsExceededException",
  "RedshiftData.InternalServerException",
  "RedshiftData.RedshiftDataException",
  "RedshiftData.SdkClientException",
  "RedshiftData.ThrottlingException",
];

/**
 * Redshift ends one of two transactions that conflict; it is to be run again.
 * https://docs.aws.amazon.com/redshift/latest/dg/r_STL_TR_CONFLICT.html, https://docs.aws.amazon.com/redshift/latest/dg/c_serial_isolation-serializable-isolation-troubleshooting.html
 */
const CONFLICT = "/serializable isolation violation|concurrent transaction|deadlock detected|aborted due to|1023/i";

/** Objects that the last plan could not read, and loads that failed. */
const ALL_FAILURES = { failures: "{% $append([$unreadable], [$failures]) %}" };

/**
 * An execution plans and loads until nothing is left. It leaves the work to an older execution that runs, which is a
 * matter of cost alone: loads that overlap leave the same rows. A load's statements are one transaction, so a load that is
 * given up, or whose answer is lost, has happened as a whole or not at all, and the next plan sees which.
 */
export function warehouseWorkflow(workflow: WarehouseWorkflow) {
  return {
    Comment: "Load: plan, copy and merge, until nothing is left",
    QueryLanguage: "JSONata",
    StartAt: "Begin",
    States: {
      ...beginStates(),
      ...planStates(workflow),
      ...loadStates(workflow),
      ...notifyStates({
        topicArn: workflow.topicArn,
        subject: "Streamlake: a load of the warehouse failed",
        error: "WarehouseLoadFailed",
      }),
    },
  };
}

function beginStates(): States {
  const isOlder =
    "$toMillis(StartDate) < $toMillis($states.context.Execution.StartTime) or ($toMillis(StartDate) = $toMillis($states.context.Execution.StartTime) and ExecutionArn < $states.context.Execution.Id)";
  return {
    Begin: {
      Type: "Pass",
      Assign: { rounds: 0, looks: 0, loaded: 0, rows: 0, unreadable: [], failures: [] },
      Next: "ListRunning",
    },
    ListRunning: {
      Type: "Task",
      Resource: "arn:aws:states:::aws-sdk:sfn:listExecutions",
      Arguments: { StateMachineArn: "{% $states.context.StateMachine.Id %}", StatusFilter: "RUNNING", MaxResults: 100 },
      Output: { older: `{% $count($states.result.Executions[${isOlder}]) %}` },
      Retry: [retryOn(["Sfn.SfnException", "Sfn.SdkClientException", "Sfn.ThrottlingException"], CALL_RETRIES)],
      Catch: [{ ErrorEquals: ["States.ALL"], Output: {}, Next: "Plan" }],
      Next: "IsFirst",
    },
    IsFirst: {
      Type: "Choice",
      Choices: [{ Condition: "{% $states.input.older > 0 %}", Next: "Left" }],
      Default: "Plan",
    },
    Left: { Type: "Succeed", Output: { result: "left to the execution that loads now" } },
  };
}

function planStates({ planFunctionArn, retryAttempts }: WarehouseWorkflow): States {
  return {
    Plan: {
      Type: "Task",
      Resource: "arn:aws:states:::lambda:invoke",
      Arguments: { FunctionName: planFunctionArn, Payload: {} },
      Assign: {
        loads: "{% [$states.result.Payload.loads] %}",
        index: 0,
        rounds: "{% $rounds + 1 %}",
        unreadable: "{% [$states.result.Payload.failures] %}",
      },
      Output: {},
      Retry: [retryOn(LAMBDA_SERVICE_ERRORS, LAMBDA_RETRIES), retryOn(["States.ALL"], retryAttempts, 10)],
      Catch: [
        {
          ErrorEquals: ["States.ALL"],
          Output: {
            failures: `{% $append($unreadable, [{ 'step': 'plan the loads', 'error': $states.errorOutput.Error, 'cause': ${CAUSE} }]) %}`,
          },
          Next: "Notify",
        },
      ],
      Next: "HasLoad",
    },
    HasLoad: {
      Type: "Choice",
      Choices: [
        { Condition: "{% $index < $count($loads) %}", Assign: { tries: 0 }, Next: "Load" },
        {
          Comment: "The next plan would take the same objects",
          Condition: "{% $count($failures) > 0 %}",
          Output: ALL_FAILURES,
          Next: "Notify",
        },
        {
          Condition: `{% $count($loads) > 0 and $rounds < ${MAX_ROUNDS} and $looks < ${MAX_LOOKS} %}`,
          Next: "Plan",
        },
        { Condition: "{% $count($unreadable) > 0 %}", Output: ALL_FAILURES, Next: "Notify" },
      ],
      Default: "Done",
    },
    Done: {
      Type: "Succeed",
      Output: {
        result: "{% $loaded > 0 ? 'loaded' : 'nothing to do' %}",
        loads: "{% $loaded %}",
        rows: "{% $rows %}",
        isMore: "{% $count($loads) > 0 %}",
      },
    },
  };
}

function loadStates(workflow: WarehouseWorkflow): States {
  const failure = (error: string, cause: string) =>
    `{% $append($failures, [{ 'step': 'load ' & $loads[$index].table, 'error': ${error}, 'cause': $substring(${cause}, 0, 300) }]) %}`;
  const caught = {
    ErrorEquals: ["States.ALL"],
    Assign: { failures: failure("$states.errorOutput.Error", CAUSE) },
    Next: "NextLoad",
  };
  const error = "$states.input.error";
  return {
    Load: {
      Type: "Task",
      Resource: "arn:aws:states:::aws-sdk:redshiftdata:batchExecuteStatement",
      Arguments: {
        WorkgroupName: workflow.workgroupName,
        Database: workflow.database,
        SecretArn: workflow.secretArn,
        Sqls: "{% [$loads[$index].statements] %}",
        StatementName: "{% 'load-' & $loads[$index].id %}",
        // A call that is repeated, because its answer was lost, names the same statement.
        ClientToken:
          "{% $substring($hash($states.context.Execution.Id & '/' & $string($rounds) & '/' & $string($index) & '/' & $string($tries), 'SHA-256'), 0, 64) %}",
      },
      Assign: { statement: "{% $states.result.Id %}", wait: FIRST_WAIT_SECONDS, waited: 0 },
      Output: {},
      Retry: [retryOn(DATA_API_ERRORS, CALL_RETRIES)],
      Catch: [caught],
      Next: "AwaitLoad",
    },
    AwaitLoad: {
      Type: "Wait",
      Seconds: "{% $wait %}",
      Assign: {
        waited: "{% $waited + $wait %}",
        wait: `{% $min([${MAX_WAIT_SECONDS}, $ceil($wait * 1.5)]) %}`,
        looks: "{% $looks + 1 %}",
      },
      Next: "Look",
    },
    Look: {
      Type: "Task",
      Resource: "arn:aws:states:::aws-sdk:redshiftdata:describeStatement",
      Arguments: { Id: "{% $statement %}" },
      Output: {
        status: "{% $states.result.Status %}",
        error: "{% $exists($states.result.Error) ? $states.result.Error : 'no error is given' %}",
      },
      Retry: [retryOn(DATA_API_ERRORS, CALL_RETRIES)],
      Catch: [caught],
      Next: "IsLoaded",
    },
    IsLoaded: {
      Type: "Choice",
      Choices: [
        {
          Condition: "{% $states.input.status = 'FINISHED' %}",
          Assign: { loaded: "{% $loaded + 1 %}", rows: "{% $rows + $loads[$index].rows %}" },
          Next: "NextLoad",
        },
        {
          Condition: `{% $states.input.status = 'FAILED' and $contains(${error}, ${CONFLICT}) and $tries < ${workflow.retryAttempts} %}`,
          Assign: { tries: "{% $tries + 1 %}" },
          Next: "Load",
        },
        {
          Condition: "{% $states.input.status in ['FAILED', 'ABORTED'] %}",
          Assign: { failures: failure("$states.input.status", error) },
          Next: "NextLoad",
        },
        { Condition: `{% $waited >= ${workflow.loadTimeoutMinutes * 60} %}`, Next: "Cancel" },
      ],
      Default: "AwaitLoad",
    },
    Cancel: {
      Type: "Task",
      Comment: "A load that is still at work holds the lock that the next one waits for",
      Resource: "arn:aws:states:::aws-sdk:redshiftdata:cancelStatement",
      Arguments: { Id: "{% $statement %}" },
      Assign: {
        failures: failure("'LoadTimeout'", `'the load runs for more than ${workflow.loadTimeoutMinutes} minutes'`),
      },
      Retry: [retryOn(DATA_API_ERRORS, CALL_RETRIES)],
      // It may have ended meanwhile; the next plan sees whether it has loaded its rows.
      Catch: [caught],
      Next: "NextLoad",
    },
    NextLoad: { Type: "Pass", Assign: { index: "{% $index + 1 %}" }, Next: "HasLoad" },
  };
}
