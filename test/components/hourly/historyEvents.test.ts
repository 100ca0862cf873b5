/** The history of an execution to which everything happens at once: retries, refusals, waits, polls and failures. */
import { handOverEvents, maxHoursPerPass } from "../../../components/hourly/historyEvents";
import { hourlyWorkflow } from "../../../components/hourly/workflow";
import { addHours } from "../../../lake/hour";
import { skippingClock } from "../../../local/cloud/clock";
import type { Json } from "../../../local/cloud/json";
import { checkDefinition } from "../../../local/services/stepFunctions/checkDefinition";
import { History } from "../../../local/services/stepFunctions/history";
import { integrations } from "../../../local/services/stepFunctions/integrations";
import { runExecution } from "../../../local/services/stepFunctions/runExecution";
import { WorkflowError } from "../../../local/services/stepFunctions/workflowError";

const FIRST = "2026-11-20T00";
const EXECUTION = "arn:execution:etl:one";
const QUOTA = 25_000;

interface Worst {
  readonly retryAttempts: number;
  readonly hoursPerPass: number;
  /** Hours of each plan. */
  readonly planned: number;
  /** Claims that find a holder which does not plan the hour. */
  readonly claims: number;
  /** Pages of job runs before the first plan. */
  readonly pages: number;
  readonly isMore: boolean;
}

/** Answers each call as badly as its retries, catches and limits allow. */
function worstWorld({ retryAttempts, planned, claims, pages, isMore }: Worst) {
  const counts = new Map<string, number>();
  const count = (name: string) => {
    const next = (counts.get(name) ?? 0) + 1;
    counts.set(name, next);
    return next;
  };
  /** Fails so many times before each answer. */
  const after = (errors: readonly string[], name: string, answer: () => Json): Json => {
    const error = errors[(count(name) - 1) % (errors.length + 1)];
    if (error !== undefined) throw new WorkflowError(error, "Rate exceeded");
    return answer();
  };
  const functionErrors = [
    ...Array<string>(6).fill("Lambda.ServiceException"),
    ...Array<string>(retryAttempts).fill("Error"),
  ];
  const planOf = (payload: Record<string, string>): Json => {
    if (payload.step === "claim") {
      const isHeld = count("claimed") > claims;
      return { isHeld, holder: isHeld ? EXECUTION : "arn:execution:etl:other", isLeft: false };
    }
    if (payload.step === "release") return { isReleased: false };
    const hours = Array.from({ length: planned }, (_, hour) => ({ hour: addHours(FIRST, hour), tables: "records" }));
    return { hours, isMore, isCrawlDue: true, requests: 0 };
  };
  return (resource: string, args: Record<string, Json>): Json => {
    const payload = args.Payload as Record<string, string>;
    switch (`${resource.split(":::")[1]} ${args.FunctionName ?? ""}`.trim()) {
      case "lambda:invoke arn:plan":
        return after(functionErrors, `plan ${payload.step}`, () => ({ Payload: planOf(payload) }));
      case "lambda:invoke arn:reconcile":
        throw new WorkflowError("Lambda.ServiceException", "an error of Lambda");
      case "aws-sdk:sfn:describeExecution":
        return after(Array(6).fill("Sfn.SfnException"), "describe", () => ({ Status: "RUNNING" }));
      case "glue:startJobRun.sync": {
        const hour = String((args.Arguments as Record<string, string>)["--HOUR"]);
        const nth = count(`job ${hour}`) % (11 + retryAttempts);
        if (nth === 0) return {};
        throw new WorkflowError(nth <= 10 ? "Glue.AWSGlueException" : "States.TaskFailed", "Rate exceeded");
      }
      case "aws-sdk:glue:getJobRuns": {
        if (count("pages") < pages)
          return { JobRuns: [{ StartedOn: new Date(1e13).toISOString() }], NextToken: "more" };
        // Some runs stay active, but so few that no hour ends early.
        const isActive = count("listings") % 20 < 20 - (11 + retryAttempts);
        const hours = Array.from({ length: planned }, (_, hour) => addHours(FIRST, hour));
        const StartedOn = "1970-01-01T00:00:00.000Z";
        const runs = hours.map((hour) => ({ StartedOn, JobRunState: "RUNNING", Arguments: { "--HOUR": hour } }));
        return { JobRuns: isActive && counts.has(`job ${FIRST}`) ? runs : [] };
      }
      case "aws-sdk:glue:startCrawler":
        return after(
          [...Array<string>(5).fill("Glue.ThrottlingException"), "Glue.CrawlerRunningException"],
          "start",
          () => ({}),
        );
      case "aws-sdk:glue:getCrawler":
        return { Crawler: { State: "READY", LastCrawl: { Status: "FAILED" } } };
      case "states:startExecution":
        return after(Array(5).fill("StepFunctions.ThrottlingException"), "continue", () => ({}));
      case "sns:publish":
        return after(Array(3).fill("SNS.ThrottlingException"), "publish", () => ({}));
      default:
        throw new Error(`unexpected call of ${resource}`);
    }
  };
}

