/** The hourly state machine, run by the interpreter against a world that is told what to answer. */
import { createHash } from "node:crypto";
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
  handOverEvents: 3_000,
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
    requests: 0,
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

async function run(input: Json, world: World = {}, changes: Partial<HourlyWorkflow> = {}, execution = "arn:execution") {
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
        if (payload?.execution !== execution) throw new Error("a call without its execution");
        if (payload.step === "claim") {
          calls.push(`claim ${payload.hour}${payload.replaces ? ` from ${payload.replaces}` : ""}`);
          return nth(world.claim ?? [{ Payload: { isHeld: true, holder: execution } }], "claim");
        }
        if (payload.step === "release") {
          calls.push(
            `release${payload.planned ? ` of ${payload.planned}` : ""}${payload.hasCrawled ? " crawled" : ""}${payload.hasCrawlFailed ? " after a failed crawl" : ""}${payload.isForced ? " by force" : ""}`,
          );
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
    Execution: { Id: execution, Name: "run", Input: input, StartTime: "2026-11-20T10:25:00Z" },
    StateMachine: { Id: "arn:machine", Name: "etl" },
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
  const world: World = { claim: [payload({ isHeld: false, holder: "arn:execution:etl:other", isLeft: true })] };
  const { end, calls } = await run({ hour: HOUR }, world);
  const result = "left to the execution that flattens hours now";
  expect(end).toEqual({ status: "SUCCEEDED", output: { hour: HOUR, result, execution: "arn:execution:etl:other" } });
  expect(calls).toEqual([`claim ${HOUR}`, "describe arn:execution:etl:other"]);
});

test("an hour that the holder does not plan waits until the lease is free", async () => {
  const far = payload({ isHeld: false, holder: "arn:execution:etl:other", isLeft: false });
  const world: World = { claim: [far, far, payload({ isHeld: true, holder: "arn:execution", isLeft: true })] };
  const { end, calls, endMillis } = await run({ hour: HOUR }, world);
  expect(end.status).toBe("SUCCEEDED");
  expect(calls.slice(0, 6)).toEqual([
    `claim ${HOUR}`,
    "describe arn:execution:etl:other",
    `claim ${HOUR}`,
    "describe arn:execution:etl:other",
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
        payload({ isHeld: false, holder: "arn:execution:etl:dead", isLeft: true }),
        payload({ isHeld: true, holder: "arn:execution" }),
      ],
      describe: [{ Status, StopDate: "1970-01-01T00:00:00.000Z" }],
      jobRuns: [{ JobRuns: [runOf("RUNNING")] }, { JobRuns: [runOf("STOPPING")] }, { JobRuns: [runOf("STOPPED")] }],
    };
    const { end, calls, endMillis } = await run({ hour: HOUR }, world);
    expect(end.status).toBe("SUCCEEDED");
    expect(calls).toEqual([
      `claim ${HOUR}`,
      "describe arn:execution:etl:dead",
      `claim ${HOUR} from arn:execution:etl:dead`,
      "runs",
      "runs",
      "runs",
      "plan",
      "release",
    ]);
    expect(endMillis).toBe((900 + 60 + 90) * 1000);
  },
);

const UNKNOWN = new WorkflowError("Sfn.ExecutionDoesNotExistException", "Execution Does Not Exist");
const HELD_ELSEWHERE = payload({ isHeld: false, holder: "arn:execution:etl:other", isLeft: true });
/** The longest time that a function and then a job run of a holder can write: 15 minutes, and 60 + 60 minutes. */
const LONGEST_WRITE_MILLIS = (15 + 120) * 60 * 1000;

/** Answers to so many claims, and then the lease. */
const heldFor = (claims: number, held: Json): Answer[] => [
  ...Array<Json>(claims).fill(held),
  payload({ isHeld: true, holder: "arn:execution", isLeft: true }),
];

