/** The hourly state machine, run by the interpreter against a world that is told what to answer. */
import { hourlyWorkflow } from "../../../components/hourly/workflow";
import type { HourlyWorkflow } from "../../../components/workflow/states";
import { skippingClock } from "../../../local/cloud/clock";
import type { Json } from "../../../local/cloud/json";
import { checkDefinition } from "../../../local/services/stepFunctions/checkDefinition";
import { History } from "../../../local/services/stepFunctions/history";
import { integrations } from "../../../local/services/stepFunctions/integrations";
import { type ExecutionEnd, runExecution } from "../../../local/services/stepFunctions/runExecution";
import { WorkflowError } from "../../../local/services/stepFunctions/workflowError";

const WORKFLOW: HourlyWorkflow = {
  planFunctionArn: "arn:plan",
  reconcileFunctionArn: "arn:reconcile",
  jobName: "job",
  crawlerName: "crawler",
  topicArn: "arn:topic",
  concurrentJobs: 3,
  retryAttempts: 2,
  jobTimeoutMinutes: 60,
  crawlerPollSeconds: 30,
  crawlerTimeoutMinutes: 2,
};

type Answer = Json | WorkflowError;

/** What the world answers, call by call of a kind; the last answer stands for all that follow. */
interface World {
  plan?: Answer[];
  /** Hours to flatten again, after each round of flattening. */
  widen?: Answer[];
  job?: (hour: string) => Answer;
  startCrawler?: Answer[];
  getCrawler?: Answer[];
  reconcile?: (hour: string) => Answer;
  start?: Answer[];
  publish?: Answer[];
}

const hours = (...names: string[]): Json => ({
  Payload: { hours: names.map((hour) => ({ hour, tables: "records" })) },
});
const crawled = (State: string, Status: string, ErrorMessage?: string): Json => ({
  Crawler: { State, LastCrawl: { Status, ...(ErrorMessage && { ErrorMessage }) } },
});

async function run(input: Json, world: World = {}, changes: Partial<HourlyWorkflow> = {}) {
  const definition = JSON.stringify(hourlyWorkflow({ ...WORKFLOW, ...changes }));
  const machine = checkDefinition(definition, new Set(integrations.keys()));
  const calls: string[] = [];
  const published: string[] = [];
  const nth = (answers: Answer[], kind: string) =>
    answers[Math.min(calls.filter((call) => call.startsWith(kind)).length, answers.length) - 1] as Answer;
  const answer = (resource: string, args: Record<string, Json>): Answer => {
    const payload = args.Payload as Record<string, string> | undefined;
    switch (`${resource.split(":::")[1]} ${args.FunctionName ?? ""}`.trim()) {
      case "lambda:invoke arn:plan":
        if (payload && "flattened" in payload) {
          const flattened = payload.flattened as unknown as { hour: string }[];
          calls.push(`widen ${flattened.map(({ hour }) => hour).join(" ")}`);
          return nth(world.widen ?? [hours()], "widen");
        }
        calls.push(`plan ${payload?.hour}`);
        return nth(world.plan ?? [hours()], "plan");
      case "lambda:invoke arn:reconcile":
        calls.push(`reconcile ${payload?.hour} ${payload?.tables}`);
        return (world.reconcile ?? (() => ({ Payload: { tables: [] } })))(String(payload?.hour));
      case "glue:startJobRun.sync": {
        const { "--HOUR": hour, "--TABLES": tables } = args.Arguments as Record<string, string>;
        calls.push(`job ${args.JobName} ${hour} ${tables}`);
        return (world.job ?? (() => ({ JobRunState: "SUCCEEDED" })))(String(hour));
      }
      case "aws-sdk:glue:startCrawler":
        calls.push(`startCrawler ${args.Name}`);
        return nth(world.startCrawler ?? [{}], "startCrawler");
      case "aws-sdk:glue:getCrawler":
        calls.push(`getCrawler ${args.Name}`);
        return nth(world.getCrawler ?? [crawled("READY", "SUCCEEDED")], "getCrawler");
      case "states:startExecution":
        calls.push(`start ${args.StateMachineArn} ${args.Name} ${JSON.stringify(args.Input)}`);
        return nth(world.start ?? [{}], "start ");
      case "sns:publish":
        calls.push(`publish ${args.TopicArn}`);
        published.push(String(args.Message));
        return nth(world.publish ?? [{}], "publish");
      default:
        throw new Error(`unexpected call of ${resource}`);
    }
  };
  const clock = skippingClock({ now: () => 0, sleep: () => Promise.reject(new Error("never")) });
  const context = {
    Execution: { Id: "arn:execution", Name: "run", Input: input },
    StateMachine: { Id: "arn:machine" },
  };
  const end: ExecutionEnd = await runExecution(
    { machine, input, context, roleArn: "arn:role", history: new History(), signal: new AbortController().signal },
    {
      clock,
      random: () => 0.5,
      region: "us-east-1",
      invokeTask: async ({ resource, arguments: args }) => {
        const given = answer(resource, args as Record<string, Json>);
        if (given instanceof WorkflowError) throw given;
        return given;
      },
    },
  );
  return { end, calls, published };
}

