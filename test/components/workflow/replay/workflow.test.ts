/** The replay's state machine, run by the interpreter with the real planner, against a world that is told what to answer. */
import validate from "asl-validator";
import { replayEvents } from "../../../../components/workflow/replay/chunkStates";
import { replayWorkflow } from "../../../../components/workflow/replay/workflow";
import type { ReplayChunkAnswer } from "../../../../functions/replayChunk";
import type { ListedObject } from "../../../../lake/replay/chunks";
import { planReplayStep, type ReplayStepInput } from "../../../../lake/replay/plan";
import { NO_TOTALS, type ReplayTotals } from "../../../../lake/replay/totals";
import { skippingClock } from "../../../../local/cloud/clock";
import { isObject, type Json } from "../../../../local/cloud/json";
import { checkDefinition } from "../../../../local/services/stepFunctions/checkDefinition";
import { History } from "../../../../local/services/stepFunctions/history";
import { integrations } from "../../../../local/services/stepFunctions/integrations";
import { type ExecutionEnd, runExecution } from "../../../../local/services/stepFunctions/runExecution";
import { WorkflowError } from "../../../../local/services/stepFunctions/workflowError";

const WORKFLOW = {
  planFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:plan",
  chunkFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:chunk",
  topicArn: "arn:aws:sns:us-east-1:123456789012:topic",
  concurrentChunks: 3,
  retryAttempts: 2,
};

interface World {
  readonly objects?: number;
  readonly eventsPerExecution?: number;
  /** Of a chunk, by its first key and how often it was tried before. */
  readonly chunk?: (firstKey: string, tries: number) => WorkflowError | undefined;
  /** Of a chunk, by its keys and what it came to before. @default all of them are done */
  readonly answer?: (keys: readonly string[], before?: ReplayTotals) => ReplayChunkAnswer;
  readonly start?: WorkflowError;
  readonly input?: { [name: string]: Json };
  readonly execution?: string;
}

interface Run {
  readonly end: ExecutionEnd;
  readonly events: number;
  readonly chunks: number;
  /** What the execution that goes on is started with. */
  readonly started: { readonly Name: string; readonly Input: { [name: string]: Json } }[];
  readonly published: string[];
}

async function run(world: World = {}): Promise<Run> {
  const machine = checkDefinition(JSON.stringify(replayWorkflow(WORKFLOW)), new Set(integrations.keys()));
  const objects: ListedObject[] = Array.from({ length: world.objects ?? 0 }, (_, n) => ({
    key: `unformatted/records/dt=2026-11-20/hour=10/shard-${n}-${n}-1.ndjson.gz`,
    size: 1,
    modifiedMillis: 0,
  })).sort((left, right) => (left.key < right.key ? -1 : 1));
  const page = async (source: string, _prefix: string, after: string) => {
    const found = source === "unformatted" ? objects.filter(({ key }) => key > after) : [];
    return { objects: found.slice(0, 1000), isLast: found.length <= 1000 };
  };
  const config = {
    unformattedPrefix: "unformatted/",
    eventsPerExecution: world.eventsPerExecution ?? 20_000,
    eventsOf: replayEvents(WORKFLOW.retryAttempts),
  };
  const tries = new Map<string, number>();
  const started: Run["started"] = [];
  const published: string[] = [];
  let chunks = 0;
  const answer = async (resource: string, args: { [name: string]: Json }): Promise<Json> => {
    switch (`${resource.split(":::")[1]} ${args.FunctionName ?? ""}`.trim()) {
      case `lambda:invoke ${WORKFLOW.planFunctionArn}`:
        try {
          const step = await planReplayStep(args.Payload as unknown as ReplayStepInput, { page }, config);
          return { Payload: JSON.parse(JSON.stringify(step)) as Json };
        } catch (error) {
          throw new WorkflowError("Error", JSON.stringify({ errorMessage: (error as Error).message }));
        }
      case `lambda:invoke ${WORKFLOW.chunkFunctionArn}`: {
        const { request, chunk, before } = args.Payload as unknown as {
          request: object;
          chunk: { keys: string[] };
          before?: ReplayTotals;
        };
        expect(Object.keys(request)).toEqual(["dryRun", "sources", "reasons", "tables"]);
        const [first = ""] = chunk.keys;
        const failure = world.chunk?.(first, tries.get(first) ?? 0);
        tries.set(first, (tries.get(first) ?? 0) + 1);
        if (failure) throw failure;
        chunks += 1;
        const answer = world.answer?.(chunk.keys, before) ?? {
          totals: { ...NO_TOTALS, objects: chunk.keys.length, records: 1 },
        };
        return { Payload: answer as unknown as Json };
      }
      case "states:startExecution":
        if (world.start) throw world.start;
        started.push(args as unknown as Run["started"][number]);
        return { ExecutionArn: `arn:${String(args.Name)}` };
      case "sns:publish":
        published.push(String(args.Message));
        return {};
      default:
        throw new Error(`unexpected call of ${resource}`);
    }
  };
  const history = new History();
  const input = world.input ?? {};
  const StartTime = "2026-11-20T12:00:00.000Z";
  const Name = world.execution ?? "first";
  const Execution = { Id: `arn:execution:${Name}`, Name, Input: input, StartTime };
  const end = await runExecution(
    {
      machine,
      input,
      context: { Execution, StateMachine: { Id: "arn:machine" } },
      roleArn: "arn:role",
      history,
      signal: new AbortController().signal,
    },
    {
      clock: skippingClock({ now: () => 0, sleep: () => Promise.reject(new Error("never")) }),
      random: () => 0.5,
      region: "us-east-1",
      invokeTask: ({ resource, arguments: args }) => answer(resource, isObject(args) ? args : {}),
    },
  );
  return { end, events: history.events.length, chunks, started, published };
}

