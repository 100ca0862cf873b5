/** Results that are kept in a file: the rows of a query in its order, and sorted by a column. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { keepLakeQuery, keptRows, queryLake } from "../../../../local/queryLake";
import { type Lake, makeLake, NOW, table } from "../../support/athenaLake";

let lake: Lake;
let count = 0;
beforeAll(() => {
  lake = makeLake();
  mkdirSync(join(lake.dataDir, "tmp"));
});
afterAll(() => rmSync(lake.dataDir, { recursive: true }));

const keep = (sql: string, signal?: AbortSignal) => {
  const query = { dataDir: lake.dataDir, sql, nowMillis: NOW, ...(signal && { signal }) };
  return keepLakeQuery(query, join(lake.dataDir, "tmp", `kept-${++count}.duckdb`));
};

test("rows keep the order of the query, and its columns their names and types", async () => {
  const sql = `SELECT n % 10 AS tens, n, n, CAST(n AS double) / 4 AS "Quarter", NULL AS nothing
    FROM UNNEST(sequence(1, 30000)) AS t (n) ORDER BY tens DESC, n -- all`;
  const kept = await keep(sql);
  expect(kept.total).toBe(30_000);
  const { columns, rows } = await queryLake({ dataDir: lake.dataDir, sql, nowMillis: NOW });
  expect(kept.columns).toEqual(columns);
  expect(await keptRows(kept, { from: 0, count: 30_000 })).toEqual(rows);
  expect(await keptRows(kept, { from: 2999, count: 2 })).toEqual([
    ["9", "29999", "29999", "7499.75", null],
    ["8", "8", "8", "2.0", null],
  ]);
  expect(await keptRows(kept, { from: 30_000, count: 5 })).toEqual([]);
});

test("rows are sorted by a column's values, nulls last in both directions, equal ones in the order of the query", async () => {
  const kept = await keep(
    `SELECT * FROM (VALUES ('a', 10), ('b', 9), ('c', NULL), ('d', 10), ('e', 100)) AS t (name, n)`,
  );
  const names = async (by: number, isDown: boolean, from = 0) =>
    (await keptRows(kept, { from, count: 3, by, isDown })).map(([name]) => name).join("");
  expect(await names(1, false)).toBe("bad");
  expect(await names(1, false, 3)).toBe("ec");
  expect(await names(1, true)).toBe("ead");
  expect(await names(1, true, 3)).toBe("bc");
  expect(await names(0, true)).toBe("edc");
});

test("tables of the catalog are read, and nothing beside them", async () => {
  await lake.putParquet("parquet-output/orders/a.parquet", "SELECT range AS n FROM range(7000)");
  lake.catalog.putTable(table("orders", [{ Name: "n", Type: "bigint" }]));
  const kept = await keep("SELECT sum(n) AS total FROM orders");
  expect(await keptRows(kept, { from: 0, count: 10 })).toEqual([["24496500"]]);
  await expect(keep("SELECT * FROM absent")).rejects.toThrow("does not exist");
  await expect(keep("SELECT * FROM kept.result")).rejects.toThrow("does not exist");
  await expect(keep("SELECT CAST(name AS integer) FROM (VALUES ('x')) AS t (name)")).rejects.toThrow(
    "INVALID_CAST_ARGUMENT",
  );
});

test("a signal interrupts the query that is kept; no rows are read after it", async () => {
  const numbers = (name: string) => `UNNEST(sequence(1, 10000)) AS ${name} (n)`;
  const leaving = new AbortController();
  const running = keep(`SELECT a.n FROM ${numbers("a")}, ${numbers("b")}, ${numbers("c")}`, leaving.signal);
  setTimeout(() => leaving.abort(), 50);
  await expect(running).rejects.toThrow(/interrupt/i);
  const kept = await keep("SELECT 1 AS n");
  await expect(keptRows(kept, { from: 0, count: 1, signal: leaving.signal })).rejects.toThrow("aborted");
});
