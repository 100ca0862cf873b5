/** Cuts the bytes of a CSV file into rows, chunk by chunk, and keeps every byte of a row. */

const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Follows the rules of `CsvCells`: a quote counts if it opens a cell, any line end ends a row, empty lines are skipped. */
export class CsvRowBytes {
  private rest: Buffer = Buffer.alloc(0);
  private readonly delimiter: number;

  constructor(delimiter: string) {
    this.delimiter = delimiter.charCodeAt(0);
  }

  /** Bytes of the row whose end has not arrived. */
  get pendingBytes(): number {
    return this.rest.length;
  }

  /** The rows that end in this chunk, each with its line end. */
  push(chunk: Buffer): Buffer[] {
    return this.cut(this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]), false);
  }

  /** The last row, if the file does not end with a line end; undefined if a quote is never closed. */
  end(): Buffer[] | undefined {
    const rows = this.cut(this.rest, true);
    return this.rest.length === 0 ? rows : undefined;
  }

  private cut(bytes: Buffer, isLast: boolean): Buffer[] {
    const rows: Buffer[] = [];
    let start = 0;
    for (;;) {
      while (isLineEnd(bytes[start])) start++;
      if (start >= bytes.length) break;
      const end = this.rowEnd(bytes, start, isLast);
      if (end < 0) break;
      rows.push(bytes.subarray(start, end));
      start = end;
    }
    this.rest = bytes.subarray(start);
    return rows;
  }

  /** The position after the row's line end, or -1 if more bytes are needed. */
  private rowEnd(bytes: Buffer, start: number, isLast: boolean): number {
    let startsCell = true;
    for (let at = start; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === QUOTE && startsCell) {
        at = closingQuote(bytes, at);
        if (at < 0) return -1;
        startsCell = false;
      } else if (byte === LINE_FEED) return at + 1;
      else if (byte === CARRIAGE_RETURN) {
        // The LF of a CRLF may be in the next chunk.
        if (at + 1 === bytes.length) return isLast ? at + 1 : -1;
        return bytes[at + 1] === LINE_FEED ? at + 2 : at + 1;
      } else startsCell = byte === this.delimiter;
    }
    return isLast ? bytes.length : -1;
  }
}

/** The position of the quote that closes the one at `open`, or -1. */
function closingQuote(bytes: Buffer, open: number): number {
  for (let at = open + 1; ; at += 2) {
    at = bytes.indexOf(QUOTE, at);
    if (at < 0 || bytes[at + 1] !== QUOTE) return at;
  }
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === LINE_FEED || byte === CARRIAGE_RETURN;
}
