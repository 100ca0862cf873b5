/** Avro beside container files: frames, logical types, and what is refused. */

import { deflateSync } from "node:zlib";
import { encodeContainer } from "../../../formats/avro/containerWrite";
import type { AvroSchema } from "../../../formats/avro/schema";
import { FormatError } from "../../../formats/formatError";
import type { Limits } from "../../../formats/limits";
import type { Row, Value } from "../../../formats/row";
import { LookupError, type SchemaId } from "../../../formats/schemaIds/lookup";
import { stringifyRow } from "../../../formats/values/stringifyRow";
import { checkFormats } from "../../../lake/formats";
import { createDecoder } from "../support/createDecoder";
import { encode } from "../support/encode";
import { encodeFramed, encodeSingleObject } from "../support/schemaMessages";

const record = (...fields: { name: string; type: unknown }[]) => ({ type: "record", name: "Row", fields });
const reading = record({ name: "id", type: "long" }, { name: "celsius", type: ["null", "double"] });
const row = { id: 7, celsius: 21.5 };
const GLUE_ID = "b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63";

function refusal(payload: Uint8Array, options = {}, limits: Partial<Limits> = {}): string {
  try {
    createDecoder({ avro: options, limits })(payload);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return `${error.reason} ${error.message}`;
  }
  return "decoded";
}

describe("a frame names the schema", () => {
  test("Confluent's number and Glue's UUID find a declared one", () => {
    const decode = createDecoder({ avro: { registered: { "17": reading, [GLUE_ID]: reading } } });

    expect(encodeFramed(row, reading, "17").subarray(0, 5).toString("hex")).toBe("0000000011");
    expect(encodeFramed(row, reading, GLUE_ID).subarray(0, 18).toString("hex")).toBe(
      "0300b7b4a7f09c964e4aa687fb5de9ef0c63",
    );
    expect(decode(encodeFramed(row, reading, "17"))).toEqual({ format: "avro", rows: [{ row }] });
    expect(decode(encodeFramed(row, reading, GLUE_ID))).toEqual({ format: "avro", rows: [{ row }] });
  });

  test("Glue's compressed data is unpacked", () => {
    // What AWS' serializer writes with COMPRESSION_TYPE ZLIB: 03 05, the UUID, a zlib stream.
    const frame = Buffer.from("0305b7b4a7f09c964e4aa687fb5de9ef0c63", "hex");
    const made = Buffer.concat([frame, deflateSync(encodeFramed(row, reading, "1").subarray(5))]);

    expect(createDecoder({ avro: { registered: { [GLUE_ID]: reading } } })(made).rows).toEqual([{ row }]);
  });

  test("an id that is not declared is looked up, once", async () => {
    const asked: SchemaId[] = [];
    const decode = createDecoder({ avro: {} }, async (id) => {
      asked.push(id);
      return { format: "avro", text: JSON.stringify(reading) };
    });

    expect(await decode(encodeFramed(row, reading, "17"))).toEqual({ format: "avro", rows: [{ row }] });
    expect(decode(encodeFramed(row, reading, "17"))).toEqual({ format: "avro", rows: [{ row }] });
    expect(await decode(encodeFramed(row, reading, GLUE_ID))).toEqual({ format: "avro", rows: [{ row }] });
    expect(asked).toEqual([
      { registry: "confluent", id: "17" },
      { registry: "glue", id: GLUE_ID },
    ]);
  });

  test("an id that nobody knows, and a registry that cannot be asked, are two things", async () => {
    const unknown = createDecoder({ avro: {} }, async () => undefined);
    const down = createDecoder({ avro: {} }, async () => {
      throw new LookupError("the registry does not answer");
    });

    await expect(unknown(encodeFramed(row, reading, "17"))).rejects.toThrow(
      new FormatError("avro", "confluent has no schema of the id 17"),
    );
    await expect(down(encodeFramed(row, reading, "17"))).rejects.toThrow(LookupError);
  });

  test("a schema of another format leaves the record to the formats behind", async () => {
    const decode = createDecoder({ avro: {}, csv: { columns: ["a"], header: false } }, async () => ({
      format: "json",
      text: "{}",
    }));

    expect(await decode(Buffer.from("\0\0\0\0\x11x"))).toMatchObject({ format: "csv" });
  });

  test("without a schema the payload is not Avro's", () => {
    expect(refusal(encodeFramed(row, reading, "17"))).toBe(
      "format formats/unknown: 15 bytes that are not UTF-8 match none of avro",
    );
    expect(refusal(encodeSingleObject(row, reading))).toBe(
      "format formats/unknown: 20 bytes that are not UTF-8 match none of avro",
    );
  });
});

