/** Writes the rows of a query as CSV, JSON, NDJSON or Parquet, with every value whole. */
import { UsageError } from "../errors";
import type { StringResult } from "../run/athena";
import { parquetResult } from "./parquetResult";

export const FORMS = ["table", "csv", "json", "ndjson", "parquet"] as const;
export type Form = (typeof FORMS)[number];
export type FileForm = Exclude<Form, "table">;

type Result = Pick<StringResult, "columns" | "rows">;
type Row = Result["rows"][number];

/** Rows that are written at once. */
const ROWS_A_CHUNK = 1000;

/**
 * @throws UsageError for two columns of one name in a form that has values by name; CommandError for a value that is not of
 *   its column's type
 */
export function* resultIn(form: FileForm, result: Result): Generator<string | Uint8Array> {
  const { columns, rows } = result;
  if (form !== "csv") refuseSameNames(form, columns);
  switch (form) {
    case "csv":
      yield csvLine(columns.map(({ Name }) => Name));
      return yield* inChunks(rows, csvLine);
    case "ndjson":
      return yield* inChunks(rows, (row) => `${jsonObject(columns, row)}\n`);
    case "json":
      yield "[";
      yield* inChunks(rows, (row, index) => `${index === 0 ? "" : ","}\n  ${jsonObject(columns, row)}`);
      return yield rows.length === 0 ? "]\n" : "\n]\n";
    case "parquet":
      return yield parquetResult(result);
  }
}

function* inChunks(rows: readonly Row[], text: (row: Row, index: number) => string): Generator<string> {
  for (let start = 0; start < rows.length; start += ROWS_A_CHUNK) {
    const chunk = rows.slice(start, start + ROWS_A_CHUNK);
    yield chunk.map((row, index) => text(row, start + index)).join("");
  }
}

function refuseSameNames(form: FileForm, columns: Result["columns"]): void {
  const names = columns.map(({ Name }) => Name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new UsageError(
    `streamlake query: two columns are named "${twice}", and --output ${form} has values by name; name them with AS`,
  );
}

/** RFC 4180; null is an empty field, and the empty string is `""`. In a single column null is too: readers skip empty lines. */
function csvLine(row: Row): string {
  const fields = row.map((value) => {
    if (value === null) return "";
    return value === "" || /[",\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
  });
  return `${fields.join(",") || '""'}\n`;
}

const NUMBER_TYPES = ["tinyint", "smallint", "integer", "bigint", "float", "real", "double", "decimal"];
const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** Numbers have all digits of Athena's strings, also those that a double does not hold. */
function jsonObject(columns: Result["columns"], row: Row): string {
  const fields = columns.map(
    ({ Name, Type }, index) => `${JSON.stringify(Name)}:${jsonValue(row[index] ?? null, Type)}`,
  );
  return `{${fields.join(",")}}`;
}

function jsonValue(value: string | null, type: string): string {
  if (value === null) return "null";
  const isBare =
    type === "boolean" ? /^(true|false)$/.test(value) : NUMBER_TYPES.includes(type) && JSON_NUMBER.test(value);
  return isBare ? value : JSON.stringify(value);
}
