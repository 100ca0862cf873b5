/** The states that work on hours: which ones, each flattened by the Glue job, each reconciled. */

import { catchAll, failureOf } from "../workflow/runStates";
import { LAMBDA_SERVICE_ERRORS, retryOn } from "../workflow/stateRetry";
import type { HourlyWorkflow, States } from "../workflow/states";

export function planStates(workflow: HourlyWorkflow): States {
  return {
    PlanHours: {
      Type: "Task",
      Resource: "arn:aws:states:::lambda:invoke",
      Arguments: { FunctionName: workflow.planFunctionArn, Payload: { hour: "{% $states.input.hour %}" } },
      Output: { hours: "{% $states.result.Payload.hours %}" },
      Assign: { flattened: [], failures: [] },
      Retry: [retryOn(LAMBDA_SERVICE_ERRORS, 6), retryOn(["States.ALL"], workflow.retryAttempts, 10)],
      Catch: [catchAll("plan hours")],
      Next: "HasWork",
    },
    HasWork: {
      Type: "Choice",
      Choices: [{ Condition: "{% $count($states.input.hours) > 0 %}", Next: "FlattenHours" }],
      Default: "NothingToDo",
    },
    NothingToDo: { Type: "Succeed" },
  };
}

/**
 * A failed hour does not stop the others; it is collected, and fails the execution at the end. Where an hour has made a
 * column's type wider, hours that are narrower are flattened again before anyone reads them, until none is.
 */
export function flattenStates(workflow: HourlyWorkflow): States {
  const flatten = {
    Type: "Task",
    Resource: "arn:aws:states:::glue:startJobRun.sync",
    Arguments: {
      JobName: workflow.jobName,
      Arguments: { "--HOUR": "{% $states.input.hour %}", "--TABLES": "{% $states.input.tables %}" },
    },
    // The job ends itself at its timeout; this is for a job run that is never started.
    TimeoutSeconds: (workflow.jobTimeoutMinutes + 30) * 60,
    Output: { hour: "{% $states.input.hour %}", tables: "{% $states.input.tables %}" },
    Retry: [
      retryOn(["Glue.ConcurrentRunsExceededException", "Glue.ThrottlingException"], 10, 30),
      retryOn(["States.ALL"], workflow.retryAttempts, 60),
    ],
    Catch: [failedHour("flatten", "FlattenFailed")],
    End: true,
  };
  return {
    FlattenHours: {
      Type: "Map",
      Items: "{% $states.input.hours %}",
      MaxConcurrency: workflow.concurrentJobs,
      ItemProcessor: {
        ProcessorConfig: { Mode: "INLINE" },
        StartAt: "Flatten",
        States: { Flatten: flatten, FlattenFailed: { Type: "Pass", End: true } },
      },
      Output: collected("$states.result", "$failures"),
      Assign: {
        flattened: `{% $append($flattened, ${succeeded("$states.result")}) %}`,
        failures: `{% $append($failures, ${failed("$states.result")}) %}`,
      },
      Catch: [catchAll("flatten hours")],
      Next: "HasFlattened",
    },
    HasFlattened: {
      Type: "Choice",
      Choices: [{ Condition: "{% $count($states.input.hours) > 0 %}", Next: "WidenColumns" }],
      Default: "AllFlattened",
    },
    WidenColumns: {
      Type: "Task",
      Resource: "arn:aws:states:::lambda:invoke",
      Arguments: { FunctionName: workflow.planFunctionArn, Payload: { flattened: "{% $states.input.hours %}" } },
      Output: { hours: "{% $states.result.Payload.hours %}" },
      Retry: [retryOn(LAMBDA_SERVICE_ERRORS, 6), retryOn(["States.ALL"], workflow.retryAttempts, 10)],
      Catch: [catchAll("widen columns")],
      Next: "HasNarrow",
    },
    HasNarrow: {
      Type: "Choice",
      Choices: [{ Condition: "{% $count($states.input.hours) > 0 %}", Next: "FlattenHours" }],
      Default: "AllFlattened",
    },
    AllFlattened: {
      Type: "Pass",
      Comment: "Each hour once, however often it was flattened",
      Output: { hours: "{% [$distinct($flattened)] %}", failures: "{% $failures %}" },
      Next: "HasHours",
    },
    HasHours: {
      Type: "Choice",
      Choices: [
        {
          Condition: "{% $count($states.input.hours) > 0 %}",
          Next: workflow.crawlerName === undefined ? "ReconcileHours" : "Crawl",
        },
      ],
      Default: "Notify",
    },
  };
}

export function reconcileStates(workflow: HourlyWorkflow): States {
  const reconcile = {
    Type: "Task",
    Resource: "arn:aws:states:::lambda:invoke",
    Arguments: {
      FunctionName: workflow.reconcileFunctionArn,
      Payload: { hour: "{% $states.input.hour %}", tables: "{% $states.input.tables %}" },
    },
    Output: "{% $states.result.Payload %}",
    // A broken ledger stays broken: only the service's errors are tried again.
    Retry: [retryOn(LAMBDA_SERVICE_ERRORS, 6)],
    Catch: [failedHour("reconcile", "ReconcileFailed")],
    End: true,
  };
  return {
    ReconcileHours: {
      Type: "Map",
      Items: "{% $states.input.hours %}",
      MaxConcurrency: workflow.concurrentJobs,
      ItemProcessor: {
        ProcessorConfig: { Mode: "INLINE" },
        StartAt: "Reconcile",
        States: { Reconcile: reconcile, ReconcileFailed: { Type: "Pass", End: true } },
      },
      Output: collected("$states.result", "$states.input.failures"),
      Catch: [catchAll("reconcile hours")],
      Next: "HasFailures",
    },
    HasFailures: {
      Type: "Choice",
      Choices: [{ Condition: "{% $count($states.input.failures) > 0 %}", Next: "Notify" }],
      Default: "Done",
    },
    Done: { Type: "Succeed" },
  };
}

/** An hour whose step failed becomes an entry that says so, in the place of its result. */
function failedHour(step: string, next: string) {
  return {
    ErrorEquals: ["States.ALL"],
    Output: { failure: { hour: "{% $states.input.hour %}", ...failureOf(step) } },
    Next: next,
  };
}

/** What a map gives: the hours that went well, and the failures beside those there were before. */
function collected(results: string, failuresBefore: string) {
  return {
    hours: `{% ${succeeded(results)} %}`,
    failures: `{% $append(${failuresBefore}, ${failed(results)}) %}`,
  };
}

function succeeded(results: string): string {
  return `[${results}[$not($exists(failure))]]`;
}

function failed(results: string): string {
  return `[${results}.failure]`;
}
