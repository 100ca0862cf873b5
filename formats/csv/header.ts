/** Determines the columns of CSV text from its header or the options; a repeated header is recognized and not parsed again. */

import { FormatError } from "../formatError";
import type { Limits } from "../limits";
import type { Row } from "../row";
import { rowTemplate } from "../values/rowTemplate";
import { CsvCells } from "./cells";
import { detectDelimiter } from "./dialect";
import type { CsvOptions } from "./options";

export interface CsvHeader {
  readonly names: readonly string[];
  /** A row with these names. */
  readonly template: Row;
  readonly delimiter: string;
  /** True if every payload that begins with this header has this delimiter. */
  readonly isCertain: boolean;
  /** The end of the header: the position of its line end, or 0 without a header. */
  readonly end: number;
}

/** Maximum payload whose header is kept: the names are substrings, which keep the whole payload in memory. */
const MAX_KEPT_CHARACTERS = 1024 * 1024;

/**
 * Records of a stream usually repeat the previous record's header, and a record of one row is mostly header. So the last header
 * is kept, and text that begins with it is not parsed again. Only a header whose delimiter does not depend on the rows is kept,
 * so the rows of a payload never depend on earlier payloads.
 */
export class CsvHeaders {
  private last: (CsvHeader & { readonly text: string }) | undefined;
  private readonly declaredTemplate: Row | undefined;

  constructor(
    private readonly options: CsvOptions,
    private readonly limits: Limits,
  ) {
    this.declaredTemplate = options.columns && rowTemplate(options.columns);
  }

  /** True if the text begins with the last header, so it is CSV too. */
  recognizes(text: string): boolean {
    return this.last !== undefined && text.startsWith(this.last.text);
  }

  /** @throws FormatError for a header that cannot name columns */
  read(text: string): CsvHeader {
    if (this.last && this.recognizes(text)) return this.last;
    const { columns, delimiter: declared } = this.options;
    const found = declared === undefined ? detectDelimiter(text) : { delimiter: declared, isCertain: true };
    // Text of one declared column has no delimiter; any is correct.
    const delimiter = found?.delimiter ?? ",";
    const isCertain = found?.isCertain ?? true;
    if (this.options.header === false) {
      return {
        names: columns as readonly string[],
        template: this.declaredTemplate as Row,
        delimiter,
        // A row that is kept by itself is decoded without the others, which may be what its delimiter was detected in.
        isCertain: declared !== undefined,
        end: 0,
      };
    }
    const lines = new CsvCells(text, delimiter, this.limits);
    const names = readNames(lines, columns);
    const end = lines.position;
    const header = { names, template: rowTemplate(names), delimiter, isCertain, end };
    // The text includes the line end, so that a longer header with the same beginning does not match.
    if (found?.isCertain && end < text.length && text.length <= MAX_KEPT_CHARACTERS)
      this.last = { ...header, text: text.slice(0, end + 1) };
    return header;
  }
}

function readNames(lines: CsvCells, columns: readonly string[] | undefined): string[] {
  const cells = lines.next();
  if (cells === undefined) throw new FormatError("csv", "no header and no rows", "empty");
  if (columns && !isSame(cells, columns)) throw lines.errorHere("the header is not the declared columns");
  if (cells.every((cell) => cell === "")) throw lines.errorHere("the header names no column");
  const names = cells.map((cell, index) => (cell === "" ? `column_${index + 1}` : cell));
  if (new Set(names).size !== names.length) throw lines.errorHere("the header has the same name twice");
  return names;
}

function isSame(cells: readonly string[], columns: readonly string[]): boolean {
  return cells.length === columns.length && cells.every((cell, index) => cell === columns[index]);
}
