/** A chunk of a replay, through a router in this process: what it counts, what it leaves out, and what it moves. */
import { gunzipSync, gzipSync } from "node:zlib";
import { createReplayChunk } from "../../functions/replayChunk";
import { createRouter } from "../../functions/router";
import { unformattedLine } from "../../lake/envelope";
import { formatLoaders } from "../../lake/formats";
import { objectKey } from "../../lake/objectKey";
import type { ReplayRequest } from "../../lake/replay/request";
import type { ReplayBucket } from "../../lake/replay/run";
import { kinesisEvent } from "./support/kinesisEvents";
import { memoryStore } from "./support/memoryStore";

const REQUEST: ReplayRequest = { dryRun: false, sources: ["failed", "unformatted"], reasons: [], tables: [] };
const formats = { json: {}, csv: {} };
const HOUR = "2026-11-20T10";

/** @param refused puts below this prefix fail */
function world(content: Record<string, Uint8Array>, refused?: string) {
  const store = memoryStore(content);
  const bucket: ReplayBucket = {
    ...store,
    put: async (key, body) => {
      if (refused !== undefined && key.startsWith(refused)) throw new Error("denied");
      await store.put(key, body);
    },
  };
  const config = {
    formats,
    table: "records",
    prefixes: { raw: "raw/", unformatted: "unformatted/" },
    concurrentWrites: 8,
  };
  const effects = { stream: "clicks", bucket: "lake", store, log: () => undefined };
  const router = createRouter(config, { formats: formatLoaders(formats), effects });
  const logged: object[] = [];
  const replay = createReplayChunk(router, {
    bucket: () => bucket,
    failed: "failed",
    functionName: "router-1a2b",
    log: (entry) => void logged.push(entry),
  });
  return { replay, logged, keys: () => [...store.objects.keys()].sort(), objects: store.objects };
}

const line = (sequenceNumber: string, text: string, stream = "clicks") =>
  unformattedLine(
    {
      shard: "shard",
      sequenceNumber,
      subSequence: 0,
      partitionKey: "k",
      arrivedMillis: Date.parse(`${HOUR}:04:09.123Z`),
      payload: Buffer.from(text),
    },
    stream,
    { reason: "format", detail: "of old" },
  );
const key = objectKey("unformatted/", "records", HOUR, { shard: "shard", first: "1", last: "3", count: 3 });
const broken = objectKey("unformatted/", "records", HOUR, { shard: "shard", first: "4", last: "4", count: 1 });
const unformatted = { [key]: gzipSync(line("1", "a,b\n1,2\n3,4\n") + line("2", "{") + line("3", '{"n":1}', "others")) };
const chunk = (...keys: string[]) => ({ source: "unformatted" as const, keys });

test("a dry run counts and writes nothing", async () => {
  const { replay, keys, logged } = world(unformatted);
  const { totals } = await replay({ request: { ...REQUEST, dryRun: true }, chunk: chunk(key) });
  expect(totals).toEqual({
    objects: 1,
    records: 2,
    landed: 1,
    rows: 2,
    created: 1,
    alreadyThere: 0,
    stays: { format: 1 },
    leftOut: { 'a record of the stream "others", which another router reads': 1 },
    firstHour: HOUR,
    lastHour: HOUR,
    failedObjects: 0,
    failures: [],
  });
  expect(keys()).toEqual([key]);
  expect(logged).toEqual([{ message: "replayed", dryRun: true, source: "unformatted", ...totals }]);
});

test("what lands leaves unformatted/, the rest stays, and an object that is gone is left out", async () => {
  const { replay, keys, objects } = world(unformatted);
  await replay({ request: REQUEST, chunk: chunk(key) });
  expect(keys().map((name) => name.replace(/-r[0-9a-f]{16}/, "-r"))).toEqual([
    `raw/records/dt=2026-11-20/hour=10/shard-1-1-2-r.ndjson.gz`,
    `replayed/records/dt=2026-11-20/hour=10/shard-1-3-3-r.gz`,
    `unformatted/records/dt=2026-11-20/hour=10/shard-2-3-2-r.ndjson.gz`,
  ]);
  const rest = keys().at(-1) as string;
  expect(gunzipSync(objects.get(rest) ?? "").toString()).toBe(line("2", "{") + line("3", '{"n":1}', "others"));
  const again = await replay({ request: REQUEST, chunk: chunk(key) });
  expect(again.totals).toMatchObject({
    objects: 1,
    records: 0,
    leftOut: { "an object that another replay has taken up": 1 },
  });
});

test("only records of the chosen reasons go through the router", async () => {
  const { replay } = world(unformatted);
  const { totals } = await replay({ request: { ...REQUEST, reasons: ["schema"] }, chunk: chunk(key) });
  expect(totals).toMatchObject({ records: 0 });
});

test("a failed batch lands once; one of another function, and one whose object is gone, are left out", async () => {
  const batch = (name: string) =>
    Buffer.from(
      JSON.stringify({
        requestContext: { functionArn: `arn:aws:lambda:eu-west-1:123456789012:function:${name}:$LATEST` },
        payload: JSON.stringify(kinesisEvent([{ sequenceNumber: "7", data: '{"n":1}' }])),
      }),
    );
  const { replay, keys } = world({ "aws/lambda/a": batch("router-1a2b"), "aws/lambda/b": batch("others-3c4d") });
  const input = {
    request: REQUEST,
    chunk: { source: "failed" as const, keys: ["a", "b", "c"].map((n) => `aws/lambda/${n}`) },
  };
  expect((await replay(input)).totals).toMatchObject({
    objects: 3,
    landed: 1,
    leftOut: { "a failed batch of another function": 1, "a failed batch whose retention has ended": 1 },
  });
  const after = keys();
  expect((await replay(input)).totals).toMatchObject({
    records: 0,
    leftOut: { "a failed batch that was replayed before": 1, "a failed batch of another function": 1 },
  });
  expect(keys()).toEqual(after);
});

test("an object that fails is left, with why, and what the others land is told; trying it again adds to that", async () => {
  const { replay, logged, objects } = world({ ...unformatted, [broken]: Buffer.from("no gzip") });
  const first = await replay({ request: REQUEST, chunk: chunk("unformatted/readme.txt", broken, key) });
  expect(first.totals).toMatchObject({ objects: 1, landed: 1, rows: 2, firstHour: HOUR });
  expect(first.left).toEqual({ source: "unformatted", keys: ["unformatted/readme.txt", broken] });
  expect(first.failure).toEqual({
    source: "unformatted",
    key: "unformatted/readme.txt",
    objects: 2,
    error: "Error",
    cause: expect.stringContaining('replay: "unformatted/readme.txt" is not the key of an unformatted object'),
  });
  expect(logged).toHaveLength(3);

  objects.set(broken, gzipSync(line("4", "a,b\n5,6\n")));
  const again = await replay({ request: REQUEST, chunk: chunk(broken), before: first.totals });
  expect(again).toEqual({ totals: expect.objectContaining({ objects: 2, landed: 2, rows: 3, firstHour: HOUR }) });
});

test("what an object landed before it failed is told beside the totals", async () => {
  const { replay } = world(unformatted, "replayed/");
  const { totals, partial, left } = await replay({ request: REQUEST, chunk: chunk(key) });
  expect(totals).toMatchObject({ objects: 0, rows: 0 });
  expect(partial).toMatchObject({ landed: 1, rows: 2, firstHour: HOUR });
  expect(left?.keys).toEqual([key]);
});