test("a holder that DescribeExecution does not find yet keeps the lease", async () => {
  const world: World = { claim: [HELD_ELSEWHERE], describe: [UNKNOWN, UNKNOWN, { Status: "RUNNING" }] };
  const { end, calls } = await run({ hour: HOUR }, world);
  expect(end).toMatchObject({ status: "SUCCEEDED", output: { execution: "arn:execution:etl:other" } });
  expect(calls).toEqual(
    Array(3)
      .fill([`claim ${HOUR}`, "describe arn:execution:etl:other"])
      .flat(),
  );
});

test("the lease of a holder that is not found is taken over once all that it started has ended", async () => {
  const world: World = { claim: heldFor(21, HELD_ELSEWHERE), describe: [UNKNOWN] };
  const { end, calls, endMillis } = await run({ hour: HOUR }, world);
  expect(end.status).toBe("SUCCEEDED");
  expect(calls.filter((call) => call.includes(" from "))).toEqual([`claim ${HOUR} from arn:execution:etl:other`]);
  expect(endMillis).toBeGreaterThanOrEqual(LONGEST_WRITE_MILLIS);
  expect(endMillis).toBeLessThan(LONGEST_WRITE_MILLIS + 10 * 60 * 1000);
});

test("the wait for a holder that is not found goes on in another execution", async () => {
  const continues = {
    execution: "arn:execution:etl:before",
    root: "run",
    part: 2,
    unknownHolder: "arn:execution:etl:other",
    unknownSince: new Date(-LONGEST_WRITE_MILLIS).toISOString(),
  };
  const { calls } = await run({ hour: HOUR, continues }, { claim: heldFor(1, HELD_ELSEWHERE), describe: [UNKNOWN] });
  expect(calls.slice(0, 3)).toEqual([
    `claim ${HOUR} from arn:execution:etl:before`,
    "describe arn:execution:etl:other",
    `claim ${HOUR} from arn:execution:etl:other`,
  ]);
});

test("a holder that is found again counts as unknown from the next time on", async () => {
  const far = payload({ isHeld: false, holder: "arn:execution:etl:other", isLeft: false });
  const describe = [UNKNOWN, { Status: "RUNNING" }, UNKNOWN];
  const { calls, endMillis } = await run({ hour: HOUR }, { claim: heldFor(23, far), describe });
  expect(calls.filter((call) => call.includes(" from "))).toHaveLength(1);
  expect(endMillis).toBeGreaterThan(LONGEST_WRITE_MILLIS + 2 * 300 * 1000);
});

describe("a holder of a state machine that was replaced", () => {
  const old = "arn:execution:etl-before:one";
  const held = payload({ isHeld: false, holder: old, isLeft: true });

  test("keeps the lease while it runs; the hour is not left to it, because it ends at its next state", async () => {
    const world: World = {
      claim: [held, held, payload({ isHeld: true, holder: "arn:execution" })],
      describe: [{ Status: "RUNNING" }],
    };
    const { end, calls, endMillis } = await run({ hour: HOUR }, world);
    expect(end).toMatchObject({ output: { result: "nothing to do" } });
    expect(calls).toEqual([
      ...Array(2)
        .fill([`claim ${HOUR}`, `describe ${old}`])
        .flat(),
      `claim ${HOUR}`,
      "runs",
      "plan",
      "release",
    ]);
    expect(endMillis).toBe(2 * 300 * 1000);
  });

  test("is replaced only after its functions and its job's runs, which a listing may not show", async () => {
    const world: World = {
      claim: [held, payload({ isHeld: true, holder: "arn:execution" })],
      describe: [{ Status: "FAILED", StopDate: "1970-01-01T00:00:00.000Z" }],
    };
    const { calls, endMillis } = await run({ hour: HOUR }, world);
    expect(calls.slice(0, 3)).toEqual([`claim ${HOUR}`, `describe ${old}`, `claim ${HOUR} from ${old}`]);
    expect(endMillis).toBe(LONGEST_WRITE_MILLIS);
  });

  test("that may not be described is not replaced: the execution fails", async () => {
    const denied = new WorkflowError("Sfn.SfnException", "not authorized to perform: states:DescribeExecution");
    const { end, calls, published } = await run({ hour: HOUR }, { claim: [held], describe: [denied] });
    expect(end.status).toBe("FAILED");
    expect(calls.filter((call) => call.startsWith("claim"))).toEqual([`claim ${HOUR}`]);
    expect(JSON.parse(published[0] ?? "").failures).toEqual([
      {
        step: "describe the execution that holds the lease",
        error: "Sfn.SfnException",
        cause: "not authorized to perform: states:DescribeExecution",
      },
    ]);
  });
});

