/** What can be declared about CSV; everything else is told from the payload. */

/** The delimiters that are detected, in the order that settles a tie. */
export const CSV_DELIMITERS = [",", ";", "\t", "|"] as const;
export type CsvDelimiter = (typeof CSV_DELIMITERS)[number];

/** `csv: {}` means: a header line in every payload, the delimiter told from it, at least two columns. */
export interface CsvOptions {
  /** Whether the first line of every payload names the columns; `false` needs `columns`. @default true */
  readonly header?: boolean;
  /**
   * The column names, in order. With `header: false` they name the cells of every line; with a header, the header must be
   * exactly these. A single column is CSV only when it is declared here. @example ["sku", "quantity"]
   */
  readonly columns?: readonly string[];
  /** @default told from the first line outside quotes */
  readonly delimiter?: CsvDelimiter;
}

/** What is wrong with the options, one sentence a problem. */
export function checkCsvOptions(options: CsvOptions): string[] {
  const { header, columns, delimiter, ...others } = options as Record<keyof CsvOptions, unknown>;
  const problems = Object.keys(others).map((name) => `csv.${name} is not an option; use header, columns or delimiter`);
  if (header !== undefined && typeof header !== "boolean") {
    problems.push(`csv.header is ${JSON.stringify(header)}; use true or false`);
  }
  if (header === false && columns === undefined) problems.push("csv.header is false; declare csv.columns as well");
  if (columns !== undefined) problems.push(...checkColumns(columns));
  if (delimiter !== undefined && !CSV_DELIMITERS.includes(delimiter as CsvDelimiter)) {
    problems.push(`csv.delimiter is ${JSON.stringify(delimiter)}; use "," ";" "\\t" or "|"`);
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