test.each<[string, unknown, string]>([
  ["timestamp-millis", { type: "long", logicalType: "timestamp-millis" }, "2026-11-20T10:04:09.123Z"],
  ["timestamp-micros", { type: "long", logicalType: "timestamp-micros" }, "2026-11-20T10:04:09.123456Z"],
  ["timestamp-nanos", { type: "long", logicalType: "timestamp-nanos" }, "2026-11-20T10:04:09.123456789Z"],
  ["before 1970", { type: "long", logicalType: "timestamp-nanos" }, "1969-12-31T23:59:59.999999999Z"],
  ["local-timestamp-millis", { type: "long", logicalType: "local-timestamp-millis" }, "2026-11-20T10:04:09.123"],
  ["date", { type: "int", logicalType: "date" }, "2026-11-20"],
  ["time-millis", { type: "int", logicalType: "time-millis" }, "10:04:09.123"],
  ["time-micros", { type: "long", logicalType: "time-micros" }, "10:04:09.123456"],
  ["decimal", { type: "bytes", logicalType: "decimal", precision: 30, scale: 2 }, "-12345678901234567890.05"],
  ["decimal in fixed", { type: "fixed", name: "D", size: 8, logicalType: "decimal", precision: 9, scale: 3 }, "0.050"],
  ["uuid", { type: "fixed", name: "U", size: 16, logicalType: "uuid" }, GLUE_ID],
  ["bytes", "bytes", "AP8Q"],
  ["fixed", { type: "fixed", name: "F", size: 3 }, "AP8Q"],
  ["enum", { type: "enum", name: "E", symbols: ["RED", "BLUE"] }, "BLUE"],
])("%s is text, exactly, and goes back to the same bytes", (_, type, text) => {
  const schema = record({ name: "v", type });
  const payload = encode("avro", [{ v: text }], { schemas: [schema] });

  expect(createDecoder({ avro: {} })(payload).rows).toEqual([{ row: { v: text } }]);
});

test("integers beyond 2^53 are bigints, and numbers that are not finite are null", () => {
  const schema = record({ name: "l", type: "long" }, { name: "f", type: "float" }, { name: "d", type: "double" });
  const rows = [
    { l: 9223372036854775807n, f: 0.5, d: 1e300 },
    { l: -9223372036854775808n, f: null, d: null },
    { l: 9007199254740991, f: -0.5, d: -0.1 },
    { l: -9007199254740992n, f: 0, d: 0 },
  ];
  const decoded = createDecoder({ avro: {} })(encode("avro", rows, { schemas: [schema] }));

  expect(decoded.rows.map((one) => one.row)).toEqual(rows);
  expect(decoded.rows.map((one) => stringifyRow(one.row))[0]).toBe('{"l":9223372036854775807,"f":0.5,"d":1e+300}');
});

