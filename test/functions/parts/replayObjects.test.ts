/** Replays: unformatted records and failed batches through a router that can use them by now. */

import { gunzipSync, gzipSync } from "node:zlib";
import { createRouter, type RouterConfig } from "../../../functions/router";
import { readLines, readUnformattedLine } from "../../../lake/envelope";
import { formatLoaders } from "../../../lake/formats";
import { parseObjectKey } from "../../../lake/objectKey";
import { replayRecords } from "../../../lake/replay/batches";
import { eventRecordOf, type ReplayAnswer, type ReplayEvent } from "../../../lake/replay/event";
import type { RouterHooks } from "../../../lake/routing/hooks";
import { aggregate } from "../../formats/support/aggregate";
import { kinesisEvent, type TestRecord } from "../support/kinesisEvents";
import { type MemoryStore, memoryStore } from "../support/memoryStore";

const CONFIG: RouterConfig = {
  formats: { json: {} },
  table: "records",
  prefixes: { raw: "raw/", unformatted: "unformatted/" },
  concurrentWrites: 8,
};
const HOUR = "dt=2026-11-20/hour=10/shardId-000000000003";

function router(store: MemoryStore, formats: RouterConfig["formats"] = CONFIG.formats, hooks: RouterHooks = {}) {
  const effects = { stream: "clicks", bucket: "lake", store, log: () => undefined };
  return createRouter({ ...CONFIG, formats }, { hooks, formats: formatLoaders(formats), effects });
}

const BATCH: TestRecord[] = [
  { sequenceNumber: "101", data: '{"n":1}' },
  { sequenceNumber: "102", data: "n,m\n1,2,3\n" },
  { sequenceNumber: "103", data: "n,m\n2,3\n" },
  { sequenceNumber: "104", data: '{"n":' },
];

function unformattedEvent(store: MemoryStore, replay: ReplayEvent["replay"]) {
  const lines = [...store.objects]
    .filter(([key]) => key.startsWith("unformatted/"))
    .flatMap(([, body]) => readLines(body).map(readUnformattedLine));
  return { Records: lines.map(eventRecordOf), replay };
}

const plan: ReplayEvent["replay"] = { dryRun: true, source: "unformatted" };

test("a plan says what would land where and what stays and why, and writes nothing", async () => {
  const store = memoryStore();
  await router(store)(kinesisEvent(BATCH));
  const before = [...store.objects.keys()];
  const answer = (await router(store, { json: {}, csv: {} })(unformattedEvent(store, plan))) as unknown as ReplayAnswer;
  expect(answer).toEqual({
    batchItemFailures: [],
    stream: "clicks",
    bucket: "lake",
    prefixes: { raw: "raw/", unformatted: "unformatted/" },
    objects: [
      {
        key: expect.stringMatching(new RegExp(`^raw/records/${HOUR}-103-103-1-r[0-9a-f]{16}\\.ndjson\\.gz$`)),
        kind: "raw",
        table: "records",
        hour: "2026-11-20T10",
        lines: 1,
        state: "planned",
      },
    ],
    routed: 3,
    landed: 1,
    landedIds: ["shardId-000000000003/103/0"],
    stays: [
      { example: "shardId-000000000003/102/0", records: 1, reason: "format", detail: expect.stringContaining("csv") },
      { example: "shardId-000000000003/104/0", records: 1, reason: "format", detail: expect.stringContaining("json") },
    ],
  });
  expect([...store.objects.keys()]).toEqual(before);
});

test("applied, a record keeps its identity, arrival, stream and key; applied twice, nothing changes", async () => {
  const store = memoryStore();
  await router(store)(kinesisEvent(BATCH));
  const mended = router(store, { json: {}, csv: {} });
  const event = unformattedEvent(store, { ...plan, dryRun: false });
  const first = (await mended(event)) as unknown as ReplayAnswer;
  expect(first.objects.map(({ state }) => state)).toEqual(["created"]);
  const key = first.objects[0]?.key ?? "";
  expect(gunzipSync(store.objects.get(key) ?? "").toString()).toBe(
    '{"_id":"shardId-000000000003/103/0.0","_arrived":"2026-11-20T10:04:09.123Z","_format":"csv","_stream":"clicks","_key":"u-17","data":{"n":"2","m":"3"}}\n',
  );
  expect(parseObjectKey(key)).toMatchObject({ shard: "shardId-000000000003", first: "103", last: "103", count: 1 });
  const after = [...store.objects];
  const second = (await mended(event)) as unknown as ReplayAnswer;
  expect(second.objects.map(({ state }) => state)).toEqual(["present"]);
  expect([...store.objects]).toEqual(after);
});

test("two choices of records with the same range and count are two objects", async () => {
  const store = memoryStore();
  const records = ["1", "2", "3", "4"].map((sequenceNumber) => ({ sequenceNumber, data: "a,b\n1,2\n" }));
  await router(store)(kinesisEvent(records));
  const mended = router(store, { csv: {} });
  const event = unformattedEvent(store, { ...plan, dryRun: false });
  const choose = (...places: number[]) => ({ ...event, Records: places.map((place) => event.Records[place]) });
  await mended(choose(0, 1, 3));
  await mended(choose(0, 2, 3));
  const raw = [...store.objects].filter(([key]) => key.startsWith("raw/"));
  expect(raw.map(([key]) => key.replace(/-r[0-9a-f]{16}/, "-r"))).toEqual(
    Array(2).fill(`raw/records/${HOUR}-1-4-3-r.ndjson.gz`),
  );
  const ids = raw.flatMap(([, body]) => readLines(body).map((line) => JSON.parse(line)._id.split("/")[1]));
  expect([...new Set(ids)].sort()).toEqual(["1", "2", "3", "4"]);
});

