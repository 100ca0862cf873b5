/**
 * Converts the texts of values to JSON that COPY reads into a column, or to nothing: the flatten job's rules.
 * `local/flatten/castSql.ts`, `lake/live/castSql.ts` and `jobs/flatten_hour.py` have the same rules in their languages.
 */
import { stringifyRow } from "../../formats/values/stringifyRow";
import { type ColumnType, elementType, type ScalarType } from "../columns";
import { elementTexts } from "./fieldTexts";
import { MAX_STRING_BYTES } from "./tables";

/** A value as COPY reads it. */
export interface CopiedValue {
  /** JSON; undefined for null. */
  readonly json?: string;
  /** True if the value differs from the row's: it is null because it does not convert, or it is cut. */
  readonly isChanged: boolean;
}

const INTEGER = /^[+-]?\d+(\.0*)?$/;
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIMESTAMP =
  /^(\d{4}-\d{2}-\d{2})(?:[T ]((?:[01]\d|2[0-3]):[0-5]\d)(?::([0-5]\d)(\.\d{1,9})?(Z|[+-](?:0\d|1[0-5]):[0-5]\d)?)?)?$/;
const MOST = 2n ** 63n - 1n;
const LEAST = -(2n ** 63n);
/** Redshift refuses doubles nearer to zero: https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html */
const SMALLEST_DOUBLE = 2.2250738585072014e-308;
const FIRST_MILLIS = Date.parse("0001-01-01T00:00:00Z");
const LAST_MILLIS = Date.parse("9999-12-31T23:59:59Z");

/** @param text undefined for null */
export function copiedValue(text: string | undefined, type: ColumnType): CopiedValue {
  if (text === undefined) return { isChanged: false };
  const element = elementType(type);
  if (element) return copiedList(text, element);
  if (type === "string") return copiedString(text);
  const trimmed = text.replace(/^[ \t]+|[ \t]+$/g, "");
  const json = castScalar(trimmed, type as Exclude<ScalarType, "string">);
  return json === undefined ? { isChanged: trimmed !== "" } : { json, isChanged: false };
}

function copiedList(text: string, element: ScalarType): CopiedValue {
  const elements = elementTexts(text);
  if (!elements) return { isChanged: text.trim() !== "" };
  const values = elements.map((each) => copiedValue(each, element));
  return {
    json: `[${values.map(({ json = "null" }) => json).join(",")}]`,
    isChanged: values.some(({ isChanged }) => isChanged),
  };
}

/**
 * A string of at most 65,535 bytes, without the character that Redshift ends strings at.
 * https://docs.aws.amazon.com/redshift/latest/dg/copy-usage_notes-multi-byte.html, https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html
 */
function copiedString(text: string): CopiedValue {
  const cut = Buffer.byteLength(text) > MAX_STRING_BYTES ? cutBytes(text) : text;
  const whole = cut.includes("\0") ? cut.replaceAll("\0", "\ufffd") : cut;
  const json = JSON.stringify(whole);
  // Half a surrogate pair, which JSON.stringify writes as an escape that other parsers refuse.
  return { json: json.includes("\\ud") ? stringifyRow({ s: whole }).slice(5, -1) : json, isChanged: whole !== text };
}

function cutBytes(text: string): string {
  const bytes = Buffer.from(text);
  let end = MAX_STRING_BYTES;
  // Not within a character: its further bytes are 10xxxxxx.
  while (((bytes[end] as number) & 0xc0) === 0x80) end--;
  return bytes.toString("utf8", 0, end);
}

function castScalar(text: string, type: Exclude<ScalarType, "string">): string | undefined {
  switch (type) {
    case "boolean": {
      const lower = text.toLowerCase();
      return lower === "true" || lower === "false" ? lower : undefined;
    }
    case "bigint": {
      if (!INTEGER.test(text)) return undefined;
      const value = BigInt((text.split(".")[0] as string).replace("+", ""));
      return value >= LEAST && value <= MOST ? String(value) : undefined;
    }
    case "double": {
      const value = NUMBER.test(text) ? Number(text) : Number.NaN;
      if (!Number.isFinite(value)) return undefined;
      return Math.abs(value) < SMALLEST_DOUBLE ? "0" : String(value);
    }
    case "date":
      return isDate(text) ? `"${text}"` : undefined;
    case "timestamp": {
      const timestamp = timestampText(text);
      return timestamp && `"${timestamp}"`;
    }
  }
}

function isDate(text: string): boolean {
  const [, year, month, day] = DATE.exec(text) ?? [];
  if (year === undefined || year === "0000") return false;
  const [number, last] = [Number(day), new Date(Date.UTC(2000 + (Number(year) % 400), Number(month), 0)).getUTCDate()];
  return Number(month) >= 1 && Number(month) <= 12 && number >= 1 && number <= last;
}

/** `2026-11-20T11:04:09.123456789+01:00` → `2026-11-20 10:04:09.123456`: UTC, and digits beyond microseconds are cut. */
export function timestampText(text: string): string | undefined {
  const [, date, minutes = "00:00", seconds = "00", fraction = "", zone = "Z"] = TIMESTAMP.exec(text) ?? [];
  if (date === undefined || !isDate(date)) return undefined;
  const millis = Date.parse(`${date}T${minutes}:${seconds}Z`) - offsetMillis(zone);
  if (millis < FIRST_MILLIS || millis > LAST_MILLIS) return undefined;
  return `${new Date(millis).toISOString().slice(0, 19).replace("T", " ")}${fraction.slice(0, 7)}`;
}

function offsetMillis(zone: string): number {
  if (zone === "Z") return 0;
  const [hours, minutes] = zone.slice(1).split(":").map(Number) as [number, number];
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