describe("a payload that is broken or hostile is refused", () => {
  const file = encodeContainer([row, row], reading);
  const deflated = encodeContainer([row, row], reading, "deflate");
  const nothing = record();
  const amplified = (rows: number) => encodeContainer(Array(rows).fill({}), { ...nothing, fields: [] });
  const nulls = record({ name: "n".repeat(5_000), type: { type: "array", items: "null" } });
  const powers = Array.from({ length: 40 }, (_, index) => index).reduce<unknown>(
    (inner, index) => ({
      type: "record",
      name: `P${index}`,
      fields: [
        { name: "a", type: inner },
        { name: "b", type: index === 0 ? "null" : `P${index - 1}` },
      ],
    }),
    "null",
  ) as AvroSchema;
  const list = { type: "record", name: "L", fields: [{ name: "next", type: ["null", "L"] }] };
  const listRow = Buffer.concat([encodeSingleObject({ next: null }, list).subarray(0, 10), Buffer.alloc(1_000_000, 2)]);
  const changed = (bytes: Buffer, at: number) => {
    const copy = Buffer.from(bytes);
    copy[at] = (copy[at] as number) ^ 0xff;
    return copy;
  };

  test.each<[string, Uint8Array, object, string]>([
    ["cut short", file.subarray(0, -20), {}, "format formats/avro: byte 167 of 183: the payload is cut short"],
    [
      "a wrong marker",
      changed(file, file.length - 1),
      {},
      `format formats/avro: byte ${file.length} of ${file.length}: a block does not end with the file's marker`,
    ],
    ["a header alone", file.subarray(0, 4), {}, "format formats/avro: byte 4 of 4: the payload is cut short"],
    [
      "a magic without a header",
      Buffer.from("Obj\x01\0"),
      {},
      "format formats/avro: byte 5 of 5: the file's header has no schema",
    ],
    ["a file without rows", encodeContainer([], reading).subarray(0, -18), {}, "empty formats/avro: no rows"],
    [
      "rows without names",
      encodeContainer([1 as never], "long"),
      {},
      "format formats/avro: byte 58 of 74: a value without names is not a row",
    ],
    ["more rows than the limit", amplified(100_001), {}, "limits formats/avro: more than 100000 rows (limits.rows)"],
    [
      "a schema that doubles with each line",
      encodeContainer([], powers).subarray(0, -18),
      {},
      "empty formats/avro: no rows",
    ],
    [
      "a list that links itself",
      listRow,
      { schemas: [list] },
      "limits formats/avro: more than 64 levels of objects and arrays (limits.depth)",
    ],
    [
      "a schema that is not JSON",
      Buffer.from(file.toString("latin1").replace('{"type":"record"', '["type":"record"'), "latin1"),
      {},
      "format formats/avro: the file's schema of 113 characters is not valid",
    ],
    [
      "an unknown codec",
      Buffer.from(deflated.toString("latin1").replace("deflate", "DEFLATE"), "latin1"),
      {},
      "format formats/avro: the file's codec is not one of null, deflate, snappy, zstandard",
    ],
    [
      "bytes behind the row",
      Buffer.concat([encodeSingleObject(row, reading), Buffer.alloc(2)]),
      { schemas: [reading] },
      "format formats/avro: byte 20 of 22: 2 bytes follow the row",
    ],
    [
      "text that is not UTF-8",
      Buffer.concat([
        encodeSingleObject({ t: "" }, record({ name: "t", type: "string" })).subarray(0, 10),
        Buffer.from("02ff", "hex"),
      ]),
      { schemas: [record({ name: "t", type: "string" })] },
      "format formats/avro: byte 12 of 12: a text is not UTF-8",
    ],
  ])("%s", (_, payload, options, expected) => {
    expect(refusal(payload, options)).toBe(expected);
  });

  test.each<[string, AvroSchema, Value]>([
    ["maps", { type: "map", values: "int" }, {}],
    ["lists", { type: "array", items: "int" }, []],
    ["times", { type: "long", logicalType: "timestamp-millis" }, "1970-01-01T00:00:00.001Z"],
  ])("20 %s of a byte each count for 100 values, in a list of five and a row of two", (_, items, item) => {
    const schema = record({ name: "a", type: { type: "array", items } });
    const payload = encodeSingleObject({ a: Array(20).fill(item) }, schema);

    expect(refusal(payload, { schemas: [schema] }, { values: 106 })).toBe("decoded");
    expect(refusal(payload, { schemas: [schema] }, { values: 105 })).toBe(
      "limits formats/avro: more than 105 values (limits.values)",
    );
  });

  test("two million values that take no bytes, or names without end", () => {
    const start = encodeSingleObject({ ["n".repeat(5_000)]: [] }, nulls).subarray(0, 10);
    const many = Buffer.concat([start, Buffer.from("80897a00", "hex"), Buffer.from("00", "hex")]);

    expect(refusal(many, { schemas: [nulls] }, { values: 200_000 })).toBe(
      "limits formats/avro: more than 200000 values (limits.values)",
    );
    expect(refusal(many, { schemas: [nulls] })).toBe(
      "limits formats/avro: 15 bytes become more than 262144 values (limits.expansion)",
    );
    const rows = encodeContainer(Array(4_000).fill({ ["n".repeat(5_000)]: [] }), nulls);
    expect(refusal(rows)).toBe(
      "too-large formats/avro: the rows' text is more than 16777216 bytes (limits.payloadBytes)",
    );
  });
});

test("options that are wrong are named", () => {
  expect(
    checkFormats({
      avro: {
        schemas: ["long", "{", { type: "record", name: "A", fields: [{ name: "b", type: "B" }] }],
        registered: { x: "int" },
      },
    }),
  ).toEqual([
    "avro.schemas, schema 1: a row has named values; use a record, not long",
    "avro.schemas, schema 2: 1 characters are not JSON",
    'avro.schemas, schema 3: the type "B" is not defined before it is used',
    'avro.registered names "x"; use a UUID in lower case (Glue) or a whole number of 32 bits (Confluent)',
    'avro.registered, "x": a row has named values; use a record, not int',
  ]);
});

test("the name __proto__ is an ordinary name, in records and maps", () => {
  const schema = record({ name: "__proto__", type: { type: "map", values: "int" } });
  const rows = Array.from({ length: 300 }, (): Row => JSON.parse('{"__proto__":{"__proto__":1}}'));
  const decoded = createDecoder({ avro: {} })(encode("avro", rows, { schemas: [schema] }));

  expect(new Set(decoded.rows.map((one) => stringifyRow(one.row)))).toEqual(new Set(['{"__proto__":{"__proto__":1}}']));
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

describe("bytes that fuzzing found are refused by name", () => {
  const schema = { type: "record", name: "Count", fields: [{ name: "n", type: "int" }] };
  const decodeCount = createDecoder({ avro: { schemas: [schema], registered: { "17": schema } } });
  const hex = (text: string) => Buffer.from(text, "hex");

  test.each<[string, Buffer, string]>([
    ["an int beyond 2^53", hex("0000000011ffffffffffffffffff01"), "avro: byte 15 of 15: an int has more than 32 bits"],
    ["one byte of the file's magic", hex("4f"), "unknown: 1 bytes of text match none of avro"],
    ["three bytes of the file's magic", hex("4f626a"), "unknown: 3 bytes of text match none of avro"],
  ])("%s", (_, payload, message) => {
    expect(() => decodeCount(payload)).toThrow(`formats/${message}`);
  });
});
