/** Protobuf against protobufjs, which encodes; what rows become of it, and what is refused. */

import * as fc from "fast-check";
import { FormatError } from "../../../formats/formatError";
import type { Limits } from "../../../formats/limits";
import type { Row } from "../../../formats/row";
import { stringifyRow } from "../../../formats/values/stringifyRow";
import { checkFormats } from "../../../lake/formats";
import { createDecoder } from "../support/createDecoder";
import { encode } from "../support/encode";
import { encodeFramedMessage } from "../support/schemaMessages";

const GLUE_ID = "b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63";
const proto = `syntax = "proto3";
package shop;
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
enum Kind { UNKNOWN = 0; SALE = 1; RETURN = 2; }
message Order {
  string id = 1;
  int64 number = 2;
  uint64 big = 3;
  sint64 delta = 4;
  double total = 5;
  bool paid = 6;
  bytes token = 7;
  Kind kind = 8;
  repeated int32 codes = 9;
  repeated Line lines = 10;
  map<string, sint32> counts = 11;
  google.protobuf.Timestamp at = 12;
  google.protobuf.StringValue note = 13;
  optional int32 rank = 14;
  oneof who { string customer = 15; uint32 member = 16; }
  fixed64 f64 = 17;
  sfixed64 s64 = 18;
  float small = 1000;
  message Line { string sku = 1; sint32 quantity = 2; Line part = 3; }
}
message Refund { string id = 1; }
`;
const messages = [{ proto, message: "Order" }];
const decode = createDecoder({ protobuf: { messages } });
const line = (sku: string, quantity: number) => ({ sku, quantity, part: null });
const order: Row = {
  id: "o-1",
  number: -5,
  big: 18446744073709551615n,
  delta: -9007199254740993n,
  total: 12.5,
  paid: true,
  token: "AP8Q",
  kind: "SALE",
  codes: [1, -1, 300],
  lines: [line("a", 2), { ...line("b", -1), part: line("c", 0) }],
  counts: { x: 1, __proto: -2 },
  at: "2026-11-20T10:04:09.123456789Z",
  note: "gift",
  rank: 0,
  customer: null,
  member: 7,
  f64: 9007199254740991,
  s64: -9223372036854775808n,
  small: 0.5,
};

function refusal(payload: Uint8Array, limits: Partial<Limits> = {}): string {
  try {
    createDecoder({ protobuf: { messages }, limits })(payload);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return `${error.reason} ${error.message}`;
  }
  return "decoded";
}

test("a message becomes a row, with every type as it should be", () => {
  expect(decode(encode("protobuf", [order], { messages }))).toEqual({ format: "protobuf", rows: [{ row: order }] });
});

test("a field that is absent is null, or zero where the schema does not tell them apart", () => {
  expect(decode(encode("protobuf", [{ id: "x" }], { messages })).rows[0]?.row).toEqual({
    id: "x",
    number: 0,
    big: 0,
    delta: 0,
    total: 0,
    paid: false,
    token: "",
    kind: "UNKNOWN",
    codes: [],
    lines: [],
    counts: {},
    at: null,
    note: null,
    rank: null,
    customer: null,
    member: null,
    f64: 0,
    s64: 0,
    small: 0,
  });
});

test("what protobufjs encodes is read as it was", () => {
  const long = (min: bigint, max: bigint) =>
    fc.bigInt({ min, max }).map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value));
  const lines: fc.Arbitrary<Row> = fc.letrec((tie) => ({
    line: fc.record({
      sku: fc.string({ unit: "binary", maxLength: 30 }),
      quantity: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      part: fc.option(tie("line"), { maxDepth: 3 }),
    }),
  })).line as fc.Arbitrary<Row>;
  const orders = fc.record({
    id: fc.string({ unit: "binary", minLength: 1, maxLength: 30 }),
    number: long(-(2n ** 63n), 2n ** 63n - 1n),
    big: long(0n, 2n ** 64n - 1n),
    delta: long(-(2n ** 63n), 2n ** 63n - 1n),
    total: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    paid: fc.boolean(),
    token: fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes).toString("base64")),
    kind: fc.constantFrom("UNKNOWN", "SALE", "RETURN"),
    codes: fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { maxLength: 5 }),
    lines: fc.array(lines, { maxLength: 3 }),
    rank: fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
    f64: long(0n, 2n ** 64n - 1n),
    s64: long(-(2n ** 63n), 2n ** 63n - 1n),
  });
  fc.assert(
    fc.property(orders, (row) => {
      const decoded = decode(encode("protobuf", [row as Row], { messages })).rows[0]?.row as Row;
      for (const [name, value] of Object.entries(row)) expect([name, decoded[name]]).toEqual([name, value]);
    }),
    { numRuns: 500 },
  );
});

