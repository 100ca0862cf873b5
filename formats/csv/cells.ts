/** A strict CSV tokenizer: text to lines of cells, every cell exactly as it stands in the text. */
import { FormatError, type FormatReason } from "../formatError";
import { beyond, type Limits } from "../limits";

const QUOTE = 0x22;
const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const DOUBLED_QUOTE = /""/g;
/** Characters up to which a pattern is the fastest; beyond, its list of matches outgrows the cell. */
const SHORT_CELL = 4_096;

/**
 * RFC 4180 with these additions: any of the four delimiters; lines end with LF, CRLF or CR; lines without a character are
 * no rows. A quote inside a cell that did not begin with one is an ordinary character (`7" frame`), unless only blanks stand
 * before it, where two readers would see different cells.
 */
export class CsvCells {
  /** Where the line that `next` read last begins. */
  private lineStart = 0;
  private readonly delimiter: number;
  /** The last position whose line was counted, and that line: errors come in order, so none is counted from the start. */
  private counted = { position: 0, line: 1 };

  constructor(
    private readonly text: string,
    delimiter: string,
    private readonly limits: Limits,
    private at = 0,
  ) {
    this.delimiter = delimiter.charCodeAt(0);
  }

  /** Where the text after the last line begins: at its line end. */
  get position(): number {
    return this.at;
  }

  /** Where the line that `next` read last begins. */
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
        // NaN, at the end of the text, ends the loop as well.
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

  /** True if every quote of the line is closed in it, also for a reader that takes quotes after blanks for opening ones. */
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

/** A cell whose quotes, all of which are doubled, are single again. */
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

/** Line ends between two positions, those inside quotes too; a CRLF counts where its LF is. */
function lineEndsBetween(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === LINE_FEED || (code === CARRIAGE_RETURN && text.charCodeAt(at + 1) !== LINE_FEED)) lines++;
  }
  return lines;
}

/** The position behind the line end at `at`, or `at` itself at the end of the text. */
export function lineEndAfter(text: string, at: number): number {
  if (at >= text.length) return at;
  return text.charCodeAt(at) === CARRIAGE_RETURN && text.charCodeAt(at + 1) === LINE_FEED ? at + 2 : at + 1;
}

function isLineEnd(code: number): boolean {
  return code === LINE_FEED || code === CARRIAGE_RETURN;
}
