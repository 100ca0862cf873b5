/** Two streams that number their records alike, in one table: a source keeps their rows and records apart. */
import { gunzipSync } from "node:zlib";
import { createReplayChunk } from "../../../functions/replayChunk";
import { createRouter } from "../../../functions/router";
import { readUnformattedLine } from "../../../lake/envelope";
import { formatLoaders } from "../../../lake/formats";
import { kinesisEvent } from "../support/kinesisEvents";
import { type MemoryStore, memoryStore } from "../support/memoryStore";

const formats = { json: {} };
const SHARD = "shardId-000000000003";

function routerOn(store: MemoryStore, stream: string, source?: string) {
  const prefixes = { raw: "raw/", unformatted: "unformatted/" };
  const config = { formats, table: "records", prefixes, concurrentWrites: 4, ...(source && { source }) };
  const effects = { stream, bucket: "lake", store, log: () => undefined };
  return createRouter(config, { formats: formatLoaders(formats), effects });
}

function idsIn(store: MemoryStore, prefix: string): string[] {
  const lines = [...store.objects]
    .filter(([key]) => key.startsWith(prefix))
    .flatMap(([, body]) => gunzipSync(body).toString("utf8").split("\n").slice(0, -1));
  return lines.map((line) => (prefix === "raw/" ? JSON.parse(line)._id : readUnformattedLine(line).id)).sort();
}

const event = (payload: string) =>
  kinesisEvent([
    { sequenceNumber: "101", data: payload },
    { sequenceNumber: "102", data: "a,b\n1,2\n" },
  ]);

test("without sources, the second stream's rows would be taken for the first one's", async () => {
  const store = memoryStore();
  await routerOn(store, "clicks")(event('{"click":1}'));
  await routerOn(store, "orders")(event('{"order":1}'));
  expect(idsIn(store, "raw/")).toEqual([`${SHARD}/101/0.0`]);
});

test("with sources, both streams' rows and records land", async () => {
  const store = memoryStore();
  await routerOn(store, "clicks")(event('{"click":1}'));
  for (let delivery = 0; delivery < 2; delivery++) await routerOn(store, "orders", "orders")(event('{"order":1}'));
  expect(idsIn(store, "raw/")).toEqual([`orders.${SHARD}/101/0.0`, `${SHARD}/101/0.0`]);
  expect(idsIn(store, "unformatted/")).toEqual([`orders.${SHARD}/102/0`, `${SHARD}/102/0`]);
  expect([...store.objects.keys()].filter((key) => key.includes("orders."))).toEqual([
    `raw/records/dt=2026-11-20/hour=10/orders.${SHARD}-101-101-1.ndjson.gz`,
    `unformatted/records/dt=2026-11-20/hour=10/orders.${SHARD}-102-102-1.ndjson.gz`,
  ]);
});

test("a replay keeps the source of records, and gives it to those of failed batches", async () => {
  const store = memoryStore();
  const strict = routerOn(store, "orders", "orders");
  await strict(event('{"order":1}'));
  const csv = { json: {}, csv: {} };
  const config = { formats: csv, table: "records", prefixes: { raw: "raw/", unformatted: "unformatted/" } };
  const effects = { stream: "orders", bucket: "lake", store, log: () => undefined };
  const options = { formats: formatLoaders(csv), effects };
  const router = createRouter({ ...config, concurrentWrites: 4, source: "orders" }, options);
  const run = createReplayChunk(router, {
    bucket: () => ({ ...store, put: store.put }),
    failed: "failed",
    functionName: "router",
    log: () => undefined,
  });
  const request = { dryRun: false, sources: ["unformatted" as const], reasons: [], tables: [] };
  const keys = [...store.objects.keys()].filter((key) => key.startsWith("unformatted/"));
  await run({ request, chunk: { source: "unformatted", keys } });
  expect(idsIn(store, "raw/")).toEqual([`orders.${SHARD}/101/0.0`, `orders.${SHARD}/102/0.0`]);
  expect(idsIn(store, "unformatted/")).toEqual([]);
});
