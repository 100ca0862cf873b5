/** A payload that the formats inspect: bytes first, and text on request, which is converted once. */
import { isAscii, isUtf8 } from "node:buffer";
import type { Unpacked } from "./row";

export class Payload {
  readonly bytes: Buffer;
  /** The start of the content: after a UTF-8 byte order mark, or 0 without one. */
  readonly start: number;
  private kind: "ascii" | "utf8" | "binary" | undefined;
  private whole: string | undefined;

  /**
   * @param recordBytes size of the record before it was unpacked
   * @param unpacked counts the bytes that parts of the content unpack to, and the values that are read
   */
  constructor(
    bytes: Uint8Array,
    readonly recordBytes: number = bytes.length,
    readonly unpacked: Unpacked = { bytes: 0, values: 0 },
  ) {
    this.bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  }

  /** True for valid UTF-8, the only text encoding that is supported. */
  get isText(): boolean {
    return this.encoding() !== "binary";
  }

  /** The text without its byte order mark; only valid if `isText`. */
  get text(): string {
    this.whole ??= this.slice(this.start, this.bytes.length);
    return this.whole;
  }

  /** The text of a range of bytes, which must not cut a character; only valid if `isText`. */
  slice(start: number, end: number): string {
    return this.encoding() === "ascii"
      ? this.bytes.toString("latin1", start, end)
      : this.bytes.toString("utf8", start, end);
  }

  private encoding(): "ascii" | "utf8" | "binary" {
    this.kind ??= isAscii(this.bytes) ? "ascii" : isUtf8(this.bytes) ? "utf8" : "binary";
    return this.kind;
  }
}
