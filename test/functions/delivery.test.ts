/** The handler that transforms records for Firehose: its answers, what it writes itself, and its log. */
import { gunzipSync, gzipSync } from "node:zlib";
import { FORMATS } from "../../formats/registry";
import { LookupError } from "../../formats/schemaIds/lookup";
import { createDelivery, type DeliveryConfig, type DeliveryOptions } from "../../functions/delivery";
import type { LogEntry } from "../../functions/effects/log";
import { createRouter } from "../../functions/router";
import { parseObjectKey } from "../../lake/objectKey";
import { aggregate } from "../formats/support/aggregate";
import { type FirehoseTestRecord, firehoseEvent } from "./support/firehoseEvents";
import { kinesisEvent } from "./support/kinesisEvents";
import { memoryStore } from "./support/memoryStore";

const CONFIG: DeliveryConfig = {
  formats: { json: {}, ndjson: {}, csv: {} },
  table: "records",
  prefixes: { raw: "raw/", unformatted: "unformatted/" },
};

function delivery(options: Partial<DeliveryOptions> & { config?: Partial<DeliveryConfig> } = {}) {
  const { config, ...more } = options;
  const log: LogEntry[] = [];
  const store = memoryStore();
  const effects = { stream: "clicks", store, log: (entry: LogEntry) => log.push(entry) };
  const handler = createDelivery({ ...CONFIG, ...config }, { formats: FORMATS, effects, ...more });
  return { log, store, send: (records: readonly FirehoseTestRecord[]) => handler(firehoseEvent(records)) };
}

const textOf = (data: string | undefined) => Buffer.from(data ?? "", "base64").toString();
const idsIn = (text: string) => text.split("\n").flatMap((line) => (line ? [JSON.parse(line)._id as string] : []));

test("a record becomes lines of raw/, with the place of the record in the stream as their id", async () => {
  const { send } = delivery();
  expect(await send([{ sequenceNumber: "4965", data: '{"total":3.50}' }])).toEqual({
    records: [
      {
        recordId: "r-0",
        result: "Ok",
        data: Buffer.from(
          '{"_id":"shardId-000000000003/4965/0.0","_arrived":"2026-11-20T10:04:09.123Z","_format":"json","_stream":"clicks","_key":"u-17","data":{"total":3.50}}\n',
        ).toString("base64"),
        metadata: { partitionKeys: { dt: "2026-11-20", hour: "10" } },
      },
    ],
  });
});

test("the lines of every format are, byte for byte, those that a router lands for the same records", async () => {
  const user = (partitionKey: string, text: string) => ({ partitionKey, payload: Buffer.from(text) });
  const records = [
    { sequenceNumber: "100", data: '{"n":12345678901234567890}' },
    { sequenceNumber: "101", data: '{"n":1}\n{"n":2}\n' },
    { sequenceNumber: "102", data: gzipSync("customer,amount\nann,4.5\nbob,0.1\n") },
    { sequenceNumber: "103", data: aggregate([user("a", '{"n":3}'), user("b", '{"n":4}')]), partitionKey: "packed" },
  ];
  const store = memoryStore();
  const router = createRouter(
    { ...CONFIG, concurrentWrites: 1 },
    { formats: FORMATS, effects: { stream: "clicks", store, log: () => undefined } },
  );
  await router(kinesisEvent(records));
  const landed = [...store.objects.values()].map((body) => gunzipSync(body).toString()).join("");

  const { send } = delivery();
  const { records: transformed } = await send(records);
  expect(transformed.map(({ result }) => result)).toEqual(["Ok", "Ok", "Ok", "Ok"]);
  expect(transformed.map(({ data }) => textOf(data)).join("")).toBe(landed);
});

test("user records that Firehose has unpacked have the ids that a router gives them", async () => {
  const { send } = delivery();
  const { records } = await send([
    { sequenceNumber: "100", subsequenceNumber: "0", data: '{"n":1}', partitionKey: "a" },
    { sequenceNumber: "100", subsequenceNumber: "7", data: '{"n":2}\n{"n":3}', partitionKey: "b" },
  ]);
  expect(records.flatMap(({ data }) => idsIn(textOf(data)))).toEqual([
    "shardId-000000000003/100/0.0",
    "shardId-000000000003/100/7.0",
    "shardId-000000000003/100/7.1",
  ]);
});

