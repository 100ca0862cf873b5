/** Two streams that number their records alike, in one table: a source keeps their rows and records apart. */
import { gunzipSync } from "node:zlib";
import { createReplayChunk } from "../../../functions/replayChunk";
import { createRouter } from "../../../functions/router";
import { readUnformattedLine } from "../../../lake/envelope";
import { formatLoaders } from "../../../lake/formats";
import type { ReplayChunk } from "../../../lake/replay/chunks";
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
    `raw/records/dt=2026-11-20/hour=10/orders.${SHARD}-101-101-1-d2e91d62f6e4d7596.ndjson.gz`,
    `unformatted/records/dt=2026-11-20/hour=10/orders.${SHARD}-102-102-1-d0cf4865f5c5a5b1e.ndjson.gz`,
  ]);
});

/** Replays objects through a router that decodes CSV, too; all of unformatted/ by default. */
async function replayAll(store: MemoryStore, source: string, chunk: ReplayChunk = unformattedOf(store)): Promise<void> {
  const csv = { json: {}, csv: {} };
  const config = { formats: csv, table: "records", prefixes: { raw: "raw/", unformatted: "unformatted/" } };
  const effects = { stream: "orders", bucket: "lake", store, log: () => undefined };
  const options = { formats: formatLoaders(csv), effects };
  const run = createReplayChunk(createRouter({ ...config, concurrentWrites: 4, source }, options), {
    bucket: () => ({ ...store, put: store.put }),
    failed: "failed",
    functionName: "router",
    log: () => undefined,
  });
  const request = { dryRun: false, sources: ["unformatted" as const], reasons: [], tables: [] };
  expect((await run({ request, chunk })).failure).toBeUndefined();
}

function unformattedOf(store: MemoryStore): ReplayChunk {
  return { source: "unformatted", keys: [...store.objects.keys()].filter((key) => key.startsWith("unformatted/")) };
}

test("a replay keeps the source of records, and gives it to those of failed batches", async () => {
  const store = memoryStore();
  await routerOn(store, "orders", "orders")(event('{"order":1}'));
  await replayAll(store, "orders");
  expect(idsIn(store, "raw/")).toEqual([`orders.${SHARD}/101/0.0`, `orders.${SHARD}/102/0.0`]);
  expect(idsIn(store, "unformatted/")).toEqual([]);
  const payload = kinesisEvent([{ sequenceNumber: "103", data: '{"order":3}' }]);
  const functionArn = "arn:aws:lambda:us-east-1:123456789012:function:router:$LATEST";
  await store.put("aws/lambda/batch", Buffer.from(JSON.stringify({ requestContext: { functionArn }, payload })));
  await replayAll(store, "orders", { source: "failed", keys: ["aws/lambda/batch"] });
  expect(idsIn(store, "raw/")).toContain(`orders.${SHARD}/103/0.0`);
});

test("records from before the router had a source keep their ids, and none is lost in replays", async () => {
  const store = memoryStore();
  await routerOn(
    store,
    "orders",
  )(
    kinesisEvent([
      { sequenceNumber: "102", data: "a,b\n1,2\n" },
      { sequenceNumber: "103", data: Buffer.from([0]) },
    ]),
  );
  for (let replay = 0; replay < 3; replay++) {
    await replayAll(store, "orders");
    expect(idsIn(store, "raw/")).toEqual([`${SHARD}/102/0.0`]);
    expect(idsIn(store, "unformatted/")).toEqual([`${SHARD}/103/0`]);
  }
});

test("a replay whose answer names other records moves and deletes nothing", async () => {
  const store = memoryStore();
  await routerOn(store, "orders")(kinesisEvent([{ sequenceNumber: "102", data: "a,b\n1,2\n" }]));
  const [key = ""] = unformattedOf(store).keys;
  const answer = {
    stream: "orders",
    bucket: "lake",
    prefixes: { raw: "raw/", unformatted: "unformatted/" },
    routed: 1,
  };
  const router = async () => ({ ...answer, objects: [], landed: 1, landedIds: ["shardId-9/102/0"], stays: [] });
  const bucket = () => ({ ...store, put: store.put });
  const run = createReplayChunk(router, { bucket, failed: "failed", functionName: "router", log: () => undefined });
  const request = { dryRun: false, sources: ["unformatted" as const], reasons: [], tables: [] };
  const { failure } = await run({ request, chunk: unformattedOf(store) });
  expect(failure?.cause).toContain(`the landed records are not those of ${key.slice(0, 60)}`);
  expect([...store.objects.keys()]).toEqual([key]);
});
