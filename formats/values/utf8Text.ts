/** Texts in binary formats: strict UTF-8, and fast for the short ASCII that most of them are. */
import { isUtf8 } from "node:buffer";
import { asciiText } from "./asciiText";

/** What `toString` calls once it has looked at its arguments. */
interface SlicedBuffer extends Buffer {
  utf8Slice(start: number, end: number): string;
}

/** The text of some bytes; undefined for bytes that are not UTF-8. */
export function utf8Text(bytes: Buffer, start: number, end: number): string | undefined {
  return asciiText(bytes, start, end - start) ?? anyText(bytes, start, end);
}

function anyText(bytes: Buffer, start: number, end: number): string | undefined {
  const text = (bytes as SlicedBuffer).utf8Slice(start, end);
  // What is not UTF-8 turns into U+FFFD, which may have been there as well. V8 finds it by `indexOf` several times as fast
  // as by `includes`.
  return text.indexOf("\ufffd") >= 0 && !isUtf8(bytes.subarray(start, end)) ? undefined : text;
}
