/** A query's result as the object that Athena leaves at the output location. */
import type { QueryResult } from "./query";

/** Every value in quotes, nulls as nothing; a header row for a SELECT. SHOW and DESCRIBE give one line a row, tabs between. */
export function resultText(result: QueryResult): string {
  if (result.kind === "UTILITY")
    return result.rows.map((row) => `${row.map((value) => value ?? "").join("\t")}\n`).join("");
  const header = result.columns.map((column) => column.Name);
  return [header, ...result.rows].map((row) => `${row.map(quoted).join(",")}\n`).join("");
}

function quoted(value: string | null): string {
  return value === null ? "" : `"${value.replaceAll('"', '""')}"`;
}
