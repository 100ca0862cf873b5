/** Writes a row as one line of JSON, exact for bigints and readable by every engine. */
import type { Row, Value } from "../row";

/** The escape that JSON.stringify writes for half a surrogate pair, after an even number of backslashes. */
const HALF_PAIR_ESCAPE = /(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g;

/**
 * The result of `JSON.stringify` (NaN and infinities become null, undefined is left out), except that
 *
 * - a bigint is written as a plain integer, where JSON.stringify throws;
 * - half a surrogate pair, which a hook can make by cutting a string inside an emoji, becomes U+FFFD: other JSON parsers refuse
 *   the escape that JSON.stringify writes.
 *
 * @throws TypeError or RangeError for a row that refers to itself; no decoder makes one, but a hook can
 */
export function stringifyRow(row: Row): string {
  const text = holdsBigint(row) ? write(row) : JSON.stringify(row);
  return text.includes("\\ud") ? text.replace(HALF_PAIR_ESCAPE, "$1\ufffd") : text;
}

function holdsBigint(value: Value | undefined): boolean {
  if (typeof value === "bigint") return true;
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some(holdsBigint);
  for (const name in value) if (holdsBigint(value[name])) return true;
  return false;
}

function write(value: Value): string {
  if (typeof value === "bigint") return value.toString();
  if (!holdsBigint(value)) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
  const members = Object.entries(value as Row).filter(([, member]) => member !== undefined);
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${write(member)}`).join(",")}}`;
}
