/** Names of result columns, as Athena gives them. */
import { rmSync } from "node:fs";
import { queryLake } from "../../../../local/queryLake";
import { type Lake, makeLake, NOW, table } from "../../support/athenaLake";

let lake: Lake;
beforeEach(async () => {
  lake = makeLake();
  lake.catalog.putTable(
    table("orders", [
      { Name: "id", Type: "string" },
      { Name: "total", Type: "bigint" },
    ]),
  );
  await lake.putParquet("parquet-output/orders/part-0.parquet", "SELECT 'a' AS id, 1::BIGINT AS total");
});
afterEach(() => rmSync(lake.dataDir, { recursive: true }));

async function names(sql: string): Promise<string[]> {
  return (await queryLake({ dataDir: lake.dataDir, database: "lake", sql, nowMillis: NOW })).columns.map(
    ({ Name }) => Name,
  );
}

test.each([
  ["SELECT count(*), sum(total) AS total, max(id) FROM orders", ["_col0", "total", "_col2"]],
  ["SELECT id, orders.total, total + 1, CAST(total AS double) FROM orders", ["id", "total", "_col2", "_col3"]],
  ["SELECT *, 1 FROM orders", ["id", "total", "_col2"]],
  ["SELECT 'x', *, total * 2, 3 AS three FROM orders", ["_col0", "id", "total", "_col3", "three"]],
  ["SELECT 1 UNION ALL SELECT 2 AS two", ["_col0"]],
  ["WITH n AS (SELECT 1 AS one) SELECT one, -one FROM n", ["one", "_col1"]],
  ["VALUES (1, 'a')", ["_col0", "_col1"]],
  ["SELECT * FROM (VALUES (1, 'a')) AS t(x, y)", ["x", "y"]],
])("%s has the columns %j", async (sql, expected) => {
  expect(await names(sql)).toEqual(expected);
});

test("bytes are pairs of hexadecimal digits", async () => {
  const { rows } = await queryLake({
    dataDir: lake.dataDir,
    database: "lake",
    sql: "SELECT from_base64('eyJhXABc/yA='), from_base64('')",
    nowMillis: NOW,
  });
  expect(rows).toEqual([["7b 22 61 5c 00 5c ff 20", ""]]);
});
