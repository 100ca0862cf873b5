import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { parquetFooterBytes, parquetRows } from "../../../lake/hourly/parquetRows";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), "parquet-rows-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

async function parquet(query: string, options = ""): Promise<Buffer> {
  const file = path.join(directory, "object.parquet");
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  await connection.run(`COPY (${query}) TO '${file}' (FORMAT parquet${options})`);
  connection.closeSync();
  instance.closeSync();
  return readFileSync(file);
}

const nested = "{'a': [i, i], 'b': {'c': 'x'}} AS s, MAP {'k': i} AS m, i % 2 = 0 AS flag, i / 3 AS d, NULL::DATE AS e";

test.each([
  ["no rows", "SELECT 1 AS a WHERE false", "", 0],
  ["one row", "SELECT 1 AS a", "", 1],
  ["many rows in many row groups", "SELECT i FROM range(12345) t(i)", ", ROW_GROUP_SIZE 2048", 12_345],
  ["nested columns", `SELECT i, ${nested} FROM range(77) t(i)`, ", COMPRESSION zstd", 77],
  ["metadata of its own", "SELECT i FROM range(3) t(i)", ", KV_METADATA {k: 'v'}", 3],
  ["300 columns", `SELECT ${Array.from({ length: 300 }, (_, n) => `i AS c${n}`).join()} FROM range(9) t(i)`, "", 9],
])("a Parquet object with %s says how many rows it has", async (_name, query, options, rows) => {
  const object = await parquet(query, options);
  expect(parquetRows(object)).toBe(rows);
  const footerBytes = parquetFooterBytes(object.subarray(-8));
  expect(parquetRows(object.subarray(-footerBytes))).toBe(rows);
  expect(() => parquetRows(object.subarray(1 - footerBytes))).toThrow(
    `lake: the Parquet footer takes ${footerBytes} bytes, ${footerBytes - 1} are at hand`,
  );
});

test.each([
  ["nothing", Buffer.alloc(0)],
  ["text", Buffer.from("this is not Parquet")],
])("%s is not the end of a Parquet object", (_name, bytes) => {
  expect(() => parquetRows(bytes)).toThrow(
    `lake: the last of ${bytes.length} bytes are not the end of a Parquet object`,
  );
});

function footer(...bytes: number[]): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([Buffer.from(bytes), length, Buffer.from("PAR1")]);
}

test.each([
  ["no fields", [0x00], "the Parquet footer has no row count"],
  ["nothing", [], "the Parquet footer ends too soon"],
  ["a text longer than itself", [0x18, 0xff, 0xff, 0x03], "the Parquet footer ends too soon"],
  ["a list of a billion numbers", [0x19, 0xf5, 0x80, 0x94, 0xeb, 0xdc, 0x03], "the Parquet footer ends too soon"],
  ["a list of a billion booleans", [0x19, 0xf1, 0x80, 0x94, 0xeb, 0xdc, 0x03], "the Parquet footer ends too soon"],
  ["an unknown type", [0x1e], "the Parquet footer has an unknown Thrift type 14"],
  ["a number without end", [0x15, ...Array(11).fill(0xff)], "the Parquet footer has a number longer than 64 bits"],
  ["structs without end", Array(100).fill(0x1c), "the Parquet footer nests deeper than 32"],
])("a footer with %s is refused", (_name, bytes, message) => {
  expect(() => parquetRows(footer(...bytes))).toThrow(message);
});

test("a footer with every kind of field before the row count is read", () => {
  const fields = [
    ...[0x11, 0x12], // true, false
    ...[0x00, 0x10, 0x16, 0x54], // stop: no row count yet
  ];
  expect(() => parquetRows(footer(...fields))).toThrow("no row count");
  // i32 1; list of booleans [1, 2]; i64 42 (zigzag 84)
  expect(parquetRows(footer(0x15, 0x02, 0x19, 0x21, 0x01, 0x02, 0x16, 0x54, 0x00))).toBe(42);
  // byte, double and a map {1: "a"} in fields 1, 2 and 2 + long form, then field 3
  expect(
    parquetRows(
      footer(0x13, 0x07, 0x0b, 0x02, 0x01, 0x58, 0x02, 0x01, 0x61, 0x17, ...Array(8).fill(0), 0x06, 0x06, 0x54),
    ),
  ).toBe(42);
});
