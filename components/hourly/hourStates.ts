/** The states that process hours: they plan some, flatten each with the Glue job and seal it, until none is left. */

import { CAUSE } from "../workflow/runStates";
import { LAMBDA_SERVICE_ERRORS, retryOn } from "../workflow/stateRetry";
import type { HourlyWorkflow, States } from "../workflow/states";
import { jobRunStates } from "./jobRunStates";
import { planCall, stepFailed } from "./leaseStates";

/** Errors by which Glue refuses to start a run, so that none was started. */
const REFUSED_RUNS = [
  "Glue.ConcurrentRunsExceededException",
  "Glue.ResourceNumberLimitExceededException",
  "Glue.ThrottlingException",
];
/** The name that `startJobRun.sync` gives to throttling and to every other error that Glue's model does not name. */
const UNNAMED_ERROR = "Glue.AWSGlueException";
const MAX_REFUSALS = 10;
/** Events of an hour whose run starts immediately: iteration, start, task, choice and the function that seals it. */
const EVENTS_PER_TRY = 30;
const HISTORY_EVENTS = 20_000;

/** Hours after which an execution hands over, so that it never reaches 25,000 events (Step Functions quotas). */
export function hoursPerExecution(retryAttempts: number): number {
  // Each refusal and each other try leaves a task, a listing of job runs, a choice and a wait.
  const perHour = EVENTS_PER_TRY * (1 + retryAttempts) + 3 * MAX_REFUSALS + EVENTS_PER_TRY;
  return Math.floor(HISTORY_EVENTS / perHour);
}

/** The plan with which every pass begins; the execution ends when a plan finds no hours. */
export function planStates(workflow: HourlyWorkflow): States {
  const ofCrawler = workflow.crawlerName === undefined ? [] : [{ Condition: "{% $isCrawlDue %}", Next: "Crawl" }];
  const skip = "{% [$append($failedHours, $stillNarrowHours)] %}";
  const keepUnlessAsked = (name: string) => `{% $states.result.Payload.isAsked ? [] : [$${name}] %}`;
  return {
    PlanHours: {
      ...planCall(workflow, { step: "plan", skip, hasCrawled: "{% $hasCrawled %}" }),
      Output: { hours: "{% [$states.result.Payload.hours] %}" },
      Assign: {
        hasCrawled: false,
        isMore: "{% $states.result.Payload.isMore %}",
        isCrawlDue: "{% $states.result.Payload.isCrawlDue %}",
        failedHours: keepUnlessAsked("failedHours"),
        stillNarrowHours: keepUnlessAsked("stillNarrowHours"),
      },
      Catch: [stepFailed("plan hours")],
      Next: "HasHours",
    },
    HasHours: {
      Type: "Choice",
      Choices: [{ Condition: "{% $count($states.input.hours) > 0 %}", Next: "FlattenHours" }, ...ofCrawler],
      Default: "Release",
    },
  };
}

/**
 * A failed hour does not stop the others: it is collected, skipped by later plans, and fails the execution at the end.
 * If hours have widened a column, the next plan contains the narrower hours, and runs before the crawl.
 */
export function flattenStates(workflow: HourlyWorkflow): States {
  const results = "$states.result";
  const succeeded = `${results}[$not($exists(failure))]`;
  const narrow = `${results}[isNarrow].hour`;
  const isWidened = `$count(${results}[isWidened]) > 0`;
  const ofCrawler =
    workflow.crawlerName === undefined
      ? []
      : [{ Condition: "{% $isCrawlDue and $states.input.succeeded > 0 %}", Next: "Crawl" }];
  return {
    FlattenHours: {
      Type: "Map",
      Items: "{% $states.input.hours %}",
      MaxConcurrency: workflow.concurrentJobs,
      ItemProcessor: {
        ProcessorConfig: { Mode: "INLINE" },
        StartAt: "BeginHour",
        States: { ...hourStates(workflow), ...sealStates(workflow) },
      },
      Output: {
        succeeded: `{% $count(${succeeded}) %}`,
        isWidened: `{% ${isWidened} or $count(${narrow}[$not($ in $narrowHours)]) > 0 %}`,
      },
      Assign: {
        hours: `{% $hours + $count(${results}) %}`,
        failures: `{% [$append($failures, ${results}.failure)] %}`,
        failedHours: `{% [$distinct($append($failedHours, ${results}.failure.hour))] %}`,
        narrowHours: `{% ${isWidened} ? [${narrow}] : [$append($narrowHours, ${narrow})] %}`,
        // Prevents endless planning of an hour that stays narrow after every flattening.
        stillNarrowHours: `{% ${isWidened} ? [] : [$append($stillNarrowHours, ${narrow}[$ in $narrowHours])] %}`,
      },
      // Functions of other hours may still run, so this execution keeps the lease, and the next one waits for them.
      Catch: [stepFailed("flatten hours", "Notify")],
      Next: "AfterHours",
    },
    AfterHours: {
      Type: "Choice",
      Choices: [{ Condition: "{% $states.input.isWidened %}", Next: "HasRoom" }, ...ofCrawler],
      Default: "AfterPass",
    },
    AfterPass: {
      Type: "Choice",
      Choices: [{ Condition: "{% $isMore %}", Next: "HasRoom" }],
      Default: "Release",
    },
  };
}

