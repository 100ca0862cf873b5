/** Quotes strings and names for SQL statements of DuckDB. */
import type { Path } from "../../lake/hourly/flattenShape";

/** A text literal. A NUL, which no statement can hold, is spliced in by `chr(0)`. */
export function literal(text: string): string {
  const parts = text.split("\0").map((part) => `'${part.replaceAll("'", "''")}'`);
  return parts.length === 1 ? (parts[0] as string) : `(${parts.join(" || chr(0) || ")})`;
}

/** A quoted name. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A JSON pointer (RFC 6901), which reaches any field whatever it is called. */
function jsonPointer(path: Path): string {
  return path.map((field) => `/${field.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** A list literal of expressions. */
export function list(expressions: readonly string[]): string {
  return `[${expressions.join(", ")}]`;
}

/** The values of a row at these paths as strings, from the column `data`, whose JSON is parsed once. */
export function extractTexts(paths: readonly Path[]): string {
  return `json_extract_string(data, ${list(paths.map((path) => literal(jsonPointer(path))))})`;
}