const HOUR = "2026-11-20T09";

test("a scheduled start names the last closed hour and starts one execution for it", async () => {
  const { end, calls } = await run({ scheduledTime: "2026-11-20T10:10:00Z" });
  expect(end.status).toBe("SUCCEEDED");
  expect(calls).toEqual([`start arn:machine hour-${HOUR} {"hour":"${HOUR}"}`]);
});

test("the first hour of a day is named after the day before", async () => {
  const { calls } = await run({ scheduledTime: "2026-03-01T00:10:00Z" });
  expect(calls).toEqual(['start arn:machine hour-2026-02-28T23 {"hour":"2026-02-28T23"}']);
});

test("a second start of the same hour is a no-op", async () => {
  const exists = new WorkflowError("StepFunctions.ExecutionAlreadyExistsException", "Execution Already Exists");
  const { end, calls } = await run({ scheduledTime: "2026-11-20T10:10:00Z" }, { start: [exists] });
  expect(end.status).toBe("SUCCEEDED");
  expect(calls).toHaveLength(1);
});

test("a start that is refused is told and fails", async () => {
  const denied = new WorkflowError("StepFunctions.AccessDeniedException", "not allowed");
  const { end, published } = await run({ scheduledTime: "2026-11-20T10:10:00Z" }, { start: [denied] });
  expect(end).toMatchObject({ status: "FAILED", error: "HourlyStepFailed" });
  expect(JSON.parse(published[0] ?? "")).toEqual({
    execution: "arn:execution",
    failures: [{ step: "start the hour", error: "StepFunctions.AccessDeniedException", cause: "not allowed" }],
  });
});

test("without hours that need work nothing runs", async () => {
  const { end, calls } = await run({ hour: HOUR });
  expect(end.status).toBe("SUCCEEDED");
  expect(calls).toEqual([`plan ${HOUR}`]);
});

test("each planned hour is flattened, then the crawler is waited for, then each hour is reconciled", async () => {
  const world: World = {
    plan: [hours("2026-11-20T08", HOUR)],
    getCrawler: [crawled("RUNNING", "SUCCEEDED"), crawled("STOPPING", "SUCCEEDED"), crawled("READY", "SUCCEEDED")],
  };
  const { end, calls } = await run({ hour: HOUR }, world);
  expect(end.status).toBe("SUCCEEDED");
  expect(calls).toEqual([
    `plan ${HOUR}`,
    "job job 2026-11-20T08 records",
    `job job ${HOUR} records`,
    `widen 2026-11-20T08 ${HOUR}`,
    "startCrawler crawler",
    "getCrawler crawler",
    "getCrawler crawler",
    "getCrawler crawler",
    "reconcile 2026-11-20T08 records",
    `reconcile ${HOUR} records`,
  ]);
});

test("hours that have become narrow are flattened again before the crawl, and each hour is reconciled once", async () => {
  const world: World = { plan: [hours(HOUR)], widen: [hours("2026-11-20T07", HOUR), hours()] };
  const { end, calls } = await run({ hour: HOUR }, world);
  expect(end.status).toBe("SUCCEEDED");
  expect(calls).toEqual([
    `plan ${HOUR}`,
    `job job ${HOUR} records`,
    `widen ${HOUR}`,
    "job job 2026-11-20T07 records",
    `job job ${HOUR} records`,
    `widen 2026-11-20T07 ${HOUR}`,
    "startCrawler crawler",
    "getCrawler crawler",
    `reconcile ${HOUR} records`,
    "reconcile 2026-11-20T07 records",
  ]);
});

