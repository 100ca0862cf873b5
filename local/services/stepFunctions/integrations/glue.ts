/** The integrations with Glue: job runs that are waited for, and crawlers, which have no integration that waits. */
import { type Json, withoutUndefined } from "../../../cloud/json";
import { WorkflowError } from "../workflowError";
import { argumentsOf, type Integration, withErrorNames } from "./integration";

/** AWS polls every minute, later every five; here a run takes seconds. */
const POLL_MILLIS = 1_000;
const FAILED = new Set(["FAILED", "TIMEOUT", "STOPPED", "ERROR", "EXPIRED"]);
const ERRORS = { prefix: "Glue", accessDenied: "AccessDeniedException" };

/** `glue:startJobRun.sync`: starts a job run and polls until it ends; a failed run is `States.TaskFailed` with the run as cause. */
export const glueStartJobRun: Integration = async (call, service) => {
  const { JobName, Arguments } = argumentsOf(call, ["JobName", "Arguments"], ["JobName"]);
  const started = await withErrorNames(ERRORS, () =>
    service("glue", "StartJobRun", withoutUndefined({ JobName, Arguments })),
  );
  const { JobRunId } = started as { JobRunId: string };
  for (;;) {
    await call.clock.sleep(POLL_MILLIS, call.signal);
    const found = await withErrorNames(ERRORS, () => service("glue", "GetJobRun", { JobName, RunId: JobRunId }));
    const run = glueJson((found as { JobRun: object }).JobRun) as { [name: string]: Json };
    const state = String(run.JobRunState);
    if (state === "SUCCEEDED") return run;
    if (FAILED.has(state)) throw new WorkflowError("States.TaskFailed", JSON.stringify(run));
  }
};

/** `aws-sdk:glue:startCrawler`: answers `{}`; a crawler that runs already is `Glue.CrawlerRunningException`. */
export const glueStartCrawler: Integration = crawlerCall("StartCrawler");

/** `aws-sdk:glue:getCrawler`: answers `{ Crawler: { Name, State, LastCrawl … } }`. */
export const glueGetCrawler: Integration = crawlerCall("GetCrawler");

function crawlerCall(operation: string): Integration {
  return async (call, service) => {
    const input = argumentsOf(call, ["Name"], ["Name"]);
    return glueJson(((await withErrorNames(ERRORS, () => service("glue", operation, input))) ?? {}) as object);
  };
}

/** An answer of Glue as plain JSON: a `Date` becomes an ISO 8601 string, undefined is left out. */
function glueJson(answer: object): Json {
  return JSON.parse(JSON.stringify(answer)) as Json;
}
