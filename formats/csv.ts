/** CSV: a header line and rows, or rows with declared columns. */
import { CsvCells } from "./csvCells";
import { detectDelimiter } from "./csvDialect";
import { encodeCsv } from "./csvEncode";
import { type CsvOptions, checkCsvOptions } from "./csvOptions";
import type { Format, FormatReader } from "./format";
import { FormatError } from "./formatError";
import { startsLikeJson } from "./jsonStart";
import { beyond, type Limits } from "./limits";
import type { Payload } from "./payload";
import type { DecodedRow, Row } from "./row";
import { rowTemplate } from "./rowTemplate";

/**
 * Claims text whose first line has a delimiter outside quotes, and any text where the columns or the delimiter are declared;
 * never text that begins with `{` or `[`. Values are strings exactly as they stand, an empty cell is `""`. Every row must
 * have as many cells as there are columns. An empty name in the header becomes `column_<position>`; a header that has a name
 * twice, or none at all, is refused.
 */
export const csv: Format<"csv", CsvOptions> = {
  name: "csv",
  check: checkCsvOptions,
  open: (options, limits): FormatReader => ({
    detect: (payload) => isCsv(payload, options),
    decode: (payload) => decodeCsv(payload.text, options, limits),
  }),
  encode: encodeCsv,
};

function isCsv(payload: Payload, options: CsvOptions): boolean {
  if (!payload.isText || startsLikeJson(payload)) return false;
  return (
    options.columns !== undefined || options.delimiter !== undefined || detectDelimiter(payload.text) !== undefined
  );
}

function decodeCsv(text: string, options: CsvOptions, limits: Limits): DecodedRow[] {
  // Text with one declared column has no delimiter to find; any will do.
  const lines = new CsvCells(text, options.delimiter ?? detectDelimiter(text) ?? ",", limits);
  const names = options.header === false ? (options.columns as readonly string[]) : readHeader(lines, options);
  const template = rowTemplate(names);
  const most = Math.min(limits.rows, Math.floor(limits.values / names.length));
  const rows: DecodedRow[] = [];
  for (let cells = lines.next(); cells !== undefined; cells = lines.next()) {
    if (cells.length !== names.length)
      throw lines.errorHere(`${count(cells.length, "cell")} for ${count(names.length, "column")}`);
    if (rows.length === most) throw tooLarge(most < limits.rows ? "values" : "rows", limits);
    const row: Row = { ...template };
    for (let index = 0; index < names.length; index++) row[names[index] as string] = cells[index] as string;
    rows.push({ row });
  }
  if (rows.length === 0) throw new FormatError("csv", "no rows", "empty");
  return rows;
}

function readHeader(lines: CsvCells, options: CsvOptions): string[] {
  const cells = lines.next();
  if (cells === undefined) throw new FormatError("csv", "no header and no rows", "empty");
  if (options.columns && !isSame(cells, options.columns))
    throw lines.errorHere("the header is not the declared columns");
  if (cells.every((cell) => cell === "")) throw lines.errorHere("the header names no column");
  const names = cells.map((cell, index) => (cell === "" ? `column_${index + 1}` : cell));
  if (new Set(names).size !== names.length) throw lines.errorHere("the header has the same name twice");
  return names;
}

function isSame(cells: readonly string[], columns: readonly string[]): boolean {
  return cells.length === columns.length && cells.every((cell, index) => cell === columns[index]);
}

function tooLarge(limit: keyof Limits, limits: Limits): FormatError {
  return new FormatError("csv", beyond(limit, limits[limit]), "limits");
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