test("a record that does not decode fails as a whole, without data, and the log has a reason", async () => {
  const { send, log, store } = delivery();
  const { records } = await send([
    { sequenceNumber: "100", data: "" },
    { sequenceNumber: "101", data: '{"n":1}' },
    { sequenceNumber: "102", data: "a,b\n1,2\n3\n" },
  ]);
  expect(records.map(({ recordId, result }) => [recordId, result])).toEqual([
    ["r-0", "ProcessingFailed"],
    ["r-1", "Ok"],
    ["r-2", "ProcessingFailed"],
  ]);
  expect(records[0]).toEqual({ recordId: "r-0", result: "ProcessingFailed" });
  expect(store.requests).toEqual([]);
  const [counts, ...reasons] = log;
  expect(counts).toMatchObject({
    message: "transformed",
    Delivery: "clicks-delivery-4f2a",
    Records: 3,
    Rows: 1,
    Failed: 2,
    "Failed.empty.unknown": 1,
    "Failed.format.csv": 1,
  });
  expect(reasons).toEqual([
    expect.objectContaining({ name: "Failed.empty.unknown", record: "shardId-000000000003/100/0", records: 1 }),
    expect.objectContaining({ name: "Failed.format.csv", record: "shardId-000000000003/102/0", records: 1 }),
  ]);
});

test("transform changes rows and leaves rows out; a record without rows left is dropped", async () => {
  const { send, log } = delivery({
    hooks: { transform: (row) => (row.test === true ? undefined : { ...row, seen: true }) },
  });
  const { records } = await send([
    { sequenceNumber: "100", data: '{"n":1}\n{"n":2,"test":true}\n{"n":3}\n' },
    { sequenceNumber: "101", data: '{"test":true}' },
  ]);
  expect(records[1]).toEqual({ recordId: "r-1", result: "Dropped" });
  const text = textOf(records[0]?.data);
  expect(idsIn(text)).toEqual(["shardId-000000000003/100/0.0", "shardId-000000000003/100/0.2"]);
  expect(JSON.parse(text.split("\n")[0] ?? "").data).toEqual({ n: 1, seen: true });
  expect(log[0]).toMatchObject({ Rows: 2, LeftOut: 2, Failed: 0 });
});

test("table decides the table of a record, and a record with rows of two tables fails", async () => {
  const { send, log } = delivery({ hooks: { table: (row) => (row.kind === "order" ? "orders" : "records") } });
  const { records } = await send([
    { sequenceNumber: "100", data: '{"kind":"order"}' },
    { sequenceNumber: "101", data: '{"kind":"visit"}' },
    { sequenceNumber: "102", data: '{"kind":"order"}\n{"kind":"visit"}\n' },
  ]);
  expect(records.map(({ metadata, result }) => metadata?.partitionKeys ?? result)).toEqual([
    { dt: "2026-11-20", hour: "10", table: "orders" },
    { dt: "2026-11-20", hour: "10", table: "records" },
    "ProcessingFailed",
  ]);
  expect(log[1]).toMatchObject({
    name: "Failed.hook.ndjson",
    detail: "table returned two tables for the rows of one record, which Firehose delivers to one",
  });
});

test("a transform that throws fails its record, with its place and without its message", async () => {
  const transform = () => {
    throw new TypeError("secret 4711");
  };
  const { send, log } = delivery({ hooks: { transform }, config: { hookPlaces: { transform: "shop.ts:17" } } });
  expect((await send([{ sequenceNumber: "100", data: '{"n":1}' }])).records[0]?.result).toBe("ProcessingFailed");
  expect(log[1]).toMatchObject({ name: "Failed.hook.json", detail: "transform threw TypeError (shop.ts:17)" });
});

test("lines beyond an answer of 6 MB are written to the lake by the function, once, and their records dropped", async () => {
  const { send, store, log } = delivery({ config: { formats: { ndjson: {}, limits: { expansion: 1000 } } } });
  const rows = (record: number) =>
    Array.from({ length: 1000 }, (_, row) => `{"n":${record * 1000 + row},"text":"${"x".repeat(800)}"}`).join("\n");
  const sent = Array.from({ length: 10 }, (_, index) => ({
    sequenceNumber: String(100 + index),
    data: gzipSync(rows(index)),
  }));
  const answer = await send(sent);
  expect(JSON.stringify(answer).length).toBeLessThanOrEqual(6_000_000);
  const counted = (result: string) => answer.records.filter((record) => record.result === result).length;
  expect([counted("Ok"), counted("Dropped"), counted("ProcessingFailed")]).toEqual([4, 6, 0]);

  const [[key, body]] = [...store.objects] as [[string, Uint8Array]];
  expect(store.objects.size).toBe(1);
  expect(key).toMatch(
    /^raw\/records\/dt=2026-11-20\/hour=10\/shardId-000000000003-104-109-6000-r[0-9a-f]{16}\.ndjson\.gz$/,
  );
  expect(parseObjectKey(key)).toMatchObject({ first: "104", last: "109", count: 6000 });
  const ids = [...answer.records.map(({ data }) => textOf(data)), gunzipSync(body).toString()].flatMap(idsIn);
  expect([ids.length, new Set(ids).size]).toEqual([10_000, 10_000]);
  expect(log[0]).toMatchObject({ Rows: 10_000, Landed: 6000 });

  await send(sent);
  expect(store.objects.size).toBe(1);
});

