/** Bad rows of CSV from the stream to `unformatted/`, through redelivery and replay. */
import { gunzipSync } from "node:zlib";
import type { FormatsConfig } from "../../../formats/config";
import { createReplayChunk } from "../../../functions/replayChunk";
import { createRouter } from "../../../functions/router";
import { readUnformattedLine } from "../../../lake/envelope";
import { formatLoaders } from "../../../lake/formats";
import type { RouterHooks } from "../../../lake/routing/hooks";
import { kinesisEvent } from "../support/kinesisEvents";
import { type MemoryStore, memoryStore } from "../support/memoryStore";

const PREFIXES = { raw: "raw/", unformatted: "unformatted/" };
const CSV = "sku,quantity\nA-1,2\nB-2\nC-3,4\n";
const SHARD = "shardId-000000000003";

function routerOn(store: MemoryStore, csv: FormatsConfig["csv"] = {}, hooks: RouterHooks = {}) {
  const formats = { json: {}, csv };
  const config = { formats, table: "records", prefixes: PREFIXES, concurrentWrites: 4 };
  const effects = { stream: "clicks", bucket: "lake", store, log: () => undefined };
  return createRouter(config, { formats: formatLoaders(formats), hooks, effects });
}

function linesIn(store: MemoryStore, prefix: string): string[] {
  return [...store.objects]
    .filter(([key]) => key.startsWith(prefix))
    .flatMap(([, body]) => gunzipSync(body).toString("utf8").split("\n").slice(0, -1));
}

function idsIn(store: MemoryStore): { raw: string[]; unformatted: string[]; replayed: string[] } {
  const idsOf = (prefix: string) =>
    linesIn(store, prefix).map((line) => readUnformattedLine(line).id.split("/").slice(1).join("/"));
  const raw = linesIn(store, "raw/").map((line) => String(JSON.parse(line)._id).split("/").slice(1).join("/"));
  return { raw: raw.sort(), unformatted: idsOf("unformatted/"), replayed: idsOf("replayed/") };
}

/** Replays every object of unformatted/. */
async function replay(store: MemoryStore, router: ReturnType<typeof routerOn>) {
  const bucket = { ...store, put: store.put };
  const chunk = createReplayChunk(router, {
    bucket: () => bucket,
    failed: "failed",
    functionName: "router-1a2b",
    log: () => undefined,
  });
  const keys = [...store.objects.keys()].filter((key) => key.startsWith("unformatted/"));
  const request = { dryRun: false, sources: ["unformatted" as const], reasons: [], tables: [] };
  return chunk({ request, chunk: { source: "unformatted", keys } });
}

test("the good rows of a record land and its bad row lies in unformatted/ by itself", async () => {
  const store = memoryStore();
  await routerOn(store)(kinesisEvent([{ sequenceNumber: "101", data: Buffer.from(CSV) }]));

  expect(idsIn(store)).toEqual({ raw: ["101/0.0", "101/0.2"], unformatted: ["101/0.1"], replayed: [] });
  const [line] = linesIn(store, "unformatted/").map(readUnformattedLine);
  expect(line).toMatchObject({
    id: `${SHARD}/101/0.1`,
    reason: "format",
    detail: "csv: line 3: 1 cell for 2 columns",
    payload: Buffer.from("sku,quantity\nB-2\n"),
  });
});

test("delivering the record again writes nothing new", async () => {
  const store = memoryStore();
  const event = kinesisEvent([{ sequenceNumber: "101", data: Buffer.from(CSV) }]);
  await routerOn(store)(event);
  const before = new Map(store.objects);
  await routerOn(store)(event);

  expect(store.objects).toEqual(before);
});

test("a row that a hook refuses lies in unformatted/ by itself, and lands alone when a replay accepts it", async () => {
  const store = memoryStore();
  const accept = (row: object) => !("sku" in row && row.sku === "B-2") || "not sold any more";
  const good = Buffer.from("sku,quantity\nA-1,2\nB-2,3\nC-3,4\n");
  await routerOn(store, {}, { accept })(kinesisEvent([{ sequenceNumber: "101", data: good }]));
  expect(idsIn(store)).toEqual({ raw: ["101/0.0", "101/0.2"], unformatted: ["101/0.1"], replayed: [] });

  await replay(store, routerOn(store));
  const after = { raw: ["101/0.0", "101/0.1", "101/0.2"], unformatted: [], replayed: ["101/0.1"] };
  expect(idsIn(store)).toEqual(after);
  expect(linesIn(store, "raw/").filter((line) => line.includes('"B-2"'))).toHaveLength(1);

  await replay(store, routerOn(store));
  expect(idsIn(store)).toEqual(after);
});

test("a bad row that stays bad stays where it is, whatever onBadRow is now", async () => {
  const store = memoryStore();
  await routerOn(store)(kinesisEvent([{ sequenceNumber: "101", data: Buffer.from(CSV) }]));
  const before = new Map(store.objects);
  await replay(store, routerOn(store));
  await replay(store, routerOn(store, { onBadRow: "record" }));

  expect(store.objects).toEqual(before);
});

test("a record that was refused as a whole lands its good rows in a replay and leaves its bad row", async () => {
  const store = memoryStore();
  await routerOn(store, { onBadRow: "record" })(kinesisEvent([{ sequenceNumber: "101", data: Buffer.from(CSV) }]));
  expect(idsIn(store)).toEqual({ raw: [], unformatted: ["101/0"], replayed: [] });

  await replay(store, routerOn(store));
  const after = { raw: ["101/0.0", "101/0.2"], unformatted: ["101/0.1"], replayed: ["101/0"] };
  expect(idsIn(store)).toEqual(after);

  await replay(store, routerOn(store));
  expect(idsIn(store)).toEqual(after);
});

test("rows that would take more bytes by themselves than their record leave it whole", async () => {
  const store = memoryStore();
  const header = Array.from({ length: 1_000 }, (_, index) => `column_name_${index}`).join(",");
  const row = `${"1,".repeat(999)}1\n`;
  const data = Buffer.from(`${header}\n${`${row}2\n`.repeat(10)}`);
  await routerOn(store)(kinesisEvent([{ sequenceNumber: "101", data }]));

  expect(idsIn(store)).toEqual({ raw: [], unformatted: ["101/0"], replayed: [] });
});
