/** Queries of dashboards: each wrong name, SQL and column is refused with the way out. */
import { queryProblems } from "../../../lake/dashboard/checkDataSets";

test("queries are refused for their names, their SQL and their columns", () => {
  const columns = [{ name: "n", type: "bigint" as const }];
  expect(
    queryProblems(
      {
        "A-b": { sql: "SELECT 1 AS n", columns },
        orders: { sql: " ", columns: [] },
        typed: {
          sql: "SELECT 1",
          columns: [
            { name: "n", type: "array<bigint>" },
            { name: "", type: "string" },
          ],
        },
      },
      ["orders"],
    ),
  ).toEqual([
    'dataSets "A-b": its name is not one; use 1 to 128 lower-case letters, digits and "_".',
    'dataSets "orders": a table of the lake has that name; give it another one.',
    'dataSets "orders": sql has 1 characters; give one SELECT of 1 to 168000.',
    'dataSets "orders": columns has 0; list the 1 to 2048 columns of its SELECT.',
    'dataSets "typed": column "n" has type "array<bigint>"; use one of "boolean", "bigint", "double", "string", "timestamp", "date".',
    'dataSets "typed": a column\'s name has 0 characters; use 1 to 128.',
  ]);
});

test.each<[unknown, string[]]>([
  [{ daily: null }, ['dataSets "daily": it is null; give its sql and its columns.']],
  [{ daily: "SELECT 1" }, ['dataSets "daily": it is a string; give its sql and its columns.']],
  [
    { daily: { sql: "SELECT 1 AS n", columns: [null, "n"] } },
    [
      'dataSets "daily": columns[0] is null; give a name and a type, as { name: "n", type: "bigint" }.',
      'dataSets "daily": columns[1] is a string; give a name and a type, as { name: "n", type: "bigint" }.',
    ],
  ],
  [
    { daily: { sql: "SELECT 1 AS n", columns: [{ name: "n" }, { name: 1, type: "bigint" }] } },
    [
      'dataSets "daily": column "n" has type undefined; use one of "boolean", "bigint", "double", "string", "timestamp", "date".',
      'dataSets "daily": columns[1] has no name; give a name and a type, as { name: "n", type: "bigint" }.',
    ],
  ],
  [[], ["dataSets is a list; give queries by name, as { daily: { sql, columns } }."]],
  ["SELECT 1", ["dataSets is a string; give queries by name, as { daily: { sql, columns } }."]],
])("queries that are %j are refused by name", (queries, problems) => {
  expect(queryProblems(queries as Parameters<typeof queryProblems>[0], [])).toEqual(problems);
});
