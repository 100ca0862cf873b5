/** A payload as the formats look at it: bytes first, text only when a format asks, and converted once. */
import { isAscii, isUtf8 } from "node:buffer";
import type { Unpacked } from "./row";

export class Payload {
  readonly bytes: Buffer;
  /** Where the content begins: past a UTF-8 byte order mark, and 0 without one. */
  readonly start: number;
  private kind: "ascii" | "utf8" | "binary" | undefined;
  private whole: string | undefined;

  /**
   * @param recordBytes of the record, before it was unpacked
   * @param unpacked where what its content becomes is counted
   */
  constructor(
    bytes: Uint8Array,
    readonly recordBytes: number = bytes.length,
    readonly unpacked: Unpacked = { bytes: 0 },
  ) {
    this.bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  }

  /** True for valid UTF-8, which is the only text there is here. */
  get isText(): boolean {
    return this.encoding() !== "binary";
  }

  /** The text without its byte order mark; only where `isText`. */
  get text(): string {
    this.whole ??= this.slice(this.start, this.bytes.length);
    return this.whole;
  }

  /** The text of some bytes, which must begin and end between characters; only where `isText`. */
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
