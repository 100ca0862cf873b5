/** A record that several objects have is found in each, and counts once. */
import { gzipSync } from "node:zlib";
import type { LandedArea, StoredLanded } from "../../../cli/target/landedObjects";
import { findIn } from "../../../cli/trace/findings";
import { inTables } from "../../../cli/trace/inTables";
import { rawLineWriter } from "../../../lake/envelope";

const SHARD = "shardId-000000000000";
const arrivedMillis = Date.parse("2026-11-20T10:04:00Z");

/** The line of a record's first row. */
function line(sequenceNumber: string): string {
  const record = { shard: SHARD, sequenceNumber, partitionKey: "till-4", arrivedMillis, payload: Buffer.from("{}") };
  return rawLineWriter(record, "sales", "json")(0, '{"total":5}');
}

function object(table: string, lines: readonly string[], area: LandedArea = "raw"): StoredLanded {
  const key = `${area}/${table}/dt=2026-11-20/hour=10/a.delivered.ndjson.gz`;
  const store = { get: async () => gzipSync(lines.join("")), list: async function* () {}, listFolders: async () => [] };
  const place = { bucket: "lake", prefix: "", store } as unknown as StoredLanded["place"];
  return { area, key, table, hour: "2026-11-20T10", size: 100, modifiedMillis: 0, place };
}

const text = { kind: "text", text: "till-4" } as const;

test("records count once, however often they were delivered", async () => {
  const numbers = ["1", "2", "3", "4", "5", "6", "7"];
  const lines = numbers.map(line);
  const objects = [object("sales", [...lines, ...lines]), object("copies", lines)];
  const { findings, isCut } = await findIn(objects, text, 1e9);
  expect(isCut).toBe(false);
  expect(findings.map(({ object: of, rowIds }) => `${of.table} ${rowIds.join(" ")}`)).toEqual([
    ...numbers.map((number) => `sales ${SHARD}/${number}/0.0`),
    ...numbers.map((number) => `copies ${SHARD}/${number}/0.0`),
  ]);
});

test("more than ten records are cut", async () => {
  const lines = Array.from({ length: 11 }, (_, index) => line(String(100 + index)));
  const ten = await findIn([object("sales", lines.slice(0, 10)), object("copies", lines.slice(0, 10))], text, 1e9);
  expect([ten.findings.length, ten.isCut]).toEqual([20, false]);
  const eleven = await findIn([object("sales", lines)], text, 1e9);
  expect([eleven.findings.length, eleven.isCut]).toEqual([10, true]);
});

test("the query names each id once", async () => {
  const first = object("sales", [line("1")]);
  const { findings } = await findIn([first, { ...first, key: first.key.replace("a.", "b.") }], text, 1e9);
  expect(findings).toHaveLength(2);
  const [hour] = await inTables(findings, arrivedMillis, { count: async () => ({}), failure: async () => undefined });
  expect(hour?.sql).toBe(
    `SELECT * FROM "sales" WHERE "dt" = '2026-11-20' AND "hour" = '10' AND "_id" IN ('${SHARD}/1/0.0')`,
  );
});
