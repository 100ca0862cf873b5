/** Parquet files that DuckDB and hyparquet's writer make, as rows; and what is refused. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { FormatError } from "../../../formats/formatError";
import type { Limits } from "../../../formats/limits";
import type { SchemaElement } from "../../../formats/parquet/library";
import { parquetConverter } from "../../../formats/parquet/values";
import type { Row } from "../../../formats/row";
import { createDecoder } from "../support/createDecoder";
import { encode } from "../support/encode";

const decode = createDecoder({ parquet: {} });

async function written(select: string, options = ""): Promise<Buffer> {
  const directory = mkdtempSync(path.join(tmpdir(), "parquet-"));
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    const file = path.join(directory, "a.parquet");
    await connection.run(`COPY (${select}) TO '${file}' (FORMAT parquet${options})`);
    return readFileSync(file);
  } finally {
    connection.closeSync();
    instance.closeSync();
    rmSync(directory, { recursive: true });
  }
}

function rowsOf(payload: Uint8Array): Row[] {
  return decode(payload).rows.map(({ row }) => row);
}

function refusal(payload: Uint8Array, limits: Partial<Limits> = {}): string {
  try {
    createDecoder({ parquet: {}, limits })(payload);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return `${error.reason} ${error.message}`;
  }
  return "decoded";
}

test.each<[string, string, unknown]>([
  ["a small integer", "7::TINYINT", 7],
  ["an integer beyond 2^53", "9223372036854775807::BIGINT", 9223372036854775807n],
  ["a negative one", "-9007199254740993::BIGINT", -9007199254740993n],
  ["an unsigned one", "18446744073709551615::UBIGINT", 18446744073709551615n],
  ["an unsigned one of 32 bits", "4294967295::UINTEGER", 4294967295],
  ["a double", "0.1::DOUBLE", 0.1],
  ["a float", "0.5::FLOAT", 0.5],
  ["a double that is not finite", "'NaN'::DOUBLE", null],
  ["a decimal of 18 digits", "-1234567890123456.78::DECIMAL(18,2)", "-1234567890123456.78"],
  [
    "a decimal of 38 digits",
    "12345678901234567890123456.789012345678::DECIMAL(38,12)",
    "12345678901234567890123456.789012345678",
  ],
  ["a small decimal", "0.05::DECIMAL(4,2)", "0.05"],
  ["true", "true", true],
  ["text", "'Zürich 🙂'", "Zürich 🙂"],
  ["bytes", "'\\x00\\xFF\\x10'::BLOB", "AP8Q"],
  ["a uuid", "'b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63'::UUID", "b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63"],
  ["a date", "DATE '2026-11-20'", "2026-11-20"],
  ["a time", "TIME '10:04:09.123456'", "10:04:09.123456"],
  ["a local time stamp", "TIMESTAMP '2026-11-20 10:04:09.123456'", "2026-11-20T10:04:09.123456"],
  ["a time stamp", "TIMESTAMPTZ '2026-11-20 10:04:09.123456+00'", "2026-11-20T10:04:09.123456Z"],
  ["a time stamp of milliseconds", "'2026-11-20 10:04:09.123'::TIMESTAMP_MS", "2026-11-20T10:04:09.123"],
  ["a time stamp of nanoseconds", "'2026-11-20 10:04:09.123456789'::TIMESTAMP_NS", "2026-11-20T10:04:09.123456789"],
  ["null", "NULL::INTEGER", null],
  ["a list", "[1, NULL, 3]", [1, null, 3]],
  ["an empty list", "[]::INTEGER[]", []],
  ["a struct", "{'a': 1, 'b': {'c': 'x'}}", { a: 1, b: { c: "x" } }],
  ["a list of structs", "[{'a': 1}, {'a': 2}]", [{ a: 1 }, { a: 2 }]],
  ["a map", "MAP {'k': 1, 'l': 2}", { k: 1, l: 2 }],
  ["an enum", "'b'::ENUM('a', 'b')", "b"],
])("%s", async (_, sql, expected) => {
  expect(rowsOf(await written(`SELECT ${sql} AS v`))).toEqual([{ v: expected }]);
});

test.each(["uncompressed", "snappy", "gzip", "zstd", "brotli"])(
  "pages compressed by %s, several groups",
  async (codec) => {
    const select =
      "SELECT i, i % 7 AS m, 'name ' || (i % 100) AS t, IF(i % 3 = 0, NULL, i * 1.5::DOUBLE) AS d FROM range(10000) t(i)";
    const rows = rowsOf(await written(select, `, COMPRESSION ${codec}, ROW_GROUP_SIZE 2048`));

    expect(rows).toHaveLength(10_000);
    expect(rows[4_097]).toEqual({ i: 4097, m: 2, t: "name 97", d: 6145.5 });
    expect(rows[9_999]).toEqual({ i: 9999, m: 3, t: "name 99", d: null });
  },
);

test("the second version of pages, with their encodings", async () => {
  const select = "SELECT i, 'text ' || i AS t, (i / 3)::FLOAT AS f, i % 2 = 0 AS b FROM range(3000) t(i)";
  const rows = rowsOf(await written(select, ", PARQUET_VERSION V2"));

  expect(rows[2_999]).toEqual({ i: 2999, t: "text 2999", f: Math.fround(2999 / 3), b: false });
});

test("rows that are encoded are read as they were", () => {
  const rows = [
    { id: 1, name: "a", total: 1.5, paid: true, big: 9223372036854775807n, tags: null },
    { id: 2, name: null, total: -2, paid: false, big: 1, tags: null },
  ];

  expect(rowsOf(encode("parquet", rows))).toEqual(rows);
});

const UUIDS = { name: "v", logical_type: { type: "UUID" } };

test.each<[string, object, number]>([
  ["4 bytes", { type: "FIXED_LEN_BYTE_ARRAY", type_length: 4 }, 4],
  ["20 bytes", { type: "FIXED_LEN_BYTE_ARRAY", type_length: 20 }, 20],
  ["texts", { type: "BYTE_ARRAY" }, 16],
  ["16 bytes, by an encoding that brings another length", { type: "FIXED_LEN_BYTE_ARRAY", type_length: 16 }, 4],
])("a column of the type UUID that holds %s is refused", (_, column, length) => {
  expect(() => parquetConverter({ ...UUIDS, ...column } as SchemaElement)(Buffer.alloc(length, 7))).toThrow(
    "a column of the type UUID does not hold 16 bytes a value",
  );
});

describe("a payload that is broken or hostile is refused", () => {
  test("cut short, or changed in any byte, it never breaks the decoder", async () => {
    const whole = await written("SELECT i, 'x' || i AS t, [i, i] AS l FROM range(20) t(i)", ", COMPRESSION snappy");
    const outcomes = new Set<string>();
    for (let at = 0; at < whole.length; at++) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] as number) ^ (1 << (at % 8));
      outcomes.add(refusal(changed).split(" ")[0] as string);
      outcomes.add(refusal(whole.subarray(0, at)).split(" ")[0] as string);
    }
    expect(
      [...outcomes].filter(
        (reason) => !["decoded", "format", "too-large", "limits", "empty", "checksum"].includes(reason),
      ),
    ).toEqual([]);
    expect(refusal(whole.subarray(0, -1))).toBe(
      `format formats/parquet: ${whole.length - 1} bytes: they do not end as a Parquet file does`,
    );
  });

  test("a file of a few bytes for many rows is held to the limits", async () => {
    const many = await written("SELECT 1 AS v FROM range(200000)");
    const wide = await written("SELECT repeat('x', 100000) AS v FROM range(1000)");

    expect(many.length).toBeLessThan(10_000);
    expect(refusal(many)).toBe("limits formats/parquet: more than 100000 rows (limits.rows)");
    expect(refusal(wide)).toMatch(
      /^too-large formats\/parquet: .*(its pages are too large|more than 16777216 bytes) \(limits.payloadBytes\)$/,
    );
  });
});

test("text that begins as a Parquet file does is text", () => {
  expect(createDecoder({ parquet: {}, csv: {} })(Buffer.from("PAR1,a\n1,2\n")).format).toBe("csv");
});
