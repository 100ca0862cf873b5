/** Cuts a JSON array into its elements, byte for byte, in one pass and without parsing them. */
import { IngestRefusal } from "./refusal";

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_ARRAY, OPEN_OBJECT] = [0x5b, 0x7b];
const [CLOSE_ARRAY, CLOSE_OBJECT] = [0x5d, 0x7d];

/**
 * Finds only where elements end: routers check their grammar, and keep those that are not JSON.
 *
 * @throws IngestRefusal for a body that is not one array, or that has an element without a byte
 */
export function* jsonElements(body: Buffer): Generator<Buffer, void> {
  let at = skipSpace(body, 0);
  if (body[at] !== OPEN_ARRAY) {
    throw new IngestRefusal(
      400,
      `The batch of ${body.length} bytes is not a JSON array: send [{…},{…}], or send lines of JSON as application/x-ndjson, or one record to /records.`,
    );
  }
  at++;
  let start = at;
  let depth = 0;
  let count = 0;
  for (; at < body.length; at++) {
    const byte = body[at] as number;
    if (byte === QUOTE) {
      at = closingQuote(body, at);
      if (at < 0) break;
    } else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) depth++;
    else if (depth > 0) {
      if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) depth--;
    } else if (byte === COMMA || byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
      const element = trimmed(body, start, at);
      // The only place for no element is the empty array.
      if (element.length > 0) yield element;
      else if (byte !== CLOSE_ARRAY || count > 0) throw broken(body, at, "has an element without a value");
      if (byte === CLOSE_OBJECT) throw broken(body, at, 'closes with "}"');
      if (byte === CLOSE_ARRAY) {
        const after = skipSpace(body, at + 1);
        if (after < body.length) throw broken(body, after, "goes on after its end");
        return;
      }
      count++;
      start = at + 1;
    }
  }
  throw broken(body, body.length, "is not closed");
}

function broken(body: Buffer, position: number, problem: string): IngestRefusal {
  return new IngestRefusal(
    400,
    `The JSON array ${problem} (position ${position} of ${body.length} bytes): send one whole array.`,
  );
}

/** The position of the quote that closes the one at `open`, or -1. */
function closingQuote(body: Buffer, open: number): number {
  for (let at = open + 1; at < body.length; at++) {
    const byte = body[at];
    if (byte === BACKSLASH) at++;
    else if (byte === QUOTE) return at;
  }
  return -1;
}

function skipSpace(body: Buffer, from: number): number {
  let at = from;
  while (isSpace(body[at])) at++;
  return at;
}

function trimmed(body: Buffer, from: number, to: number): Buffer {
  let end = to;
  const start = Math.min(skipSpace(body, from), end);
  while (end > start && isSpace(body[end - 1])) end--;
  return body.subarray(start, end);
}

/** JSON's white space. */
function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