test("a wait for the holder that fills the history up goes on in another execution", async () => {
  const far = payload({ isHeld: false, holder: "arn:execution:etl:other", isLeft: false });
  const { end, calls } = await run({ hour: HOUR }, { claim: [far] });
  expect(end).toMatchObject({ status: "SUCCEEDED", output: { result: "another execution goes on", hours: 0 } });
  expect(calls.length).toBeLessThan(120);
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
    plan: [hours(HOUR), planOf(["2026-11-20T10"], { requests: 1 })],
    release: [payload({ isReleased: false }), payload({ isReleased: true })],
  };
  const { end, calls } = await run({ hour: HOUR }, world, { crawlerName: undefined });
  expect(end).toMatchObject({ output: { hours: 2 } });
  expect(calls.filter((call) => !/^(job|reconcile)/.test(call))).toEqual([...BEGIN, "release", "plan", "release of 1"]);
});

test("after a request, hours that failed are left to another execution, which waits for their runs and tries them again", async () => {
  const world: World = {
    plan: [planOf([HOUR], { isMore: true }), planOf(["2026-11-20T10"], { requests: 1 })],
    job: () => new WorkflowError("States.TaskFailed", "out of memory"),
  };
  const { end, calls } = await run({ hour: HOUR }, world, { crawlerName: undefined, retryAttempts: 0 });
  expect(end.status).toBe("FAILED");
  expect(calls.filter((call) => call.startsWith("job"))).toEqual([`job job ${HOUR} records`]);
  expect(calls.at(-2)).toContain('"planned":1,"unknownHolder":"","unknownSince":"","failedHours":[],');
  expect(calls.at(-1)).toBe("publish arn:topic");
});

test("an execution whose history fills up hands the rest to another", async () => {
  const world: World = { plan: [planOf([HOUR], { isMore: true })] };
  const { end, calls } = await run({ hour: HOUR }, world, { crawlerName: undefined, handOverEvents: 150 });
  expect(end).toEqual({ status: "SUCCEEDED", output: { hour: HOUR, result: "another execution goes on", hours: 1 } });
  const continues =
    '"continues":{"execution":"arn:execution","root":"run","part":2,"hasCrawled":false,"planned":0,"unknownHolder":"","unknownSince":"","failedHours":[],"narrowHours":[],"stillNarrowHours":[]}';
  const name = `run-2-${createHash("sha256").update("arn:execution").digest("hex").slice(0, 16)}`;
  expect(calls.at(-1)).toBe(`start arn:machine ${name} {"hour":"${HOUR}",${continues}}`);
});

test("an execution that goes on has a name that no execution of another lease had in the last 90 days", async () => {
  const world: World = { plan: [planOf([HOUR], { isMore: true })] };
  const changes = { crawlerName: undefined, handOverEvents: 150 };
  const nameOf = ({ calls }: { calls: string[] }) => calls.at(-1)?.split(" ")[2];
  const [one, again, other] = [
    await run({ hour: HOUR }, world, changes),
    await run({ hour: HOUR }, world, changes),
    await run({ hour: HOUR }, world, changes, "arn:another-execution"),
  ].map(nameOf);
  expect(again).toBe(one);
  expect(other).not.toBe(one);
});

