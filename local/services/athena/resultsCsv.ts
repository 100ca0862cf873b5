/** Formats a query's result as the object that Athena writes to the output location. */
import type { QueryResult } from "./query";

/**
 * A SELECT gives CSV with a header row: every value is quoted, a null is empty.
 * SHOW and DESCRIBE give one line per row, with tabs between the values.
 */
export function resultText(result: QueryResult): string {
  if (result.kind === "UTILITY")
    return result.rows.map((row) => `${row.map((value) => value ?? "").join("\t")}\n`).join("");
  const header = result.columns.map((column) => column.Name);
  return [header, ...result.rows].map((row) => `${row.map(quoted).join(",")}\n`).join("");
}

function quoted(value: string | null): string {
  return value === null ? "" : `"${value.replaceAll('"', '""')}"`;
}
