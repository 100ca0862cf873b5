/** Reads the head of a CBOR item: its kind and a number, in one to nine bytes (RFC 8949, section 3). */
import type { ByteReader } from "../values/byteReader";

export const BREAK = 0xff;

/** The number of a head; a bigint only if a double cannot hold it exactly. */
export function argument(reader: ByteReader, head: number): number | bigint {
  const low = head & 0x1f;
  if (low < 24) return low;
  if (low === 24) return reader.u8();
  if (low === 25) return reader.u16();
  if (low === 26) return reader.u32();
  if (low === 27) return reader.u64();
  throw reader.refuse(`${head.toString(16).toUpperCase()} begins no value`);
}

/** The number of a head as a count of bytes or items; a count above 2^53 is inexact, but no payload is that long. */
export function lengthOf(reader: ByteReader, head: number): number {
  return Number(argument(reader, head));
}

/** Moves past a break, which ends items of indefinite length; false if there is none. */
export function takeBreak(reader: ByteReader): boolean {
  if (reader.bytes[reader.at] !== BREAK) return false;
  reader.at += 1;
  return true;
}

/** A byte string, in one piece or in several pieces that a break ends. */
export function readBytes(reader: ByteReader, head: number): Buffer {
  if (head !== 0x5f) return onePiece(reader, head);
  const pieces: Buffer[] = [];
  while (!takeBreak(reader)) pieces.push(onePiece(reader, pieceHead(reader, 2)));
  return Buffer.concat(pieces);
}

export function readText(reader: ByteReader, head: number): string {
  if (head !== 0x7f) return reader.text(lengthOf(reader, head));
  let text = "";
  while (!takeBreak(reader)) text += reader.text(lengthOf(reader, pieceHead(reader, 3)));
  return text;
}

function onePiece(reader: ByteReader, head: number): Buffer {
  const length = lengthOf(reader, head);
  const start = reader.take(length);
  return reader.bytes.subarray(start, start + length);
}

/** The head of a piece: of the same kind, and not in pieces itself. */
function pieceHead(reader: ByteReader, kind: number): number {
  const head = reader.u8();
  if (head >> 5 !== kind || (head & 0x1f) === 0x1f) {
    throw reader.refuse("a text or byte string has a piece of another kind");
  }
  return head;
}

/** A half-precision float; null if it is not finite. */
export function float16(bits: number): number | null {
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return null;
  const value = exponent === 0 ? fraction * 2 ** -24 : (fraction + 1024) * 2 ** (exponent - 25);
  return bits & 0x8000 ? -value : value;
}
