/** Planning a replay step by step: bounded in keys, pages and events, whatever there is to list. */
import type { ListedObject } from "../../../lake/replay/chunks";
import {
  planReplayStep,
  type ReplayPlanConfig,
  type ReplayProgress,
  type ReplayStep,
  type ReplayStepInput,
} from "../../../lake/replay/plan";
import { NO_TOTALS } from "../../../lake/replay/totals";

const STARTED = "2026-11-20T12:00:00.500Z";
const CONFIG: ReplayPlanConfig = {
  unformattedPrefix: "unformatted/",
  eventsPerExecution: 20_000,
  eventsOf: { step: 50, chunk: 30 },
};

/** As S3 lists: at most 1,000 keys behind `after`, in the order of their keys. */
function listing(objects: Readonly<Record<string, readonly ListedObject[]>>) {
  const asked: string[] = [];
  return {
    asked,
    page: async (source: string, prefix: string, after: string) => {
      asked.push(`${source} ${after}`);
      const found = (objects[source] ?? []).filter(({ key }) => key.startsWith(prefix) && key > after);
      return { objects: found.slice(0, 1000), isLast: found.length <= 1000 };
    },
  };
}

const key = (table: string, day: string, hour: string, n: number, digest = "") =>
  `unformatted/${table}/dt=${day}/hour=${hour}/shardId-000000000003-${String(n).padStart(56, "0")}-${String(n).padStart(56, "0")}-1${digest}.ndjson.gz`;
const object = (name: string, size = 100, modified = "2026-11-20T11:00:00.000Z"): ListedObject => ({
  key: name,
  size,
  modifiedMillis: Date.parse(modified),
});

interface Run {
  readonly steps: ReplayStep[];
  readonly keys: string[];
  readonly progress: ReplayProgress;
}

/** Takes every step as the state machine does, and answers each chunk. */
async function run(
  input: object,
  objects: Readonly<Record<string, readonly ListedObject[]>>,
  config: ReplayPlanConfig = CONFIG,
  results: (keys: readonly string[]) => unknown = (keys) => ({ totals: { ...NO_TOTALS, objects: keys.length } }),
): Promise<Run> {
  const lists = listing(objects);
  const steps: ReplayStep[] = [];
  let execution: ReplayStepInput["execution"] = { name: "first", startedAt: STARTED };
  let given: unknown = input;
  for (;;) {
    const step = await planReplayStep({ execution, input: given }, lists, config);
    steps.push(step);
    expect(JSON.stringify(step).length).toBeLessThan(262_144);
    if (step.next === "done" || step.next === "failed") {
      return {
        steps,
        keys: steps.flatMap(({ chunks }) => chunks.flatMap(({ keys }) => keys)),
        progress: step.progress,
      };
    }
    if (step.next === "continue") execution = { name: `part-${step.progress.part + 1}`, startedAt: "later" };
    given = { progress: step.progress, results: step.chunks.map(({ keys }) => results(keys)) };
  }
}

test("every object once, failed batches first, a bounded number of keys a step", async () => {
  const failed = Array.from({ length: 25 }, (_, n) => object(`aws/lambda/uuid/shard/${String(n).padStart(4, "0")}`));
  const unformatted = Array.from({ length: 3_000 }, (_, n) => object(key("records", "2026-11-20", "10", n)));
  const { keys, steps, progress } = await run({}, { failed, unformatted });
  expect(keys).toEqual([...failed, ...unformatted].map((one) => one.key));
  expect(steps[0]?.chunks.slice(0, 3).map(({ source, keys: { length } }) => [source, length])).toEqual([
    ["failed", 20],
    ["failed", 5],
    ["unformatted", 20],
  ]);
  expect(Math.max(...steps.map(({ chunks }) => chunks.length))).toBeLessThanOrEqual(50);
  expect(progress.totals.objects).toBe(3_025);
  expect(progress.request).toEqual({ dryRun: true, sources: ["failed", "unformatted"], reasons: [], tables: [] });
});

test("a chunk holds at most 32 MiB, but one object whatever its size", async () => {
  const sizes = [20, 20, 40, 10, 10];
  const unformatted = sizes.map((size, n) => object(key("records", "2026-11-20", "10", n), size * 1024 * 1024));
  const { steps } = await run({ sources: ["unformatted"] }, { unformatted });
  expect(steps[0]?.chunks.map(({ keys }) => keys.length)).toEqual([1, 1, 1, 2]);
});

test("tables and hours that are not asked for are skipped without listing them", async () => {
  const hours = ["08", "09", "10", "11"];
  const unformatted = ["orders", "records", "visits"].flatMap((table) =>
    hours.flatMap((hour) => Array.from({ length: 1_500 }, (_, n) => object(key(table, "2026-11-20", hour, n)))),
  );
  const lists = listing({ unformatted });
  const order = { sources: ["unformatted"], from: "2026-11-20T09", to: "2026-11-20T09", tables: ["records"] };
  const execution = { name: "first", startedAt: STARTED };
  const step = await planReplayStep({ execution, input: order }, lists, CONFIG);
  expect(step.chunks[0]?.keys[0]).toBe(key("records", "2026-11-20", "09", 0));
  expect(lists.asked.slice(0, 2)).toEqual(["unformatted ", "unformatted unformatted/orders0"]);
  const all = listing({ unformatted });
  await planReplayStep({ execution, input: { ...order, tables: [] } }, all, CONFIG);
  expect(all.asked.slice(0, 2)).toEqual(["unformatted ", "unformatted unformatted/orders/dt=2026-11-20/hour=09"]);
  const { keys } = await run(order, { unformatted });
  expect(keys).toHaveLength(1_500);
  expect(keys.every((one) => one.startsWith("unformatted/records/dt=2026-11-20/hour=09/"))).toBe(true);
});

