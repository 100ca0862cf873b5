/** Queries over a catalog: which rows they see, what their texts are, and what they can never reach. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { queryLake } from "../../../../local/queryLake";
import { runQuery } from "../../../../local/services/athena/runQuery";
import { HOUR_KEYS, type Lake, makeLake, NOW, table } from "../../support/athenaLake";

let lake: Lake;
beforeEach(() => {
  lake = makeLake();
});
afterEach(() => rmSync(lake.dataDir, { recursive: true }));

const PROJECTION = {
  "projection.enabled": "true",
  "projection.dt.type": "date",
  "projection.dt.format": "yyyy-MM-dd",
  "projection.dt.range": "2024-01-01,NOW",
  "projection.hour.type": "integer",
  "projection.hour.range": "0,23",
  "projection.hour.digits": "2",
};

function projected(name: string, template: string) {
  return {
    PartitionKeys: HOUR_KEYS,
    Parameters: { ...PROJECTION, "storage.location.template": `s3://bucket/${template}` },
    name,
  };
}

async function putOrders(): Promise<void> {
  const columns = [
    { Name: "_id", Type: "string" },
    { Name: "total", Type: "double" },
  ];
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Glue's own placeholders
  const { name, ...more } = projected("orders", "parquet-output/orders/dt=${dt}/hour=${hour}/");
  lake.catalog.putTable(table(name, columns, more));
  await lake.putParquet(
    "parquet-output/orders/dt=2026-11-20/hour=09/part-00000.parquet",
    "SELECT 'a' AS _id, 1.5::DOUBLE AS total",
  );
  await lake.putParquet(
    "parquet-output/orders/dt=2026-11-20/hour=10/part-00000.parquet",
    "SELECT 'b' AS _id, 2.5::DOUBLE AS total",
  );
}

test("a projected table has its objects' rows at once, partition columns last", async () => {
  await putOrders();
  expect(await lake.query('SELECT * FROM "lake"."orders" ORDER BY _id')).toEqual([
    ["a", "1.5", "2026-11-20", "09"],
    ["b", "2.5", "2026-11-20", "10"],
  ]);
  expect(await lake.query("SELECT total FROM AwsDataCatalog.lake.Orders WHERE hour = '10'")).toEqual([["2.5"]]);
});

test("objects outside the projection are not in the table", async () => {
  await putOrders();
  const row = "SELECT 'x' AS _id, 9::DOUBLE AS total";
  await lake.putParquet("parquet-output/orders/dt=2026-11-21/hour=10/part.parquet", row); // after NOW
  await lake.putParquet("parquet-output/orders/dt=2023-12-31/hour=10/part.parquet", row);
  await lake.putParquet("parquet-output/orders/dt=2026-11-20/hour=9/part.parquet", row); // one digit
  await lake.putParquet("parquet-output/orders/dt=2026-11-20/hour=10/_part.parquet", row);
  expect(await lake.query("SELECT count(*) FROM orders")).toEqual([["2"]]);
});

test("a table that a crawler made has the partitions that the catalog lists and no others", async () => {
  const columns = [{ Name: "n", Type: "bigint" }];
  const listed = table("seen", columns, { PartitionKeys: HOUR_KEYS });
  lake.catalog.putTable(listed);
  lake.catalog.putPartitions("lake", "seen", [
    {
      Values: ["2026-11-20", "10"],
      DatabaseName: "lake",
      TableName: "seen",
      CreationTime: 0,
      StorageDescriptor: {
        ...listed.StorageDescriptor,
        Location: "s3://bucket/parquet-output/seen/dt=2026-11-20/hour=10/",
      },
      CatalogId: "000000000000",
    },
  ]);
  await lake.putParquet("parquet-output/seen/dt=2026-11-20/hour=10/part.parquet", "SELECT 1::BIGINT AS n");
  await lake.putParquet("parquet-output/seen/dt=2026-11-20/hour=11/part.parquet", "SELECT 2::BIGINT AS n");
  expect(await lake.query("SELECT n, hour FROM seen")).toEqual([["1", "10"]]);
  expect(await lake.query("SHOW PARTITIONS seen")).toEqual([["dt=2026-11-20/hour=10"]]);
});

test("JSON lines with a partition that is a bare folder", async () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Glue's own placeholders
  const { name, ...more } = projected("unformatted", "unformatted/${table_name}/dt=${dt}/hour=${hour}/");
  const definition = table(name, [{ Name: "reason", Type: "string" }], {
    ...more,
    PartitionKeys: [{ Name: "table_name", Type: "string" }, ...HOUR_KEYS],
    Parameters: {
      ...more.Parameters,
      "projection.table_name.type": "enum",
      "projection.table_name.values": "orders,records",
    },
  });
  const SerdeInfo = { SerializationLibrary: "org.openx.data.jsonserde.JsonSerDe" };
  lake.catalog.putTable({ ...definition, StorageDescriptor: { ...definition.StorageDescriptor, SerdeInfo } });
  lake.put(
    "unformatted/orders/dt=2026-11-20/hour=10/s-1-2-2.ndjson.gz",
    gzipSync('{"reason":"format","x":1}\n{"reason":"empty"}\n'),
  );
  lake.put("unformatted/other/dt=2026-11-20/hour=10/s-1-1-1.ndjson.gz", gzipSync('{"reason":"hook"}\n'));
  expect(await lake.query("SELECT reason, table_name, hour FROM unformatted ORDER BY reason")).toEqual([
    ["empty", "orders", "10"],
    ["format", "orders", "10"],
  ]);
});

test("a table without objects has columns and no rows", async () => {
  lake.catalog.putTable(
    table("bare", [
      { Name: "n", Type: "bigint" },
      { Name: "tags", Type: "array<string>" },
    ]),
  );
  const result = await queryLake({ dataDir: lake.dataDir, sql: "SELECT * FROM bare", nowMillis: NOW });
  expect(result.columns.map((column) => [column.Name, column.Type])).toEqual([
    ["n", "bigint"],
    ["tags", "array"],
  ]);
  expect(result.rows).toEqual([]);
});

test("a column that a file does not have is null, one of another type fails where it is asked for", async () => {
  lake.catalog.putTable(
    table("mixed", [
      { Name: "n", Type: "bigint" },
      { Name: "s", Type: "string" },
    ]),
  );
  await lake.putParquet("parquet-output/mixed/a.parquet", "SELECT 1::BIGINT AS n, 'x' AS s");
  await lake.putParquet("parquet-output/mixed/b.parquet", "SELECT 2.5::DOUBLE AS n");
  expect(await lake.query("SELECT s FROM mixed ORDER BY s")).toEqual([["x"], [null]]);
  await expect(lake.query("SELECT sum(n) FROM mixed")).rejects.toThrow(
    'HIVE_BAD_DATA: column "n" of table "mixed" is bigint in the catalog and DOUBLE in 1 of its files',
  );
});

test("values are texts as Athena writes them", async () => {
  const sql = `SELECT CAST(12345678 AS double), CAST(0.0001 AS double), 1.50, true, NULL, ARRAY['a', NULL],
    TIMESTAMP '2026-11-20 10:04:09', DATE '2026-11-20', 9223372036854775807, 'a"b'`;
  expect(await lake.query(sql)).toEqual([
    [
      "1.2345678E7",
      "1.0E-4",
      "1.50",
      "true",
      null,
      "[a, null]",
      "2026-11-20 10:04:09.000",
      "2026-11-20",
      "9223372036854775807",
      'a"b',
    ],
  ]);
});

test("common table expressions, subqueries and joins", async () => {
  await putOrders();
  const sql = `WITH big(id, amount) AS (SELECT _id, total FROM orders WHERE total > 2)
    SELECT o._id, b.amount FROM orders AS o LEFT JOIN big AS b ON b.id = o._id WHERE o._id IN (SELECT _id FROM orders) ORDER BY 1`;
  expect(await lake.query(sql)).toEqual([
    ["a", null],
    ["b", "2.5"],
  ]);
});

test("function names inside texts, names and comments stay as they are", async () => {
  const sql = `SELECT 'cardinality(x)' AS "concat(", /* md5(x) */ concat('é', "element_at") -- typeof(
    FROM (VALUES ('b')) AS slice("element_at")`;
  expect(await lake.query(sql)).toEqual([["cardinality(x)", "éb"]]);
});

test("the catalog's own statements", async () => {
  await putOrders();
  expect(await lake.query("SHOW TABLES IN lake;")).toEqual([["orders"]]);
  expect(await lake.query("show databases")).toEqual([["lake"]]);
  expect(await lake.query("-- what is there\nDESCRIBE lake.orders")).toEqual([
    ["_id", "string", ""],
    ["total", "double", ""],
    ["dt", "string", ""],
    ["hour", "string", ""],
  ]);
  expect(await lake.query("SHOW COLUMNS IN orders")).toEqual([["_id"], ["total"], ["dt"], ["hour"]]);
});

test.each([
  ["CREATE TABLE x AS SELECT 1", "CREATE statements"],
  ["INSERT INTO orders VALUES (1)", "INSERT statements"],
  ["DROP TABLE orders", "DROP statements"],
  ["COPY orders TO '/tmp/x'", "COPY statements"],
  ["ATTACH '/tmp/x.db'", "ATTACH statements"],
  ["PRAGMA database_list", "PRAGMA statements"],
  ["SET memory_limit = '1GB'", "SET statements"],
  ["INSTALL httpfs", "INSTALL statements"],
  ["EXPLAIN SELECT 1", "EXPLAIN statements"],
  ["MSCK REPAIR TABLE orders", "MSCK statements"],
  ["", "the query is empty"],
  ["SELECT 1; SELECT 2", "SYNTAX_ERROR: a query must be a single statement"],
  ["SELECT 1; DROP TABLE orders", "SYNTAX_ERROR"],
  ["SELEC 1", "SELEC statements"],
  ["SELECT FROM WHERE", "SYNTAX_ERROR: "],
  ["SELECT * FROM nowhere", "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.lake.nowhere' does not exist"],
  ["SELECT nothing FROM orders", "COLUMN_NOT_FOUND: line 1:8: Column 'nothing' cannot be resolved"],
  ["SELECT * FROM other.catalog.orders", "CATALOG_NOT_FOUND: Catalog 'other' does not exist"],
  ["SELECT * FROM information_schema.tables", "TABLE_NOT_FOUND"],
  ["SELECT * FROM duckdb_settings()", 'the function "duckdb_settings"'],
  ["SELECT * FROM (DESCRIBE orders)", "SHOW_REF in FROM"],
  ["SELECT * FROM (PIVOT orders ON _id USING sum(total))", "SYNTAX_ERROR: Only SELECT statements"],
])("%s is refused: %s", async (sql, message) => {
  await putOrders();
  await expect(lake.query(sql)).rejects.toThrow(message);
});

describe("files outside the catalog", () => {
  let secretDir: string;
  let secret: string;
  beforeEach(() => {
    secretDir = mkdtempSync(join(tmpdir(), "secret-"));
    secret = join(secretDir, "secret.csv");
    writeFileSync(secret, "a\nhidden\n");
  });
  afterEach(() => rmSync(secretDir, { recursive: true }));

  test.each([
    ["SELECT * FROM read_csv('FILE')", "read_csv"],
    ["SELECT * FROM read_text('FILE')", "read_text"],
    ["SELECT * FROM glob('FILE')", "glob"],
    ["SELECT * FROM sniff_csv('FILE')", "sniff_csv"],
    ["SELECT * FROM query('SELECT * FROM read_csv(''FILE'')')", 'function "query"'],
    ["SELECT * FROM query_table('FILE')", "query_table"],
    ["SELECT * FROM 'FILE'", "TABLE_NOT_FOUND"],
    ['SELECT * FROM "FILE"', "TABLE_NOT_FOUND"],
    ["SELECT (SELECT max(a) FROM 'FILE')", "TABLE_NOT_FOUND"],
    ["WITH x AS (SELECT * FROM 'FILE') SELECT * FROM x", "TABLE_NOT_FOUND"],
    ['WITH "FILE" AS (SELECT 1 AS a) SELECT a FROM lake."FILE"', "TABLE_NOT_FOUND"],
  ])("%s", async (sql, message) => {
    await expect(lake.query(sql.replaceAll("FILE", secret))).rejects.toThrow(message);
  });

  test("a common table expression of a file's name hides the file also where it is not in scope", async () => {
    const sql = `SELECT * FROM (WITH "${secret}" AS (SELECT 1 AS a) SELECT a FROM "${secret}"), "${secret}"`;
    await expect(lake.query(sql)).rejects.toThrow(/does not exist|disabled by configuration/);
  });
});

test("a query leaves no scratch files", async () => {
  await lake.query("SELECT 1");
  expect(readdirSync(join(lake.dataDir, "tmp"))).toEqual([]);
});

test("a projection that is not simulated is refused", async () => {
  const more = { PartitionKeys: [{ Name: "who", Type: "string" }] };
  const Parameters = { "projection.enabled": "true", "projection.who.type": "injected" };
  lake.catalog.putTable(table("injected", [], { ...more, Parameters }));
  await expect(lake.query("SELECT * FROM injected")).rejects.toThrow(
    'NOT_SUPPORTED: local/athena: the projection of "who" in table "injected" (type "injected") is not simulated',
  );
});

test("a SerDe that is not simulated is refused", async () => {
  const definition = table("lines", [{ Name: "a", Type: "string" }]);
  const SerdeInfo = { SerializationLibrary: "org.apache.hadoop.hive.serde2.OpenCSVSerde" };
  lake.catalog.putTable({ ...definition, StorageDescriptor: { ...definition.StorageDescriptor, SerdeInfo } });
  lake.put("parquet-output/lines/a.csv", "x\n");
  await expect(lake.query("SELECT * FROM lines")).rejects.toThrow(
    'table "lines" has the SerDe "org.apache.hadoop.hive.serde2.OpenCSVSerde", which is not simulated',
  );
});

test("where DuckDB is milder than Athena", async () => {
  // Athena fails on the first three and writes the others as 1.5E0 and 2026-11-20 10:04:09.000.
  const sql = `SELECT '1' = 1, 1 / 0, ARRAY[1][2], CAST(DOUBLE '1.5' AS varchar), CAST(TIMESTAMP '2026-11-20 10:04:09' AS varchar)`;
  expect(await lake.query(sql)).toEqual([["true", null, null, "1.5", "2026-11-20 10:04:09"]]);
  await expect(lake.query("SELECT regexp_like('ab', 'a(?=b)')")).rejects.toThrow("GENERIC_USER_ERROR");
  await expect(lake.query(`SELECT json_extract('{"":1}', '$[""]')`)).rejects.toThrow("SEMANTIC_ERROR");
  expect(await lake.query("SELECT typeof('a')")).toEqual([["varchar"]]);
});

test("the current date and time are those of the cloud, in UTC", async () => {
  expect(
    await lake.query(
      "SELECT current_date, now(), date_format(current_timestamp, '%H:%i'), 'now() current_date', 1 AS \"now()\"",
    ),
  ).toEqual([["2026-11-20", "2026-11-20 10:30:00.000 UTC", "10:30", "now() current_date", "1"]]);
  expect(await lake.query("/* it's now() */ SELECT 'current_date' /* now() */")).toEqual([["current_date"]]);
});

const LAZY = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe";

function lines(name: string, parameters: Record<string, string>, type = "string") {
  const SerdeInfo = { SerializationLibrary: LAZY, Parameters: parameters };
  const columns = [
    { Name: "a", Type: type },
    { Name: "b", Type: type },
  ];
  const { StorageDescriptor, ...more } = table(name, columns);
  return { ...more, StorageDescriptor: { ...StorageDescriptor, SerdeInfo } };
}

test("lines of fields are split at their delimiter only", async () => {
  lake.catalog.putTable(lines("plain", { "field.delim": "|" }));
  lake.put("parquet-output/plain/part", '"x, 1"|y\\z\n\\N|\nonly\n');
  expect(await lake.query("SELECT a, b FROM plain")).toEqual([
    ['"x, 1"', "y\\z"],
    [null, ""],
    ["only", null],
  ]);
});

test.each([
  ["escapes", lines("odd", { "field.delim": "|", "escape.delim": "\\" })],
  ["two characters", lines("odd", { "field.delim": "||" })],
  ["numbers", lines("odd", {}, "bigint")],
])("lines with %s are refused", async (_, odd) => {
  lake.catalog.putTable(odd);
  lake.put("parquet-output/odd/part", "1\n");
  await expect(lake.query("SELECT * FROM odd")).rejects.toThrow(
    'NOT_SUPPORTED: local/athena: table "odd" has lines in a form that is not simulated (string columns, one character between fields, no escapes); see docs/fidelity.md',
  );
});

function view(name: string, sql: string, columns: readonly string[], text?: string) {
  const definition = {
    originalSql: sql,
    catalog: "awsdatacatalog",
    schema: "lake",
    columns: columns.map((column) => ({ name: column, type: "double" })),
  };
  const ViewOriginalText = text ?? `/* Presto View: ${Buffer.from(JSON.stringify(definition)).toString("base64")} */`;
  return table(
    name,
    columns.map((Name) => ({ Name, Type: "double" })),
    { TableType: "VIRTUAL_VIEW", ViewOriginalText },
  );
}

test("a view has the rows of its query; it may read views", async () => {
  await putOrders();
  lake.catalog.putTable(view("doubled", "SELECT total * 2 FROM orders", ["twice"]));
  lake.catalog.putTable(view("summed", "SELECT sum(twice) AS s FROM doubled", ["total"]));
  expect(await lake.query("SELECT * FROM summed")).toEqual([["8.0"]]);
  const { rows } = await queryLake({
    dataDir: lake.dataDir,
    sql: "SELECT twice FROM lake.doubled ORDER BY 1",
    nowMillis: NOW,
  });
  expect(rows).toEqual([["3.0"], ["5.0"]]);
});

test("beside a view of another database, names without one are of the query's own database", async () => {
  await putOrders();
  lake.catalog.putDatabase({ Name: "other", CreateTime: 0, CatalogId: "000000000000" });
  const { StorageDescriptor } = table("others", [{ Name: "total", Type: "double" }]);
  lake.catalog.putTable({ ...table("orders", []), StorageDescriptor, DatabaseName: "other" });
  lake.catalog.putTable(view("doubled", "SELECT total * 2 FROM orders", ["twice"]));
  const { rows } = await queryLake({
    dataDir: lake.dataDir,
    database: "other",
    sql: "SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM lake.doubled)",
    nowMillis: NOW,
  });
  expect(rows).toEqual([["0", "2"]]);
});

test("a view whose tables have changed, and a view of another engine, are refused", async () => {
  await putOrders();
  lake.catalog.putTable(view("stale", "SELECT price FROM orders", ["price"]));
  await expect(lake.query("SELECT * FROM stale")).rejects.toThrow(
    /^INVALID_VIEW: View 'lake.stale' is stale or in invalid state: Binder Error: .*"price" not found/,
  );
  lake.catalog.putTable(view("hive", "", ["price"], "SELECT price FROM orders"));
  await expect(lake.query("SELECT * FROM hive")).rejects.toThrow(
    'NOT_SUPPORTED: local/athena: the view "hive" is not one of Athena; see docs/fidelity.md',
  );
});

test("a query that is interrupted before its rows are read ends", async () => {
  await putOrders();
  const stop = new AbortController();
  const numbers = (name: string) => `UNNEST(sequence(1, 10000)) AS ${name} (n)`;
  const query = runQuery({
    catalog: lake.catalog,
    reader: { list: async () => [], open: () => [] },
    sql: `SELECT sum(a.n * b.n + c.n), (SELECT count(*) FROM orders) FROM ${["a", "b", "c"].map(numbers).join()}`,
    database: "lake",
    scratchDir: join(lake.dataDir, "tmp"),
    nowMillis: NOW,
    signal: stop.signal,
    // Between the first statement of DuckDB and the query itself.
    authorize: () => stop.abort(),
  });
  await expect(query).rejects.toThrow("Interrupted");
  expect(readdirSync(join(lake.dataDir, "tmp"))).toEqual([]);
});