/**
 * Flattens one hour. After an error that does not show whether a run was started, the next try waits until no run of
 * the hour is active, so that two runs never write to it.
 */
function hourStates(workflow: HourlyWorkflow): States {
  const kept = { hour: "{% $states.input.hour %}", tables: "{% $states.input.tables %}" };
  const error = { error: "{% $states.errorOutput.Error %}", cause: `{% ${CAUSE} %}` };
  const counted = (name: string, errors: string[]) => ({
    ErrorEquals: errors,
    Assign: { [name]: `{% $${name} + 1 %}`, ...error },
    Output: "{% $states.input %}",
    Next: "ListJobRunsOfHour",
  });
  return {
    BeginHour: { Type: "Pass", Assign: { errors: 0, refusals: 0 }, Next: "Flatten" },
    Flatten: {
      Type: "Task",
      Resource: "arn:aws:states:::glue:startJobRun.sync",
      Arguments: {
        JobName: workflow.jobName,
        Arguments: { "--HOUR": "{% $states.input.hour %}", "--TABLES": "{% $states.input.tables %}" },
      },
      // The job ends itself at its timeout; this is for a job run that is never started.
      TimeoutSeconds: (workflow.jobTimeoutMinutes + 30) * 60,
      Output: kept,
      Retry: [retryOn(REFUSED_RUNS, MAX_REFUSALS, 30)],
      Catch: [counted("refusals", [UNNAMED_ERROR]), counted("errors", ["States.ALL"])],
      Next: "Reconcile",
    },
    ...jobRunStates("OfHour", workflow, "MayTryAgain", failedHour("flatten")),
    MayTryAgain: {
      Type: "Choice",
      Choices: [
        {
          Condition: `{% $errors <= ${workflow.retryAttempts} and $refusals <= ${MAX_REFUSALS} %}`,
          Next: "AwaitTry",
        },
      ],
      Default: "FlattenFailed",
    },
    AwaitTry: {
      Type: "Wait",
      Seconds: "{% $min([300, 30 * $power(2, $errors + $refusals)]) %}",
      Next: "Flatten",
    },
    FlattenFailed: {
      Type: "Pass",
      Output: {
        failure: { hour: "{% $states.input.hour %}", step: "flatten", error: "{% $error %}", cause: "{% $cause %}" },
      },
      Next: "HourFailed",
    },
  };
}

function sealStates(workflow: HourlyWorkflow): States {
  const result = "$states.result.Payload";
  return {
    Reconcile: {
      Type: "Task",
      Resource: "arn:aws:states:::lambda:invoke",
      Arguments: {
        FunctionName: workflow.reconcileFunctionArn,
        Payload: { hour: "{% $states.input.hour %}", tables: "{% $states.input.tables %}" },
      },
      Output: {
        hour: "{% $states.input.hour %}",
        isWidened: `{% ${result}.isWidened %}`,
        isNarrow: `{% ${result}.isNarrow %}`,
      },
      // Only the service's errors are retried, because a broken ledger stays broken.
      Retry: [retryOn(LAMBDA_SERVICE_ERRORS, 6)],
      Catch: [failedHour("reconcile")],
      End: true,
    },
    HourFailed: { Type: "Pass", End: true },
  };
}

/** Replaces the result of an hour whose step failed with an entry that names the hour. */
function failedHour(step: string) {
  return {
    ErrorEquals: ["States.ALL"],
    Output: {
      failure: {
        hour: "{% $states.input.hour %}",
        step,
        error: "{% $states.errorOutput.Error %}",
        cause: `{% ${CAUSE} %}`,
      },
    },
    Next: "HourFailed",
  };
}
