/** Converts Parquet's stored values to row values, by the column's type. */

import type { Value } from "../row";
import { timestampText } from "../values/binaryTimestamp";
import { decimalText, signedInteger } from "../values/decimalText";
import { nanosText } from "../values/instantText";
import { utf8Text } from "../values/utf8Text";
import { uuidText } from "../values/uuidText";
import { ParquetProblem } from "./guards";
import type { SchemaElement } from "./library";

type Stored = number | bigint | boolean | Uint8Array;
type Convert = (stored: Stored) => Value;

/** About 1,000 digits, as for Avro. */
const MAX_DECIMAL_BYTES = 416;
const UUID_BYTES = 16;
/** Days from the start of the Julian calendar's count to 1970-01-01. */
const JULIAN_EPOCH_DAYS = 2_440_588n;

/**
 * The converter of a column. Strings, enums and JSON become their text, other bytes base64 text; integers beyond ±(2^53 − 1)
 * become bigints; numbers that are not finite become null; times become ISO text, without the Z if the column is declared as
 * local; decimals become the number as text.
 */
export function parquetConverter(element: SchemaElement): Convert {
  const { converted_type: converted, logical_type: logical, type, scale = 0 } = element;
  if (converted === "DECIMAL" || logical?.type === "DECIMAL") return (stored) => decimal(stored, scale);
  if (converted === "DATE" || logical?.type === "DATE")
    return (stored) => at(Number(stored) * 86_400, "s").slice(0, 10);
  if (logical?.type === "TIMESTAMP")
    return timestampOf(UNITS[logical.unit ?? ""] ?? "ns", logical.isAdjustedToUTC ?? true);
  if (converted === "TIMESTAMP_MILLIS") return timestampOf("ms", true);
  if (converted === "TIMESTAMP_MICROS") return timestampOf("us", true);
  if (type === "INT96") return int96;
  if (logical?.type === "TIME") return timeOf(UNITS[logical.unit ?? ""] ?? "ns");
  if (converted === "TIME_MILLIS") return timeOf("ms");
  if (converted === "TIME_MICROS") return timeOf("us");
  if (logical?.type === "UUID") return uuidReader(element);
  if (logical?.type === "VARIANT") throw new ParquetProblem("a column of the type VARIANT is not read");
  if (logical?.type === "FLOAT16") return float16;
  if (type === "INT64")
    return isUnsigned(element)
      ? (stored) => narrow(BigInt.asUintN(64, stored as bigint))
      : (stored) => narrow(stored as bigint);
  if (type === "INT32")
    return isUnsigned(element) ? (stored) => (stored as number) >>> 0 : (stored) => stored as number;
  if (type === "FLOAT" || type === "DOUBLE") return (stored) => (Number.isFinite(stored) ? (stored as number) : null);
  if (type === "BOOLEAN") return (stored) => stored as boolean;
  const isText =
    converted === "UTF8" ||
    converted === "ENUM" ||
    converted === "JSON" ||
    logical?.type === "STRING" ||
    logical?.type === "ENUM" ||
    logical?.type === "JSON";
  return isText ? textReader() : (stored) => bufferOf(stored).toString("base64");
}

const UNITS: Readonly<Record<string, "ms" | "us" | "ns">> = { MILLIS: "ms", MICROS: "us", NANOS: "ns" };

function isUnsigned({ converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  return (converted?.startsWith("UINT_") ?? false) || (logical?.type === "INTEGER" && !logical.isSigned);
}

function narrow(value: bigint): Value {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function bufferOf(stored: Stored): Buffer {
  const bytes = stored as Uint8Array;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Reads all strings of a page from one view of its buffer, because making a view takes longer than reading a string. */
function textReader(): Convert {
  let page = Buffer.alloc(0);
  return (stored) => {
    const { buffer, byteOffset, byteLength } = stored as Uint8Array<ArrayBuffer>;
    if (page.buffer !== buffer) page = Buffer.from(buffer);
    const found = utf8Text(page, byteOffset, byteOffset + byteLength);
    if (found === undefined) throw new ParquetProblem("a text is not UTF-8");
    return found;
  };
}

function decimal(stored: Stored, scale: number): string {
  if (scale < 0 || scale > 1_000) throw new ParquetProblem("a decimal's scale is beyond 1000");
  if (!(stored instanceof Uint8Array)) return decimalText(BigInt(stored), scale);
  if (stored.length > MAX_DECIMAL_BYTES) throw new ParquetProblem(`a decimal has more than ${MAX_DECIMAL_BYTES} bytes`);
  return decimalText(signedInteger(bufferOf(stored), 0, stored.length), scale);
}

function timestampOf(unit: "ms" | "us" | "ns", isUtc: boolean): Convert {
  return (stored) => {
    const found = unit === "ns" ? nanos(BigInt(stored as bigint)) : at(stored as bigint, unit);
    return isUtc ? found : found.slice(0, -1);
  };
}

function timeOf(unit: "ms" | "us" | "ns"): Convert {
  return (stored) => (unit === "ns" ? nanos(BigInt(stored as bigint)) : at(stored as bigint, unit)).slice(11, -1);
}

function int96(stored: Stored): string {
  const value = stored as bigint;
  return nanos(((value >> 64n) - JULIAN_EPOCH_DAYS) * 86_400_000_000_000n + BigInt.asUintN(64, value));
}

function nanos(count: bigint): string {
  return nanosText(count) ?? outside();
}

function at(count: number | bigint, unit: "s" | "ms" | "us"): string {
  return timestampText(count, unit) ?? outside();
}

function outside(): never {
  throw new ParquetProblem("a time outside the years 1 to 9999");
}

/** Other lengths are refused: padding or cutting would make different values equal (parquet-format, LogicalTypes.md, UUID). */
function uuidReader({ type, type_length: length }: SchemaElement): Convert {
  const problem = `a column of the type UUID does not hold ${UUID_BYTES} bytes a value`;
  if (type !== "FIXED_LEN_BYTE_ARRAY" || length !== UUID_BYTES) throw new ParquetProblem(problem);
  return (stored) => {
    const bytes = stored as Uint8Array;
    // Some encodings store a length for each value.
    if (bytes.length !== UUID_BYTES) throw new ParquetProblem(problem);
    return uuidText(bytes, 0);
  };
}

function float16(stored: Stored): number | null {
  const bits = bufferOf(stored).readUInt16LE(0);
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return null;
  return exponent === 0 ? sign * 2 ** -24 * fraction : sign * 2 ** (exponent - 25) * (1024 + fraction);
}
