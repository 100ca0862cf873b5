/** CBOR: maps with text keys, one row per map, one after the other without gaps. */

import type { Format, FormatReader } from "../format";
import type { Row, Value } from "../row";
import { addMember } from "../values/addMember";
import type { ByteReader } from "../values/byteReader";
import { decodeMaps, type MapCodec } from "../values/decodeMaps";
import { KeyCache } from "../values/keyCache";
import { encodeCbor } from "./encode";
import { argument, BREAK, float16, lengthOf, readBytes, readText, takeBreak } from "./head";
import { readTagged, SELF_DESCRIBED } from "./tags";

/** CBOR has no options: `cbor: {}` enables it. */
export type CborOptions = Record<string, never>;

/**
 * Claims bytes that begin with a map whose first key is a string, and bytes that begin with CBOR's own tag (55799).
 * Neither UTF-8 text nor a map of MessagePack begins so.
 *
 * Integers of any size are exact; floats that are not finite and `undefined` become null; bytes become base64 text; a
 * count of seconds (tag 1) becomes ISO text. Unknown tags, keys that are not strings, and repeated keys in one map are
 * refused.
 */
export const cbor: Format<"cbor", CborOptions> = {
  name: "cbor",
  check: (options) => Object.keys(options).map((name) => `cbor.${name} is not an option; cbor has none`),
  open(_options, limits): FormatReader {
    const keys = new KeyCache();
    return {
      detect: ({ bytes }) => beginsMap(bytes) || SELF_DESCRIBED.equals(bytes.subarray(0, SELF_DESCRIBED.length)),
      decode: (payload) => decodeMaps(payload, MAPS, limits, keys),
    };
  },
  encode: (rows) => Buffer.concat(rows.map(encodeCbor)),
};

const MAPS: MapCodec = { format: "cbor", readItem };

/** Major types, the upper three bits of an item's first byte (RFC 8949, section 3.1). */
const [UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG] = [0, 1, 2, 3, 4, 5, 6] as const;
const ARRAY_UNTIL_BREAK = 0x9f;
const MAP_UNTIL_BREAK = 0xbf;

function beginsMap(bytes: Buffer): boolean {
  const first = bytes[0] as number;
  if (first === 0xa0) return bytes.length === 1 || isMapHead(bytes[1] as number);
  if (first > 0xa0 && first < 0xb8) return isTextHead(bytes[1]);
  if (first >= 0xb8 && first <= 0xbb) return isTextHead(bytes[1 + (1 << (first - 0xb8))]);
  return first === 0xbf && (bytes[1] === BREAK || isTextHead(bytes[1]));
}

function isMapHead(byte: number): boolean {
  return (byte >= 0xa0 && byte <= 0xbb) || byte === 0xbf;
}

function isTextHead(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 0x60 && byte <= 0x7b) || byte === 0x7f);
}

function readItem(reader: ByteReader, depth: number): Value {
  const head = reader.u8();
  switch (head >> 5) {
    case UNSIGNED:
      return head < 24 ? head : argument(reader, head);
    case NEGATIVE: {
      const number = argument(reader, head);
      return typeof number === "number" && number < Number.MAX_SAFE_INTEGER ? -1 - number : -1n - BigInt(number);
    }
    case BYTES:
      return readBytes(reader, head).toString("base64");
    case TEXT:
      return readText(reader, head);
    case ARRAY:
      return readArray(reader, head, depth);
    case MAP:
      return readMap(reader, head, depth);
    case TAG:
      return readTagged(reader, argument(reader, head), depth, readItem);
    default:
      return readSimple(reader, head);
  }
}

function readMap(reader: ByteReader, head: number, depth: number): Row {
  const row: Row = {};
  const count = head === MAP_UNTIL_BREAK ? undefined : lengthOf(reader, head);
  reader.enterMap(count ?? 0, depth);
  for (let index = 0; count === undefined ? !takeBreak(reader) : index < count; index++) {
    if (count === undefined) reader.enterMember(index);
    const nameHead = reader.u8();
    if (nameHead >> 5 !== TEXT) throw reader.refuse("a key is not a text");
    const name = nameHead < 0x78 ? reader.key(nameHead & 0x1f) : readText(reader, nameHead);
    if (!addMember(row, name, readItem(reader, depth + 1))) throw reader.refuse("a map has the same key twice");
  }
  return row;
}

function readArray(reader: ByteReader, head: number, depth: number): Value[] {
  if (head === ARRAY_UNTIL_BREAK) return readArrayUntilBreak(reader, depth);
  const count = lengthOf(reader, head);
  reader.enterArray(count, depth);
  const array = new Array<Value>(count);
  for (let index = 0; index < count; index++) array[index] = readItem(reader, depth + 1);
  return array;
}

function readArrayUntilBreak(reader: ByteReader, depth: number): Value[] {
  const array: Value[] = [];
  reader.enterArray(0, depth);
  while (!takeBreak(reader)) {
    reader.enterValue();
    array.push(readItem(reader, depth + 1));
  }
  return array;
}

function readSimple(reader: ByteReader, head: number): Value {
  if (head === 0xf4) return false;
  if (head === 0xf5) return true;
  if (head === 0xf6 || head === 0xf7) return null;
  if (head === 0xf9) return float16(reader.u16());
  if (head === 0xfa) return reader.f32();
  if (head === 0xfb) return reader.f64();
  throw reader.refuse(`${head.toString(16).toUpperCase()} begins no value that has a meaning here`);
}