async function run(worst: Worst) {
  const definition = hourlyWorkflow({
    planFunctionArn: "arn:plan",
    reconcileFunctionArn: "arn:reconcile",
    jobName: "job",
    crawlerName: "crawler",
    topicArn: "arn:topic",
    concurrentJobs: 3,
    retryAttempts: worst.retryAttempts,
    jobTimeoutMinutes: 2880,
    crawlerPollSeconds: 5,
    crawlerTimeoutMinutes: 1440,
    handOverEvents: handOverEvents(worst.hoursPerPass, worst.retryAttempts),
    functionTimeoutSeconds: 900,
  });
  const world = worstWorld(worst);
  const clock = skippingClock({ now: () => 0, sleep: () => Promise.reject(new Error("never")) });
  const history = new History();
  const end = await runExecution(
    {
      machine: checkDefinition(JSON.stringify(definition), new Set(integrations.keys())),
      input: {},
      context: {
        Execution: { Id: EXECUTION, Name: "one", Input: {}, StartTime: "2026-11-20T10:25:00Z" },
        StateMachine: { Id: "arn:machine", Name: "etl" },
      },
      roleArn: "arn:role",
      history,
      signal: new AbortController().signal,
    },
    {
      clock,
      random: () => 0.5,
      region: "us-east-1",
      invokeTask: async ({ resource, arguments: args }) => world(resource, args as Record<string, Json>),
    },
  );
  // AWS adds TaskSubmitted to each .sync task (API reference of HistoryEvent), and local does not.
  const submitted = history.events.filter(
    ({ type, taskScheduledEventDetails: details }) =>
      type === "TaskScheduled" && (details as { resource: string }).resource.endsWith(".sync"),
  );
  return { end, events: history.events.length + submitted.length };
}

test.each([2, 10])(
  "the worst pass of the most hours, after the worst waits, fits into a history with %i retries",
  async (retryAttempts) => {
    const hoursPerPass = maxHoursPerPass(retryAttempts);
    const room = handOverEvents(hoursPerPass, retryAttempts);
    const { end, events } = await run({
      retryAttempts,
      hoursPerPass,
      planned: hoursPerPass,
      // As many waits as leave room for the pass.
      claims: Math.floor((room - 1_200) / 110),
      pages: 100,
      isMore: false,
    });
    expect(end).toMatchObject({ status: "FAILED", error: "HourlyStepFailed" });
    expect(events).toBeLessThan(QUOTA);
    expect(events).toBeGreaterThan(0.7 * QUOTA);
  },
);

test.each([
  ["passes of single hours follow each other", { planned: 1, claims: 0, pages: 0 }],
  ["the holder is waited for", { planned: 1, claims: 1_000, pages: 0 }],
  ["job runs are listed page by page", { planned: 1, claims: 0, pages: 10_000 }],
])("while %s, an execution ends before its history is full", async (_, changes) => {
  const { end, events } = await run({ retryAttempts: 2, hoursPerPass: 48, isMore: true, ...changes });
  expect(end.status === "FAILED" ? end.error : end.status).toMatch(/^(HourlyStepFailed|SUCCEEDED)$/);
  expect(events).toBeLessThan(QUOTA);
  expect(events).toBeGreaterThan(1_000);
});

test.each([
  [0, 55],
  [2, 51],
  [10, 40],
])("with %i retries a pass has at most %i hours", (retryAttempts, hours) => {
  expect(maxHoursPerPass(retryAttempts)).toBe(hours);
});
