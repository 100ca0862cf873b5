/** CSV: a header line and rows, or rows with declared columns. */

import type { Format, FormatReader, FormatRows } from "../format";
import { FormatError } from "../formatError";
import { startsLikeJson } from "../json/start";
import { beyond, type Limits } from "../limits";
import type { Payload } from "../payload";
import type { DecodedRow, Row, SeparateRows } from "../row";
import { costOfNames } from "../values/costOfNames";
import { CsvCells, lineEndAfter } from "./cells";
import { detectDelimiter } from "./dialect";
import { encodeCsv } from "./encode";
import { type CsvHeader, CsvHeaders } from "./header";
import { type CsvOptions, checkCsvOptions } from "./options";

/**
 * Claims text whose first line has a delimiter outside quotes, and any text if the columns or the delimiter are
 * declared; never text that begins with `{` or `[`. Values are the exact strings of the cells; an empty cell is `""`.
 * Every row must have one cell per column. An empty name in the header becomes `column_<position>`; a header with a
 * repeated name, or without any name, is refused.
 *
 * A bad row does not affect the other rows of its record: CSV rows do not depend on each other, and a record of 50 rows
 * should not wait for the repair of one. A row is bad if it has the wrong number of cells or wrong quotes; the router
 * treats a row that a hook or a schema refuses in the same way. The bad row goes to `unformatted/` as a record of its
 * own: the header and the row, byte for byte, with the line in the detail and with the identity that the row would have
 * in its table. A replay of that record lands only this row.
 *
 * A record is refused as a whole if `onBadRow` is `"record"`, if no row or fewer than half of the rows are good, if
 * more than 1,000 rows are bad, if a quote may reach from a bad row into the next lines, and if the delimiter is not
 * certain (the header has several candidates and `delimiter` is not declared).
 */
export const csv: Format<"csv", CsvOptions> = {
  name: "csv",
  check: checkCsvOptions,
  open(options, limits): FormatReader {
    const headers = new CsvHeaders(options, limits);
    const isSeparate = options.onBadRow !== "record";
    const isDeclared = options.columns !== undefined || options.delimiter !== undefined;
    return {
      detect(payload) {
        if (!payload.isText || startsLikeJson(payload)) return false;
        return isDeclared || headers.recognizes(payload.text) || detectDelimiter(payload.text) !== undefined;
      },
      decode: (payload) => decodeRows(payload, headers.read(payload.text), limits, isSeparate),
    };
  },
  encode: encodeCsv,
};

/** Maximum bad rows of one record; a record with more is not CSV with a few mistakes. */
const MAX_BAD_ROWS = 1_000;

function decodeRows({ text, unpacked }: Payload, header: CsvHeader, limits: Limits, isSeparate: boolean): FormatRows {
  const { names, delimiter, end } = header;
  const lines = new CsvCells(text, delimiter, limits, end);
  const maxRows = Math.min(limits.rows, Math.floor(limits.values / names.length));
  const separate = isSeparate && header.isCertain ? new CsvPlaces(text, end) : undefined;
  const rows: DecodedRow[] = [];
  try {
    readRows(rows, lines, header, maxRows, separate, limits);
  } finally {
    unpacked.values += lines.cost + rows.length * costOfNames(names.length);
  }
  const [first] = separate?.refused ?? [];
  if (first && rows.length < (separate as CsvPlaces).refused.length) throw first.error;
  if (rows.length === 0) throw new FormatError("csv", "no rows", "empty");
  return separate ? { rows, separate } : rows;
}

/** Appends the rows of all lines to `rows`. */
function readRows(
  rows: DecodedRow[],
  lines: CsvCells,
  { names, template }: CsvHeader,
  maxRows: number,
  separate: CsvPlaces | undefined,
  limits: Limits,
): void {
  for (;;) {
    let cells: string[] | undefined;
    try {
      cells = lines.next();
      if (cells === undefined) break;
      if (cells.length !== names.length) {
        throw lines.errorHere(`${count(cells.length, "cell")} for ${count(names.length, "column")}`);
      }
    } catch (error) {
      if (!separate?.refuse(lines, error as FormatError)) throw error;
      continue;
    }
    if (rows.length === maxRows) {
      const limit = maxRows < limits.rows ? "values" : "rows";
      throw new FormatError("csv", beyond(limit, limits[limit]), "limits");
    }
    const row: Row = { ...template };
    for (let index = 0; index < names.length; index++) row[names[index] as string] = cells[index] as string;
    rows.push({ row });
    separate?.add(lines);
  }
}

/** The position of each row in a record's text, so that a bad row can be landed by itself. */
class CsvPlaces implements SeparateRows {
  readonly places: number[] = [];
  readonly refused: { readonly place: number; readonly error: FormatError }[] = [];
  /** The start and the end of each row, by place; the end is the position of its line end. */
  private readonly bounds: number[] = [];

  constructor(
    private readonly text: string,
    private readonly headerEnd: number,
  ) {}

  /** Adds the latest row as a good row. */
  add(lines: CsvCells): void {
    this.places.push(this.bounds.length / 2);
    this.bounds.push(lines.start, lines.position);
  }

  /** Adds the latest row as a bad row; false if its end is uncertain or too many rows are bad. */
  refuse(lines: CsvCells, error: FormatError): boolean {
    if (error.reason !== "format" || this.refused.length === MAX_BAD_ROWS || !lines.skipBadLine()) return false;
    this.refused.push({ place: this.bounds.length / 2, error });
    this.bounds.push(lines.start, lines.position);
    return true;
  }

  payload(place: number): Uint8Array {
    const { text, headerEnd, bounds } = this;
    const [start, end] = bounds.slice(place * 2, place * 2 + 2) as [number, number];
    const header = headerEnd === 0 ? "" : text.slice(0, lineEndAfter(text, headerEnd));
    return Buffer.from(header + text.slice(start, lineEndAfter(text, end)));
  }
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
