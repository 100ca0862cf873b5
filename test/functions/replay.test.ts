/** Replays: unformatted records and failed batches through a router that can use them by now. */
import { gunzipSync } from "node:zlib";
import { createRouter, type RouterConfig } from "../../functions/router";
import { readLines, readUnformattedLine } from "../../lake/envelope";
import { formatLoaders } from "../../lake/formats";
import type { RouterHooks } from "../../lake/hooks";
import { parseObjectKey } from "../../lake/objectKey";
import { eventRecordOf, type ReplayAnswer, type ReplayRequest } from "../../lake/replay";
import { kinesisEvent, type TestRecord } from "./kinesisEvents";
import { type MemoryStore, memoryStore } from "./memoryStore";

const CONFIG: RouterConfig = {
  formats: { json: {} },
  table: "records",
  prefixes: { raw: "raw/", unformatted: "unformatted/" },
  concurrentWrites: 8,
};
const HOUR = "dt=2026-11-20/hour=10/shardId-000000000003";

function router(store: MemoryStore, formats: RouterConfig["formats"] = CONFIG.formats, hooks: RouterHooks = {}) {
  const effects = { stream: "clicks", bucket: "lake", store, log: () => undefined };
  return createRouter({ ...CONFIG, formats }, hooks, formatLoaders(formats), effects);
}

const BATCH: TestRecord[] = [
  { sequenceNumber: "101", data: '{"n":1}' },
  { sequenceNumber: "102", data: "n,m\n1,2,3\n" },
  { sequenceNumber: "103", data: "n,m\n2,3\n" },
  { sequenceNumber: "104", data: '{"n":' },
];

function unformattedEvent(store: MemoryStore, replay: ReplayRequest) {
  const lines = [...store.objects]
    .filter(([key]) => key.startsWith("unformatted/"))
    .flatMap(([, body]) => readLines(body).map(readUnformattedLine));
  return { Records: lines.map(eventRecordOf), replay };
}

const plan: ReplayRequest = { apply: false, from: "unformatted" };

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
    landed: ["shardId-000000000003/103/0"],
    stays: [
      { id: "shardId-000000000003/102/0", reason: "format", detail: expect.stringContaining("csv") },
      { id: "shardId-000000000003/104/0", reason: "format", detail: expect.stringContaining("json") },
    ],
  });
  expect([...store.objects.keys()]).toEqual(before);
});

test("applied, a record keeps its identity, arrival, stream and key; applied twice, nothing changes", async () => {
  const store = memoryStore();
  await router(store)(kinesisEvent(BATCH));
  const mended = router(store, { json: {}, csv: {} });
  const event = unformattedEvent(store, { ...plan, apply: true });
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
  const event = unformattedEvent(store, { ...plan, apply: true });
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
  const event = { ...kinesisEvent(BATCH), replay: { apply: true, from: "failed" } };
  const answer = (await router(store, { json: {}, csv: {} })(event)) as unknown as ReplayAnswer;
  expect(answer.objects.map(({ kind, lines }) => [kind, lines])).toEqual([
    ["raw", 2],
    ["unformatted", 2],
  ]);
  expect([...store.objects.keys()]).toHaveLength(2);
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
  const event = { ...kinesisEvent(BATCH), replay: { apply: true, from: "failed" } };
  await expect(router(store)(event)).rejects.toThrow("SlowDown");
});

test.each([{ apply: "yes", from: "unformatted" }, { apply: true }, { apply: true, from: "raw" }, {}])(
  "the request %j is refused",
  async (replay) => {
    await expect(router(memoryStore())({ Records: [], replay })).rejects.toThrow(
      `the event's replay needs apply (true or false) and from ("unformatted" or "failed")`,
    );
  },
);
