/** Lines for COPY have the values that the flatten job gives the same rows, within Redshift's limits. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Column } from "../../../lake/columns";
import { loadLines } from "../../../lake/warehouse/loadLine";

const VECTORS = join(__dirname, "../../fixtures/flatten/rows");

interface Expected {
  readonly declared?: Column[];
  readonly rows: readonly (readonly unknown[])[];
  readonly failedCasts: number;
}

const vectors = readdirSync(VECTORS).flatMap((name) => {
  const expected = JSON.parse(readFileSync(join(VECTORS, name, "expected.json"), "utf8")) as Expected;
  return expected.declared ? [{ name, ...expected, declared: expected.declared }] : [];
});

function raw(data: string, index = 0): string {
  return `{"_id":"shardId-0/49/0.${index}","_arrived":"2026-11-20T10:04:09.123Z","_format":"json","_stream":"s","_key":"k","data":${data}}`;
}

/** Values as the vectors have them: numbers of 64 bits as strings. */
function vectorValue(value: unknown, type: string): unknown {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return value.map((each) => vectorValue(each, type.slice(6, -1)));
  if (type === "bigint") return String(value);
  return value;
}

test.each(vectors)("a row has the values of the flatten job: $name", ({ name, declared, rows, failedCasts }) => {
  const lines = readFileSync(join(VECTORS, name, "rows.ndjson"), "utf8")
    .trimEnd()
    .split("\n");
  const load = loadLines(declared);
  const loaded = lines.map((line, index) => load(raw(line, index)));
  const values = loaded.map(({ line }) => {
    // Integers as strings, because JSON.parse would round them.
    const row = JSON.parse(line.replace(/([[:,])(-?\d{16,})(?=[,\]}])/g, '$1"$2"')) as Record<string, unknown>;
    return declared.map(({ name: column, type }) => vectorValue(row[column], type));
  });
  expect(values).toEqual(rows);
  // The flatten job counts elements of lists one by one.
  const isCounted = loaded.some(({ changedValues }) => changedValues > 0);
  expect(isCounted).toBe(failedCasts > 0);
});

const NOTE: Column[] = [{ name: "note", type: "string" }];

function rowOf(columns: readonly Column[], data: unknown) {
  const { line, changedValues } = loadLines(columns)(raw(JSON.stringify(data)));
  return { row: JSON.parse(line) as Record<string, unknown>, changedValues };
}

test("a line has the lake's own columns, and no nulls", () => {
  expect(loadLines([...NOTE, { name: "total", type: "bigint" }])(raw('{"total":"7","note":null}', 3))).toEqual({
    id: "shardId-0/49/0.3",
    line: '{"_id":"shardId-0/49/0.3","_arrived":"2026-11-20 10:04:09.123","_format":"json","total":7}\n',
    changedValues: 0,
  });
});

test("a string beyond 65,535 bytes is cut between two characters and counted", () => {
  const { row, changedValues } = rowOf(NOTE, { note: `${"a".repeat(65_534)}é` });
  expect(row.note).toBe("a".repeat(65_534));
  expect(changedValues).toBe(1);
  expect(rowOf(NOTE, { note: `${"a".repeat(65_533)}é` })).toEqual({
    row: expect.objectContaining({ note: `${"a".repeat(65_533)}é` }),
    changedValues: 0,
  });
});

test("a character that Redshift cannot keep is replaced and counted; half a pair is replaced", () => {
  expect(rowOf(NOTE, { note: "a\0b" })).toMatchObject({ row: { note: "a\ufffdb" }, changedValues: 1 });
  const { line } = loadLines(NOTE)(raw('{"note":"a\\ud83d"}'));
  expect(line).toContain('"note":"a\ufffd"');
});

test("the largest values of a row beyond 4 MB are left out and counted", () => {
  const columns: Column[] = [
    { name: "tags", type: "array<string>" },
    { name: "total", type: "bigint" },
  ];
  const { row, changedValues } = rowOf(columns, { tags: Array(70).fill("x".repeat(60_000)), total: 1 });
  expect(row).toEqual({ _id: "shardId-0/49/0.0", _arrived: "2026-11-20 10:04:09.123", _format: "json", total: 1 });
  expect(changedValues).toBe(1);
});

test.each([
  ["+12", "bigint", 12],
  ["9223372036854775808", "bigint", undefined],
  [" 3.5 ", "double", 3.5],
  ["1e400", "double", undefined],
  ["1e-320", "double", 0],
  ["2026-02-29", "date", undefined],
  ["2028-02-29", "date", "2028-02-29"],
  ["2026-11-20T00:30:00.1234567+01:00", "timestamp", "2026-11-19 23:30:00.123456"],
  ["2026-11-20 24:00", "timestamp", undefined],
  ["TRUE", "boolean", true],
] as const)("%j as %s is %j", (text, type, value) => {
  const { row, changedValues } = rowOf([{ name: "v", type }], { v: text });
  expect(row.v).toBe(value);
  expect(changedValues).toBe(value === undefined ? 1 : 0);
});

test("a line that is not a row is refused with its length, not its content", () => {
  const load = loadLines(NOTE);
  expect(() => load("hello")).toThrow("lake: a line of 5 characters is not a row of raw/");
  expect(() => load('{"_id":"a","data":{"note":secret}}')).toThrow(
    "lake: a line of 34 characters is not a row of raw/",
  );
});
