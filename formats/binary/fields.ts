/** Reads and writes the fields of a binary frame, by one function per field type. */

import type { Value } from "../row";
import { timestampCount, timestampText } from "../values/binaryTimestamp";
import { utf8Text } from "../values/utf8Text";
import type { BinaryField, NumberType } from "./layout";

/** Bytes and a position in them, which each read advances. */
export interface FrameCursor {
  readonly bytes: Buffer;
  at: number;
}

/** Bytes at the cursor that cannot be read; the caller adds the position. */
export class FieldError extends Error {
  override readonly name = "FieldError";
}

export type ReadField = (cursor: FrameCursor) => Value;

const SIZES: Record<NumberType, number> = {
  u8: 1,
  u16: 2,
  u32: 4,
  u64: 8,
  i8: 1,
  i16: 2,
  i32: 4,
  i64: 8,
  f32: 4,
  f64: 8,
};

/** The function that reads a field; undefined for `pad`, whose bytes are skipped (`skipBytes`). */
export function fieldReader(field: BinaryField, little: boolean): ReadField | undefined {
  switch (field.type) {
    case "pad":
      return undefined;
    case "text":
      return (cursor) => readPaddedText(cursor, field.bytes);
    case "text8":
      return (cursor) => readText(cursor, readNumber(cursor, "u8", little) as number);
    case "text16":
      return (cursor) => readText(cursor, readNumber(cursor, "u16", little) as number);
    case "timestamp": {
      const type = field.width === 4 ? "u32" : "i64";
      return (cursor) => {
        const text = timestampText(readNumber(cursor, type, little) as number | bigint, field.unit);
        if (text === undefined) throw new FieldError("a timestamp outside the years 1 to 9999");
        return text;
      };
    }
    default:
      return (cursor) => readNumber(cursor, field.type, little);
  }
}

export function skipBytes(cursor: FrameCursor, count: number): void {
  take(cursor, count);
}

/** The bytes of one field. @throws TypeError for a value that the field cannot hold */
export function encodeField(field: BinaryField, value: Value | undefined, little: boolean): Buffer {
  switch (field.type) {
    case "pad":
      return Buffer.alloc(field.bytes);
    case "text": {
      const text = textOf(value);
      if (text.length > field.bytes || text.includes(0))
        throw new TypeError(`does not fit ${field.bytes} bytes of text`);
      return Buffer.concat([text], field.bytes);
    }
    case "text8":
    case "text16": {
      const text = textOf(value);
      return Buffer.concat([encodeNumber(field.type === "text8" ? "u8" : "u16", text.length, little), text]);
    }
    case "timestamp": {
      const count = typeof value === "string" ? timestampCount(value, field.unit) : undefined;
      if (count === undefined) throw new TypeError(`is not ISO text in UTC to the ${field.unit}`);
      return encodeNumber(field.width === 4 ? "u32" : "i64", count, little);
    }
    default:
      return encodeNumber(field.type, value, little);
  }
}

/** Moves past bytes; returns the position of the first. */
function take(cursor: FrameCursor, count: number): number {
  const start = cursor.at;
  if (start + count > cursor.bytes.length) {
    throw new FieldError(`${count} bytes needed, ${cursor.bytes.length - start} left`);
  }
  cursor.at = start + count;
  return start;
}

function readNumber(cursor: FrameCursor, type: NumberType, little: boolean): number | bigint | null {
  const { bytes, at } = cursor;
  const size = SIZES[type];
  if (at + size > bytes.length) throw new FieldError(`${size} bytes needed, ${bytes.length - at} left`);
  cursor.at = at + size;
  switch (type) {
    case "u8":
      return bytes.readUInt8(at);
    case "i8":
      return bytes.readInt8(at);
    case "u16":
      return little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
    case "i16":
      return little ? bytes.readInt16LE(at) : bytes.readInt16BE(at);
    case "u32":
      return little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
    case "i32":
      return little ? bytes.readInt32LE(at) : bytes.readInt32BE(at);
    case "u64":
      return narrow(little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
    case "i64":
      return narrow(little ? bytes.readBigInt64LE(at) : bytes.readBigInt64BE(at));
    case "f32":
      return finite(little ? bytes.readFloatLE(at) : bytes.readFloatBE(at));
    case "f64":
      return finite(little ? bytes.readDoubleLE(at) : bytes.readDoubleBE(at));
  }
}

function encodeNumber(type: NumberType, value: Value | undefined, little: boolean): Buffer {
  const size = SIZES[type];
  const view = new DataView(new ArrayBuffer(size));
  if (type === "f32" || type === "f64") {
    if (value !== null && typeof value !== "number") throw new TypeError("is not a number");
    if (type === "f32") view.setFloat32(0, value ?? Number.NaN, little);
    else view.setFloat64(0, value ?? Number.NaN, little);
    return Buffer.from(view.buffer);
  }
  if (typeof value !== "bigint" && !Number.isInteger(value)) throw new TypeError("is not an integer");
  const integer = BigInt(value as number | bigint);
  const bits = BigInt(size * 8);
  const first = type.startsWith("i") ? -(1n << (bits - 1n)) : 0n;
  if (integer < first || integer >= first + (1n << bits)) throw new TypeError(`is outside the range of ${type}`);
  const buffer = Buffer.alloc(size);
  for (let index = 0; index < size; index++) {
    buffer[little ? index : size - 1 - index] = Number((integer >> BigInt(8 * index)) & 0xffn);
  }
  return buffer;
}

function readPaddedText(cursor: FrameCursor, size: number): string {
  const start = take(cursor, size);
  const { bytes, at } = cursor;
  let end = start;
  while (end < at && bytes[end] !== 0) end++;
  for (let pad = end; pad < at; pad++) {
    if (bytes[pad] !== 0) throw new FieldError("text goes on after its NUL padding");
  }
  return textBetween(bytes, start, end);
}

function readText(cursor: FrameCursor, length: number): string {
  const start = take(cursor, length);
  return textBetween(cursor.bytes, start, cursor.at);
}

function textBetween(bytes: Buffer, start: number, end: number): string {
  const text = utf8Text(bytes, start, end);
  if (text === undefined) throw new FieldError("text is not UTF-8");
  return text;
}

function textOf(value: Value | undefined): Buffer {
  if (typeof value !== "string") throw new TypeError("is not text");
  return Buffer.from(value);
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
