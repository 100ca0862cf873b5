/** Detects the delimiter of CSV text from its first two lines. */
import { CSV_DELIMITERS, type CsvDelimiter } from "./options";

interface LineStart {
  /** Occurrences outside quotes, in the order of `CSV_DELIMITERS`. */
  readonly counts: readonly [comma: number, semicolon: number, tab: number, pipe: number];
  /** The position of the line's end, before the next line. */
  readonly next: number;
  /** True if a control character other than a tab is outside quotes, which is unusual in text. */
  readonly hasControls: boolean;
}

const [COMMA, SEMICOLON, TAB, PIPE] = [0x2c, 0x3b, 0x09, 0x7c];
const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

export interface FoundDelimiter {
  readonly delimiter: CsvDelimiter;
  /** True if the first line has no other candidate, so that every payload with this first line has this delimiter. */
  readonly isCertain: boolean;
}

/**
 * The delimiter, or undefined if the first line has none outside quotes or contains control characters. A candidate that
 * occurs equally often in the first two lines is preferred; then the more frequent one; then the order of `CSV_DELIMITERS`.
 */
export function detectDelimiter(text: string): FoundDelimiter | undefined {
  const first = measureLine(text, skipLineEnds(text, 0));
  if (first.hasControls) return undefined;
  const second = measureLine(text, skipLineEnds(text, first.next));
  let delimiter: CsvDelimiter | undefined;
  let candidates = 0;
  let bestScore = 0;
  for (const [index, candidate] of CSV_DELIMITERS.entries()) {
    const count = first.counts[index] as number;
    if (count === 0) continue;
    candidates++;
    // Counts are below 2^32, so agreement with the second line outweighs every count.
    const score = count + (count === second.counts[index] ? 2 ** 32 : 0);
    if (score > bestScore) {
      delimiter = candidate;
      bestScore = score;
    }
  }
  return delimiter && { delimiter, isCertain: candidates === 1 };
}

/** The position of the first character from `from` on that is not a line end. */
function skipLineEnds(text: string, from: number): number {
  let at = from;
  while (isLineEnd(text.charCodeAt(at))) at++;
  return at;
}

function measureLine(text: string, from: number): LineStart {
  let [comma, semicolon, tab, pipe] = [0, 0, 0, 0];
  let hasControls = false;
  let startsCell = true;
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE && startsCell) {
      at = closingQuote(text, at);
      startsCell = false;
      continue;
    }
    startsCell = true;
    if (code === COMMA) comma++;
    else if (code === SEMICOLON) semicolon++;
    else if (code === TAB) tab++;
    else if (code === PIPE) pipe++;
    else if (isLineEnd(code)) break;
    else {
      startsCell = false;
      if (code < 0x20 || code === 0x7f) hasControls = true;
    }
  }
  return { counts: [comma, semicolon, tab, pipe], next: at, hasControls };
}

/** The position of the quote that closes the one at `open`, or the end of the text. */
function closingQuote(text: string, open: number): number {
  for (let at = open + 1; ; at += 2) {
    at = text.indexOf('"', at);
    if (at < 0) return text.length;
    if (text.charCodeAt(at + 1) !== QUOTE) return at;
  }
}

function isLineEnd(code: number): boolean {
  return code === LINE_FEED || code === CARRIAGE_RETURN;
}
