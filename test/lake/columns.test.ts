/** Declared schemas: what is refused, and in which words. */
import { checkColumns, elementType, isColumnType } from "../../lake/columns";

test("a schema of every type is fine", () => {
  const types = ["boolean", "bigint", "double", "string", "timestamp", "date", "array<bigint>"] as const;
  expect(checkColumns(types.map((type, index) => ({ name: `c${index}`, type })))).toEqual([]);
});

test.each([
  [[], "a declared schema needs at least one column"],
  [
    [{ name: "Total", type: "double" }],
    'column "Total" is not a column name; use 1 to 255 lower-case letters, digits and "_"',
  ],
  [[{ name: "a".repeat(256), type: "double" }], `column "${"a".repeat(256)}" is not a column name`],
  [[{ name: "dt", type: "string" }], 'column "dt" is the lake\'s own; give it another name'],
  [[{ name: "_id", type: "string" }], 'column "_id" is the lake\'s own; give it another name'],
  [
    [
      { name: "a", type: "double" },
      { name: "a", type: "string" },
    ],
    'column "a" is declared twice',
  ],
  [
    [{ name: "a", type: "int" }],
    'column "a" has type "int"; use boolean, bigint, double, string, timestamp, date or array<…> of one of them',
  ],
  [[{ name: "a", type: "array<array<bigint>>" }], 'column "a" has type "array<array<bigint>>"'],
])("%j: %s", (columns, problem) => {
  expect(checkColumns(columns as never).join("\n")).toContain(problem);
});

test("types of elements", () => {
  expect([elementType("array<double>"), elementType("double")]).toEqual(["double", undefined]);
  expect([isColumnType("array<date>"), isColumnType("array<>"), isColumnType("struct<a:int>")]).toEqual([
    true,
    false,
    false,
  ]);
});
