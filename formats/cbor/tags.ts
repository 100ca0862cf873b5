/** Decodes CBOR's known tags and the values after them; unknown tags are refused. */

import { LONGEST_NUMBER } from "../json/tokens";
import type { Value } from "../row";
import type { ByteReader } from "../values/byteReader";
import { instantText } from "../values/instantText";
import { uuidText } from "../values/uuidText";
import { readBytes } from "./head";

/** The encoding of tag 55799, which only states that CBOR follows. */
export const SELF_DESCRIBED = Buffer.of(0xd9, 0xd9, 0xf7);

const EPOCH_SECONDS = 1;
const POSITIVE_BIGNUM = 2;
const NEGATIVE_BIGNUM = 3;
const UUID = 37;
/** Date and time as text, hints to converters, URI, base64, MIME, date as text, CBOR itself: the value needs no conversion. */
const TRANSPARENT: readonly number[] = [0, 21, 22, 23, 32, 33, 34, 36, 1004, 55799];

/** Bytes of the largest integer with at most `LONGEST_NUMBER` digits. */
const LONGEST_BIGNUM = Math.floor(((LONGEST_NUMBER - 1) * Math.log2(10)) / 8);

/** @param readItem reads the value after the tag */
export function readTagged(
  reader: ByteReader,
  tag: number | bigint,
  depth: number,
  readItem: (reader: ByteReader, depth: number) => Value,
): Value {
  if (tag === EPOCH_SECONDS) return epoch(reader, readItem(reader, depth + 1));
  if (tag === POSITIVE_BIGNUM) return narrow(bignum(reader));
  if (tag === NEGATIVE_BIGNUM) return narrow(-1n - bignum(reader));
  if (tag === UUID) return uuid(reader);
  if (!TRANSPARENT.includes(Number(tag))) throw reader.refuse(`tag ${tag} is not known`);
  // Tags can nest, so each counts as a level.
  reader.enterArray(1, depth);
  return readItem(reader, depth + 1);
}

function epoch(reader: ByteReader, value: Value): string {
  const text = typeof value === "number" ? epochText(value) : undefined;
  if (text === undefined) throw reader.refuse("a time (tag 1) is not a number of seconds in the years 1 to 9999");
  return text;
}

/** Rounds to the microsecond: a double is not more precise for present-day times. */
function epochText(value: number): string | undefined {
  const seconds = Math.floor(value);
  const micros = Math.round((value - seconds) * 1e6);
  return micros === 1e6 ? instantText(seconds + 1, 0) : instantText(seconds, micros * 1000);
}

function bignum(reader: ByteReader): bigint {
  const bytes = taggedBytes(reader);
  if (bytes.length > LONGEST_BIGNUM) throw reader.refuse(`an integer has more than ${LONGEST_NUMBER} digits`);
  return bytes.length === 0 ? 0n : BigInt(`0x${bytes.toString("hex")}`);
}

function uuid(reader: ByteReader): string {
  const bytes = taggedBytes(reader);
  if (bytes.length !== 16) throw reader.refuse("a UUID (tag 37) has 16 bytes");
  return uuidText(bytes, 0);
}

function taggedBytes(reader: ByteReader): Buffer {
  const head = reader.u8();
  if (head >> 5 !== 2) throw reader.refuse("the tag needs a byte string behind it");
  return readBytes(reader, head);
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
