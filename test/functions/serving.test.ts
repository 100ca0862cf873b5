/** The handler of a view: what it writes, counts and leaves, and what it answers when DynamoDB fails. */
import { gzipSync } from "node:zlib";
import { FORMATS } from "../../formats/registry";
import { LookupError } from "../../formats/schemaIds/lookup";
import type { LogEntry } from "../../functions/effects/log";
import { dynamoTable } from "../../functions/effects/viewTable";
import { createServing, type ServingConfig, type ServingOptions } from "../../functions/serving";
import { rowOf } from "../../lake/serving/attributes";
import { aggregate } from "../formats/support/aggregate";
import { kinesisEvent, type TestRecord } from "./support/kinesisEvents";
import { type MemoryTable, memoryTable, VIEW_TABLE } from "./support/memoryTable";

function served(table: MemoryTable, options: Partial<ServingOptions> & { config?: Partial<ServingConfig> } = {}) {
  const log: LogEntry[] = [];
  const waits: number[] = [];
  const { config, ...more } = options;
  const handler = createServing(
    { formats: { json: {}, ndjson: {}, csv: {} }, ...config },
    {
      formats: FORMATS,
      key: "customer",
      fold: { orders: { count: true }, total: { sum: "amount" } },
      effects: {
        view: VIEW_TABLE,
        table: dynamoTable(VIEW_TABLE, table.call),
        log: (entry) => log.push(entry),
        sleep: async (millis) => waits.push(millis),
      },
      ...more,
    },
  );
  return { log, waits, send: (records: TestRecord[]) => handler(kinesisEvent(records)) };
}

const record = (sequenceNumber: string, row: object, more: Partial<TestRecord> = {}): TestRecord => ({
  sequenceNumber,
  data: JSON.stringify(row),
  ...more,
});

const itemOf = (table: MemoryTable, key: string) => {
  const { _last, _shards, ...item } = rowOf(table.items.get(key) ?? {});
  return item;
};

test("7,000 rows onto 1,000 keys are at most 1,000 writes", async () => {
  const table = memoryTable();
  const records = Array.from({ length: 7000 }, (_, index) =>
    record(String(10_000 + index), { customer: `c-${(index * 7) % 1000}`, amount: 1, text: "x".repeat(220) }),
  );
  expect(JSON.stringify(kinesisEvent(records)).length).toBeGreaterThan(4_500_000);
  expect(await served(table).send(records)).toEqual({ batchItemFailures: [] });
  expect(table.calls).toEqual({ reads: 10, writes: 1000, conflicts: 0 });
  expect(itemOf(table, "c-7")).toEqual({ _key: "c-7", orders: 7, total: 7 });
});

test("rows of every enabled format, compressed and aggregated, are in their items", async () => {
  const table = memoryTable();
  const user = (partitionKey: string, row: object) => ({ partitionKey, payload: Buffer.from(JSON.stringify(row)) });
  await served(table).send([
    record("100", { customer: "ann", amount: 1 }),
    { sequenceNumber: "101", data: '{"customer":"ann","amount":2}\n{"customer":"bob","amount":3}\n' },
    { sequenceNumber: "102", data: gzipSync("customer,amount\nann,4.5\nbob,0.1\n") },
    { sequenceNumber: "103", data: aggregate([user("a", { customer: "ann" }), user("b", { customer: "cid" })]) },
  ]);
  expect([itemOf(table, "ann"), itemOf(table, "bob"), itemOf(table, "cid")]).toEqual([
    { _key: "ann", orders: 4, total: 7.5 },
    { _key: "bob", orders: 2, total: 3.1 },
    { _key: "cid", orders: 1 },
  ]);
});

test("without a key, items have the stream partition key, that of a user record in an aggregated one", async () => {
  const table = memoryTable();
  const data = aggregate([{ partitionKey: "u-2", payload: Buffer.from('{"n":2}') }]);
  await served(table, { key: undefined, fold: undefined }).send([
    record("100", { n: 1 }, { partitionKey: "u-1" }),
    { sequenceNumber: "101", data, partitionKey: "packed" },
  ]);
  expect([...table.items.keys()]).toEqual(["u-1", "u-2"]);
  expect(itemOf(table, "u-2")).toEqual({ _key: "u-2", n: 2 });
});

