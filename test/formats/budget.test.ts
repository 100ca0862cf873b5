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
  avro: { schemas: [NULLS], registered: { [GLUE_ID]: NULLS } },
  parquet: {},
  limits: { payloadBytes: 200_000 },
});
const nulls = (count: number) => ({ a: Array(count).fill(null), b: "" });
const GLUE_ZLIB = Buffer.from("0305b7b4a7f09c964e4aa687fb5de9ef0c63", "hex");
const LONG = { a: [], b: "x".repeat(1_000) };
const ALIKE = Array.from({ length: 10_000 }, () => ({ a: 1, b: "b", c: null, d: true, e: 0.5 }));
const JSON_BYTES = Buffer.from('{"a":1}');

test.each<[string, Uint8Array, number]>([
  ["a payload that is not compressed counts for nothing", JSON_BYTES, 0],
  ["gzip", gzipSync(JSON_BYTES), 7],
  ["zlib", deflateSync(JSON_BYTES), 7],
  ["Zstandard", storeZstd(JSON_BYTES), 7],
  ["what is unpacked and then refused", gzipSync("{"), 1],
  ["what is too much, an eighth of its bound of 64 KiB", gzipSync(Buffer.alloc(100_000)), 8_192],
  ["a value that takes no byte counts as one, a list as four", encodeSingleObject(nulls(1_000), NULLS), 1_007],
  ["the same, where the record is refused", encodeSingleObject(nulls(1_000), NULLS).subarray(0, -1), 1_007],
  ["a block of an Avro file, and its values", encodeContainer([LONG], NULLS, "deflate"), 1_010],
  [
    "what is in Glue's frame, and its values",
    Buffer.concat([GLUE_ZLIB, deflateSync(encodeFramed(LONG, NULLS, "1").subarray(5))]),
    1_010,
  ],
  ["pages of a Parquet file, and their values", encode("parquet", ALIKE), 60_084],
  ["what is corrupt counts for nothing", gzipSync(JSON_BYTES).subarray(0, 20), 0],
])("%s", (_, payload, bytes) => {
  const unpacked = { bytes: 0 };
  try {
    decode(payload, unpacked);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
  expect(unpacked).toEqual({ bytes });
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
