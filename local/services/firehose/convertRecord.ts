/**
 * Reads the JSON of a record into the columns of a table, as Firehose's conversion does with the OpenX deserializer. It returns
 * lines whose values have the columns' types.
 *
 * Sources: https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion.html for formats of time and several documents
 * in a record; https://github.com/floci-io/floci/issues/3235 for the codes and texts of errors, seen on AWS.
 */
import { type Column, type ColumnType, elementType, type ScalarType } from "../../../lake/columns";
import { JsonWalk, textOf } from "../../../lake/warehouse/jsonWalk";

export class ConversionError extends Error {
  constructor(
    readonly code: "DataFormatConversion.ParseError" | "DataFormatConversion.MalformedData",
    message: string,
  ) {
    super(message);
  }
}

const INTEGER = /^[+-]?\d+$/;
const DATE = /^(\d{4})-(\d{1,2})-(\d{1,2})$/;
const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z?$/;
const TIME = /^(\d{4}-\d{1,2}-\d{1,2}) (\d{1,2}):(\d{1,2}):(\d{1,2})(\.\d{1,9})?$/;
const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;
/** An epoch of at least this is in milliseconds, a smaller one in seconds. */
const FIRST_MILLIS = 1e12;
/** The maximum of a Date. */
const MAX_MILLIS = 8.64e15;

/** @throws ConversionError for the whole record */
export function convertRecord(data: Uint8Array, columns: readonly Column[]): string {
  const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString();
  if (text.trim() === "") throw malformed("The record was empty or contained only whitespace.");
  const lines: string[] = [];
  try {
    for (const walk = new JsonWalk(text); walk.at < text.length; walk.space()) {
      const start = walk.at;
      walk.skip();
      const document = text.slice(start, walk.at);
      // A walk takes more than JSON, such as brackets that do not match.
      JSON.parse(document);
      if (!document.startsWith("{")) throw mismatch("A JSON object is required.");
      lines.push(lineOf(document, columns));
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ConversionError("DataFormatConversion.ParseError", `Encountered malformed JSON. ${error.message}`);
  }
  return lines.join("");
}

function lineOf(document: string, columns: readonly Column[]): string {
  const fields = new Map<string, string>();
  const walk = new JsonWalk(document);
  walk.object((name) => {
    const start = walk.at;
    walk.skip();
    // Names are compared in lower case, as `caseInsensitive` has it.
    const column = name.toLowerCase();
    if (!fields.has(column)) fields.set(column, document.slice(start, walk.at));
  });
  const members = columns.flatMap(({ name, type }) => {
    const value = fields.get(name);
    const json = value === undefined ? undefined : jsonOf(value, type);
    return json === undefined ? [] : [`${JSON.stringify(name)}:${json}`];
  });
  return `{${members.join(",")}}\n`;
}

/** @returns undefined for null */
function jsonOf(value: string, type: ColumnType): string | undefined {
  const element = elementType(type);
  if (element) return listOf(value, element);
  const text = textOf(value, 0, value.length);
  if (text === undefined) return undefined;
  if (type === "string") return JSON.stringify(text);
  if (/^[[{]/.test(value))
    throw mismatch(`A ${type} cannot hold a JSON ${value.startsWith("[") ? "array" : "object"}.`);
  const json = scalarOf(text.trim(), type as Exclude<ScalarType, "string">);
  if (json === undefined) throw mismatch(`For input string: ${JSON.stringify(text)}`);
  return json;
}

/** A value that is no array is an array of it. */
function listOf(value: string, element: ScalarType): string | undefined {
  if (value === "null") return undefined;
  const walk = new JsonWalk(value);
  if (!walk.isArray()) return `[${jsonOf(value, element) ?? "null"}]`;
  const elements: string[] = [];
  walk.array(() => {
    const start = walk.at;
    walk.skip();
    elements.push(jsonOf(value.slice(start, walk.at), element) ?? "null");
  });
  return `[${elements.join(",")}]`;
}

function scalarOf(text: string, type: Exclude<ScalarType, "string">): string | undefined {
  switch (type) {
    case "boolean": {
      const lower = text.toLowerCase();
      return lower === "true" || lower === "false" ? lower : undefined;
    }
    case "bigint": {
      if (!INTEGER.test(text)) return undefined;
      const value = BigInt(text.replace("+", ""));
      return value >= LEAST && value <= MOST ? String(value) : undefined;
    }
    case "double": {
      const value = text === "" ? Number.NaN : Number(text);
      return Number.isFinite(value) ? String(value) : undefined;
    }
    case "date": {
      const date = dateOf(text);
      return date && `"${date}"`;
    }
    case "timestamp": {
      const time = timeOf(text);
      return time && `"${time}"`;
    }
  }
}

/** `2026-1-2` → `2026-01-02`; undefined for a day that does not exist. */
function dateOf(text: string): string | undefined {
  const [, year = "", month = "", day = ""] = DATE.exec(text) ?? [];
  const date = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const at = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(date) ? date : undefined;
}

function timeOf(text: string): string | undefined {
  const spaced = ISO_TIME.test(text) ? text.replace("T", " ").replace("Z", "") : text;
  const [, day = "", ...parts] = TIME.exec(spaced) ?? [];
  const date = dateOf(day);
  if (date !== undefined) {
    const [hour = "", minute = "", second = "", fraction = ""] = parts;
    if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
    return `${date} ${[hour, minute, second].map((each) => each.padStart(2, "0")).join(":")}${fraction.slice(0, 7)}`;
  }
  const epoch = text === "" ? Number.NaN : Number(text);
  const millis = Math.abs(epoch) < FIRST_MILLIS ? epoch * 1000 : epoch;
  if (!(Math.abs(millis) <= MAX_MILLIS)) return undefined;
  return new Date(millis).toISOString().replace("T", " ").replace("Z", "");
}

function malformed(message: string): ConversionError {
  return new ConversionError("DataFormatConversion.MalformedData", message);
}

function mismatch(detail: string): ConversionError {
  return malformed(`Data does not match the schema. ${detail}`);
}
