/** Texts in binary formats: strict UTF-8, and fast for the short ASCII that most of them are. */
import { isUtf8 } from "node:buffer";

/** Up to here it takes less time to look whether a text is ASCII than to read it as UTF-8. */
const SHORT_TEXT = 24;

/** What `toString` calls once it has looked at its arguments. */
interface SlicedBuffer extends Buffer {
  latin1Slice(start: number, end: number): string;
  utf8Slice(start: number, end: number): string;
}

/** The text of some bytes; undefined for bytes that are not UTF-8. */
export function utf8Text(bytes: Buffer, start: number, end: number): string | undefined {
  if (end - start <= SHORT_TEXT && isAscii(bytes, start, end)) return (bytes as SlicedBuffer).latin1Slice(start, end);
  const text = (bytes as SlicedBuffer).utf8Slice(start, end);
  // What is not UTF-8 turns into U+FFFD, which may have been there as well.
  return text.includes("\ufffd") && !isUtf8(bytes.subarray(start, end)) ? undefined : text;
}

function isAscii(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if ((bytes[at] as number) > 0x7f) return false;
  return true;
}
