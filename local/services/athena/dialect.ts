/** Replaces what DuckDB does not parse or answers differently in Athena's SQL; strings and quoted names do not change. */
import { literal } from "../../duckdb/sql";

const ELEMENT = "((?:[a-z]+|\\([^()]*\\)|[\\s,])+)";
const PATTERNS = [
  "'(?:[^']|'')*'",
  '"(?:[^"]|"")*"',
  "--[^\\n]*",
  "/\\*[\\s\\S]*?\\*/",
  `\\barray\\s*\\(${ELEMENT}\\)`,
  "\\btimestamp\\s*\\(\\d+\\)(\\s+with\\s+time\\s+zone)?",
  "\\b(current_date)\\b",
  "\\b(current_timestamp\\b|now\\s*\\(\\s*\\))",
];
const TOKENS = new RegExp(PATTERNS.join("|"), "gi");

/**
 * - `array(varchar)` becomes `varchar[]`.
 * - Timestamps lose their precision, because DuckDB's have microseconds.
 * - The current date and time are those of the cloud's clock, in UTC.
 */
export function duckDialect(sql: string, nowMillis: number): string {
  const now = new Date(nowMillis).toISOString();
  return sql.replace(TOKENS, (found, element?: string, zone?: string, date?: string, time?: string) => {
    if (element !== undefined) return `${duckDialect(element.trim(), nowMillis)}[]`;
    if (date !== undefined) return `DATE ${literal(now.slice(0, 10))}`;
    if (time !== undefined) return `TIMESTAMPTZ ${literal(now)}`;
    return /^timestamp/i.test(found) ? `timestamp${zone === undefined ? "" : " with time zone"}` : found;
  });
}
