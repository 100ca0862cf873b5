/** The states that process hours: they plan some, flatten each with the Glue job and seal it, until none is left. */

import { CAUSE } from "../workflow/runStates";
import { LAMBDA_SERVICE_ERRORS, retryOn } from "../workflow/stateRetry";
import type { HourlyWorkflow, States } from "../workflow/states";
import {
  EVENTS_PER_HOUR,
  EVENTS_PER_LISTING,
  EVENTS_PER_TRY,
  eventsPerPass,
  LAMBDA_RETRIES,
  MAX_LISTINGS_OF_HOUR,
  MAX_REFUSALS,
} from "./historyEvents";
import { jobRunStates, NOW_BY_ANY_CLOCK } from "./jobRunStates";
import { planCall, stepFailed } from "./leaseStates";

/** Errors by which Glue refuses to start a run, so that none was started. */
const REFUSED_RUNS = [
  "Glue.ConcurrentRunsExceededException",
  "Glue.ResourceNumberLimitExceededException",
  "Glue.ThrottlingException",
];
/** The name that `startJobRun.sync` gives to throttling and to every other error that Glue's model does not name. */
const UNNAMED_ERROR = "Glue.AWSGlueException";

/** The plan with which every pass begins; the execution ends when a plan finds no hours. */
export function planStates(workflow: HourlyWorkflow): States {
  const ofCrawler = workflow.crawlerName === undefined ? [] : [{ Condition: "{% $isCrawlDue %}", Next: "Crawl" }];
  const skip = "{% [$append($failedHours, $stillNarrowHours)] %}";
  const isAsked = "$states.result.Payload.requests > $planned";
  const keepUnlessAsked = (name: string) => `{% ${isAsked} ? [] : [$${name}] %}`;
  return {
    PlanHours: {
      ...planCall(workflow, { step: "plan", skip, hasCrawled: "{% $hasCrawled %}" }),
      Output: {
        hours: "{% [$states.result.Payload.hours] %}",
        // The request may follow a fix for a skipped hour. A run of that hour may be active: the next execution waits for it.
        isStale: `{% ${isAsked} and $count([$failedHours, $stillNarrowHours]) > 0 %}`,
      },
      Assign: {
        hasCrawled: false,
        planned: "{% $states.result.Payload.requests %}",
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
      Choices: [
        { Condition: "{% $states.input.isStale %}", Next: "Continue" },
        { Condition: "{% $count($states.input.hours) > 0 %}", Next: "FlattenHours" },
        ...ofCrawler,
      ],
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
  const stillNarrow = `(${isWidened} ? [] : ${narrow}[$ in $narrowHours])`;
  const stillNarrowFailures = `$map(${stillNarrow}, function($hour) { { 'hour': $hour, 'step': 'flatten', 'error': 'StillNarrow', 'cause': '${STILL_NARROW}' } })`;
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
        events: `{% $events + ${eventsPerPass(workflow.retryAttempts)} + $sum(${results}.events) %}`,
        failures: `{% [$append($append($failures, ${results}.failure), ${stillNarrowFailures})] %}`,
        failedHours: `{% [$distinct($append($failedHours, ${results}.failure.hour))] %}`,
        narrowHours: `{% ${isWidened} ? [${narrow}] : [$append($narrowHours, ${narrow})] %}`,
        // Prevents endless planning of an hour that stays narrow after every flattening.
        stillNarrowHours: `{% ${isWidened} ? [] : [$append($stillNarrowHours, ${stillNarrow})] %}`,
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

const STILL_NARROW = "the hour is narrower than its table after it was flattened twice, and is not sealed";

/** JSONata: the events that one hour has added to the history, at most. */
const EVENTS = `${EVENTS_PER_HOUR} + ${EVENTS_PER_TRY} * ($errors + $refusals + 1) + ${EVENTS_PER_LISTING} * $listingsOfHour`;

/**
 * Flattens one hour. After an error that does not show whether a run was started, the next try waits until no run of
 * the hour is active, so that two runs never write to it.
 */
function hourStates(workflow: HourlyWorkflow): States {
  const kept = { hour: "{% $states.input.hour %}", tables: "{% $states.input.tables %}" };
  const error = { error: "{% $states.errorOutput.Error %}", cause: `{% ${CAUSE} %}` };
  const counted = (name: string, errors: string[], next: string) => ({
    ErrorEquals: errors,
    Assign: { [name]: `{% $${name} + 1 %}`, ...error },
    Output: "{% $states.input %}",
    Next: next,
  });
  return {
    BeginHour: {
      Type: "Pass",
      Assign: { errors: 0, refusals: 0, listingsOfHour: 0, beganMillis: `{% ${NOW_BY_ANY_CLOCK} %}` },
      Next: "Flatten",
    },
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
      // Retries are states, so that the events of the history are counted.
      Catch: [
        counted("refusals", REFUSED_RUNS, "MayTryAgain"),
        counted("refusals", [UNNAMED_ERROR], "ListJobRunsOfHour"),
        counted("errors", ["States.ALL"], "ListJobRunsOfHour"),
      ],
      Next: "Reconcile",
    },
    // All runs of the hour began after it did: before, no run of the job was active.
    ...jobRunStates(workflow, {
      suffix: "OfHour",
      next: "MayTryAgain",
      failed: failedHour("flatten"),
      since: "$beganMillis",
      maxListings: MAX_LISTINGS_OF_HOUR,
      givenUp: "FlattenFailed",
    }),
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
        events: `{% ${EVENTS} %}`,
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
        events: `{% ${EVENTS} %}`,
      },
      // Only the service's errors are retried, because a broken ledger stays broken.
      Retry: [retryOn(LAMBDA_SERVICE_ERRORS, LAMBDA_RETRIES)],
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
      events: `{% ${EVENTS} %}`,
    },
    Next: "HourFailed",
  };
}
