/** MessagePack: maps with text keys, one row per map, one after the other without gaps. */

import type { Format, FormatReader } from "../format";
import type { Row, Value } from "../row";
import { addMember } from "../values/addMember";
import type { ByteReader } from "../values/byteReader";
import { decodeMaps, type MapCodec } from "../values/decodeMaps";
import { KeyCache } from "../values/keyCache";
import { encodeMessagePack } from "./encode";
import { readExtension } from "./extension";

/** MessagePack has no options: `messagepack: {}` enables it. */
export type MessagePackOptions = Record<string, never>;

/**
 * Claims bytes that begin with a map whose first key is a string. No UTF-8 text begins so: the first byte of a small
 * map can only continue a character, and the second byte of a large map would announce more members than any payload
 * has.
 *
 * Integers are exact (bigints beyond ±(2^53 − 1)); floats that are not finite become null; bytes become base64 text;
 * the timestamp extension becomes ISO text. Other extensions, keys that are not strings, and repeated keys in one map
 * are refused.
 */
export const messagepack: Format<"messagepack", MessagePackOptions> = {
  name: "messagepack",
  check: (options) => Object.keys(options).map((name) => `messagepack.${name} is not an option; messagepack has none`),
  open(_options, limits): FormatReader {
    const keys = new KeyCache();
    return {
      detect: ({ bytes }) => beginsMap(bytes),
      decode: (payload) => decodeMaps(payload, MAPS, limits, keys),
    };
  },
  encode: (rows) => Buffer.concat(rows.map(encodeMessagePack)),
};

const MAPS: MapCodec = { format: "messagepack", readItem };

function beginsMap(bytes: Buffer): boolean {
  const first = bytes[0] as number;
  if (first === 0x80) return bytes.length === 1 || isMapHead(bytes[1] as number);
  if (first > 0x80 && first <= 0x8f) return isTextHead(bytes[1]);
  if (first === 0xde) return isTextHead(bytes[3]);
  return first === 0xdf && isTextHead(bytes[5]);
}

function isMapHead(byte: number): boolean {
  return (byte & 0xf0) === 0x80 || byte === 0xde || byte === 0xdf;
}

function isTextHead(byte: number | undefined): boolean {
  return byte !== undefined && ((byte & 0xe0) === 0xa0 || (byte >= 0xd9 && byte <= 0xdb));
}

/** Reads any value by its first byte (https://github.com/msgpack/msgpack/blob/master/spec.md). */
function readItem(reader: ByteReader, depth: number): Value {
  const head = reader.u8();
  if (head < 0x80) return head;
  if (head >= 0xe0) return head - 0x100;
  if (head >= 0xa0 && head < 0xc0) return reader.text(head & 0x1f);
  if (head < 0x90) return readMap(reader, head & 0x0f, depth);
  if (head < 0xa0) return readArray(reader, head & 0x0f, depth);
  switch (head) {
    case 0xc0:
      return null;
    case 0xc2:
      return false;
    case 0xc3:
      return true;
    case 0xc4:
      return reader.base64(reader.u8());
    case 0xc5:
      return reader.base64(reader.u16());
    case 0xc6:
      return reader.base64(reader.u32());
    case 0xc7:
      return readExtension(reader, reader.u8());
    case 0xc8:
      return readExtension(reader, reader.u16());
    case 0xc9:
      return readExtension(reader, reader.u32());
    case 0xca:
      return reader.f32();
    case 0xcb:
      return reader.f64();
    case 0xcc:
      return reader.u8();
    case 0xcd:
      return reader.u16();
    case 0xce:
      return reader.u32();
    case 0xcf:
      return reader.u64();
    case 0xd0:
      return reader.bytes.readInt8(reader.take(1));
    case 0xd1:
      return reader.bytes.readInt16BE(reader.take(2));
    case 0xd2:
      return reader.bytes.readInt32BE(reader.take(4));
    case 0xd3:
      return narrow(reader.bytes.readBigInt64BE(reader.take(8)));
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8:
      return readExtension(reader, 1 << (head - 0xd4));
    case 0xd9:
      return reader.text(reader.u8());
    case 0xda:
      return reader.text(reader.u16());
    case 0xdb:
      return reader.text(reader.u32());
    case 0xdc:
      return readArray(reader, reader.u16(), depth);
    case 0xdd:
      return readArray(reader, reader.u32(), depth);
    case 0xde:
      return readMap(reader, reader.u16(), depth);
    case 0xdf:
      return readMap(reader, reader.u32(), depth);
    default:
      throw reader.refuse("C1 begins no value");
  }
}

function readMap(reader: ByteReader, count: number, depth: number): Row {
  reader.enterMap(count, depth);
  const row: Row = {};
  for (let index = 0; index < count; index++) {
    const name = readKey(reader);
    if (!addMember(row, name, readItem(reader, depth + 1))) throw reader.refuse("a map has the same key twice");
  }
  return row;
}

function readKey(reader: ByteReader): string {
  const head = reader.u8();
  if ((head & 0xe0) === 0xa0) return reader.key(head & 0x1f);
  if (head === 0xd9) return reader.key(reader.u8());
  if (head === 0xda) return reader.key(reader.u16());
  if (head === 0xdb) return reader.key(reader.u32());
  throw reader.refuse("a key is not a text");
}

function readArray(reader: ByteReader, count: number, depth: number): Value[] {
  reader.enterArray(count, depth);
  const array = new Array<Value>(count);
  for (let index = 0; index < count; index++) array[index] = readItem(reader, depth + 1);
  return array;
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
