/** What compressed payloads, and the few bytes that stand for many values, become is counted, whether they decode or not. */

import { deflateSync, gzipSync } from "node:zlib";
import { encodeContainer } from "../../formats/avro/containerWrite";
import { FormatError } from "../../formats/formatError";
import { createDecoder } from "./support/createDecoder";
import { encode } from "./support/encode";
import { encodeFramed, encodeSingleObject } from "./support/schemaMessages";
import { storeZstd } from "./support/storeZstd";

const NULLS = {
  type: "record",
  name: "Nulls",
  fields: [
    { name: "a", type: { type: "array", items: "null" } },
    { name: "b", type: "string" },
  ],
};
const GLUE_ID = "b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63";
const decode = createDecoder({
  json: {},
  ndjson: {},
  csv: {},
  xml: {},
  messagepack: {},
  cbor: {},
  binary: {
    layouts: [
      {
        name: "pair",
        magic: "534c",
        endianness: "big",
        fields: [
          { name: "a", type: "u16" },
          { name: "b", type: "u16" },
        ],
      },
    ],
  },
  avro: { schemas: [NULLS], registered: { [GLUE_ID]: NULLS } },
  parquet: {},
  limits: { payloadBytes: 200_000 },
});
const nulls = (count: number) => ({ a: Array(count).fill(null), b: "" });
const GLUE_ZLIB = Buffer.from("0305b7b4a7f09c964e4aa687fb5de9ef0c63", "hex");
const LONG = { a: [], b: "x".repeat(1_000) };
const ALIKE = Array.from({ length: 10_000 }, () => ({ a: 1, b: "b", c: null, d: true, e: 0.5 }));
const named = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, 0]));
const encodedTag = (count: number) =>
  `<a ${Object.keys(named(count))
    .map((name) => `${name}=""`)
    .join(" ")}/>`;
const JSON_BYTES = Buffer.from('{"a":1}');

test.each<[string, Uint8Array, number, number]>([
  ["a payload that is not compressed counts its values alone", JSON_BYTES, 0, 1],
  ["gzip", gzipSync(JSON_BYTES), 7, 1],
  ["zlib", deflateSync(JSON_BYTES), 7, 1],
  ["Zstandard", storeZstd(JSON_BYTES), 7, 1],
  ["what is unpacked and then refused; JSON is read again to find the error", gzipSync("{"), 1, 1],
  ["what is too much, an eighth of its bound of 64 KiB", gzipSync(Buffer.alloc(100_000)), 8_192, 0],
  ["a value that takes no byte counts as one, a list as four", encodeSingleObject(nulls(1_000), NULLS), 0, 1_007],
  ["the same, where the record is refused", encodeSingleObject(nulls(1_000), NULLS).subarray(0, -1), 0, 1_007],
  ["a block of an Avro file, and its values", encodeContainer([LONG], NULLS, "deflate"), 1_003, 7],
  [
    "what is in Glue's frame, and its values",
    Buffer.concat([GLUE_ZLIB, deflateSync(encodeFramed(LONG, NULLS, "1").subarray(5))]),
    1_003,
    7,
  ],
  ["pages of a Parquet file, and their values", encode("parquet", ALIKE), 78, 60_006],
  ["what is corrupt counts for nothing", gzipSync(JSON_BYTES).subarray(0, 20), 0, 0],
  ["members and elements of JSON", Buffer.from('{"a":[1,2,3],"b":{"c":null}}'), 0, 3],
  ["each line of NDJSON", Buffer.from('{"a":1,"b":2}\n{"a":1,"b":2}\n'), 0, 4],
  ["names of JSON beyond the 128th, three more each", Buffer.from(JSON.stringify(named(130))), 0, 136],
  ["JSON with an integer beyond a double, which is read twice", Buffer.from('{"a":12345678901234567890}'), 0, 5],
  ["cells of CSV, the refused too", Buffer.from("a,b\n1,2\n3,4\n5\n"), 0, 5],
  ["names of a wide row of CSV, three more each", Buffer.from(encode("csv", [named(130)])), 0, 136],
  ["doubled quotes of CSV, a quarter each", Buffer.from('a,b\n"""1""",2\n'), 0, 2.5],
  ["elements, attributes and texts of XML", Buffer.from('<a b="1"><c>2</c><c/></a>'), 0, 5],
  ["references of XML, two each", Buffer.from("<a>&lt;&#65;</a>"), 0, 6],
  ["attributes of XML beyond the 128th, three more each", Buffer.from(encodedTag(130)), 0, 137],
  ["values of MessagePack, a map as seven more", Buffer.from("82a16101a16202", "hex"), 0, 9],
  ["names of a large map of CBOR, three more each", encode("cbor", [named(130)]), 0, 143],
  ["the fields of a binary frame", Buffer.from("534c01020304", "hex"), 0, 2],
])("%s", (_, payload, bytes, values) => {
  const unpacked = { bytes: 0, values: 0 };
  try {
    decode(payload, unpacked);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
  expect(unpacked).toEqual({ bytes, values });
});

test("an integer of Avro that needs a bigint counts as three more", () => {
  const longs = {
    type: "record",
    name: "Longs",
    fields: ["a", "b"].map((name) => ({ name, type: "long" })),
  };
  const decodeLongs = createDecoder({ avro: { schemas: [longs] } });
  const unpacked = { bytes: 0, values: 0 };
  decodeLongs(encodeSingleObject({ a: 1, b: 9007199254740993n }, longs), unpacked);
  expect(unpacked).toEqual({ bytes: 0, values: 6 });
});

test("few bytes may stand for some values, however few they are, and for so many more as they may unpack to", () => {
  const many = encodeSingleObject(nulls(250_000), NULLS);

  expect(many.length).toBeLessThan(20);
  expect(decode(many).rows).toHaveLength(1);
  expect(encode("parquet", ALIKE).length).toBeLessThan(2_000);
  expect(decode(encode("parquet", ALIKE)).rows).toHaveLength(10_000);
  expect(() => decode(encodeSingleObject(nulls(262_144), NULLS))).toThrow(
    "15 bytes become more than 262144 values (limits.expansion)",
  );
  const longer = { a: nulls(300_000).a, b: "x".repeat(4_000) };
  expect(decode(encodeSingleObject(longer, NULLS)).rows).toHaveLength(1);
});