test("parts of one aggregated record beyond two answers are in objects of their own", async () => {
  const { send, store } = delivery();
  const big = (n: number) => `{"n":${n},"text":"${"x".repeat(4_600_000)}"}`;
  const part = (subsequenceNumber: string) => ({
    sequenceNumber: "100",
    subsequenceNumber,
    data: big(Number(subsequenceNumber)),
  });
  await send([part("1")]);
  await send([part("2")]);
  const ids = [...store.objects.values()].flatMap((body) => idsIn(gunzipSync(body).toString()));
  expect(ids.sort()).toEqual(["shardId-000000000003/100/1.0", "shardId-000000000003/100/2.0"]);
});

test("a failed write fails the invocation, so that Firehose retries it", async () => {
  const store = memoryStore({}, () => new Error("SlowDown"));
  const { send } = delivery({ effects: { stream: "clicks", store, log: () => undefined } });
  const data = `{"text":"${"x".repeat(4_600_000)}"}`;
  await expect(send([{ sequenceNumber: "100", data }])).rejects.toThrow("SlowDown");
});

test("a batch that unfolds beyond one invocation's work fails from there on, with the reason limits", async () => {
  const data = gzipSync(`{"text":"${"x".repeat(12_000_000)}"}`, { level: 1 });
  const sent = Array.from({ length: 8 }, (_, index) => ({ sequenceNumber: String(100 + index), data }));
  const options = { config: { formats: { json: {}, limits: { expansion: 1000 } } } };
  const { send, log } = delivery(options);
  const { records } = await send(sent);
  expect(records.map(({ result }) => result)).toEqual([
    ...Array.from({ length: 6 }, () => "Dropped"),
    ...Array.from({ length: 2 }, () => "ProcessingFailed"),
  ]);
  expect(log[0]).toHaveProperty(["Failed.limits.unknown"], 2);
});

test("a schema that cannot be looked up now fails the invocation", async () => {
  const schemas = async () => {
    throw new LookupError("the registry does not answer");
  };
  const frame = Buffer.concat([Buffer.from([3, 0]), Buffer.alloc(16, 7), Buffer.from([0])]);
  const { send } = delivery({ config: { formats: { avro: {} } }, schemas });
  await expect(send([{ sequenceNumber: "100", data: frame }])).rejects.toThrow("the registry does not answer");
});

test("an event of another source, and one without a Kinesis source, are refused by name", async () => {
  const { send } = delivery();
  const handler = createDelivery(CONFIG, {
    formats: FORMATS,
    effects: { stream: "clicks", store: memoryStore(), log: () => undefined },
  });
  await expect(handler(kinesisEvent([]))).rejects.toThrow('the event is not one of Firehose: it has no list "records"');
  const { records, ...event } = firehoseEvent([{ sequenceNumber: "100", data: "{}" }]);
  const direct = { ...event, records: records.map(({ kinesisRecordMetadata: _, ...record }) => record) };
  await expect(handler(direct)).rejects.toThrow(
    "records[0] of the event has no place in a Kinesis stream; the source of the delivery stream must be one",
  );
  const iso = await send([{ sequenceNumber: "1", data: '{"n":1}', arrived: "2026-11-20T10:04:09.123Z" }]);
  expect(textOf(iso.records[0]?.data)).toContain('"_arrived":"2026-11-20T10:04:09.123Z"');
});

test("for Parquet, rows have the declared columns; a record with another value fails, and so does one beyond the answer", async () => {
  const { send, store, log } = delivery({ config: { parquetColumns: [{ name: "n", type: "bigint" }] } });
  const long = Array.from({ length: 60_000 }, (_, n) => `{"n":${n}}`).join("\n");
  const answer = await send([
    { sequenceNumber: "1", data: '{"n":"7","more":1}' },
    { sequenceNumber: "2", data: '{"n":1}\n{"n":"x"}\n' },
    { sequenceNumber: "3", data: long },
    { sequenceNumber: "4", data: '{"n":8}' },
  ]);
  expect(answer.records.map(({ result, data }) => [result, textOf(data)])).toEqual([
    ["Ok", '{"_id":"shardId-000000000003/1/0.0","_arrived":"2026-11-20T10:04:09.123Z","_format":"json","n":7}\n'],
    ["ProcessingFailed", ""],
    ["ProcessingFailed", ""],
    ["Ok", '{"_id":"shardId-000000000003/4/0.0","_arrived":"2026-11-20T10:04:09.123Z","_format":"json","n":8}\n'],
  ]);
  expect([...store.objects.keys()]).toEqual([]);
  const details = log.filter(({ message }) => message === "records failed").map(({ name, detail }) => [name, detail]);
  expect(details).toEqual([
    ["Failed.limits.unknown", "its rows do not fit into an answer of 6 MB with those before it in its batch"],
    ["Failed.schema.ndjson", "records, row 2 of 2: a value of n does not convert to bigint"],
  ]);
});
