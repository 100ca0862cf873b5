/** What compressed payloads become is counted, whether they decode or not. */
import { deflateSync, gzipSync } from "node:zlib";
import { createDecoder } from "../../formats/decode";
import { FormatError } from "../../formats/formatError";
import { storeZstd } from "./storeZstd";

const decode = createDecoder({ json: {}, limits: { payloadBytes: 200_000 } });
const JSON_BYTES = Buffer.from('{"a":1}');

test.each<[string, Uint8Array, number]>([
  ["a payload that is not compressed counts for nothing", JSON_BYTES, 0],
  ["gzip", gzipSync(JSON_BYTES), 7],
  ["zlib", deflateSync(JSON_BYTES), 7],
  ["Zstandard", storeZstd(JSON_BYTES), 7],
  ["what is unpacked and then refused", gzipSync("{"), 1],
  ["what is too much, an eighth of its bound of 64 KiB", gzipSync(Buffer.alloc(100_000)), 8_192],
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
