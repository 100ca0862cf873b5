/** The integrations with Glue: job runs, whose task waits for the end, and crawlers, whose task does not wait. */
import { type Json, withoutUndefined } from "../../../cloud/json";
import { WorkflowError } from "../workflowError";
import { argumentsOf, type Integration, withErrorNames } from "./integration";

/** AWS polls every minute, later every five; here a run may take seconds: polls begin close together and grow apart. */
const POLLS = { firstMillis: 1_000, growth: 1.1, maxMillis: 60_000 };
const FAILED = new Set(["FAILED", "TIMEOUT", "STOPPED", "ERROR", "EXPIRED"]);
const ERRORS = { prefix: "Glue", accessDenied: "AccessDeniedException" };

/** `glue:startJobRun.sync`: starts a job run and polls until it ends; a failed run is `States.TaskFailed` with the run as cause. */
export const glueStartJobRun: Integration = async (call, service) => {
  const { JobName, Arguments } = argumentsOf(call, ["JobName", "Arguments"], ["JobName"]);
  const started = await withErrorNames(ERRORS, () =>
    service("glue", "StartJobRun", withoutUndefined({ JobName, Arguments })),
  );
  const { JobRunId } = started as { JobRunId: string };
  for (let millis = POLLS.firstMillis; ; millis = Math.min(millis * POLLS.growth, POLLS.maxMillis)) {
    await call.clock.sleep(millis, call.signal);
    const found = await withErrorNames(ERRORS, () => service("glue", "GetJobRun", { JobName, RunId: JobRunId }));
    const run = glueJson((found as { JobRun: object }).JobRun) as { [name: string]: Json };
    const state = String(run.JobRunState);
    if (state === "SUCCEEDED") return run;
    if (FAILED.has(state)) throw new WorkflowError("States.TaskFailed", JSON.stringify(run));
  }
};

/** `aws-sdk:glue:startCrawler`: returns `{}`; throws `Glue.CrawlerRunningException` if the crawler is already running. */
export const glueStartCrawler: Integration = crawlerCall("StartCrawler");

/** `aws-sdk:glue:getCrawler`: returns `{ Crawler: { Name, State, LastCrawl … } }`. */
export const glueGetCrawler: Integration = crawlerCall("GetCrawler");

function crawlerCall(operation: string): Integration {
  return async (call, service) => {
    const input = argumentsOf(call, ["Name"], ["Name"]);
    return glueJson(((await withErrorNames(ERRORS, () => service("glue", operation, input))) ?? {}) as object);
  };
}

/** Converts Glue's response to plain JSON: a `Date` becomes an ISO 8601 string, undefined is omitted. */
function glueJson(answer: object): Json {
  return JSON.parse(JSON.stringify(answer)) as Json;
}

const TIMES = ["StartedOn", "LastModifiedOn", "CompletedOn"];

/** `aws-sdk:glue:getJobRuns`: the runs of a job, newest first, a page at a time. */
export const glueGetJobRuns: Integration = async (call, service) => {
  const { JobName, MaxResults, NextToken } = argumentsOf(call, ["JobName", "MaxResults", "NextToken"], ["JobName"]);
  const input = withoutUndefined({ JobName, MaxResults, NextToken });
  const found = (await withErrorNames(ERRORS, () => service("glue", "GetJobRuns", input))) as {
    JobRuns: Record<string, unknown>[];
    NextToken?: string;
  };
  return glueJson({ ...found, JobRuns: found.JobRuns.map(withTimes) });
};

/** Converts times, which are seconds on the wire, to the strings that Step Functions returns. */
function withTimes(run: Record<string, unknown>): Record<string, unknown> {
  const times = TIMES.filter((name) => typeof run[name] === "number");
  return {
    ...run,
    ...Object.fromEntries(times.map((name) => [name, new Date(Number(run[name]) * 1000).toISOString()])),
  };
}
