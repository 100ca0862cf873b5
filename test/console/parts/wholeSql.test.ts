import { wholeSql } from "../../../console/parts/wholeSql";

test("sums of all rows by place and series", () => {
  const sql = 'SELECT "dt", "hour", "a ""b""", n FROM t -- all;';
  expect(wholeSql({ sql, along: "dt hour", value: "n", by: 'a "b"' })).toBe(
    `SELECT concat("dt", ' ', "hour"), sum("n"), "a ""b""" FROM (\nSELECT "dt", "hour", "a ""b""", n FROM t -- all\n) AS result GROUP BY 1, 3 ORDER BY 1, 3`,
  );
  expect(wholeSql({ sql: "SELECT 1 AS x, 2 AS n;\n", along: "x", value: "n" })).toBe(
    `SELECT "x", sum("n") FROM (\nSELECT 1 AS x, 2 AS n\n) AS result GROUP BY 1 ORDER BY 1`,
  );
});

test("points are those of each third row", () => {
  expect(wholeSql({ sql: "SELECT x, n FROM t", along: "x", value: "n", step: 3 })).toBe(
    `SELECT "x", "n" FROM (SELECT *, row_number() OVER () AS streamlake_place FROM (\nSELECT x, n FROM t\n) AS result) AS numbered WHERE streamlake_place % 3 = 0`,
  );
});