test("a narrow hour that cannot be flattened again fails the execution; the others are reconciled", async () => {
  const world: World = {
    plan: [hours(HOUR)],
    widen: [hours("2026-11-20T07"), hours()],
    job: (hour) => (hour === HOUR ? {} : new WorkflowError("States.TaskFailed", "out of memory")),
  };
  const { end, calls, published } = await run({ hour: HOUR }, world, { crawlerName: undefined });
  expect(end.status).toBe("FAILED");
  expect(calls.slice(2).filter((call) => !call.startsWith("job"))).toEqual([
    `widen ${HOUR}`,
    `reconcile ${HOUR} records`,
    "publish arn:topic",
  ]);
  expect(JSON.parse(published[0] ?? "").failures).toEqual([
    { hour: "2026-11-20T07", step: "flatten", error: "States.TaskFailed", cause: "out of memory" },
  ]);
});

test("without a crawler reconciling follows flattening", async () => {
  const { end, calls } = await run({ hour: HOUR }, { plan: [hours(HOUR)] }, { crawlerName: undefined });
  expect(end.status).toBe("SUCCEEDED");
  expect(calls).toEqual([`plan ${HOUR}`, `job job ${HOUR} records`, `widen ${HOUR}`, `reconcile ${HOUR} records`]);
});

test("a crawler that runs already is waited for, and then started for these hours", async () => {
  const running = new WorkflowError("Glue.CrawlerRunningException", "already running");
  const { end, calls } = await run({ hour: HOUR }, { plan: [hours(HOUR)], startCrawler: [running, {}] });
  expect(end.status).toBe("SUCCEEDED");
  expect(calls.slice(3)).toEqual([
    "startCrawler crawler",
    "getCrawler crawler",
    "startCrawler crawler",
    "getCrawler crawler",
    `reconcile ${HOUR} records`,
  ]);
});

test("a failed crawl fails the execution, with the crawler's error", async () => {
  const world: World = { plan: [hours(HOUR)], getCrawler: [crawled("READY", "FAILED", "no access")] };
  const { end, calls, published } = await run({ hour: HOUR }, world);
  expect(end).toMatchObject({ status: "FAILED", error: "HourlyStepFailed" });
  expect(calls.filter((call) => call.startsWith("reconcile"))).toEqual([]);
  expect(JSON.parse(published[0] ?? "").failures).toEqual([
    { step: "crawl", error: "CrawlFailed", cause: "crawler READY, last crawl FAILED, polls 1 no access" },
  ]);
});

test("a crawler that never ends is given up after its time", async () => {
  const world: World = { plan: [hours(HOUR)], getCrawler: [{ Crawler: { State: "RUNNING" } }] };
  const { end, calls } = await run({ hour: HOUR }, world);
  expect(end.status).toBe("FAILED");
  expect(calls.filter((call) => call.startsWith("getCrawler"))).toHaveLength(4);
});

test("a crawler that others keep running is given up after its time too", async () => {
  const running = new WorkflowError("Glue.CrawlerRunningException", "already running");
  const { end, calls } = await run({ hour: HOUR }, { plan: [hours(HOUR)], startCrawler: [running] });
  expect(end.status).toBe("FAILED");
  expect(calls.filter((call) => call.startsWith("getCrawler"))).toHaveLength(4);
});

test("an error of the crawler's API keeps the failures before it", async () => {
  const world: World = {
    plan: [hours("2026-11-20T08", HOUR)],
    job: (hour) => (hour === HOUR ? {} : new WorkflowError("States.TaskFailed", "out of memory")),
    startCrawler: [new WorkflowError("Glue.EntityNotFoundException", "no crawler")],
  };
  const { published } = await run({ hour: HOUR }, world);
  expect(JSON.parse(published[0] ?? "").failures).toEqual([
    { hour: "2026-11-20T08", step: "flatten", error: "States.TaskFailed", cause: "out of memory" },
    { step: "crawl", error: "Glue.EntityNotFoundException", cause: "no crawler" },
  ]);
});

