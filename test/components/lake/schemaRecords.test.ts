/** Tables with a schema: their catalog table, job arguments and router; and the record that their changes are held against. */
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DataLake, defineSchema, FormatRouter, HourlyEtl, StreamIngest } from "streamlake";
import { declare } from "streamlake/testing";
import { recordedTable, SCHEMA_RECORD, writeSchemaRecord } from "../../../lake/schemas/record";
import { packageOf } from "../support/listed";

const orders = defineSchema({
  name: "orders",
  fields: { order_id: "string", total: "double", at: { City: "string" } },
});
const without = defineSchema({ name: "orders", fields: { order_id: "string" } });
const more = defineSchema({
  name: "orders",
  fields: { order_id: "string", total: "double", at: { City: "string" }, "note?": "string" },
});

const lakeOf = (schema: typeof orders | typeof without) => () => {
  new DataLake("lake", { tables: { orders: { schema } } });
};

test("a schema gives the catalog its columns, and the hourly step their paths", async () => {
  const declared = await declare(() => {
    new HourlyEtl("etl", { lake: new DataLake("lake", { tables: { orders: { schema: orders } } }) });
  });
  const { storageDescriptor, parameters } = declared.one("lake-table-orders").inputs;
  expect(storageDescriptor.columns).toEqual([
    { name: "_id", type: "string" },
    { name: "_arrived", type: "timestamp" },
    { name: "_format", type: "string" },
    { name: "order_id", type: "string" },
    { name: "total", type: "double" },
    { name: "at_city", type: "string" },
  ]);
  expect(parameters["projection.enabled"]).toBe("true");
  expect(declared.all("aws:glue/crawler:Crawler")).toEqual([]);
  expect(JSON.parse(declared.one("etl-job").inputs.defaultArguments["--COLUMNS"])).toEqual({
    orders: [
      { name: "order_id", type: "string", path: ["order_id"] },
      { name: "total", type: "double", path: ["total"] },
      { name: "at_city", type: "string", path: ["at", "City"] },
    ],
  });
  expect(
    declared.one("lake-query-latest-orders").inputs.query,
  ).toBe(`SELECT "_id", "_arrived", "_format", "order_id", "total", "at_city"
FROM "orders"
WHERE "dt" >= date_format(current_date - interval '7' day, '%Y-%m-%d')
ORDER BY "_arrived" DESC, "_id" DESC
LIMIT 10`);
  expect(declared.one("lake-query-summary-orders").inputs.query).toBe(`SELECT "dt", count(*) AS "row_count",
  count("order_id") AS "order_id_count",
  count("total") AS "total_count",
  min("total") AS "total_min",
  max("total") AS "total_max",
  count("at_city") AS "at_city_count"
FROM "orders"
WHERE "dt" >= date_format(current_date - interval '7' day, '%Y-%m-%d')
GROUP BY "dt"
ORDER BY "dt"`);
});

test("a router's package carries the check, and no schema compiler", async () => {
  const sizeWith = async (tables: Record<string, object>) => {
    const declared = await declare(() => {
      const lake = new DataLake("lake", { tables });
      new FormatRouter("router", { stream: new StreamIngest("in"), lake });
    });
    return (await packageOf(declared.one("router-router-function"))).length;
  };
  const [plain, checked] = [await sizeWith({ orders: {} }), await sizeWith({ orders: { schema: orders } })];
  expect(checked - plain).toBeGreaterThan(500);
  expect(checked - plain).toBeLessThan(10_000);
});

test("columns and a schema together are refused", () => {
  expect(() => new DataLake("lake", { tables: { orders: { schema: orders, columns: orders.columns } } })).toThrow(
    'DataLake "lake": table "orders" has columns and a schema; keep one of them.',
  );
});

describe("with a record", () => {
  const from = process.cwd();
  let directory: string;
  beforeEach(() => {
    directory = realpathSync(mkdtempSync(path.join(tmpdir(), "record-")));
    writeFileSync(path.join(directory, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
    record({ "lake/orders": recordedTable(orders, "2024-01-01") });
    process.chdir(directory);
  });
  afterEach(() => {
    process.chdir(from);
    rmSync(directory, { recursive: true });
  });
  const record = (content: Parameters<typeof writeSchemaRecord>[0]) =>
    writeFileSync(path.join(directory, SCHEMA_RECORD), writeSchemaRecord(content));

  test("the recorded schema is declared, preview or not", async () => {
    for (const preview of [true, false]) {
      expect((await declare(lakeOf(orders), { preview })).all("streamlake:index:DataLake")).toHaveLength(1);
    }
  });

  test("what breaks readers fails the preview, with the list and the ways out", async () => {
    await expect(declare(lakeOf(without), { preview: true })).rejects.toThrow(
      `DataLake "lake": schemas differ from streamlake.schemas.json in what breaks:
  lake/orders: column "total" is removed
  lake/orders: column "at_city" is removed
Keep old columns and add new ones as optional; or give the new shape a table of its own ("orders_v2"), and let readers move; or, when nobody reads what breaks any more, record it: \`streamlake schemas accept --breaking\`.`,
    );
  });

  test("what breaks nothing has to be recorded too, or the next change could not be judged", async () => {
    await expect(declare(lakeOf(more))).rejects.toThrow(
      `DataLake "lake": schemas differ from streamlake.schemas.json:
  lake/orders: column "note" is new
Nothing of it breaks readers; record it: \`streamlake schemas accept\`.`,
    );
  });

  test("a table that loses its schema is a break; other lakes' tables are not ours", async () => {
    record({ "other/orders": recordedTable(orders, "2024-01-01") });
    await declare(() => void new DataLake("lake"));
    record({ "lake/orders": recordedTable(orders, "2024-01-01") });
    await expect(declare(() => void new DataLake("lake"))).rejects.toThrow(
      "lake/orders: the table is removed, or has no schema any more",
    );
  });

  test("a stack may leave the check out", async () => {
    const config = { "streamlake:checkSchemas": "false" };
    expect((await declare(lakeOf(without), { config })).one("lake").inputs.schemas).toEqual({
      "lake/orders": recordedTable(without, "2024-01-01"),
    });
  });
});
