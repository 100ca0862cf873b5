/** Decodes one JSON object to one row, with checks so that every engine downstream reads the same values from its text. */
import { FormatError } from "../formatError";
import { beyond, type Limits } from "../limits";
import type { Payload } from "../payload";
import type { DecodedRow, Row, Unpacked, Value } from "../row";
import { costOfNames } from "../values/costOfNames";
import { readJson } from "./reader";
import { countJsonTokens, type JsonTokens, LONGEST_NUMBER } from "./tokens";

/** The findings of a walk through a parsed value. */
interface Findings {
  /** Number of members of all objects. */
  names: number;
  /** Number of members of the largest object. */
  mostNames: number;
  /** The sum of `costOfNames` of all objects. */
  cost: number;
  /** True if a number is beyond ±(2^53 − 1), so its literal may be an integer. */
  hasUnsafeNumber: boolean;
  hasInfinity: boolean;
}

const LONE_SURROGATE = /\p{Surrogate}/u;
const LONG_NUMBER = new RegExp(`[-+.0-9eE]{${LONGEST_NUMBER + 1}}`);
const LINE_ENDS = /[\t\n\r]/g;

/**
 * Decodes the bytes from `start` to `end` as one JSON object. Beyond the grammar, it refuses values that engines read differently:
 *
 * - **a name twice in one object**: JSON.parse keeps the last, DuckDB the first, and both would read the same landed text;
 * - **lone surrogates** (`"\ud800"`), which cannot be written as UTF-8;
 * - **numbers beyond a double** (`1e999`), which would become infinite, and numbers of more than 1,000 characters,
 *   which Spark does not read;
 * - arrays and bare values: a row needs named values.
 *
 * Integers beyond ±(2^53 − 1) are bigints in `row`. `json` is the original text on one line.
 *
 * @param where names the part of the payload in errors, `"line 3: "`
 */
export function decodeJsonRow(
  payload: Payload,
  start: number,
  end: number,
  format: string,
  limits: Limits,
  where = "",
): { decoded: DecodedRow; values: number } {
  const tokens = countJsonTokens(payload.bytes, start, end, format, limits);
  payload.unpacked.values += Math.max(tokens.members, tokens.commas);
  const text = payload.slice(start, end);
  const value = parse(text, payload.unpacked, end - start, format, where);
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new FormatError(format, `${where}expected an object, got ${kindOf(value)}`);
  }
  const row = check(value as Row, text, payload.unpacked, tokens, format, limits, where);
  const json = tokens.hasLineEnds ? text.replace(LINE_ENDS, " ") : text;
  return { decoded: { row, json: json.trim() }, values: tokens.values };
}

function parse(text: string, unpacked: Unpacked, bytes: number, format: string, where: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch {
    // The message of JSON.parse quotes the payload, so it is not kept as a cause; our own reader finds the position.
    return readSlowly(
      text,
      unpacked,
      (position) => new FormatError(format, `${where}${bytes} bytes do not parse as JSON (position ${position})`),
    );
  }
}

/** The cost of a character in `readJson`, which is several times that in `JSON.parse`, in values. */
const VALUES_PER_CHARACTER = 1 / 8;

function readSlowly(text: string, unpacked: Unpacked, errorAt: (position: number) => Error): Value {
  unpacked.values += Math.ceil(text.length * VALUES_PER_CHARACTER);
  return readJson(text, errorAt);
}

function check(
  row: Row,
  text: string,
  unpacked: Unpacked,
  tokens: JsonTokens,
  format: string,
  limits: Limits,
  where: string,
): Row {
  const findings: Findings = { names: 0, mostNames: 0, cost: 0, hasUnsafeNumber: false, hasInfinity: false };
  inspect(row, findings);
  unpacked.values += findings.cost;
  if (findings.mostNames > limits.columns) {
    throw new FormatError(format, `${where}${beyond("columns", limits.columns)}`, "limits");
  }
  if (findings.hasInfinity) throw new FormatError(format, `${where}a number is beyond the range of a double`);
  if (tokens.hasLongGap && LONG_NUMBER.test(text)) {
    throw new FormatError(format, `${where}a number has more than ${LONGEST_NUMBER} characters`);
  }
  // Each member has one colon in the text, and one name in the value unless a later member replaced it.
  if (findings.names !== tokens.members) throw new FormatError(format, `${where}an object has the same name twice`);
  if (tokens.hasEscapes && hasLoneSurrogate(row)) {
    throw new FormatError(format, `${where}a string has half a surrogate pair`);
  }
  return findings.hasUnsafeNumber ? (readSlowly(text, unpacked, neverInvalid) as Row) : row;
}

function inspect(value: object, findings: Findings): void {
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) inspectMember(value[index], findings);
    return;
  }
  let names = 0;
  for (const name in value) {
    names++;
    inspectMember((value as Row)[name], findings);
  }
  findings.names += names;
  findings.cost += costOfNames(names);
  if (names > findings.mostNames) findings.mostNames = names;
}

function inspectMember(value: unknown, findings: Findings): void {
  if (typeof value === "object") {
    if (value !== null) inspect(value, findings);
  } else if (typeof value === "number" && (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER)) {
    findings.hasUnsafeNumber = true;
    if (!Number.isFinite(value)) findings.hasInfinity = true;
  }
}

function hasLoneSurrogate(value: Value | undefined): boolean {
  if (typeof value === "string") return LONE_SURROGATE.test(value);
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some(hasLoneSurrogate);
  return Object.entries(value).some(([name, member]) => LONE_SURROGATE.test(name) || hasLoneSurrogate(member));
}

/** The error for text that JSON.parse has accepted, which never happens. */
function neverInvalid(position: number): Error {
  return new Error(`formats/json/reader refuses at position ${position} what JSON.parse takes`);
}

function kindOf(value: Value): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : `a ${typeof value}`;
}