describe("a frame names the schema, and the message in it", () => {
  const framed = createDecoder({ protobuf: { registered: { "17": proto, [GLUE_ID]: proto } } });
  const refund = { id: "r-1" };

  test.each<[string, Uint8Array, string, Row]>([
    ["Confluent's 0 is the first message", Buffer.from([0]), "Order", order],
    ["Confluent's path of one", Buffer.from([2, 2]), "Refund", refund],
    ["Confluent's path of two", Buffer.from([4, 0, 0]), "Order.Line", line("a", 3)],
  ])("%s", (_, index, message, row) => {
    const payload = encodeFramedMessage(row, { proto, message: `shop.${message}` }, "17", index);
    expect(framed(payload)).toEqual({ format: "protobuf", rows: [{ row }] });
  });

  test.each<[number, string, Row]>([
    [0, "Order", order],
    [1, "Order.Line", line("a", 3)],
    [2, "Refund", refund],
  ])("Glue's number %d is %s", (index, message, row) => {
    const payload = encodeFramedMessage(row, { proto, message: `shop.${message}` }, GLUE_ID, Buffer.from([index]));
    expect(framed(payload)).toEqual({ format: "protobuf", rows: [{ row }] });
  });

  test("fields that are newer than the schema are left out", () => {
    const newer = 'syntax = "proto3"; message Refund { string id = 1; string why = 2; map<string, int32> m = 99; }';
    const old = 'syntax = "proto3"; message Refund { string id = 1; }';
    const payload = encodeFramedMessage({ id: "a", why: "b", m: { c: 1 } }, { proto: newer }, "5", Buffer.from([0]));

    expect(createDecoder({ protobuf: { registered: { "5": old } } })(payload).rows).toEqual([{ row: { id: "a" } }]);
  });

  test("a number that no message has is refused", () => {
    expect(() => framed(Buffer.from("000000001102", "hex"))).toThrow("the payload is cut short");
    expect(() => framed(Buffer.from("00000000110240", "hex"))).toThrow("the schema has no message of the number 32");
  });

  test("a schema is looked up, and left to others where it is not Protobuf's", async () => {
    const payload = encodeFramedMessage(refund, { proto, message: "Refund" }, "17", Buffer.from([2, 2]));
    const both = createDecoder({ avro: {}, protobuf: {} }, async () => ({ format: "protobuf", text: proto }));

    expect(await both(payload)).toEqual({ format: "protobuf", rows: [{ row: refund }] });
  });
});

test("other text and other bytes are not a message", () => {
  const decodeMix = createDecoder({ protobuf: { messages }, json: {}, ndjson: {}, csv: {} });
  const kinds = ['{"a":1}', '\n{"a":1}', '{"a":1}\n{"a":2}\n', "a,b\n1,2\n", "\n\na,b\n1,2\n"].map((text) => {
    return decodeMix(Buffer.from(text)).format;
  });

  expect(kinds).toEqual(["json", "json", "ndjson", "csv", "csv"]);
  // 0a 7b is a line end and a brace to JSON, and a text of 123 bytes to Protobuf.
  expect(decodeMix(encode("protobuf", [{ id: "x".repeat(123) }], { messages })).format).toBe("protobuf");
});

describe("a payload that is broken or hostile is refused", () => {
  const whole = Buffer.from(encode("protobuf", [order], { messages }));
  const nested = Buffer.concat(
    Array.from({ length: 200 }, (_, index) => Buffer.from([0x1a, 0xff - (index & 1), 0x7f])),
  );

  test("bytes that are cut or changed are no message, or another one, and never an error of the decoder", () => {
    for (let at = 0; at < whole.length; at++) {
      expect(refusal(whole.subarray(0, at))).toMatch(/^(decoded$|format formats\/unknown|empty )/);
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] as number) ^ 0xff;
      expect(refusal(changed)).toMatch(/^(decoded$|format formats\/unknown|limits )/);
    }
    expect(refusal(nested)).toMatch(/^format formats\/unknown/);
  });

  test("messages inside each other are bounded", () => {
    let inner = Buffer.from("0a0161", "hex");
    for (let depth = 0; depth < 100; depth++) {
      const length = inner.length < 128 ? [inner.length] : [(inner.length & 127) | 128, inner.length >> 7];
      inner = Buffer.concat([Buffer.from([0x1a, ...length]), inner]);
    }
    const payload = Buffer.concat([Buffer.from([0x52, (inner.length & 127) | 128, inner.length >> 7]), inner]);

    expect(refusal(payload)).toBe("limits formats/protobuf: more than 64 levels of objects and arrays (limits.depth)");
  });

  test("two bytes a message, half a million times", () => {
    const empty = Buffer.alloc(1_000_000, Buffer.from("5200", "hex"));

    expect(refusal(empty)).toBe("limits formats/protobuf: more than 2000000 values (limits.values)");
  });
});

test("options that are wrong are named", () => {
  expect(
    checkFormats({
      protobuf: {
        messages: [{ proto: "message {" }, { proto, message: "Nothing" }, { proto: 'import "a.proto"; message A {}' }],
        registered: { x: "" },
      },
    }),
  ).toEqual([
    "protobuf.messages, message 1: illegal type name '{' (line 1)",
    'protobuf.messages, message 2: it declares no message "Nothing"',
    'protobuf.messages, message 3: it imports "a.proto"; use one file, which imports google/protobuf/any.proto, google/protobuf/duration.proto, google/protobuf/empty.proto, google/protobuf/field_mask.proto, google/protobuf/struct.proto, google/protobuf/timestamp.proto, google/protobuf/wrappers.proto at most',
    'protobuf.registered names "x"; use a UUID in lower case (Glue) or a whole number of 32 bits (Confluent)',
    'protobuf.registered, "x": it declares no message',
  ]);
});

test("the name __proto__ is an ordinary key of a map", () => {
  const counted = 'syntax = "proto3"; message M { map<string, int32> m = 1; }';
  const payload = Buffer.from("0a0d0a095f5f70726f746f5f5f1001", "hex");

  expect(
    stringifyRow(createDecoder({ protobuf: { messages: [{ proto: counted }] } })(payload).rows[0]?.row as Row),
  ).toBe('{"m":{"__proto__":1}}');
});
