/** Schemas and types over hours, end to end: what does not match is kept apart, and SQL reads every hour as one table. */
import { DataLake, defineSchema, FormatRouter, HourlyEtl, StreamIngest } from "streamlake";
import { systemClock } from "../../../local/cloud/clock";
import type { LocalCloud } from "../../../local/startLocal";
import { start, stopAll } from "../support/start";
import { put, queryRows } from "../support/streamAndSql";

const HOUR = 3_600_000;
const orders = defineSchema({
  name: "orders",
  fields: { order_id: "string", total: "double", "placed_at?": "timestamp", lines: [{ sku: "string" }] },
});

function program() {
  const stream = new StreamIngest("shop");
  const lake = new DataLake("lake", { tables: { records: {}, orders: { schema: orders } } });
  new FormatRouter("router", {
    stream,
    lake,
    batchWindowSeconds: 0,
    hooks: { table: (row) => ("order_id" in row ? "orders" : "records") },
  });
  const etl = new HourlyEtl("etl", { lake });
  return {
    stream: stream.streamName,
    database: lake.databaseName,
    workgroup: lake.workgroupName,
    machine: etl.stateMachineArn,
  };
}

let cloud: LocalCloud;
let ahead = 0;
const clock = { now: () => systemClock.now() + ahead, sleep: systemClock.sleep };

beforeAll(async () => {
  cloud = await start(program, { project: "shop", clock });
});
afterAll(stopAll);

/** Lets the hour pass, and runs the hourly step ten minutes into the next one. */
async function nextHour(): Promise<unknown[]> {
  ahead += HOUR;
  const hour = Math.floor(clock.now() / HOUR) * HOUR;
  const runs = await cloud.fireSchedules(new Date(hour + 600_000));
  return runs.map(({ status, error }) => error ?? status);
}

test("rows that match are typed columns; records that do not are unformatted with the rule, and their bytes", async () => {
  await put(cloud, [
    '{"order_id":"1","total":12.5,"placed_at":"2026-11-20T10:04:09Z","lines":[{"sku":"a"}]}',
    '{"order_id":"2","total":"secret","lines":[]}',
    '{"order_id":"3","total":1,"lines":[{"sku":"a"},{}]}',
    '{"n":1,"later":null}',
  ]);
  expect(await nextHour()).toEqual(["SUCCEEDED", "SUCCEEDED"]);
  expect(await queryRows(cloud, 'SELECT "order_id", "total", "placed_at", "lines" FROM "orders"')).toEqual([
    ["1", "12.5", "2026-11-20 10:04:09.000", '[{"sku":"a"}]'],
  ]);
  expect(await queryRows(cloud, 'SELECT "reason", "detail" FROM "unformatted" ORDER BY "detail"')).toEqual([
    ["schema", "orders: /lines/1 must have required property 'sku'"],
    ["schema", "orders: /total must be number"],
  ]);
});

test("a column that is text in a later hour is text in all of them, within the same run", async () => {
  await put(cloud, ['{"n":"two","later":2.5}']);
  expect(await nextHour()).toEqual(["SUCCEEDED", "SUCCEEDED"]);
  expect(await queryRows(cloud, 'SELECT "n", "later" FROM "records" ORDER BY "n"')).toEqual([
    ["1", undefined],
    ["two", "2.5"],
  ]);
});

test("an hour after them keeps the wider types, though its own rows are narrower", async () => {
  await put(cloud, ['{"n":3,"later":4}']);
  expect(await nextHour()).toEqual(["SUCCEEDED", "SUCCEEDED"]);
  expect(await queryRows(cloud, 'SELECT "n", "later" FROM "records" ORDER BY "n"')).toEqual([
    ["1", undefined],
    ["3", "4.0"],
    ["two", "2.5"],
  ]);
  expect(cloud.usage().denied).toEqual([]);
});

test("the queries that stand ready for a schema run", async () => {
  const ready = cloud.resources.filter(({ type }) => type === "aws:athena/namedQuery:NamedQuery");
  const sql = (role: string) => String(ready.find(({ name }) => name === `lake-query-${role}`)?.inputs.query);
  expect(await queryRows(cloud, sql("summary-orders"))).toEqual([
    [expect.any(String), "1", "1", "1", "12.5", "12.5", "1", expect.any(String), expect.any(String), "1"],
  ]);
  expect(await queryRows(cloud, sql("latest-orders"))).toHaveLength(1);
});
