/** Errors of queries: Athena's names and texts, each on one line with its place, made from the errors of the real DuckDB. */
import { rmSync } from "node:fs";
import { type Lake, makeLake, table } from "../../support/athenaLake";

let lake: Lake;
beforeAll(async () => {
  lake = makeLake();
  const names = ["price:string", "total:double", "n:bigint", "at:timestamp"].map((column) => column.split(":"));
  lake.catalog.putTable(
    table(
      "orders",
      names.map(([Name = "", Type = ""]) => ({ Name, Type })),
    ),
  );
  await lake.putParquet(
    "parquet-output/orders/a.parquet",
    "SELECT repeat('1,5 ', 30) AS price, 1.5::DOUBLE AS total, 1::BIGINT AS n, TIMESTAMP '2026-11-20 10:00:00' AS at",
  );
});
afterAll(() => rmSync(lake.dataDir, { recursive: true }));

const UNKNOWN = "cannot be resolved or requester is not authorized to access requested resources";

test.each([
  ["SELECT sum(price) FROM orders", "FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters (varchar) for function sum"],
  [
    "SELECT n,\n  'é', avg(DISTINCT price) FROM orders",
    "FUNCTION_NOT_FOUND: line 2:8: Unexpected parameters (varchar) for function avg",
  ],
  [
    "SELECT regexp_like(n, 'a') FROM orders",
    "FUNCTION_NOT_FOUND: Unexpected parameters (bigint, varchar) for function regexp_like",
  ],
  ["SELECT date_diff(1) FROM orders", "FUNCTION_NOT_FOUND: Unexpected parameters for function date_diff"],
  ["SELECT price + 1 FROM orders", "TYPE_MISMATCH: line 1:14: Cannot apply operator: varchar + integer"],
  ["SELECT price * 2.5 FROM orders", "TYPE_MISMATCH: line 1:14: Cannot apply operator: varchar * decimal(2,1)"],
  ["SELECT -price FROM orders", "TYPE_MISMATCH: line 1:8: Cannot apply operator: -varchar"],
  ["SELECT n LIKE 'a' FROM orders", "TYPE_MISMATCH: line 1:10: Cannot apply operator: bigint LIKE varchar"],
  ["SELECT * FROM orders WHERE price > 5", "TYPE_MISMATCH: line 1:34: Cannot apply operator: varchar > integer"],
  ["SELECT coalesce(price, 1) FROM orders", "TYPE_MISMATCH: Cannot find common type between varchar and integer"],
  ["SELECT nope FROM orders", `COLUMN_NOT_FOUND: line 1:8: Column 'nope' ${UNKNOWN}`],
  ['SELECT o."no pe" FROM orders o', `COLUMN_NOT_FOUND: line 1:8: Column 'o.no pe' ${UNKNOWN}`],
  ["SELECT x.total FROM orders", `COLUMN_NOT_FOUND: line 1:8: Column 'x.total' ${UNKNOWN}`],
  ["SELECT a FROM (SELECT a)", `COLUMN_NOT_FOUND: line 1:23: Column 'a' ${UNKNOWN}`],
  [
    "SELECT total, count(*) FROM orders",
    "EXPRESSION_NOT_AGGREGATE: line 1:8: 'total' must be an aggregate expression or appear in GROUP BY clause",
  ],
  ["SELECT total FROM orders, orders o", "AMBIGUOUS_NAME: line 1:8: Column 'total' is ambiguous"],
  ["SELECT CAST(price AS bigint) FROM orders", `INVALID_CAST_ARGUMENT: Cannot cast '${"1,5 ".repeat(15)}…' to BIGINT`],
  ["SELECT n = 'a' FROM orders", "INVALID_CAST_ARGUMENT: Cannot cast 'a' to BIGINT"],
  ["SELECT sum( FROM orders", 'SYNTAX_ERROR: line 1:13: syntax error at or near "FROM"'],
  ["SELECT * FROM\n  nowhere", "TABLE_NOT_FOUND: line 2:3: Table 'awsdatacatalog.lake.nowhere' does not exist"],
  ["SELECT 1 WHERE sum(1) > 1", "SEMANTIC_ERROR: line 1:16: WHERE clause cannot contain aggregates!"],
  ["SELECT DATE '2026-13-01'", 'GENERIC_USER_ERROR: date field value out of range: "2026-13-01"'],
])("%s fails: %s", async (sql, message) => {
  await expect(lake.query(sql)).rejects.toMatchObject({ message });
});
