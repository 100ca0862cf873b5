/** A strict CSV tokenizer: cuts text into lines of cells and keeps every cell exactly. */
import { FormatError, type FormatReason } from "../formatError";
import { beyond, type Limits } from "../limits";

const QUOTE = 0x22;
const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const DOUBLED_QUOTE = /""/g;
/** Maximum cell length for which a pattern is fastest; in longer cells, its list of matches outgrows the cell. */
const SHORT_CELL = 4_096;

/**
 * RFC 4180 with these additions: any of the four delimiters; lines end with LF, CRLF or CR; empty lines are skipped. A quote
 * inside a cell that does not begin with one is an ordinary character (`7" frame`). If only blanks precede it, it is refused,
 * because readers disagree about such a cell.
 */
export class CsvCells {
  private cells = 0;
  /** Number of doubled quotes. */
  private quotes = 0;
  /** The start of the line that `next` read last. */
  private lineStart = 0;
  private readonly delimiter: number;
  /** The latest position with a known line number. Errors come in order, so counting continues from here. */
  private counted = { position: 0, line: 1 };

  constructor(
    private readonly text: string,
    delimiter: string,
    private readonly limits: Limits,
    private at = 0,
  ) {
    this.delimiter = delimiter.charCodeAt(0);
  }

  /** The cost of the cells that were read, in values: one for each, and a quarter for each doubled quote. */
  get cost(): number {
    return this.cells + this.quotes / 4;
  }

  /** The end of the line that `next` read last: the position of its line end. */
  get position(): number {
    return this.at;
  }

  /** The start of the line that `next` read last. */
  get start(): number {
    return this.lineStart;
  }

  /** The cells of the next line, or undefined at the end. @throws FormatError */
  next(): string[] | undefined {
    const { text, delimiter, limits } = this;
    let at = this.at;
    while (isLineEnd(text.charCodeAt(at))) at++;
    this.lineStart = at;
    if (at >= text.length) return undefined;
    const cells: string[] = [];
    for (;;) {
      const start = at;
      let code = text.charCodeAt(at);
      if (code === QUOTE) {
        at = this.quotedCell(cells, at);
        code = text.charCodeAt(at);
      } else {
        let quote = -1;
        // At the end of the text the code is NaN; the position ends the loop.
        while (code !== delimiter && code !== LINE_FEED && code !== CARRIAGE_RETURN && at < text.length) {
          if (code === QUOTE && quote < 0) quote = at;
          code = text.charCodeAt(++at);
        }
        const cell = text.slice(start, at);
        if (quote >= 0 && text.slice(start, quote).trim() === "")
          throw this.error(quote, "blanks before an opening quote");
        cells.push(cell);
      }
      if (cells.length > limits.columns) throw this.error(start, beyond("columns", limits.columns), "limits");
      if (code !== delimiter) break;
      at++;
    }
    this.at = at;
    this.cells += cells.length;
    return cells;
  }

  /**
   * Moves to the end of the line that `next` read last or failed on, if no other line can belong to its row.
   *
   * @returns false if a quote may reach into other lines: then it is unknown where the next row begins
   */
  skipBadLine(): boolean {
    const { text, lineStart } = this;
    let end = lineStart;
    while (end < text.length && !isLineEnd(text.charCodeAt(end))) end++;
    const isRead = this.at > lineStart;
    if (isRead) return this.at === end;
    if (lineEndAfter(text, end) < text.length && !this.closesItsQuotes(lineStart, end)) return false;
    this.at = end;
    return true;
  }

  /** True if the line closes all its quotes, even for a reader to which a quote after blanks opens a cell. */
  private closesItsQuotes(start: number, end: number): boolean {
    const line = this.text.slice(start, end);
    if ((line.length - line.replaceAll('"', "").length) % 2 > 0) return false;
    for (let at = 0; at < line.length; at++) {
      while (line[at] === " " || (line[at] === "\t" && this.delimiter !== TAB)) at++;
      if (line.charCodeAt(at) === QUOTE) {
        at = closingQuote(line, at);
        if (at < 0) return false;
      }
      while (at < line.length && line.charCodeAt(at) !== this.delimiter) at++;
    }
    return true;
  }

  /** An error on the line that `next` read last. */
  errorHere(problem: string): FormatError {
    return this.error(this.lineStart, problem);
  }

  /** Appends the cell whose quote opens at `open`; returns the position after it. */
  private quotedCell(cells: string[], open: number): number {
    const { text } = this;
    let close = open + 1;
    let hasQuotes = false;
    for (;;) {
      close = text.indexOf('"', close);
      if (close < 0) throw this.error(open, "a quote is not closed");
      if (text.charCodeAt(close + 1) !== QUOTE) break;
      hasQuotes = true;
      this.quotes += 1;
      close += 2;
    }
    const after = text.charCodeAt(close + 1);
    if (after !== this.delimiter && !isLineEnd(after) && close + 1 < text.length) {
      throw this.error(close, "text follows a closing quote");
    }
    const cell = text.slice(open + 1, close);
    cells.push(hasQuotes ? undoubled(cell) : cell);
    return close + 1;
  }

  private error(position: number, problem: string, reason: FormatReason = "format"): FormatError {
    const from = this.counted.position <= position ? this.counted : { position: 0, line: 1 };
    this.counted = { position, line: from.line + lineEndsBetween(this.text, from.position, position) };
    return new FormatError("csv", `line ${this.counted.line}: ${problem}`, reason);
  }
}

/** The position of the quote that closes the one at `open`, or -1. */
function closingQuote(line: string, open: number): number {
  for (let at = open + 1; ; at += 2) {
    at = line.indexOf('"', at);
    if (at < 0 || line.charCodeAt(at + 1) !== QUOTE) return at;
  }
}

/** The cell with each doubled quote replaced by a single one; all its quotes are doubled. */
function undoubled(cell: string): string {
  if (cell.length <= SHORT_CELL) return cell.replace(DOUBLED_QUOTE, '"');
  const codes = new Uint16Array(cell.length);
  let length = 0;
  for (let at = 0; at < cell.length; at++) {
    const code = cell.charCodeAt(at);
    codes[length++] = code;
    if (code === QUOTE) at++;
  }
  return Buffer.from(codes.buffer, 0, length * 2).toString("utf16le");
}

/** The number of line ends between two positions, also inside quotes; a CRLF counts at its LF. */
function lineEndsBetween(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === LINE_FEED || (code === CARRIAGE_RETURN && text.charCodeAt(at + 1) !== LINE_FEED)) lines++;
  }
  return lines;
}

/** The position after the line end at `at`, or `at` itself at the end of the text. */
export function lineEndAfter(text: string, at: number): number {
  if (at >= text.length) return at;
  return text.charCodeAt(at) === CARRIAGE_RETURN && text.charCodeAt(at + 1) === LINE_FEED ? at + 2 : at + 1;
}

function isLineEnd(code: number): boolean {
  return code === LINE_FEED || code === CARRIAGE_RETURN;
}