test("the public validator takes the definition", () => {
  const { isValid, errorsText } = validate(replayWorkflow(WORKFLOW));
  expect([isValid, errorsText("\n")]).toEqual([true, ""]);
});

test("nothing to replay is a success that says so", async () => {
  const { end, published } = await run();
  expect(end).toMatchObject({ status: "SUCCEEDED", output: { dryRun: true, executions: 1, totals: { records: 0 } } });
  expect(published).toEqual([]);
});

test("chunks are replayed until none is left, and their counts are the output", async () => {
  const { end, chunks } = await run({ objects: 130, input: { dryRun: false } });
  expect(chunks).toBe(7);
  expect(end).toMatchObject({ output: { dryRun: false, totals: { objects: 130, records: 7, failedObjects: 0 } } });
});

test("an error of Lambda's is tried again; a chunk that stays broken stops no other, and fails the execution with its keys", async () => {
  const passing = await run({
    objects: 60,
    chunk: (key, tries) =>
      key.includes("shard-0-") && tries < 6 ? new WorkflowError("Lambda.TooManyRequestsException", "slow") : undefined,
  });
  expect(passing).toMatchObject({ end: { status: "SUCCEEDED" }, chunks: 3 });

  const broken = await run({
    objects: 60,
    chunk: (key) =>
      key.includes("shard-0-") ? new WorkflowError("Error", '{"errorMessage":"broken gzip"}') : undefined,
  });
  expect(broken.chunks).toBe(2);
  expect(broken.end).toMatchObject({ status: "FAILED", error: "ReplayFailed" });
  const { failures, totals } = JSON.parse(broken.published[0] ?? "{}");
  expect(failures).toEqual([
    {
      source: "unformatted",
      key: "unformatted/records/dt=2026-11-20/hour=10/shard-0-0-1.ndjson.gz",
      objects: 20,
      error: "Error",
      cause: '{"errorMessage":"broken gzip"}',
    },
  ]);
  expect(totals).toMatchObject({ objects: 40, failedObjects: 20 });
});

