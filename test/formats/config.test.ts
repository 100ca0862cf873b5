/** Wrong configuration is named before anything is decoded. */

import { DEFAULT_FORMATS, type FormatsConfig } from "../../formats/config";
import { FormatError } from "../../formats/formatError";
import { FORMATS } from "../../formats/registry";
import { checkFormats } from "../../lake/formats";
import { createDecoder } from "./support/createDecoder";
import { encode } from "./support/encode";

const NAMES = Object.keys(FORMATS).join(", ");
const field = { name: "a", type: "u8" };
const layout = { name: "tick", magic: "d00d", endianness: "big", fields: [field] };
const withField = (changes: object) => ({ binary: { layouts: [{ ...layout, fields: [{ ...field, ...changes }] }] } });
const withLayouts = (...changes: object[]) => ({ binary: { layouts: changes.map((one) => ({ ...layout, ...one })) } });

test("the default enables every format that needs no declaration, and survives JSON", () => {
  expect(checkFormats(DEFAULT_FORMATS)).toEqual([]);
  expect(JSON.parse(JSON.stringify(DEFAULT_FORMATS))).toEqual({ json: {}, ndjson: {}, csv: {} });
});

test.each<[string, object, string[]]>([
  ["no format", {}, [`no format is enabled; use at least one of ${NAMES}`]],
  ["a format that is not one", { json: {}, yaml: {} }, [`"yaml" is not a format; use ${NAMES}`]],
  ["true for options", { json: true }, ["json is true; use an object of options"]],
  ["text for options", { csv: "comma" }, ['csv is "comma"; use an object of options']],
  ["limits of another kind", { json: {}, limits: [] }, ["limits is a list; use an object of options"]],
  [
    "an unknown limit",
    { json: {}, limits: { bytes: 1 } },
    ["limits.bytes is not a limit; use payloadBytes, expansion, depth, rows, columns, values"],
  ],
  ["a limit of nothing", { json: {}, limits: { rows: 0 } }, ["limits.rows is 0; use a whole number from 1"]],
  ["a depth beyond the stack", { json: {}, limits: { depth: 5000 } }, ["limits.depth is 5000; use at most 1000"]],
  ["an option of json", { json: { strict: true } }, ["json.strict is not an option; json has none"]],
  ["an option of ndjson", { ndjson: { strict: true } }, ["ndjson.strict is not an option; ndjson has none"]],
  [
    "an unknown option of csv",
    { csv: { quote: "'" } },
    ["csv.quote is not an option; use header, columns, delimiter or onBadRow"],
  ],
  ["no header and no columns", { csv: { header: false } }, ["csv.header is false; declare csv.columns as well"]],
  ["text for header", { csv: { header: "no" } }, ['csv.header is "no"; use true or false']],
  ["a wrong delimiter", { csv: { delimiter: ":" } }, ['csv.delimiter is ":"; use "," ";" "\\t" or "|"']],
  ["a column twice", { csv: { columns: ["a", "b", "a"] } }, ['csv.columns names "a" twice']],
  ["an empty column", { csv: { columns: ["a", ""] } }, ["csv.columns must be a list of names, none of them empty"]],
  ["no layout", { binary: { layouts: [] } }, ["binary.layouts must be a list of at least one layout"]],
  [
    "an unknown option of binary",
    { binary: { layouts: [layout], crc: 1 } },
    ["binary.crc is not an option; use layouts or layoutColumn"],
  ],
  [
    "a short magic",
    withLayouts({ magic: "d0" }),
    ['binary layout "tick": magic "d0" is not 2 to 16 bytes in hexadecimal'],
  ],
  [
    "half a byte of magic",
    withLayouts({ magic: "d00d0" }),
    ['binary layout "tick": magic "d00d0" is not 2 to 16 bytes in hexadecimal'],
  ],
  [
    "the magic of gzip",
    withLayouts({ magic: "1F8B08" }),
    ['binary layout "tick": magic "1F8B08" begins as gzip, a byte order mark or JSON does'],
  ],
  [
    "the magic of JSON",
    withLayouts({ magic: "7b22" }),
    ['binary layout "tick": magic "7b22" begins as gzip, a byte order mark or JSON does'],
  ],
  [
    "a third endianness",
    withLayouts({ endianness: "middle" }),
    ['binary layout "tick": endianness is "middle"; use "little" or "big"'],
  ],
  ["a layout without a name", withLayouts({ name: "" }), ['binary layout "" needs a name']],
  ["a layout without fields", withLayouts({ fields: undefined }), ['binary layout "tick": fields must be a list']],
  [
    "a layout of padding",
    withLayouts({ fields: [{ type: "pad", bytes: 1 }] }),
    ['binary layout "tick" has no field with a name'],
  ],
  [
    "one magic that begins another",
    withLayouts({}, { name: "tock", magic: "d00d01" }),
    ['binary layouts "tick" and "tock" cannot be told apart: one magic begins the other'],
  ],
  ["one name for two layouts", withLayouts({}, { magic: "d00e" }), ['binary layout "tick" is declared twice']],
  ["one name for two fields", withLayouts({ fields: [field, field] }), ['binary layout "tick" names "a" twice']],
  ["a field without a name", withField({ name: undefined }), ['binary layout "tick", field 1 needs a name']],
  [
    "an unknown type",
    withField({ type: "int" }),
    [
      'binary layout "tick", field 1: type "int" is not one of u8, u16, u32, u64, i8, i16, i32, i64, f32, f64, text, text8, text16, timestamp, pad',
    ],
  ],
  [
    "text without a size",
    withField({ type: "text" }),
    ['binary layout "tick", field 1: bytes is undefined; use 1 to 65535'],
  ],
  [
    "a timestamp without a unit",
    withField({ type: "timestamp" }),
    ['binary layout "tick", field 1: unit is "undefined"; use "s", "ms" or "us"'],
  ],
  [
    "milliseconds in four bytes",
    withField({ type: "timestamp", unit: "ms", width: 4 }),
    ['binary layout "tick", field 1: width is 4; use 8, or 4 with the unit "s"'],
  ],
])("%s is named", (_, config, problems) => {
  expect(checkFormats(config as FormatsConfig)).toEqual(problems);
});

