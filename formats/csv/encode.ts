/** Encodes rows as CSV that every reader decodes to the same cells. */

import type { Row, Value } from "../row";
import { CSV_DELIMITERS, type CsvOptions } from "./options";

/** Characters that require quotes: quotes, control characters such as line ends, and every delimiter candidate. */
const NEEDS_QUOTES = /["\p{Cc},;|]/u;

/**
 * A header line (unless `header: false`) and one line per row, each ending with LF. The columns are the declared ones, or the
 * names of the first row; every row must have exactly these. Null becomes an empty cell, numbers and booleans their text.
 *
 * @throws TypeError for no rows, rows with other names, nested values, and text that would not be detected as CSV
 */
export function encodeCsv(rows: readonly Row[], options: CsvOptions): Uint8Array {
  const columns = options.columns ?? Object.keys(rows[0] ?? {});
  if (rows.length === 0 || columns.length === 0)
    throw new TypeError("csv holds at least one row and one column a payload");
  if (columns.length === 1 && !options.columns && !options.delimiter) {
    throw new TypeError("csv of a single column is told from other text only where csv.columns are declared");
  }
  const lines = rows.map((row) => {
    const names = Object.keys(row);
    if (names.length !== columns.length || !columns.every((name) => Object.hasOwn(row, name))) {
      throw new TypeError(
        `csv rows of one payload need the same ${columns.length} names, got a row with ${names.length}`,
      );
    }
    return columns.map((name) => cellOf(row[name] as Value));
  });
  if (options.header !== false) lines.unshift([...columns]);
  const delimiter = options.delimiter ?? CSV_DELIMITERS[0];
  return Buffer.from(lines.map((cells) => `${cells.map(quote).join(delimiter)}\n`).join(""));
}

function cellOf(value: Value): string {
  if (value === null) return "";
  if (typeof value === "object") throw new TypeError("csv cells hold text; got an object or an array");
  return String(value);
}

function quote(cell: string, index: number, cells: readonly string[]): string {
  // A line of one empty cell would be skipped; a first cell that begins like JSON or with a byte order mark would be misread.
  const hides = (cells.length === 1 && cell === "") || (index === 0 && /^\ufeff|^\s*[{[]/.test(cell));
  return hides || NEEDS_QUOTES.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