test("a failed hour is tried again, then told, and does not stop the others", async () => {
  const world: World = {
    plan: [hours("2026-11-20T08", HOUR)],
    job: (hour) => (hour === HOUR ? {} : new WorkflowError("States.TaskFailed", "out of memory")),
  };
  const { end, calls, published } = await run({ hour: HOUR }, world);
  expect(end).toMatchObject({ status: "FAILED", error: "HourlyStepFailed" });
  expect(calls.filter((call) => call === "job job 2026-11-20T08 records")).toHaveLength(3);
  expect(calls.filter((call) => call.startsWith("reconcile"))).toEqual([`reconcile ${HOUR} records`]);
  expect(JSON.parse(published[0] ?? "").failures).toEqual([
    { hour: "2026-11-20T08", step: "flatten", error: "States.TaskFailed", cause: "out of memory" },
  ]);
  expect((end as { cause: string }).cause).toContain("2026-11-20T08");
});

test("of a failed job its message is told, not the start of its run", async () => {
  const run0 = JSON.stringify({
    Arguments: { x: "y".repeat(400) },
    ErrorMessage: 'raw "a" is corrupt',
    JobName: "job",
  });
  const world: World = { plan: [hours(HOUR)], job: () => new WorkflowError("States.TaskFailed", run0) };
  const { published } = await run({ hour: HOUR }, world);
  expect(JSON.parse(published[0] ?? "").failures[0].cause).toBe('"raw \\"a\\" is corrupt","JobName":"job"}');
});

test("when every hour fails there is no crawl", async () => {
  const world: World = { plan: [hours(HOUR)], job: () => new WorkflowError("States.Timeout", "too long") };
  const { end, calls } = await run({ hour: HOUR }, world);
  expect(end.status).toBe("FAILED");
  expect(calls.filter((call) => call.includes("rawler"))).toEqual([]);
});

test("a broken ledger is not tried again: it fails the execution at once", async () => {
  const broken = new WorkflowError("LedgerBroken", "3 rows are lost");
  const { end, calls, published } = await run({ hour: HOUR }, { plan: [hours(HOUR)], reconcile: () => broken });
  expect(end).toMatchObject({ status: "FAILED", error: "HourlyStepFailed" });
  expect(calls.filter((call) => call.startsWith("reconcile"))).toHaveLength(1);
  expect(JSON.parse(published[0] ?? "").failures).toEqual([
    { hour: HOUR, step: "reconcile", error: "LedgerBroken", cause: "3 rows are lost" },
  ]);
});

test("Lambda's own errors are tried again", async () => {
  const throttled = new WorkflowError("Lambda.TooManyRequestsException", "throttled");
  const { end, calls } = await run({ hour: HOUR }, { plan: [throttled, throttled, hours()] });
  expect(end.status).toBe("SUCCEEDED");
  expect(calls).toHaveLength(3);
});

test("a plan that fails is told and fails the execution", async () => {
  const { end, calls, published } = await run({ hour: HOUR }, { plan: [new WorkflowError("Error", "x".repeat(1000))] });
  expect(end.status).toBe("FAILED");
  expect(calls.filter((call) => call.startsWith("plan"))).toHaveLength(3);
  expect(JSON.parse(published[0] ?? "").failures).toEqual([
    { step: "plan hours", error: "Error", cause: "x".repeat(300) },
  ]);
});

test("a message that cannot be sent leaves the failure as it was", async () => {
  const world: World = {
    plan: [new WorkflowError("Error", "no plan")],
    publish: [new WorkflowError("Sns.NotFoundException", "no topic")],
  };
  const { end } = await run({ hour: HOUR }, world);
  expect(end).toEqual({
    status: "FAILED",
    error: "HourlyStepFailed",
    cause: '[{"step":"plan hours","error":"Error","cause":"no plan"}]',
  });
});

test("168 failed hours with long causes pass between states", async () => {
  const all = Array.from(
    { length: 168 },
    (_, index) => `2026-11-${String(13 + Math.floor(index / 24))}T${String(index % 24).padStart(2, "0")}`,
  );
  const world: World = { plan: [hours(...all)], job: () => new WorkflowError("States.TaskFailed", "y".repeat(30_000)) };
  const { end, published } = await run({ hour: HOUR }, world);
  expect(end).toMatchObject({ status: "FAILED", error: "HourlyStepFailed" });
  expect(JSON.parse(published[0] ?? "").failures).toHaveLength(168);
});
