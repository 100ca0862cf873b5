/** What a change of a schema means for readers and producers, and how the record of it is kept. */

import { evolutions } from "../../../lake/schemas/evolution";
import { type RecordedTable, readSchemaRecord, recordedTable, writeSchemaRecord } from "../../../lake/schemas/record";
import { defineSchema } from "../../../lake/schemas/schema";

const FIELDS = { id: "string", total: "double", count: "bigint", "day?": "date", "tags?": "array<bigint>" } as const;

function recorded(fields: object, change: Partial<RecordedTable> = {}): RecordedTable {
  return { ...recordedTable(defineSchema({ name: "orders", fields: fields as never }), "2024-01-01"), ...change };
}

const { id, total, count, ...optional } = FIELDS;
const before = { "lake/orders": recorded(FIELDS) };

const cases: [string, RecordedTable | undefined, string[], string[]][] = [
  ["nothing", recorded(FIELDS), [], []],
  ["an optional field more", recorded({ ...FIELDS, "note?": "string" }), [], ['column "note" is new']],
  ["a required field less strict", recorded({ total, count, "id?": id, ...optional }), [], ['column "id" is optional']],
  [
    "wider types",
    recorded({ ...FIELDS, count: "double", "day?": "timestamp", "tags?": "array<double>" }),
    [],
    [
      'column "count" is double instead of bigint; its hours are written again',
      'column "day" is timestamp instead of date; its hours are written again',
      'column "tags" is array<double> instead of array<bigint>; its hours are written again',
    ],
  ],
  ["another order", recorded({ ...optional, count, total, id }), [], ["the rules that rows are checked by are others"]],
  ["a removed field", recorded({ id, total, ...optional }), ['column "count" is removed'], []],
  [
    "a renamed field",
    recorded({ id, amount: total, count, ...optional }),
    [
      'column "total" is removed or renamed to "amount"',
      'rows without "amount" would go to unformatted/: it is required, which is new',
    ],
    [],
  ],
  ["a narrowed type", recorded({ ...FIELDS, total: "bigint" }), ['column "total" is bigint instead of double'], []],
  ["a number as text", recorded({ ...FIELDS, count: "string" }), ['column "count" is string instead of bigint'], []],
  [
    "a field that becomes required",
    recorded({ id, total, count, day: "date", "tags?": "array<bigint>" }),
    ['rows without "day" would go to unformatted/: it is required, which is optional now'],
    [],
  ],
  [
    "a field of another spelling",
    recorded({ ID: id, total, count, ...optional }),
    ['column "id" is read from /ID, not from /id'],
    [],
  ],
  [
    "a renamed partition",
    recorded(FIELDS, { partitions: [{ name: "day", type: "string" }] }),
    ["the table is partitioned by day string instead of dt string, hour string"],
    [],
  ],
  [
    "a later first day",
    recorded(FIELDS, { firstDay: "2025-01-01" }),
    ["queries see nothing before 2025-01-01; they saw 2024-01-01"],
    [],
  ],
  ["an earlier first day", recorded(FIELDS, { firstDay: "2023-01-01" }), [], ["queries see days from 2023-01-01 on"]],
  ["a table that is gone", undefined, ["the table is removed, or has no schema any more"], []],
];

test.each(cases)("%s", (_, after, breaks, changes) => {
  const found = evolutions(before, after ? { "lake/orders": after } : {});
  expect(found).toEqual(breaks.length + changes.length === 0 ? [] : [{ table: "lake/orders", breaks, changes }]);
});

test("a new table changes nothing of the others", () => {
  expect(evolutions(before, { ...before, "lake/clicks": recorded({ "a?": "string" }) })).toEqual([
    { table: "lake/clicks", breaks: [], changes: ["the table is new"] },
  ]);
});

test("the record is one line a column, and reads back", () => {
  const text = writeSchemaRecord({ "lake/orders": recorded({ id: "string", a: { "b~/c?": "bigint" } }) });
  expect(text).toBe(`{
  "lake/orders": {
    "columns": [
      {"name":"id","type":"string","path":"/id","required":true},
      {"name":"a_b__c","type":"bigint","path":"/a/b~0~1c","required":false}
    ],
    "partitions": [{"name":"dt","type":"string"},{"name":"hour","type":"string"}],
    "firstDay": "2024-01-01",
    "rules": "${/"rules": "([0-9a-f]{16})"/.exec(text)?.[1]}"
  }
}
`);
  expect(readSchemaRecord("f", text)["lake/orders"]?.columns).toHaveLength(2);
});

test.each([
  ["{", "f is not JSON; restore it from version control"],
  ['{"lake/orders":{}}', "f is not a record of schemas; restore it from version control"],
])("the record %s is refused", (text, message) => {
  expect(() => readSchemaRecord("f", text)).toThrow(message);
});