test("a time to live is counted from the arrival", async () => {
  const table = memoryTable();
  await served(table, { config: { timeToLiveSeconds: 60 } }).send([
    record("100", { customer: "ann" }, { arrived: 1_795_169_049.001 }),
  ]);
  expect(itemOf(table, "ann")._expires).toBe(1_795_169_110);
});

test("the log counts a batch, and names a reason and no values", async () => {
  const table = memoryTable();
  const { send, log } = served(table, { key: (row) => row.kind !== "click" && (row.customer as string) });
  await send([
    record("100", { customer: "ann", amount: 1 }),
    record("101", { customer: "ann", amount: "secret" }),
    record("102", { amount: 1 }),
    record("103", { kind: "click" }),
    { sequenceNumber: "104", data: "{broken" },
  ]);
  await send([record("100", { customer: "ann", amount: 1 }), record("105", { customer: "ann" })]);
  const counts = { View: "view-table", Items: 1, FailedWrites: 0 };
  const names = ["Records", "Rows", "Items", "Repeated", "LeftOut", "Undecoded", "Unfolded", "FailedWrites"];
  const directive = (...more: string[]) => ({
    CloudWatchMetrics: [
      {
        Namespace: "Streamlake",
        Dimensions: [["View"]],
        Metrics: [...names, ...more].map((Name) => ({ Name, Unit: "Count" })),
      },
    ],
  });
  expect(log).toEqual([
    {
      message: "folded",
      ...counts,
      Records: 5,
      Rows: 1,
      Repeated: 0,
      LeftOut: 1,
      Undecoded: 1,
      Unfolded: 2,
      "Unfolded.key": 1,
      "Unfolded.value": 1,
      _aws: directive("Unfolded.key", "Unfolded.value"),
    },
    {
      message: "row not folded",
      record: "shardId-000000000003/102/0",
      detail: "key: key is undefined, not a string",
    },
    {
      message: "folded",
      ...counts,
      Records: 2,
      Rows: 1,
      Repeated: 1,
      LeftOut: 0,
      Undecoded: 0,
      Unfolded: 0,
      _aws: directive(),
    },
  ]);
});

test("after a failed write, the lowest record that is not in its item is reported", async () => {
  let writes = 0;
  const table = memoryTable((operation) => (operation === "PutItem" && ++writes === 2 ? "refused" : undefined));
  const { send, log } = served(table);
  const records = [
    record("100", { customer: "ann" }),
    record("101", { customer: "bob" }),
    record("102", { customer: "ann" }),
  ];
  expect(await send(records)).toEqual({ batchItemFailures: [{ itemIdentifier: "101" }] });
  expect(log).toContainEqual({ message: "fold failed", error: "ThrottlingException: too fast" });
  expect(log[0]).toMatchObject({ FailedWrites: 1 });
  expect(await send(records.slice(1))).toEqual({ batchItemFailures: [] });
  expect([itemOf(table, "ann").orders, itemOf(table, "bob").orders]).toEqual([2, 1]);
});

test("a failed read reports the first record, and writes nothing", async () => {
  const table = memoryTable((operation) => (operation === "BatchGetItem" ? "refused" : undefined));
  expect(await served(table).send([record("100", { customer: "ann" })])).toEqual({
    batchItemFailures: [{ itemIdentifier: "100" }],
  });
  expect(table.calls.writes).toBe(0);
});

test("a write whose answer is lost is not repeated", async () => {
  let isLost = true;
  const table = memoryTable((operation) => {
    if (operation !== "PutItem" || !isLost) return undefined;
    isLost = false;
    return "lost";
  });
  const { send } = served(table);
  expect(await send([record("100", { customer: "ann" })])).toEqual({ batchItemFailures: [{ itemIdentifier: "100" }] });
  expect(await send([record("100", { customer: "ann" })])).toEqual({ batchItemFailures: [] });
  expect(itemOf(table, "ann").orders).toBe(1);
});

