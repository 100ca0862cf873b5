/** Distinguishes JSON and NDJSON from other payloads and from each other by a few bytes. */
import type { Payload } from "../payload";

const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const LINE_FEED = 0x0a;

/** True if the first character after white space is `{` or `[`; such text is JSON, NDJSON or no known format. */
export function startsLikeJson(payload: Payload): boolean {
  const first = payload.bytes[skipSpace(payload.bytes, payload.start)];
  return first === OPEN_OBJECT || first === OPEN_ARRAY;
}

/**
 * True if the first line that is not blank ends with `}` and the next such line begins with `{`. No JSON document has that,
 * because a comma must separate the two and strings contain no line ends. Every NDJSON payload of at least two rows has it.
 */
export function looksLikeNdjson(payload: Payload): boolean {
  const { bytes } = payload;
  const first = skipSpace(bytes, payload.start);
  const lineEnd = bytes.indexOf(LINE_FEED, first);
  if (lineEnd < 0) return false;
  let last = lineEnd - 1;
  while (last > first && isSpace(bytes[last])) last--;
  return bytes[last] === CLOSE_OBJECT && bytes[skipSpace(bytes, lineEnd)] === OPEN_OBJECT;
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && isSpace(bytes[at])) at++;
  return at;
}

/** JSON's white space. */
function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