test("of a failed batch, what cannot be used lands in unformatted/", async () => {
  const store = memoryStore();
  const event = { ...kinesisEvent(BATCH), replay: { dryRun: false, source: "failed" } };
  const answer = (await router(store, { json: {}, csv: {} })(event)) as unknown as ReplayAnswer;
  expect(answer.objects.map(({ kind, lines }) => [kind, lines])).toEqual([
    ["raw", 2],
    ["unformatted", 2],
  ]);
  expect([...store.objects.keys()]).toHaveLength(2);
});

test.each([
  ['{"n":1}', { landed: 40_000, stays: [] }],
  ["{", { landed: 0, stays: [expect.objectContaining({ reason: "format", records: 40_000 })] }],
])("of a failed batch that unfolds to many records of %s the answer is small", async (text, counts) => {
  const users = Array.from({ length: 20_000 }, () => ({ partitionKey: "k", payload: Buffer.from(text) }));
  const data = aggregate(users);
  const records = ["1", "2"].map((sequenceNumber) => ({ sequenceNumber, data }));
  const event = { ...kinesisEvent(records), replay: { dryRun: true, source: "failed" } };
  const answer = (await router(memoryStore())(event)) as unknown as ReplayAnswer;
  expect(answer).toMatchObject({ routed: 2, landedIds: [], ...counts });
  expect(JSON.stringify(answer).length).toBeLessThan(2_000);
});

test("records that stay for ever new reasons are told by 200 of them", async () => {
  const users = Array.from({ length: 1_000 }, (_, n) => ({
    partitionKey: "k",
    payload: Buffer.from(JSON.stringify({ n: String(n).replace(/\d/g, (digit) => "abcdefghij"[Number(digit)] ?? "") })),
  }));
  const event = kinesisEvent([{ sequenceNumber: "1", data: aggregate(users) }]);
  const strict = router(memoryStore(), { json: {} }, { accept: (row) => `no ${row.n}` });
  const { stays } = (await strict({ ...event, replay: plan })) as unknown as ReplayAnswer;
  expect(stays).toHaveLength(201);
  expect(stays.at(-1)).toMatchObject({ reason: "rejected", detail: "other details", records: 800 });
});

test("what unfolds beyond the bounds of a batch is left, and taken up by the next event", async () => {
  const text = Array.from({ length: 60_000 }, (_, n) => `${n}${"x".repeat(230)}`).join();
  const large = gzipSync(JSON.stringify({ text }));
  const sequences = ["11", "12", "13", "14", "15", "16", "17", "18", "19", "20", "21", "22"];
  const records = sequences.map((sequenceNumber) => ({ sequenceNumber, data: large }));
  const store = memoryStore();
  const handler = router(store);
  const target = { invoke: async (event: ReplayEvent) => (await handler(event)) as unknown as ReplayAnswer };
  const counts: [number, number][] = [];
  for await (const { routed, landed } of replayRecords(target, kinesisEvent(records).Records, {
    dryRun: false,
    source: "failed",
  }))
    counts.push([routed, landed]);
  expect(counts).toEqual([
    [5, 5],
    [5, 5],
    [2, 2],
  ]);
  const rows = [...store.objects].flatMap(([, body]) => readLines(body).map((line) => JSON.parse(line)._id));
  expect(rows.map((id) => id.split("/")[1]).sort()).toEqual(sequences);
});

test("a router takes 5,000 records of one event, and a router that takes none is an error", async () => {
  const records = Array.from({ length: 5_001 }, (_, n) => ({ sequenceNumber: String(n), data: '{"n":1}' }));
  const answer = (await router(memoryStore())({ ...kinesisEvent(records), replay: plan })) as unknown as ReplayAnswer;
  expect([answer.routed, answer.landedIds.length]).toEqual([5_000, 5_000]);
  const lazy = { invoke: async () => ({ ...answer, routed: 0 }) };
  await expect(replayRecords(lazy, [{}, {}], plan).next()).rejects.toThrow(
    "replay: the router routed 0 of 2 records; it must route 1 or more",
  );
});

test("hooks of the router run again", async () => {
  const store = memoryStore();
  await router(store, { json: {} }, { accept: () => "closed" })(kinesisEvent([BATCH[0] as TestRecord]));
  const mended = router(store, { json: {} }, { table: () => "orders" });
  const answer = (await mended(unformattedEvent(store, plan))) as unknown as ReplayAnswer;
  expect(answer.objects.map(({ table }) => table)).toEqual(["orders"]);
});

test("a write that fails fails the replay", async () => {
  const store = memoryStore({}, (request) => (request.startsWith("PUT raw/") ? new Error("SlowDown") : undefined));
  const event = { ...kinesisEvent(BATCH), replay: { dryRun: false, source: "failed" } };
  await expect(router(store)(event)).rejects.toThrow("SlowDown");
});

test.each([{ dryRun: "yes", source: "unformatted" }, { dryRun: true }, { dryRun: true, source: "raw" }, {}])(
  "the request %j is refused",
  async (replay) => {
    await expect(router(memoryStore())({ Records: [], replay })).rejects.toThrow(
      `the event's replay needs dryRun (true or false) and source ("unformatted" or "failed")`,
    );
  },
);
