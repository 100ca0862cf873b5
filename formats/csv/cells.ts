/** A strict CSV tokenizer: text to lines of cells, every cell exactly as it stands in the text. */
import { FormatError, type FormatReason } from "../formatError";
import { beyond, type Limits } from "../limits";

const QUOTE = 0x22;
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
  /** Where the line that `next` gave last begins. */
  private lineStart = 0;
  private readonly delimiter: number;

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

  /** An error on the line that `next` gave last. */
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
    return new FormatError("csv", `line ${lineAt(this.text, position)}: ${problem}`, reason);
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

/** The line, from 1, that a position lies on, line ends inside quotes counted too. */
function lineAt(text: string, position: number): number {
  let line = 1;
  for (let at = 0; at < position; at++) {
    const code = text.charCodeAt(at);
    if (code === LINE_FEED || (code === CARRIAGE_RETURN && text.charCodeAt(at + 1) !== LINE_FEED)) line++;
  }
  return line;
}

function isLineEnd(code: number): boolean {
  return code === LINE_FEED || code === CARRIAGE_RETURN;
}
