/** What differs between two outcomes: rows by table and column, and reasons by kind. */
import { differencesOf } from "../../../../cli/watch/compare/differences";
import type { LandedRow, Outcome, Refused } from "../../../../cli/watch/compare/outcome";

const row = (table: string, data: string, format = "json"): LandedRow => ({
  table,
  line: `{"_id":"x","_arrived":"2026-11-20T10:04:09.123Z","_format":"${format}","_stream":"s","_key":"k","data":${data}}`,
});
const outcome = (rows: Record<string, LandedRow>, unformatted: Record<string, Refused> = {}): Outcome => ({
  rows: new Map(Object.entries(rows)),
  unformatted: new Map(Object.entries(unformatted)),
});

test("rows are added, removed, changed and moved, each with its columns", () => {
  const before = outcome({
    "a/1/0.0": row("orders", '{"total":"5","store":{"id":1,"city":"Ulm"},"tags":["a"]}'),
    "a/2/0.0": row("orders", '{"total":6}'),
    "a/3/0.0": row("records", '{"total":7}'),
    "a/4/0.0": row("records", '{"total":8}'),
  });
  const after = outcome({
    "a/1/0.0": row("orders", '{"total":5,"store":{"id":1,"city":"Bonn"},"tags":["a","b"]}', "ndjson"),
    "a/3/0.0": row("orders", '{"total":7}'),
    "a/4/0.0": row("records", '{"total":8}'),
    "a/5/0.0": row("records", '{"big":12345678901234567890}'),
  });
  expect(differencesOf(before, after, 3).rows).toEqual([
    {
      table: "orders",
      kind: "changed",
      rows: 1,
      examples: [
        {
          id: "a/1/0.0",
          columns: [
            { column: "total", before: '"5"', after: "5" },
            { column: "store.city", before: '"Ulm"', after: '"Bonn"' },
            { column: "tags", before: '["a"]', after: '["a","b"]' },
            { column: "_format", before: '"json"', after: '"ndjson"' },
          ],
        },
      ],
    },
    {
      table: "orders",
      kind: "moved from records",
      rows: 1,
      examples: [{ id: "a/3/0.0", columns: [] }],
    },
    {
      table: "orders",
      kind: "removed",
      rows: 1,
      examples: [{ id: "a/2/0.0", columns: [{ column: null, before: '{"total":6}', after: undefined }] }],
    },
    {
      table: "records",
      kind: "added",
      rows: 1,
      examples: [
        { id: "a/5/0.0", columns: [{ column: null, before: undefined, after: '{"big":12345678901234567890}' }] },
      ],
    },
  ]);
});

test("columns that appear or disappear have one side, and rows beyond the examples are counted", () => {
  const rows = (data: string) =>
    outcome(Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`a/${at}/0.0`, row("records", data)])));
  const [group] = differencesOf(rows('{"a":1,"b":null}'), rows('{"a":1,"c":{}}'), 2).rows;
  expect(group).toMatchObject({ rows: 9, kind: "changed" });
  expect(group?.examples.map(({ id }) => id)).toEqual(["a/0/0.0", "a/1/0.0"]);
  expect(group?.examples[0]?.columns).toEqual([
    { column: "b", before: "null", after: undefined },
    { column: "c", before: undefined, after: "{}" },
  ]);
});

test("the same values in another notation are no difference", () => {
  const before = outcome({ "a/1/0.0": row("records", '{ "a": 1.0, "b": 2 }') });
  const after = outcome({ "a/1/0.0": row("records", '{"b":2,"a":1}') });
  expect(differencesOf(before, after, 3)).toEqual({ rows: [], reasons: [] });
});

const hook = (line: number, message: string): Refused => ({
  reason: "hook",
  detail: `transform threw TypeError (hooks.ts:${line}): ${message}`,
});

test("reasons that appear, disappear or change are counted by kind, the most frequent first", () => {
  const rejected: Refused = { reason: "rejected", detail: "total is negative" };
  const before = outcome({ "a/1/0.0": row("r", "{}"), "a/2/0.0": row("r", "{}") }, { "a/3/0": rejected });
  const after = outcome(
    { "a/3/0.0": row("r", "{}") },
    { "a/1/0": hook(4, "no 17 of ann"), "a/2/0": hook(4, "no 18 of bob") },
  );
  expect(differencesOf(before, after, 0).reasons).toEqual([
    { before: undefined, after: hook(4, "no 17 of ann"), records: 2, example: "a/1/0" },
    { before: rejected, after: undefined, records: 1, example: "a/3/0" },
  ]);
});

test("a failure that only moves to another line is no difference; another message is one", () => {
  const before = outcome({}, { "a/1/0": hook(4, "no name"), "a/2/0": hook(4, "no name") });
  const after = outcome({}, { "a/1/0": hook(9, "no name"), "a/2/0": hook(9, "no first name") });
  expect(differencesOf(before, after, 3)).toEqual({
    rows: [],
    reasons: [{ before: hook(4, "no name"), after: hook(9, "no first name"), records: 1, example: "a/2/0" }],
  });
});

test("a record whose rows are now refused one by one has its former reason, once for each row", () => {
  const whole: Refused = { reason: "format", detail: "csv: row 2 has 3 fields, not 2" };
  const byRow: Refused = { reason: "format", detail: "csv: 3 fields, not 2" };
  const before = outcome({}, { "a/1/0": whole });
  const after = outcome({ "a/1/0.0": row("r", "{}") }, { "a/1/0.1": byRow });
  expect(differencesOf(before, after, 0).reasons).toEqual([
    { before: whole, after: byRow, records: 1, example: "a/1/0.1" },
  ]);
  expect(differencesOf(after, before, 0).reasons).toEqual([
    { before: undefined, after: whole, records: 1, example: "a/1/0" },
  ]);
});
