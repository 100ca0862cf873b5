import { gunzipSync } from "node:zlib";
import { FORMATS } from "../../formats/registry";
import { createRouter, type RouterConfig } from "../../functions/router";
import type { RouterHooks } from "../../lake/routing/hooks";
import { storeZstd } from "../formats/support/storeZstd";
import { ARRIVED_SECONDS, kinesisEvent, type TestRecord } from "./support/kinesisEvents";
import { type MemoryStore, memoryStore } from "./support/memoryStore";

const CONFIG: RouterConfig = {
  formats: { json: {}, ndjson: {}, csv: {} },
  table: "records",
  prefixes: { raw: "raw/", unformatted: "unformatted/" },
  concurrentWrites: 8,
};
const RAW = "raw/records/dt=2026-11-20/hour=10/shardId-000000000003";
const UNFORMATTED = "unformatted/records/dt=2026-11-20/hour=10/shardId-000000000003";

function routerOn(store: MemoryStore, hooks: RouterHooks = {}) {
  const log: Record<string, unknown>[] = [];
  const handler = createRouter(CONFIG, {
    hooks,
    formats: FORMATS,
    effects: { stream: "clicks", store, log: (entry) => log.push(entry) },
  });
  return { log, run: (records: TestRecord[]) => handler(kinesisEvent(records)) };
}

function linesOf(store: MemoryStore, key: string): string[] {
  return gunzipSync(store.objects.get(key) ?? "")
    .toString("utf8")
    .split("\n")
    .slice(0, -1);
}

const MIXED: TestRecord[] = [
  { sequenceNumber: "101", data: '{"amount": 1.10}' },
  { sequenceNumber: "102", data: "sku,quantity\nA-1,2\nB-2,3\n" },
  { sequenceNumber: "103", data: '{"amount": ' },
  { sequenceNumber: "104", data: '{"n":1}\n{"n":2}\n' },
  { sequenceNumber: "105", data: Uint8Array.from([0xff, 0xfe, 0x00]) },
  { sequenceNumber: "106", data: "" },
];

test("a batch of mixed formats lands in one object of rows and one of records that cannot be used", async () => {
  const store = memoryStore();
  const { run, log } = routerOn(store);
  expect(await run(MIXED)).toEqual({ batchItemFailures: [] });
  expect([...store.objects.keys()]).toEqual([
    `${RAW}-101-104-5-dc3bafce75c93b784.ndjson.gz`,
    `${UNFORMATTED}-103-106-3-dbf40484058123e29.ndjson.gz`,
  ]);

  const envelope = (id: string, format: string) =>
    `{"_id":"shardId-000000000003/${id}","_arrived":"2026-11-20T10:04:09.123Z","_format":"${format}","_stream":"clicks","_key":"u-17"`;
  expect(linesOf(store, `${RAW}-101-104-5-dc3bafce75c93b784.ndjson.gz`)).toEqual([
    `${envelope("101/0.0", "json")},"data":{"amount": 1.10}}`,
    `${envelope("102/0.0", "csv")},"data":{"sku":"A-1","quantity":"2"}}`,
    `${envelope("102/0.1", "csv")},"data":{"sku":"B-2","quantity":"3"}}`,
    `${envelope("104/0.0", "ndjson")},"data":{"n":1}}`,
    `${envelope("104/0.1", "ndjson")},"data":{"n":2}}`,
  ]);
  expect(
    linesOf(store, `${UNFORMATTED}-103-106-3-dbf40484058123e29.ndjson.gz`).map((line) => {
      const { id, reason, payload } = JSON.parse(line) as Record<string, string>;
      return [id, reason, payload];
    }),
  ).toEqual([
    ["shardId-000000000003/103/0", "format", Buffer.from('{"amount": ').toString("base64")],
    ["shardId-000000000003/105/0", "format", "//4A"],
    ["shardId-000000000003/106/0", "empty", ""],
  ]);
  const counted = {
    Records: 6,
    Rows: 5,
    Objects: 2,
    FailedWrites: 0,
    Unformatted: 3,
    "Unformatted.empty.unknown": 1,
    "Unformatted.format.json": 1,
    "Unformatted.format.unknown": 1,
  };
  const Metrics = Object.keys(counted).map((Name) => ({ Name, Unit: "Count" }));
  const CloudWatchMetrics = [{ Namespace: "Streamlake", Dimensions: [["Stream"]], Metrics }];
  expect(log).toEqual([{ message: "routed", Stream: "clicks", ...counted, _aws: { CloudWatchMetrics } }]);
});