/** Answers a chunk whose keys with `shard-0-` fail, so often. */
function failing(times: number) {
  const asked: (readonly string[])[] = [];
  const answer = (keys: readonly string[], before: ReplayTotals = NO_TOTALS): ReplayChunkAnswer => {
    asked.push(keys);
    const bad = keys.filter((key) => key.includes("shard-0-") && asked.length <= times);
    const totals = { ...before, objects: before.objects + keys.length - bad.length, rows: before.rows + 7 };
    const [key] = bad;
    if (key === undefined) return { totals };
    const failure = { source: "unformatted" as const, key, objects: 1, error: "Error", cause: "slow" };
    return { totals, left: { source: "unformatted", keys: bad }, partial: { ...NO_TOTALS, rows: 1 }, failure };
  };
  return { asked, answer };
}

test("of a chunk only the objects that failed are tried again; what the others came to is kept", async () => {
  const { asked, answer } = failing(2);
  const { end } = await run({ objects: 5, answer });
  expect(asked.map(({ length }) => length)).toEqual([5, 1, 1]);
  expect(end).toMatchObject({ status: "SUCCEEDED", output: { totals: { objects: 5, rows: 21, failedObjects: 0 } } });
});

test("objects that fail for good fail the execution, whose cause holds the totals of all that was done", async () => {
  const { asked, answer } = failing(9);
  const { end, published } = await run({ objects: 5, answer });
  expect(asked.map(({ length }) => length)).toEqual([5, 1, 1]);
  expect(end).toMatchObject({ status: "FAILED", error: "ReplayFailed" });
  const { totals, failures } = JSON.parse((end as { cause?: string }).cause ?? "");
  expect(totals).toMatchObject({ objects: 4, rows: 22, failedObjects: 1 });
  expect(failures).toMatchObject([{ objects: 1, error: "Error", cause: "slow" }]);
  expect(JSON.parse(published[0] ?? "")).toMatchObject({ totals: { objects: 4 }, failures: [{ cause: "slow" }] });
});

test("before its history is full it starts one execution, by a name that is the same for every try", async () => {
  const first = await run({ objects: 130, eventsPerExecution: 200 });
  expect(first.end).toMatchObject({ status: "SUCCEEDED", output: { continuedBy: "arn:first-1795176000000-2" } });
  expect(first.started.map(({ Name }) => Name)).toEqual(["first-1795176000000-2"]);
  const [{ Name, Input } = { Name: "", Input: {} }] = first.started;

  const second = await run({ objects: 130, eventsPerExecution: 20_000, input: Input, execution: Name });
  expect(first.chunks + second.chunks).toBe(7);
  expect(second.end).toMatchObject({
    status: "SUCCEEDED",
    output: { executions: 2, totals: { objects: 130, records: 7 } },
  });

  const start = new WorkflowError("StepFunctions.ExecutionAlreadyExistsException", "there");
  const again = await run({ objects: 130, eventsPerExecution: 200, start });
  expect(again.end).toMatchObject({ output: { continuedBy: "arn:execution:first-1795176000000-2" } });
  const denied = await run({
    objects: 130,
    eventsPerExecution: 200,
    start: new WorkflowError("StepFunctions.AWSStepFunctionsException", "denied"),
  });
  expect(denied.end).toMatchObject({ status: "FAILED", error: "ReplayFailed" });
  expect(denied.published[0]).toContain("go on in a new execution");
});

test("even if every try of every chunk fails, the history stays below what was planned for it", async () => {
  for (const error of ["Lambda.ServiceException", "Error"]) {
    const most = 3_000;
    const { events, started } = await run({
      objects: 4_000,
      eventsPerExecution: most,
      chunk: (_, tries) => new WorkflowError(tries < 6 ? error : "Error", "never"),
    });
    expect(started).toHaveLength(1);
    expect(events).toBeLessThanOrEqual(most);
    expect(events).toBeGreaterThan(most / 4);
  }
});

test("an input that is none is a failure with its problem", async () => {
  const { end, published } = await run({ input: { dryrun: false } });
  expect(end).toMatchObject({ status: "FAILED", error: "ReplayFailed" });
  expect(published[0]).toContain("is not a field; use dryRun, sources");
});
