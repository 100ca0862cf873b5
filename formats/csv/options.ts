/** The options of CSV; everything else is detected in the payload. */

/** The delimiters that are detected; the order decides ties. */
export const CSV_DELIMITERS = [",", ";", "\t", "|"] as const;
export type CsvDelimiter = (typeof CSV_DELIMITERS)[number];

/** With `csv: {}`, every payload has a header line, the delimiter is detected, and there are at least two columns. */
export interface CsvOptions {
  /** True if the first line of every payload names the columns; `false` requires `columns`. @default true */
  readonly header?: boolean;
  /**
   * The column names, in order. With `header: false` they name the cells of every line; otherwise the header must be
   * equal to them. Text of a single column is CSV only if the column is declared here. @example ["sku", "quantity"]
   */
  readonly columns?: readonly string[];
  /** @default detected in the first line, outside quotes */
  readonly delimiter?: CsvDelimiter;
  /**
   * `"row"`: a bad row goes to `unformatted/` by itself, with the header, and the record's other rows land. `"record"`:
   * a bad row moves its whole record to `unformatted/`. @default "row"
   */
  readonly onBadRow?: "row" | "record";
}

/** The problems of the options, one sentence each. */
export function checkCsvOptions(options: CsvOptions): string[] {
  const { header, columns, delimiter, onBadRow, ...others } = options as Record<keyof CsvOptions, unknown>;
  const problems = Object.keys(others).map(
    (name) => `csv.${name} is not an option; use header, columns, delimiter or onBadRow`,
  );
  if (header !== undefined && typeof header !== "boolean") {
    problems.push(`csv.header is ${JSON.stringify(header)}; use true or false`);
  }
  if (header === false && columns === undefined) problems.push("csv.header is false; declare csv.columns as well");
  if (columns !== undefined) problems.push(...checkColumns(columns));
  if (delimiter !== undefined && !CSV_DELIMITERS.includes(delimiter as CsvDelimiter)) {
    problems.push(`csv.delimiter is ${JSON.stringify(delimiter)}; use "," ";" "\\t" or "|"`);
  }
  if (onBadRow !== undefined && onBadRow !== "row" && onBadRow !== "record") {
    problems.push(`csv.onBadRow is ${JSON.stringify(onBadRow)}; use "row" or "record"`);
  }
  return problems;
}

function checkColumns(columns: unknown): string[] {
  if (
    !Array.isArray(columns) ||
    columns.length === 0 ||
    columns.some((name) => typeof name !== "string" || name === "")
  ) {
    return ["csv.columns must be a list of names, none of them empty"];
  }
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  return twice === undefined ? [] : [`csv.columns names "${twice}" twice`];
}