test("every format is registered under its own name", () => {
  expect(Object.values(FORMATS).map((load) => load().name)).toEqual(Object.keys(FORMATS));
  expect(Object.keys(FORMATS).slice(0, 1)).toEqual(["binary"]);
  expect(Object.keys(FORMATS).slice(-1)).toEqual(["csv"]);
});

test("a decoder is not made from a wrong configuration", () => {
  expect(() => createDecoder({ csv: { header: false } })).toThrow(
    "formats: csv.header is false; declare csv.columns as well",
  );
});

test("limits are those configured, and the defaults for the rest", () => {
  const decode = createDecoder({ ndjson: {}, csv: {}, json: {}, limits: { rows: 2, depth: 2 } });

  expect(() => decode(Buffer.from("a,b\n1,2\n1,2\n1,2\n"))).toThrow("more than 2 rows (limits.rows)");
  expect(() => decode(Buffer.from('{"a":[[]]}'))).toThrow("more than 2 levels of objects and arrays (limits.depth)");
  expect(() => createDecoder({ ndjson: {}, limits: { values: 3 } })(Buffer.from('{"a":1,"b":2}\n{"a":1}\n'))).toThrow(
    "formats/ndjson: more than 3 values (limits.values)",
  );
  expect(() =>
    createDecoder({
      binary: { layouts: [{ ...layout, endianness: "big", fields: [{ name: "a", type: "u8" }] }] },
      limits: { values: 1 },
    })(Buffer.from("d00d01d00d01", "hex")),
  ).toThrow("formats/binary: more than 1 values (limits.values)");
});

test("only what is enabled is decoded", () => {
  const reasons = [
    ["csv", '{"a":1,"b":2}\n{"a":1,"b":2}\n'],
    ["json", "a,b\n1,2\n"],
    ["json", '{"a":1}\n{"a":2}\n'],
  ].map(([name, payload]) => {
    try {
      return createDecoder({ [name as string]: {} })(Buffer.from(payload as string)).format;
    } catch (error) {
      return (error as FormatError).message;
    }
  });

  expect(reasons).toEqual([
    "formats/unknown: 28 bytes of text match none of csv",
    "formats/unknown: 8 bytes of text match none of json",
    "formats/unknown: 16 bytes of text match none of json",
  ]);
});