test("the same batch twice gives the same keys and bytes, and writes nothing new", async () => {
  const [first, second] = [memoryStore(), memoryStore()];
  await routerOn(first).run(MIXED);
  await routerOn(second).run(MIXED);
  expect([...second.objects]).toEqual([...first.objects]);

  const before = [...first.objects];
  expect(await routerOn(first).run(MIXED)).toEqual({ batchItemFailures: [] });
  expect([...first.objects]).toEqual(before);
});

test("an empty batch writes nothing", async () => {
  const store = memoryStore();
  expect(await routerOn(store).run([])).toEqual({ batchItemFailures: [] });
  expect(store.requests).toEqual([]);
});

test("records of two hours cost two writes, however many they are", async () => {
  const store = memoryStore();
  const records = Array.from({ length: 200 }, (_, index) => ({
    sequenceNumber: String(1000 + index),
    data: `{"n":${index}}`,
    arrived: ARRIVED_SECONDS + (index < 100 ? 0 : 3600),
  }));
  await routerOn(store).run(records);
  expect(store.requests).toEqual([
    `PUT ${RAW}-1000-1099-100-de46925d75742b082.ndjson.gz`,
    "PUT raw/records/dt=2026-11-20/hour=11/shardId-000000000003-1100-1199-100-db2ebe8a4f41e1e2b.ndjson.gz",
  ]);
});

test("a write that fails is answered with the lowest sequence number of its records, the others stay written", async () => {
  const store = memoryStore({}, (request) => (request.includes("unformatted/") ? new Error("SlowDown") : undefined));
  const { run, log } = routerOn(store);
  expect(await run(MIXED)).toEqual({ batchItemFailures: [{ itemIdentifier: "103" }] });
  expect([...store.objects.keys()]).toEqual([`${RAW}-101-104-5-dc3bafce75c93b784.ndjson.gz`]);
  expect(log[1]).toEqual({
    message: "write failed",
    key: `${UNFORMATTED}-103-106-3-dbf40484058123e29.ndjson.gz`,
    error: "Error: SlowDown",
  });
});

test("of several failed writes the lowest sequence number is answered, as a number and not as text", async () => {
  const store = memoryStore({}, () => new Error("SlowDown"));
  const records = [
    { sequenceNumber: "9", data: "{" },
    { sequenceNumber: "10", data: "{}" },
  ];
  expect(await routerOn(store).run(records)).toEqual({ batchItemFailures: [{ itemIdentifier: "9" }] });
});

test("the batch delivered again from the failed record completes the lake, each record in it at least once", async () => {
  let failing = true;
  const store = memoryStore({}, (request) =>
    failing && request.includes("unformatted/") ? new Error("x") : undefined,
  );
  const { run } = routerOn(store);
  const [failure] = (await run(MIXED)).batchItemFailures;
  failing = false;
  const rest = MIXED.filter(({ sequenceNumber }) => sequenceNumber >= (failure?.itemIdentifier ?? ""));
  expect(await run(rest)).toEqual({ batchItemFailures: [] });

  const sequences = [...store.objects.keys()].flatMap((key) =>
    linesOf(store, key).map((line) => /shardId-000000000003\/(\d+)/.exec(line)?.[1]),
  );
  expect([...new Set(sequences)].sort()).toEqual(["101", "102", "103", "104", "105", "106"]);
});

test("a batch that becomes far more than it is lands in part, and the answer asks for the rest of it", async () => {
  const store = memoryStore();
  const { run, log } = routerOn(store);
  const large = storeZstd(Buffer.from(`{"note":"${"lorem ipsum ".repeat(1_250_000)}"}`));
  const records = Array.from({ length: 7 }, (_, index) => ({ sequenceNumber: String(98 + index), data: large }));
  const first = await run(records);
  const second = await run(records.slice(5));

  expect(first).toEqual({ batchItemFailures: [{ itemIdentifier: "103" }] });
  expect(second).toEqual({ batchItemFailures: [] });
  expect([...store.objects.keys()]).toEqual([
    `${RAW}-98-100-3-dc29e28db8fd8f5c5.ndjson.gz`,
    `${RAW}-101-102-2-dafd445c25a4a322e.ndjson.gz`,
    `${RAW}-103-104-2-dd2149211c6b8d1d7.ndjson.gz`,
  ]);
  expect(log.map(({ Records, Rows, LeftRecords }) => [Records, Rows, LeftRecords])).toEqual([
    [5, 5, 2],
    [2, 2, undefined],
  ]);
});

