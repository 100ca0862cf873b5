/** XML, MessagePack and CBOR give back what they encoded, alone, in compression and in an aggregated record. */

import { deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { unaggregate } from "../../../formats/aggregated";
import type { Row, Value } from "../../../formats/row";
import { stringifyRow } from "../../../formats/values/stringifyRow";
import { aggregate } from "../support/aggregate";
import { createDecoder } from "../support/createDecoder";
import { encode } from "../support/encode";

const decode = createDecoder({ json: {}, ndjson: {}, csv: {}, messagepack: {}, cbor: {}, xml: { rows: "r" } });

const text = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme", maxLength: 40 }));
const name = fc.oneof(text, fc.constantFrom("__proto__", "constructor", "id", "toString"));
const number = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }));
function bigints(bits: bigint) {
  const beyond = (sign: bigint) => fc.bigInt({ min: 2n ** 53n, max: 2n ** bits - 1n }).map((value) => sign * value);
  return fc.oneof(beyond(1n), beyond(-1n));
}
function rowsOf(bigint: fc.Arbitrary<bigint>): fc.Arbitrary<Row[]> {
  const { value } = fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      text,
      number,
      bigint,
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("value"), { maxLength: 20 }),
      fc.dictionary(name, tie("value"), { maxKeys: 20 }),
    ),
  }));
  return fc.array(fc.dictionary(name, value, { maxKeys: 20 }) as fc.Arbitrary<Row>, { minLength: 1, maxLength: 4 });
}

function texts(payload: Uint8Array): { format: string; rows: string[] } {
  const { format, rows } = decode(payload);
  return { format, rows: rows.map(({ row }) => stringifyRow(row)) };
}

test.each<["messagepack" | "cbor", bigint]>([
  ["messagepack", 63n],
  ["cbor", 300n],
])("%s, with integers of any size it holds", (format, bits) => {
  fc.assert(
    fc.property(rowsOf(bigints(bits)), fc.constantFrom(undefined, gzipSync, deflateSync), (rows, compress) => {
      const payload = encode(format, rows);
      expect(texts(compress ? compress(payload) : payload)).toEqual({ format, rows: rows.map(stringifyRow) });
    }),
    { numRuns: 300 },
  );
});

/** XML has texts, objects, and lists of at least two. */
const xmlText = text.filter((value) => {
  try {
    encode("xml", [{ value }]);
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
});
const xmlName = fc.constantFrom("a", "b", "c-d", "_e", "f.1", "__proto__", "text", "row", "r");
const { xmlValue } = fc.letrec<{ xmlValue: Value }>((tie) => ({
  xmlValue: fc.oneof(
    { maxDepth: 4 },
    xmlText,
    fc.dictionary(xmlName, tie("xmlValue"), { minKeys: 1, maxKeys: 4 }),
    fc.array(fc.oneof(xmlText, fc.dictionary(xmlName, xmlText, { minKeys: 1 })), { minLength: 2, maxLength: 4 }),
  ),
}));

test("xml, one row an element", () => {
  const rows = fc.array(fc.dictionary(xmlName, xmlValue, { maxKeys: 5 }) as fc.Arbitrary<Row>, { minLength: 1 });
  fc.assert(
    fc.property(rows, (given) => {
      const payload = encode("xml", given, { rows: "r" });
      expect(texts(payload)).toEqual({ format: "xml", rows: given.map(stringifyRow) });
    }),
    { numRuns: 200 },
  );
});

test("aggregated records", () => {
  const user = fc.record({ partitionKey: fc.string({ unit: "grapheme" }), payload: fc.uint8Array() });
  fc.assert(
    fc.property(fc.array(user, { minLength: 1, maxLength: 20 }), (users) => {
      expect(unaggregate(aggregate(users))).toEqual(
        users.map(({ partitionKey, payload }) => ({ partitionKey, payload: Buffer.from(payload) })),
      );
    }),
  );
});

describe("rows that a format cannot hold are refused", () => {
  test.each<[string, () => Uint8Array, string]>([
    [
      "messagepack, an integer of 65 bits",
      () => encode("messagepack", [{ n: 2n ** 64n }]),
      "messagepack holds integers of at most 64 bits",
    ],
    [
      "xml, a name that is none",
      () => encode("xml", [{ "a b": "1" }]),
      'xml needs names of letters, digits, "_", "-" and ".", got "a b"',
    ],
    [
      "xml, a control character",
      () => encode("xml", [{ a: "\u0000" }]),
      "xml has no control characters, U+FFFE, U+FFFF and halves of surrogate pairs",
    ],
    ["xml, a list in a list", () => encode("xml", [{ a: [["1"]] }]), "xml holds no list in a list"],
    [
      "xml, two rows in one element",
      () => encode("xml", [{}, {}]),
      'xml without "rows" holds one row a payload, got 2; declare xml.rows',
    ],
  ])("%s", (_, run, message) => {
    expect(run).toThrow(new TypeError(message));
  });
});
