/** The tables of live views as declared: names, definitions, permissions and refusals. */
import { DataLake } from "../../../components/dataLake";
import type { DataLakeArgs } from "../../../components/lake/args";
import { declare } from "../../../local/testing";

const COLUMNS = [{ name: "total", type: "double" }] as const;
const lake = (args: DataLakeArgs) => () => new DataLake("lake", { firstDay: "2026-11-01", ...args });

test.each([false, true])(
  "lines of raw/ in one column, and a view as Athena stores it; preview: %s",
  async (preview) => {
    const declared = await declare(lake({ tables: { orders: { columns: COLUMNS } } }), { preview });
    const at = preview ? "[unknown]" : "lake-lake";
    const lines = declared.one("lake-table-orders_raw").inputs;
    expect(lines).toMatchObject({
      name: "orders_raw",
      tableType: "EXTERNAL_TABLE",
      partitionKeys: [
        { name: "dt", type: "string" },
        { name: "hour", type: "string" },
      ],
      storageDescriptor: {
        columns: [{ name: "line", type: "string" }],
        serDeInfo: {
          serializationLibrary: "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
          parameters: { "field.delim": "\u0001" },
        },
      },
    });
    if (!preview) {
      expect(lines.parameters).toMatchObject({
        "projection.dt.range": "2026-11-01,NOW",
        "storage.location.template": `s3://${at}/raw/orders/dt=\${dt}/hour=\${hour}/`,
      });
    }
    const view = declared.one("lake-table-orders_live").inputs;
    expect(view).toMatchObject({
      name: "orders_live",
      tableType: "VIRTUAL_VIEW",
      parameters: { presto_view: "true", comment: "Presto View" },
      viewExpandedText: "/* Presto View */",
      storageDescriptor: {
        columns: [
          { name: "_id", type: "string" },
          { name: "_arrived", type: "timestamp" },
          { name: "_format", type: "string" },
          { name: "total", type: "double" },
          { name: "dt", type: "string" },
          { name: "hour", type: "string" },
        ],
      },
    });
    const [, definition = ""] = /^\/\* Presto View: (\S+) \*\/$/.exec(view.viewOriginalText) ?? [];
    expect(JSON.parse(Buffer.from(definition, "base64").toString("utf8"))).toEqual({
      originalSql: expect.stringContaining(
        'FROM "orders_raw" WHERE "dt" >= date_format(current_date - interval \'2\' day',
      ),
      catalog: "awsdatacatalog",
      schema: "project_stack_lake",
      columns: [
        { name: "_id", type: "varchar" },
        { name: "_arrived", type: "timestamp" },
        { name: "_format", type: "varchar" },
        { name: "total", type: "double" },
        { name: "dt", type: "varchar" },
        { name: "hour", type: "varchar" },
      ],
    });
  },
);

test("queries read the raw rows of tables with a live view, and of no others", async () => {
  const tables = { orders: { columns: COLUMNS }, events: { columns: COLUMNS, liveDays: 0 }, records: {} };
  const { outputs } = await declare(() => lake({ tables })().queryAccess());
  expect(outputs).toContainEqual({
    actions: ["s3:GetObject"],
    resources: ["parquet-output/*", "unformatted/*", "raw/orders/*"].map((end) => `arn:aws:s3:::lake-lake/${end}`),
  });
});

const wide = Array.from({ length: 1500 }, (_, index) => ({ name: `at_${index}`, type: "timestamp" }) as const);

test.each<[string, DataLakeArgs["tables"], string]>([
  [
    "a negative number of days",
    { orders: { columns: COLUMNS, liveDays: -1 } },
    'liveDays of table "orders" is -1; use a whole number from 0 to 365 days.',
  ],
  [
    "liveDays without columns",
    { records: { liveDays: 1 } },
    'table "records" has liveDays, but no declared columns; declare them, or remove liveDays.',
  ],
  [
    "a table with a view's name",
    { orders: { columns: COLUMNS }, orders_live: {} },
    'table "orders_live" has a name that the live view of "orders" needs; rename it, or set liveDays of "orders" to 0.',
  ],
  [
    "a view that Glue does not take",
    { orders: { columns: wide } },
    'table "orders" has too many columns for its live view; set its liveDays to 0, or give the columns that have no path one.',
  ],
])("%s is refused", async (_, tables, problem) => {
  await expect(declare(lake({ tables }))).rejects.toThrow(`DataLake "lake": ${problem}`);
});