test("what a replay itself has put is not listed by it; what an earlier one put is", async () => {
  const digest = "-r0123456789abcdef";
  const unformatted = [
    object(key("records", "2026-11-20", "10", 1, digest), 100, "2026-11-20T11:59:59.000Z"),
    object(key("records", "2026-11-20", "10", 2, digest), 100, "2026-11-20T12:00:00.000Z"),
    object(key("records", "2026-11-20", "10", 3), 100, "2026-11-20T12:00:01.000Z"),
    object("unformatted/records/dt=2026-11-20/hour=10/readme.txt"),
  ];
  const { keys } = await run({}, { unformatted });
  expect(keys).toEqual([unformatted[0]?.key, unformatted[2]?.key]);
});

test("a step ends after 20 pages, chosen or not, and the next one goes on behind them", async () => {
  const own = "-r0123456789abcdef";
  const unformatted = Array.from({ length: 30_000 }, (_, n) =>
    object(key("records", "2026-11-20", "10", n, own), 100, "2026-11-20T12:00:01.000Z"),
  );
  const { steps } = await run({}, { unformatted });
  expect(steps.map(({ next }) => next)).toEqual(["plan", "done"]);
  const after = key("records", "2026-11-20", "10", 18_999, own);
  expect(steps[0]?.progress.cursor).toEqual({ source: "unformatted", after });
});

test("an execution leaves the rest to a new one before its history is full; totals go on", async () => {
  const unformatted = Array.from({ length: 400 }, (_, n) => object(key("records", "2026-11-20", "10", n)));
  const { keys, steps, progress } = await run({}, { unformatted }, { ...CONFIG, eventsPerExecution: 250 });
  expect(keys).toHaveLength(400);
  expect(Math.max(...steps.map((step) => step.progress.events))).toBeLessThanOrEqual(250);
  expect(steps.filter(({ next }) => next === "continue")).toHaveLength(3);
  expect(progress).toMatchObject({ root: "first", startedAt: STARTED, part: 4, execution: "part-4" });
  expect(progress.totals.objects).toBe(400);
});

test("objects that failed are counted, the first ten failures by name, beside what was done, and the end says so", async () => {
  const unformatted = Array.from({ length: 600 }, (_, n) => object(key("records", "2026-11-20", "10", n)));
  const failure = (names: readonly string[]) => ({
    totals: { ...NO_TOTALS, rows: 3, firstHour: "2026-11-20T10", lastHour: "2026-11-20T10" },
    partial: { ...NO_TOTALS, rows: 1, firstHour: "2026-11-20T09", lastHour: "2026-11-20T09" },
    failure: { source: "unformatted", key: names[0], objects: 2, error: "E", cause: "c" },
  });
  const { steps, progress } = await run({}, { unformatted }, CONFIG, failure);
  expect(steps.at(-1)?.next).toBe("failed");
  expect(progress.totals).toMatchObject({
    rows: 120,
    firstHour: "2026-11-20T09",
    lastHour: "2026-11-20T10",
    failedObjects: 60,
  });
  expect(progress.totals.failures).toHaveLength(10);
  expect(progress.totals.failures[0]?.key).toBe(unformatted[0]?.key);
});

test("counts of chunks add up, by reason, and hours from the first to the last", async () => {
  const unformatted = Array.from({ length: 40 }, (_, n) => object(key("records", "2026-11-20", "10", n)));
  const hours = ["2026-11-20T10", "2026-11-20T08"];
  const { progress } = await run({}, { unformatted }, CONFIG, () => {
    const hour = hours.pop();
    const found = { records: 3, landed: 2, rows: 4, created: 1, stays: { schema: 1 }, leftOut: { other: 2 } };
    return { totals: { ...NO_TOTALS, ...found, firstHour: hour, lastHour: hour } };
  });
  expect(progress.totals).toEqual({
    objects: 0,
    records: 6,
    landed: 4,
    rows: 8,
    created: 2,
    alreadyThere: 0,
    stays: { schema: 2 },
    leftOut: { other: 4 },
    firstHour: "2026-11-20T08",
    lastHour: "2026-11-20T10",
    failedObjects: 0,
    failures: [],
  });
});

test.each<[unknown, string]>([
  [null, "the input is not an object; use {} for a dry run over everything"],
  [[], "the input is not an object"],
  [{ apply: true }, '"apply" is not a field; use dryRun, sources, reasons, tables, from, to'],
  [{ dryRun: "false" }, "dryRun is not true or false"],
  [{ reasons: "schema" }, "reasons is not a list of names"],
  [{ reasons: ["bored"] }, 'reasons contains "bored"; use format, too-large, '],
  [{ sources: ["raw"] }, 'sources contains "raw"; use failed, unformatted'],
  [{ from: "2026-11-20" }, "from is not an hour; write it as 2026-11-20T10 (UTC)"],
])("the input %j is refused", async (input, problem) => {
  const execution = { name: "first", startedAt: STARTED };
  await expect(planReplayStep({ execution, input }, listing({}), CONFIG)).rejects.toThrow(problem);
});

test("a request that would not pass between states beside its keys is refused with its size", async () => {
  const execution = { name: "first", startedAt: STARTED };
  const input = { tables: Array.from({ length: 4_000 }, (_, n) => `table_${n}`) };
  await expect(planReplayStep({ execution, input }, listing({}), CONFIG)).rejects.toThrow(
    /^the input of a replay: 4000 tables make it \d{5} bytes; the maximum is 32000, so start several replays with fewer tables each$/,
  );
});