test("keys that DynamoDB leaves unread are read again, after a wait if it read none", async () => {
  let reads = 0;
  const partial = memoryTable((operation) => (operation === "BatchGetItem" && ++reads <= 3 ? "partial" : undefined));
  const { send, waits } = served(partial);
  const records = ["ann", "bob", "cid"].map((customer, index) => record(String(100 + index), { customer }));
  expect(await send(records)).toEqual({ batchItemFailures: [] });
  expect([...partial.items.keys()].sort()).toEqual(["ann", "bob", "cid"]);
  expect(waits).toEqual([200]);
});

test("keys that stay unread fail the batch", async () => {
  const table = memoryTable((operation) => (operation === "BatchGetItem" ? "partial" : undefined));
  const { send, log } = served(table);
  expect(await send([record("100", { customer: "ann" })])).toEqual({ batchItemFailures: [{ itemIdentifier: "100" }] });
  expect(log).toContainEqual({ message: "fold failed", error: "Error: 1 items were not read in 8 attempts" });
});

test("two shards that write one item at the same time are both in it", async () => {
  const table = memoryTable();
  const of = (shard: string, amount: number) =>
    Array.from({ length: 5 }, (_, index) => record(String(100 + index), { customer: "ann", amount }, { shard }));
  const answers = await Promise.all([
    served(table).send(of("shardId-000000000001", 1)),
    served(table).send(of("shardId-000000000002", 10)),
  ]);
  expect(answers).toEqual([{ batchItemFailures: [] }, { batchItemFailures: [] }]);
  expect(itemOf(table, "ann")).toEqual({ _key: "ann", orders: 10, total: 55 });
  expect(table.calls.conflicts).toBeGreaterThan(0);
});

test("records that unfold beyond the bounds are left for the next batch", async () => {
  const table = memoryTable();
  const data = gzipSync(`customer,text\n${`ann,${"x".repeat(1000)}\n`.repeat(4000)}`);
  const records = Array.from({ length: 10 }, (_, index) => ({ sequenceNumber: String(100 + index), data }));
  const { send, log } = served(table, { config: { formats: { csv: {}, limits: { expansion: 2000 } } } });
  expect(await send(records)).toEqual({ batchItemFailures: [{ itemIdentifier: "109" }] });
  expect(log[0]).toMatchObject({ Records: 9, LeftRecords: 1, Rows: 36_000 });
  expect(await send(records.slice(9))).toEqual({ batchItemFailures: [] });
  expect(itemOf(table, "ann").orders).toBe(40_000);
});

test("a schema that cannot be looked up now stops the batch before its record", async () => {
  const table = memoryTable();
  const frame = Buffer.concat([Buffer.from("0300", "hex"), Buffer.from("0a1b2c3d000040008000000000000001", "hex")]);
  const { send, log } = served(table, {
    config: { formats: { json: {}, avro: {} } },
    schemas: async () => {
      throw new LookupError("Glue could not be asked");
    },
  });
  const records = [
    record("100", { customer: "ann" }),
    { sequenceNumber: "101", data: Buffer.concat([frame, Buffer.from("0206616e6e", "hex")]) },
    record("102", { customer: "bob" }),
  ];
  expect(await send(records)).toEqual({ batchItemFailures: [{ itemIdentifier: "101" }] });
  expect([...table.items.keys()]).toEqual(["ann"]);
  expect(log).toContainEqual({ message: "fold failed", error: "LookupError: Glue could not be asked" });
});

test("an event of another source is refused", async () => {
  const handler = createServing({ formats: { json: {} } }, { formats: FORMATS, effects: {} as never });
  await expect(handler({ Records: [{ Sns: {} }] })).rejects.toThrow("Records[0] of the event is not a Kinesis record");
});

test("without its variable the function does not start", () => {
  expect(() => createServing({ formats: { json: {} } }, { formats: FORMATS })).toThrow(
    "the environment variable VIEW_TABLE is not set on this function",
  );
});