test("the execution that goes on takes the lease of the one before, and leaves out what failed there", async () => {
  const continues = {
    execution: "arn:execution:etl:before",
    root: "run",
    part: 2,
    hasCrawled: true,
    failedHours: ["2026-11-20T07"],
    narrowHours: ["2026-11-20T05"],
    stillNarrowHours: ["2026-11-20T05"],
  };
  const { calls } = await run({ hour: HOUR, continues });
  expect(calls).toEqual([
    `claim ${HOUR} from arn:execution:etl:before`,
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

test("an hour that is still narrow after it was flattened again is a failure", async () => {
  const world: World = {
    plan: [hours(HOUR), hours(HOUR), hours()],
    reconcile: () => payload({ isWidened: false, isNarrow: true }),
  };
  const { end, calls, published } = await run({ hour: HOUR }, world, { crawlerName: undefined });
  expect(calls.filter((call) => call.startsWith("job"))).toHaveLength(2);
  expect(end.status).toBe("FAILED");
  expect(JSON.parse(published[0] ?? "").failures).toEqual([
    {
      hour: HOUR,
      step: "flatten",
      error: "StillNarrow",
      cause: "the hour is narrower than its table after it was flattened twice, and is not sealed",
    },
  ]);
});

test("a narrow hour whose second run sees the table widened again is flattened a third time, and is no failure", async () => {
  const results = [
    { isWidened: false, isNarrow: true },
    { isWidened: true, isNarrow: true },
    { isWidened: false, isNarrow: false },
  ];
  let tries = 0;
  const world: World = { plan: [hours(HOUR)], reconcile: () => payload(results[tries++] as Json) };
  const { end } = await run({ hour: HOUR }, world, { crawlerName: undefined });
  expect(end).toMatchObject({ status: "SUCCEEDED", output: { hours: 3 } });
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

const PASSING = ["AWSGlueException", "ResourceNumberLimitExceededException", "GlueException", "ThrottlingException"];

test.each(PASSING)("each call to Glue is repeated after %s", async (name) => {
  const failing = new WorkflowError(`Glue.${name}`, "Rate exceeded");
  const jobs: Answer[] = [failing, {}];
  const world: World = {
    plan: [hours(HOUR)],
    jobRuns: [failing, { JobRuns: [] }],
    job: () => jobs.shift() as Answer,
    startCrawler: [failing, {}],
    getCrawler: [failing, crawled("READY", "SUCCEEDED")],
  };
  const { end, calls } = await run({ hour: HOUR }, world);
  expect(end).toMatchObject({ status: "SUCCEEDED", output: { result: "flattened", hours: 1 } });
  const glue = calls.filter((call) => /^(runs|job|startCrawler|getCrawler)/.test(call));
  for (const call of [`job job ${HOUR} records`, "startCrawler crawler", "getCrawler crawler"]) {
    expect(glue.filter((each) => each === call)).toHaveLength(2);
  }
  expect(glue.slice(0, 2)).toEqual(["runs", "runs"]);
});

test("an hour whose job runs stay active is given up, and so is an execution before its first plan", async () => {
  const active = [{ JobRuns: [] }, { JobRuns: [runOf("RUNNING")] }];
  const job = () => new WorkflowError("States.Timeout", "too long");
  const { end, calls } = await run({ hour: HOUR }, { plan: [hours(HOUR)], job, jobRuns: active });
  expect(end).toMatchObject({ status: "FAILED", cause: expect.stringContaining('"error":"States.Timeout"') });
  expect(calls.filter((call) => call === "runs")).toHaveLength(21);

  const before = await run({ hour: HOUR }, { jobRuns: [active[1] as Json] }, { handOverEvents: 25_000 });
  expect(before.calls.slice(-2)).toEqual(["release by force", "publish arn:topic"]);
  expect(JSON.parse(before.published[0] ?? "").failures).toEqual([
    {
      step: "list job runs",
      error: "JobRunsActive",
      cause: "runs of the job are active, or too many to list; end those that the hourly workflow did not start",
    },
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
  expect(calls.slice(-2)).toEqual(["release after a failed crawl", "publish arn:topic"]);
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