test("a batch of very many values lands in part, although it unpacks to little", async () => {
  const store = memoryStore();
  const { run, log } = routerOn(store);
  const many = storeZstd(Buffer.from(`{"a":[${"0,".repeat(1_900_000)}0]}`));
  const records = Array.from({ length: 5 }, (_, index) => ({ sequenceNumber: String(101 + index), data: many }));

  expect(await run(records)).toEqual({ batchItemFailures: [{ itemIdentifier: "105" }] });
  expect(log.map(({ Records, LeftRecords }) => [Records, LeftRecords])).toEqual([[4, 1]]);
});

test("hooks of the user's run on every row", async () => {
  const store = memoryStore();
  const hooks: RouterHooks = {
    transform: (row) => ({ ...row, seen: true }),
    accept: (row) => row.n !== 2 || "two is not accepted",
    table: (row) => ("sku" in row ? "orders" : "records"),
  };
  const { run, log } = routerOn(store, hooks);
  await run(MIXED);
  expect([...store.objects.keys()]).toEqual([
    `${RAW}-101-101-1-d4dc7648c0b4b11db.ndjson.gz`,
    "raw/orders/dt=2026-11-20/hour=10/shardId-000000000003-102-102-2-d73e0e552893d7812.ndjson.gz",
    `${UNFORMATTED}-103-106-4-d157bd585622b8920.ndjson.gz`,
  ]);
  expect(log[0]).toMatchObject({ Rows: 3, Unformatted: 4, "Unformatted.rejected.ndjson": 1 });
});

test("nothing of a payload is ever logged", async () => {
  const store = memoryStore({}, () => new Error("SlowDown"));
  const secret = "4929-1234-5678-9012";
  const hooks: RouterHooks = {
    accept: (row) => {
      throw new Error(`card ${String(row.card)}`);
    },
  };
  const { run, log } = routerOn(store, hooks);
  await run([
    { sequenceNumber: "1", data: `{"card":"${secret}"}` },
    { sequenceNumber: "2", data: secret },
  ]);
  expect(log).toHaveLength(3);
  expect(JSON.stringify(log)).not.toContain(secret);
});

test("an event of another source fails the batch", async () => {
  const handler = createRouter(CONFIG, {
    formats: FORMATS,
    effects: { stream: "clicks", store: memoryStore(), log: () => undefined },
  });
  await expect(handler({ hour: "2026-11-20T10" })).rejects.toThrow("the event is not one of a Kinesis stream");
});

test.each([
  [{ table: "Click Events" }, 'table "Click Events" is not a Glue name; use lower-case letters, digits and "_"'],
  [{ prefixes: { raw: "raw", unformatted: "unformatted/" } }, 'prefix "raw" does not end with one "/"'],
  [{ prefixes: { raw: "raw/", unformatted: "" } }, 'prefix "" does not end with one "/"'],
  [{ concurrentWrites: 0 }, "concurrentWrites is 0; it needs a whole number, 1 or more"],
])("the configuration %j is refused when the handler is made", (change, problem) => {
  const effects = { stream: "clicks", store: memoryStore(), log: () => undefined };
  expect(() => createRouter({ ...CONFIG, ...change }, { formats: FORMATS, effects })).toThrow(`router: ${problem}`);
});

test.each(["STREAM_NAME", "LAKE_BUCKET"])("a function without the variable %s says so at cold start", (name) => {
  const environment = { ...process.env };
  Object.assign(process.env, { STREAM_NAME: "clicks", LAKE_BUCKET: "lake", AWS_REGION: "eu-west-1" });
  delete process.env[name];
  try {
    expect(() => createRouter(CONFIG, { formats: FORMATS })).toThrow(
      `the environment variable ${name} is not set on this function`,
    );
  } finally {
    process.env = environment;
  }
});

test("a hook that throws is counted, and logged once a batch with its name and place, without its message", async () => {
  const store = memoryStore();
  const log: Record<string, unknown>[] = [];
  const handler = createRouter(
    { ...CONFIG, hookPlaces: { transform: "hooks.ts:17" } },
    {
      hooks: { transform: (row) => ({ ...row, up: (row.name as string).toUpperCase() }) },
      formats: FORMATS,
      effects: { stream: "clicks", store, log: (entry) => log.push(entry) },
    },
  );
  await handler(
    kinesisEvent([
      { sequenceNumber: "1", data: '{"n":1}' },
      { sequenceNumber: "2", data: '{"name":"a"}' },
      { sequenceNumber: "3", data: '{"n":2}' },
    ]),
  );
  expect(log).toEqual([
    expect.objectContaining({ message: "routed", Rows: 1, Unformatted: 2, HookErrors: 2, "Unformatted.hook.json": 2 }),
    { message: "hook failed", detail: "transform threw TypeError (hooks.ts:17)" },
  ]);
});
