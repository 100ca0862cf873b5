/** Decodes strings of binary formats: strict UTF-8, and fast for short ASCII, the usual case. */
import { isUtf8 } from "node:buffer";
import { asciiText } from "./asciiText";

/** The method that `toString` calls after it has checked its arguments. */
interface SlicedBuffer extends Buffer {
  utf8Slice(start: number, end: number): string;
}

/** The string of a range of bytes; undefined if they are not UTF-8. */
export function utf8Text(bytes: Buffer, start: number, end: number): string | undefined {
  return asciiText(bytes, start, end - start) ?? anyText(bytes, start, end);
}

function anyText(bytes: Buffer, start: number, end: number): string | undefined {
  const text = (bytes as SlicedBuffer).utf8Slice(start, end);
  // Bytes that are not UTF-8 become U+FFFD, which may also be in the original. V8's `indexOf` finds it several times as fast as
  // `includes`.
  return text.indexOf("\ufffd") >= 0 && !isUtf8(bytes.subarray(start, end)) ? undefined : text;
}