test("a FormatError says which format and why, and keeps the reason", () => {
  const error = new FormatError("csv", "no rows", "empty");

  expect({ ...error, message: error.message }).toEqual({
    name: "FormatError",
    format: "csv",
    detail: "no rows",
    reason: "empty",
    message: "formats/csv: no rows",
  });
});

describe("rows that a format cannot hold are refused when encoding", () => {
  const layouts = [
    {
      name: "tick",
      magic: "d00d",
      endianness: "big",
      fields: [
        { name: "a", type: "u8" },
        { name: "t", type: "text", bytes: 2 },
        { name: "at", type: "timestamp", unit: "s" },
      ],
    },
  ] as const;
  const row = { a: 1, t: "x", at: "2026-11-20T10:04:09Z" };
  const refusals: [string, () => Uint8Array, string][] = [
    ["two rows of json", () => encode("json", [{}, {}]), "json holds one row a payload, got 2; use ndjson"],
    ["no row of ndjson", () => encode("ndjson", []), "ndjson holds at least one row a payload, got 0"],
    ["no row of csv", () => encode("csv", []), "csv holds at least one row and one column a payload"],
    [
      "one undeclared column",
      () => encode("csv", [{ a: 1 }]),
      "csv of a single column is told from other text only where csv.columns are declared",
    ],
    [
      "csv rows that differ",
      () => encode("csv", [{ a: 1, b: 2 }, { a: 1 }]),
      "csv rows of one payload need the same 2 names, got a row with 1",
    ],
    ["a nested csv cell", () => encode("csv", [{ a: 1, b: [] }]), "csv cells hold text; got an object or an array"],
    [
      "wrong options",
      () => encode("csv", [{ a: 1, b: 2 }], { delimiter: ":" as "," }),
      'formats: csv.delimiter is ":"; use "," ";" "\\t" or "|"',
    ],
    [
      "a number out of range",
      () => encode("binary", [{ ...row, a: 256 }], { layouts }),
      'binary layout "tick": the value of "a" is outside the range of u8',
    ],
    [
      "text for a number",
      () => encode("binary", [{ ...row, a: "1" }], { layouts }),
      'binary layout "tick": the value of "a" is not an integer',
    ],
    [
      "long text",
      () => encode("binary", [{ ...row, t: "xyz" }], { layouts }),
      'binary layout "tick": the value of "t" does not fit 2 bytes of text',
    ],
    [
      "a number for text",
      () => encode("binary", [{ ...row, t: 1 }], { layouts }),
      'binary layout "tick": the value of "t" is not text',
    ],
    [
      "a time finer than its unit",
      () => encode("binary", [{ ...row, at: "2026-11-20T10:04:09.5Z" }], { layouts }),
      'binary layout "tick": the value of "at" is not ISO text in UTC to the s',
    ],
    [
      "a layout that is not declared",
      () => encode("binary", [{ ...row, kind: "tock" }], { layouts, layoutColumn: "kind" }),
      'binary has no layout of the name that a row gives in "kind"',
    ],
  ];

  test.each(refusals)("%s", (_, refused, message) => {
    expect(thrownBy(refused)).toEqual({ name: "TypeError", message });
  });
});

function thrownBy(action: () => unknown): { name: string; message: string } | undefined {
  try {
    action();
  } catch (error) {
    return { name: (error as Error).name, message: (error as Error).message };
  }
  return undefined;
}

test("numbers, booleans and null become csv text; null becomes a binary NaN", () => {
  const layouts = [{ name: "tick", magic: "d00d", endianness: "big", fields: [{ name: "x", type: "f64" }] }] as const;

  expect(Buffer.from(encode("csv", [{ a: 1.5, b: true, c: null, d: 12345678901234567890n }])).toString()).toBe(
    "a,b,c,d\n1.5,true,,12345678901234567890\n",
  );
  expect(createDecoder({ binary: { layouts } })(encode("binary", [{ x: null }], { layouts })).rows).toEqual([
    { row: { x: null } },
  ]);
  expect(() => encode("binary", [{ x: "1" }], { layouts })).toThrow("is not a number");
});
