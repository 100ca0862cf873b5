import { explainQuery } from "../../../cli/run/explainQuery";

const TABLES = {
  records: [
    { name: "price", type: "string" },
    { name: "total", type: "double" },
  ],
  unformatted: [{ name: "reason", type: "string" }],
};
const TEXT = "is text, as values of CSV are unless the table declares the column";

test.each([
  [
    "SELECT sum(price) FROM records",
    "FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters (varchar) for function sum",
    `; price ${TEXT}; write sum(CAST(price AS double))`,
  ],
  [
    'SELECT total,\n  avg(DISTINCT r."price") FROM records r',
    "FUNCTION_NOT_FOUND: line 2:3: Unexpected parameters (varchar) for function avg",
    `; r."price" ${TEXT}; write avg(DISTINCT CAST(r."price" AS double))`,
  ],
  [
    "SELECT year(price) FROM records",
    "FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters (varchar) for function year",
    `; price ${TEXT}; write year(CAST(price AS timestamp))`,
  ],
  [
    "SELECT sum(lower(price)) FROM records",
    "FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters (varchar) for function sum",
    "; text is not converted by itself; write sum(CAST(… AS double))",
  ],
  [
    "SELECT lower(total) FROM records",
    "FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters (double) for function lower",
    "; write lower(CAST(total AS varchar))",
  ],
  [
    "SELECT date_trunc('day', price) FROM records",
    "FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters (varchar, varchar) for function date_trunc",
    "; text is not converted by itself: CAST converts it",
  ],
  [
    "SELECT nofn(1)",
    'FUNCTION_NOT_FOUND: local/athena: the function "nofn" is not simulated; see docs/fidelity.md',
    "",
  ],
  [
    "SELECT * FROM records WHERE price > 5",
    "TYPE_MISMATCH: line 1:35: Cannot apply operator: varchar > integer",
    `; price ${TEXT}; write CAST(price AS double) > …`,
  ],
  [
    "SELECT 2.5 * price FROM records",
    "TYPE_MISMATCH: line 1:12: Cannot apply operator: decimal(2,1) * varchar",
    `; price ${TEXT}; write … * CAST(price AS double)`,
  ],
  [
    "SELECT max(price) - 1 FROM records",
    "TYPE_MISMATCH: line 1:19: Cannot apply operator: varchar - integer",
    "; text is not converted by itself: CAST converts it",
  ],
  ["SELECT total LIKE 1", "TYPE_MISMATCH: line 1:14: Cannot apply operator: double LIKE integer", ""],
  [
    "SELECT * FROM record",
    "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.lake.record' does not exist",
    "; did you mean records?; the tables are records, unformatted",
  ],
  [
    "SELECT * FROM xyz",
    "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.lake.xyz' does not exist",
    "; the tables are records, unformatted",
  ],
  [
    "SELECT r.totl FROM records r",
    "COLUMN_NOT_FOUND: line 1:8: Column 'r.totl' cannot be resolved",
    "; did you mean total?",
  ],
  [
    "SELECT xyz FROM records",
    "COLUMN_NOT_FOUND: line 1:8: Column 'xyz' cannot be resolved",
    "; the columns are price, total",
  ],
  [
    "SELECT CAST(price AS bigint)",
    "INVALID_CAST_ARGUMENT: Cannot cast 'a' to BIGINT",
    "; TRY_CAST gives null for such values",
  ],
  ["SELCT 1", "NOT_SUPPORTED: local/athena: SELCT statements of this form are not simulated", "; did you mean SELECT?"],
  ["DROP TABLE x", "NOT_SUPPORTED: local/athena: DROP statements of this form are not simulated", ""],
])("%s: %s%s", (sql, error, hint) => {
  expect(explainQuery(error, sql, TABLES)).toBe(error + hint);
});

test("a database without tables, and a table with many columns", () => {
  const missing = "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.lake.records' does not exist";
  expect(explainQuery(missing, "SELECT * FROM records", {})).toBe(`${missing}; the database has no tables`);
  const many = { records: Array.from({ length: 13 }, (_, n) => ({ name: `column_${n}`, type: "string" })) };
  const unknown = "COLUMN_NOT_FOUND: line 1:8: Column 'x' cannot be resolved";
  expect(explainQuery(unknown, "SELECT x FROM records", many)).toBe(
    `${unknown}; the columns are listed by: DESCRIBE records`,
  );
});
