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
  hoursPerExecution: 96,
  functionTimeoutSeconds: 900,
};

const HOUR = "2026-11-20T09";

type Answer = Json | WorkflowError;

/** What the world answers, call by call of a kind; the last answer stands for all that follow. */
interface World {
  claim?: Answer[];
  plan?: Answer[];
  release?: Answer[];
  jobRuns?: Answer[];
  describe?: Answer[];
  job?: (hour: string) => Answer;
  startCrawler?: Answer[];
  getCrawler?: Answer[];
  reconcile?: (hour: string) => Answer;
  start?: Answer[];
  publish?: Answer[];
}

/** A plan of these hours, the last one unless it is followed by another. */
const hours = (...names: string[]): Json => ({
  Payload: {
    hours: names.map((hour) => ({ hour, tables: "records" })),
    isMore: false,
    isCrawlDue: names.length > 0,
    isAsked: false,
  },
});
const planOf = (names: string[], more: Record<string, Json>): Json => ({
  Payload: { ...((hours(...names) as { Payload: object }).Payload as Record<string, Json>), ...more },
});
const payload = (Payload: Json): Json => ({ Payload });
const flattened = { isWidened: false, isNarrow: false };
const runOf = (JobRunState: string, hour = HOUR, StartedOn = "1970-01-01T00:00:00.000Z"): Json => ({
  JobRunState,
  StartedOn,
  Arguments: { "--HOUR": hour },
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
    const payload = args.Payload as Record<string, string | boolean> | undefined;
    switch (`${resource.split(":::")[1]} ${args.FunctionName ?? ""}`.trim()) {
      case "lambda:invoke arn:plan":
        if (payload?.execution !== "arn:execution") throw new Error("a call without its execution");
        if (payload.step === "claim") {
          calls.push(`claim ${payload.hour}${payload.replaces ? ` from ${payload.replaces}` : ""}`);
          return nth(world.claim ?? [{ Payload: { isHeld: true, holder: "arn:execution" } }], "claim");
        }
        if (payload.step === "release") {
          calls.push(`release${payload.hasCrawled ? " crawled" : ""}${payload.isForced ? " by force" : ""}`);
          return nth(world.release ?? [{ Payload: { isReleased: true } }], "release");
        }
        calls.push(
          `plan${payload.hasCrawled ? " crawled" : ""}${[payload.skip]
            .flat()
            .map((hour) => ` without ${hour}`)
            .join("")}`,
        );
        return nth(world.plan ?? [hours()], "plan");
      case "lambda:invoke arn:reconcile":
        calls.push(`reconcile ${payload?.hour} ${payload?.tables}`);
        return (world.reconcile ?? (() => ({ Payload: flattened })))(String(payload?.hour));
      case "aws-sdk:glue:getJobRuns":
        calls.push(`runs${args.NextToken ? ` after ${args.NextToken}` : ""}`);
        return nth(world.jobRuns ?? [{ JobRuns: [] }], "runs");
      case "aws-sdk:sfn:describeExecution":
        calls.push(`describe ${args.ExecutionArn}`);
        return nth(world.describe ?? [{ Status: "RUNNING" }], "describe");
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
    Execution: { Id: "arn:execution", Name: "run", Input: input, StartTime: "2026-11-20T10:25:00Z" },
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
  return { end, calls, published, endMillis: clock.now() };
}

test("a scheduled start names the last closed hour and starts one execution for it", async () => {
  const { end, calls } = await run({ scheduledTime: "2026-11-20T10:10:00Z" });
  expect(end).toEqual({
    status: "SUCCEEDED",
    output: { hour: HOUR, result: "started", name: `hour-${HOUR}` },
  });
  expect(calls).toEqual([`start arn:machine hour-${HOUR} {"hour":"${HOUR}"}`]);
});

test("the first hour of a day is named after the day before", async () => {
  const { calls } = await run({ scheduledTime: "2026-03-01T00:10:00Z" });
  expect(calls).toEqual(['start arn:machine hour-2026-02-28T23 {"hour":"2026-02-28T23"}']);
});

test("a second start of the same hour is a no-op, which its output tells", async () => {
  const exists = new WorkflowError("StepFunctions.ExecutionAlreadyExistsException", "Execution Already Exists");
  const { end, calls } = await run({ scheduledTime: "2026-11-20T10:10:00Z" }, { start: [exists] });
  const result = "nothing to do: the hour was started before";
  expect(end).toEqual({ status: "SUCCEEDED", output: { hour: HOUR, result, name: `hour-${HOUR}` } });
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

const BEGIN = [`claim ${HOUR}`, "runs", "plan"];

test("without hours that need work nothing runs", async () => {
  const { end, calls } = await run({ hour: HOUR });
  expect(end).toEqual({ status: "SUCCEEDED", output: { hour: HOUR, result: "nothing to do", hours: 0 } });
  expect(calls).toEqual([...BEGIN, "release"]);
});

test("the sample input of AWS's console is a start without an hour", async () => {
  const { end } = await run({ Comment: "Insert your JSON here" });
  expect(end).toMatchObject({ status: "SUCCEEDED", output: { result: "nothing to do", hours: 0 } });
});

test("a start without an hour is for the last closed one", async () => {
  const { calls } = await run({});
  expect(calls[0]).toBe("claim 2026-11-20T09");
});

test("each planned hour is flattened and sealed, then the crawler is waited for, and the lease released", async () => {
  const world: World = {
    plan: [hours("2026-11-20T08", HOUR)],
    getCrawler: [crawled("RUNNING", "SUCCEEDED"), crawled("STOPPING", "SUCCEEDED"), crawled("READY", "SUCCEEDED")],
  };
  const { end, calls } = await run({ hour: HOUR }, world, { concurrentJobs: 1 });
  expect(end).toEqual({ status: "SUCCEEDED", output: { hour: HOUR, result: "flattened", hours: 2 } });
  expect(calls).toEqual([
    ...BEGIN,
    "job job 2026-11-20T08 records",
    "reconcile 2026-11-20T08 records",
    `job job ${HOUR} records`,
    `reconcile ${HOUR} records`,
    "startCrawler crawler",
    "getCrawler crawler",
    "getCrawler crawler",
    "getCrawler crawler",
    "release crawled",
  ]);
});

test("a crawl that an earlier execution left is done without hours", async () => {
  const { end, calls } = await run({ hour: HOUR }, { plan: [planOf([], { isCrawlDue: true })] });
  expect(end.status).toBe("SUCCEEDED");
  expect(calls).toEqual([...BEGIN, "startCrawler crawler", "getCrawler crawler", "release crawled"]);
});

test("an hour that another execution flattens is left to it", async () => {
  const world: World = { claim: [payload({ isHeld: false, holder: "arn:other", isLeft: true })] };
  const { end, calls } = await run({ hour: HOUR }, world);
  const result = "left to the execution that flattens hours now";
  expect(end).toEqual({ status: "SUCCEEDED", output: { hour: HOUR, result, execution: "arn:other" } });
  expect(calls).toEqual([`claim ${HOUR}`, "describe arn:other"]);
});

test("an hour that the holder does not plan waits until the lease is free", async () => {
  const far = payload({ isHeld: false, holder: "arn:other", isLeft: false });
  const world: World = { claim: [far, far, payload({ isHeld: true, holder: "arn:execution", isLeft: true })] };
  const { end, calls, endMillis } = await run({ hour: HOUR }, world);
  expect(end.status).toBe("SUCCEEDED");
  expect(calls.slice(0, 6)).toEqual([
    `claim ${HOUR}`,
    "describe arn:other",
    `claim ${HOUR}`,
    "describe arn:other",
    `claim ${HOUR}`,
    "runs",
  ]);
  expect(endMillis).toBe(2 * 300 * 1000);
});

test("an execution that failed and is asked for more hours hands over at once, so that its failure is published", async () => {
  const world: World = {
    plan: [hours(HOUR)],
    reconcile: () => new WorkflowError("LedgerBroken", "rows are missing"),
    release: [payload({ isReleased: false })],
  };
  const { end, calls } = await run({ hour: HOUR }, world, { crawlerName: undefined, retryAttempts: 0 });
  expect(end.status).toBe("FAILED");
  expect(calls.filter((call) => call === "plan")).toHaveLength(1);
  expect(calls.at(-2)).toMatch(/^start /);
});

test.each(["FAILED", "TIMED_OUT", "ABORTED", "SUCCEEDED"])(
  "from an execution that is %s the lease is taken over, once its functions and job runs are over",
  async (Status) => {
    const world: World = {
      claim: [
        payload({ isHeld: false, holder: "arn:dead", isLeft: true }),
        payload({ isHeld: true, holder: "arn:execution" }),
      ],
      describe: [{ Status, StopDate: "1970-01-01T00:00:00.000Z" }],
      jobRuns: [{ JobRuns: [runOf("RUNNING")] }, { JobRuns: [runOf("STOPPING")] }, { JobRuns: [runOf("STOPPED")] }],
    };
    const { end, calls, endMillis } = await run({ hour: HOUR }, world);
    expect(end.status).toBe("SUCCEEDED");
    expect(calls).toEqual([
      `claim ${HOUR}`,
      "describe arn:dead",
      `claim ${HOUR} from arn:dead`,
      "runs",
      "runs",
      "runs",
      "plan",
      "release",
    ]);
    expect(endMillis).toBe((900 + 2 * 60) * 1000);
  },
);

test("the lease of an execution that Step Functions has forgotten is taken over at once", async () => {
  const world: World = {
    claim: [
      payload({ isHeld: false, holder: "arn:old", isLeft: true }),
      payload({ isHeld: true, holder: "arn:execution" }),
    ],
    describe: [new WorkflowError("Sfn.ExecutionDoesNotExistException", "Execution Does Not Exist")],
  };
  const { end, calls } = await run({ hour: HOUR }, world);
  expect(end.status).toBe("SUCCEEDED");
  expect(calls.slice(0, 3)).toEqual([`claim ${HOUR}`, "describe arn:old", `claim ${HOUR} from arn:old`]);
});

test("job runs are listed until one is older than any that can be under way", async () => {
  const pages: Answer[] = [
    { JobRuns: [runOf("SUCCEEDED")], NextToken: "2" },
    { JobRuns: [runOf("SUCCEEDED", HOUR, "1969-12-31T00:00:00.000Z")], NextToken: "3" },
  ];
  const { calls } = await run({ hour: HOUR }, { jobRuns: pages });
  expect(calls.slice(1, 4)).toEqual(["runs", "runs after 2", "plan"]);
});

test("hours that others ask for meanwhile are planned before the lease is released", async () => {
  const world: World = {
    plan: [hours(HOUR), hours("2026-11-20T10")],
    release: [payload({ isReleased: false }), payload({ isReleased: true })],
  };
  const { end, calls } = await run({ hour: HOUR }, world, { crawlerName: undefined });
  expect(end).toMatchObject({ output: { hours: 2 } });
  expect(calls.filter((call) => !/^(job|reconcile)/.test(call))).toEqual([...BEGIN, "release", "plan", "release"]);
});

test("an execution whose history fills up hands the rest to another", async () => {
  const world: World = { plan: [planOf([HOUR], { isMore: true })] };
  const { end, calls } = await run({ hour: HOUR }, world, { crawlerName: undefined, hoursPerExecution: 1 });
  expect(end).toEqual({ status: "SUCCEEDED", output: { hour: HOUR, result: "another execution goes on", hours: 1 } });
  const continues =
    '"continues":{"execution":"arn:execution","root":"run","part":2,"hasCrawled":false,"failedHours":[],"narrowHours":[],"stillNarrowHours":[]}';
  expect(calls.at(-1)).toBe(`start arn:machine run-2 {"hour":"${HOUR}",${continues}}`);
});

test("the execution that goes on takes the lease of the one before, and leaves out what failed there", async () => {
  const continues = {
    execution: "arn:before",
    root: "run",
    part: 2,
    hasCrawled: true,
    failedHours: ["2026-11-20T07"],
    narrowHours: ["2026-11-20T05"],
    stillNarrowHours: ["2026-11-20T05"],
  };
  const { calls } = await run({ hour: HOUR, continues });
  expect(calls).toEqual([
    `claim ${HOUR} from arn:before`,
    "runs",
    "plan crawled without 2026-11-20T07 without 2026-11-20T05",
    "release",
  ]);
});

test("hours that have become narrow are planned again before the crawl", async () => {
  const world: World = {
    plan: [hours(HOUR), hours("2026-11-20T07")],
    reconcile: (hour) => payload({ isWidened: hour === HOUR, isNarrow: false }),
  };
  const { end, calls } = await run({ hour: HOUR }, world);
  expect(end.status).toBe("SUCCEEDED");
  expect(calls).toEqual([
    ...BEGIN,
    `job job ${HOUR} records`,
    `reconcile ${HOUR} records`,
    "plan",
    "job job 2026-11-20T07 records",
    "reconcile 2026-11-20T07 records",
    "startCrawler crawler",
    "getCrawler crawler",
    "release crawled",
  ]);
});

test("an hour that stays narrow is not planned without end", async () => {
  const world: World = { plan: [hours(HOUR)], reconcile: () => payload({ isWidened: false, isNarrow: true }) };
  const { calls } = await run({ hour: HOUR }, world, { crawlerName: undefined });
  expect(calls.filter((call) => call.startsWith("job"))).toHaveLength(2);
});

test("a narrow hour that cannot be flattened again fails the execution; the others are sealed", async () => {
  const world: World = {
    plan: [hours(HOUR), hours("2026-11-20T07")],
    reconcile: () => payload({ isWidened: true, isNarrow: false }),
    job: (hour) => (hour === HOUR ? {} : new WorkflowError("States.TaskFailed", "out of memory")),
  };
  const { end, calls, published } = await run({ hour: HOUR }, world, { crawlerName: undefined });
  expect(end.status).toBe("FAILED");
  expect(calls.filter((call) => /^(reconcile|plan|release|publish)/.test(call))).toEqual([
    "plan",
    `reconcile ${HOUR} records`,
    "plan",
    "release",
    "publish arn:topic",
  ]);
  expect(JSON.parse(published[0] ?? "").failures).toEqual([
    { hour: "2026-11-20T07", step: "flatten", error: "States.TaskFailed", cause: "out of memory" },
  ]);
});

test("without a crawler nothing is crawled", async () => {
  const { end, calls } = await run({ hour: HOUR }, { plan: [hours(HOUR)] }, { crawlerName: undefined });
  expect(end.status).toBe("SUCCEEDED");
  expect(calls).toEqual([...BEGIN, `job job ${HOUR} records`, `reconcile ${HOUR} records`, "release"]);
});

test.each([
  "ConcurrentRunsExceededException",
  "ResourceNumberLimitExceededException",
  "ThrottlingException",
  "AWSGlueException",
])("a run that Glue refuses to start with %s is tried again, longer than one that fails", async (name) => {
  let refusals = 0;
  const job = () => (++refusals > 10 ? {} : new WorkflowError(`Glue.${name}`, "Rate exceeded"));
  const { end, calls } = await run({ hour: HOUR }, { plan: [hours(HOUR)], job }, { crawlerName: undefined });
  expect(end.status).toBe("SUCCEEDED");
  expect(calls.filter((call) => call.startsWith("job"))).toHaveLength(11);
});

test("after an error that leaves open whether a run began, the next one waits until no run of the hour is under way", async () => {
  let tries = 0;
  const world: World = {
    plan: [hours(HOUR)],
    job: () => (++tries > 1 ? {} : new WorkflowError("States.Timeout", "")),
    jobRuns: [
      { JobRuns: [] },
      { JobRuns: [runOf("RUNNING"), runOf("RUNNING", "2026-11-20T03")] },
      { JobRuns: [runOf("RUNNING", "2026-11-20T03")] },
    ],
  };
  const { end, calls } = await run({ hour: HOUR }, world, { crawlerName: undefined });
  expect(end.status).toBe("SUCCEEDED");
  expect(calls.slice(3)).toEqual([
    `job job ${HOUR} records`,
    "runs",
    "runs",
    `job job ${HOUR} records`,
    `reconcile ${HOUR} records`,
    "release",
  ]);
});

test("a crawler that runs already is waited for, and then started for these hours", async () => {
  const running = new WorkflowError("Glue.CrawlerRunningException", "already running");
  const { end, calls } = await run({ hour: HOUR }, { plan: [hours(HOUR)], startCrawler: [running, {}] });
  expect(end.status).toBe("SUCCEEDED");
  expect(calls.slice(5)).toEqual([
    "startCrawler crawler",
    "getCrawler crawler",
    "startCrawler crawler",
    "getCrawler crawler",
    "release crawled",
  ]);
});

test("a failed crawl fails the execution, with the crawler's error", async () => {
  const world: World = { plan: [hours(HOUR)], getCrawler: [crawled("READY", "FAILED", "no access")] };
  const { end, calls, published } = await run({ hour: HOUR }, world);
  expect(end).toMatchObject({ status: "FAILED", error: "HourlyStepFailed" });
  expect(calls.slice(-2)).toEqual(["release", "publish arn:topic"]);
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
  expect(calls.filter((call) => call.startsWith("plan"))).toHaveLength(3);
});

test("a plan that fails is told and fails the execution", async () => {
  const { end, calls, published } = await run({ hour: HOUR }, { plan: [new WorkflowError("Error", "x".repeat(1000))] });
  expect(end.status).toBe("FAILED");
  expect(calls.filter((call) => call.startsWith("plan"))).toHaveLength(3);
  expect(calls.slice(-2)).toEqual(["release by force", "publish arn:topic"]);
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
