/**
 * Every type of the Avro specification (1.12, "Primitive Types" to "Logical Types"), from the bytes that avsc writes, through the
 * router's decoder and the check of its schema, to the typed column of the hourly step.
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Type } from "avsc";
import type { Row } from "../../../../formats/row";
import { stringifyRow } from "../../../../formats/values/stringifyRow";
import { defineSchema, type RowOf } from "../../../../index";
import type { AvroRecord } from "../../../../lake/schemas/avro";
import { openValidator } from "../../../../lake/schemas/check";
import type { SchemaColumn } from "../../../../lake/schemas/columns";
import { openDuckDb } from "../../../../local/duckdb/duckdb";
import { flattenHour } from "../../../../local/flatten/flattenHour";
import { createDecoder } from "../../../formats/support/createDecoder";

const INSTANT = Date.UTC(2026, 10, 20, 10, 4, 9, 123);
const long = (logicalType: string) => ({ type: "long", logicalType });
const fixed = (name: string, size: number, others: object = {}) => ({ type: "fixed", name, size, ...others });

/** The type, the value that avsc writes, the row's value, the column's type, and its value as DuckDB shows it. */
type Case = [type: unknown, written: unknown, inRow: unknown, column: string, inColumn: unknown];

const CASES: Readonly<Record<string, Case>> = {
  null_or_text: [["null", "string"], null, null, "string", null],
  boolean: ["boolean", true, true, "boolean", true],
  int: ["int", -5, -5, "bigint", "-5"],
  long: ["long", 2 ** 40, 2 ** 40, "bigint", "1099511627776"],
  float: ["float", 1.5, 1.5, "double", 1.5],
  double: ["double", 0.1, 0.1, "double", 0.1],
  double_not_a_number: [["null", "double"], { double: Number.NaN }, null, "double", null],
  bytes: ["bytes", Buffer.from([0, 255]), "AP8=", "string", "AP8="],
  string: ["string", "a", "a", "string", "a"],
  enum: [{ type: "enum", name: "Tier", symbols: ["GOLD", "SILVER"] }, "SILVER", "SILVER", "string", "SILVER"],
  fixed: [fixed("Four", 4), Buffer.from("abcd"), "YWJjZA==", "string", "YWJjZA=="],
  array: [{ type: "array", items: "int" }, [1, 2], [1, 2], "array<bigint>", ["1", "2"]],
  map: [{ type: "map", values: "long" }, { a: 1 }, { a: 1 }, "string", '{"a":1}'],
  numbers: [["int", "double"], { double: 2.5 }, 2.5, "double", 2.5],
  texts: [["int", "string"], { string: "x" }, "x", "string", "x"],
  decimal_bytes: [
    { type: "bytes", logicalType: "decimal", precision: 9, scale: 2 },
    Buffer.from([0xfb, 0x2e]),
    "-12.34",
    "string",
    "-12.34",
  ],
  decimal_fixed: [
    fixed("Price", 2, { logicalType: "decimal", precision: 4, scale: 1 }),
    Buffer.from([0x04, 0xd2]),
    "123.4",
    "string",
    "123.4",
  ],
  decimal_without_precision: [
    { type: "bytes", logicalType: "decimal" },
    Buffer.from([0x04, 0xd2]),
    "BNI=",
    "string",
    "BNI=",
  ],
  uuid_string: [{ type: "string", logicalType: "uuid" }, "b7b4a7f0-9c96", "b7b4a7f0-9c96", "string", "b7b4a7f0-9c96"],
  uuid_fixed: [
    fixed("Id", 16, { logicalType: "uuid" }),
    Buffer.from("b7b4a7f09c964e4aa687fb5de9ef0c63", "hex"),
    "b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63",
    "string",
    "b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63",
  ],
  date: [{ type: "int", logicalType: "date" }, 20_777, "2026-11-20", "date", "2026-11-20"],
  time_millis: [{ type: "int", logicalType: "time-millis" }, 36_249_123, "10:04:09.123", "string", "10:04:09.123"],
  time_micros: [long("time-micros"), 36_249_123_456, "10:04:09.123456", "string", "10:04:09.123456"],
  timestamp_millis: [
    long("timestamp-millis"),
    INSTANT,
    "2026-11-20T10:04:09.123Z",
    "timestamp",
    "2026-11-20 10:04:09.123",
  ],
  timestamp_micros: [
    long("timestamp-micros"),
    INSTANT * 1000 + 456,
    "2026-11-20T10:04:09.123456Z",
    "timestamp",
    "2026-11-20 10:04:09.123456",
  ],
  timestamp_nanos: [
    long("timestamp-nanos"),
    1_000_000_000 + 7,
    "1970-01-01T00:00:01.000000007Z",
    "timestamp",
    "1970-01-01 00:00:01",
  ],
  local_timestamp_millis: [
    long("local-timestamp-millis"),
    INSTANT,
    "2026-11-20T10:04:09.123",
    "timestamp",
    "2026-11-20 10:04:09.123",
  ],
  local_timestamp_micros: [
    long("local-timestamp-micros"),
    INSTANT * 1000,
    "2026-11-20T10:04:09.123000",
    "timestamp",
    "2026-11-20 10:04:09.123",
  ],
  local_timestamp_nanos: [
    long("local-timestamp-nanos"),
    1_000_000_000,
    "1970-01-01T00:00:01.000",
    "timestamp",
    "1970-01-01 00:00:01",
  ],
  duration: [
    fixed("Span", 12, { logicalType: "duration" }),
    Buffer.from("010000000200000003000000", "hex"),
    "AQAAAAIAAAADAAAA",
    "string",
    "AQAAAAIAAAADAAAA",
  ],
  unknown_logical_type: [{ type: "int", logicalType: "weight" }, 7, 7, "bigint", "7"],
  logical_type_of_another_type: [{ type: "string", logicalType: "timestamp-millis" }, "now", "now", "string", "now"],
  optional_time: [
    ["null", { type: "int", logicalType: "time-millis" }],
    { int: 0 },
    "00:00:00.000",
    "string",
    "00:00:00.000",
  ],
  dates: [
    { type: "array", items: { type: "int", logicalType: "date" } },
    [0, 20_777],
    ["1970-01-01", "2026-11-20"],
    "array<date>",
    ["1970-01-01", "2026-11-20"],
  ],
};

