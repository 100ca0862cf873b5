/** Reads MessagePack's extension types; only the timestamp has a standard meaning, so all others are refused. */
import type { ByteReader } from "../values/byteReader";
import { instantText } from "../values/instantText";

const TIMESTAMP = -1;

/** @param length length of the data, which follows one byte with the type */
export function readExtension(reader: ByteReader, length: number): string {
  const type = reader.bytes.readInt8(reader.take(1));
  if (type !== TIMESTAMP) throw reader.refuse(`extension type ${type} is not known; the timestamp, -1, is`);
  const at = reader.take(length);
  const text = timestampAt(reader.bytes, at, length);
  if (text === undefined) throw reader.refuse("a timestamp is not one of the years 1 to 9999");
  return text;
}

/** 32, 64 and 96 bits: seconds; 30 bits of nanoseconds and 34 of seconds; nanoseconds and signed seconds. */
function timestampAt(bytes: Buffer, at: number, length: number): string | undefined {
  if (length === 4) return instantText(bytes.readUInt32BE(at), 0);
  if (length === 8) {
    const high = bytes.readUInt32BE(at);
    return checked((high & 3) * 2 ** 32 + bytes.readUInt32BE(at + 4), high >>> 2);
  }
  if (length === 12) return checked(Number(bytes.readBigInt64BE(at + 4)), bytes.readUInt32BE(at));
  return undefined;
}

function checked(seconds: number, nanos: number): string | undefined {
  return nanos < 1e9 ? instantText(seconds, nanos) : undefined;
}