let workDir: string;
beforeEach(() => {
  workDir = mkdtempSync(join(tmpdir(), "avro-"));
});
afterEach(() => rmSync(workDir, { recursive: true }));

async function valueInColumn(row: Row, columns: readonly SchemaColumn[]) {
  const file = join(workDir, "raw.ndjson.gz");
  const envelope = '{"_id":"a","_arrived":"2026-11-20T10:04:09.123Z","_format":"avro","_stream":"t","_key":"k"';
  writeFileSync(file, gzipSync(`${envelope},"data":${stringifyRow(row)}}\n`));
  const outputPath = join(workDir, "part.parquet");
  const report = await flattenHour({ objects: [{ key: "raw/0", path: file }], columns, outputPath, workDir });
  const db = await openDuckDb();
  const { rows } = await db.table(`SELECT "value" FROM '${outputPath}'`);
  db.close();
  return { failedCasts: report.failedCasts, type: report.columns[3]?.type, value: rows[0]?.[0] };
}

test.each(Object.entries(CASES))("%s", async (_, [type, written, inRow, column, inColumn]) => {
  const avro = { type: "record", name: "Row", fields: [{ name: "value", type }] } as unknown as AvroRecord;
  const schema = defineSchema({ avro });
  // Without logical types avsc takes the values that they stand for.
  const bytes = Type.forSchema(avro as never, { logicalTypes: {}, wrapUnions: true }).toBuffer({ value: written });
  const frame = Buffer.concat([Buffer.from("0000000011", "hex"), bytes]);
  const { rows } = await createDecoder({ avro: { registered: { "17": avro } } })(frame);

  expect(rows).toEqual([{ row: { value: inRow } }]);
  expect(openValidator(schema.validator)(rows[0]?.row as Row, "avro")).toBeUndefined();
  expect(await valueInColumn(rows[0]?.row as Row, schema.columns)).toEqual({
    failedCasts: 0,
    type: column,
    value: inColumn,
  });
});

test("a number that is none has no value, which a column that may be without one takes", () => {
  const check = (type: unknown) =>
    openValidator(
      defineSchema({ avro: { type: "record", name: "Row", fields: [{ name: "value", type }] } as AvroRecord })
        .validator,
    );
  expect(check(["null", "double"])({ value: null }, "avro")).toBeUndefined();
  expect(check("double")({ value: null }, "avro")).toBe("/value must be number");
});

test("the row's type has texts where the logical type is read as one", () => {
  const schema = defineSchema({
    avro: {
      type: "record",
      name: "Row",
      fields: [
        { name: "at", type: { type: "int", logicalType: "time-millis" } },
        { name: "weight", type: { type: "int", logicalType: "weight" } },
        { name: "code", type: { type: "fixed", name: "Code", size: 4 } },
      ],
    },
  });
  const row: RowOf<typeof schema> = { at: "10:04:09.123", weight: 7, code: "YWJjZA==" };
  expect(openValidator(schema.validator)(row, "avro")).toBeUndefined();
});
