/** Reads Avro's binary encoding: variable-length integers, lengths and strings, never past the end. */
import type { Budget } from "../budget";
import { FormatError } from "../formatError";
import { utf8Text } from "../values/utf8Text";

/** Measured (`npm run bench -- mix`): arithmetic on bigints takes as long as three more values. */
const VALUES_OF_BIGINT = 3;

export class AvroBytes {
  at = 0;
  /** Number of open objects and arrays. */
  depth = 0;

  constructor(
    readonly bytes: Buffer,
    readonly end: number,
    readonly budget: Budget,
  ) {}

  /** A long; a bigint only if a double cannot hold it exactly. */
  long(): number | bigint {
    const first = this.bytes[this.at] as number;
    if (first < 0x80 && this.at < this.end) {
      this.at += 1;
      return (first >>> 1) ^ -(first & 1);
    }
    return this.longerLong();
  }

  int(): number {
    const value = this.long();
    if (typeof value === "bigint" || value !== (value | 0)) throw this.refuse("an int has more than 32 bits");
    return value;
  }

  /** A count of bytes; at least as many bytes follow. */
  length(): number {
    const length = this.long();
    if (typeof length === "bigint" || length < 0) throw this.refuse("a length is negative or far too large");
    if (length > this.end - this.at) throw this.cutShort();
    return length;
  }

  text(): string {
    const length = this.length();
    const start = this.at;
    this.at = start + length;
    const text = utf8Text(this.bytes, start, this.at);
    if (text === undefined) throw this.refuse("a text is not UTF-8");
    return text;
  }

  base64(length: number): string {
    const start = this.skip(length);
    return this.bytes.toString("base64", start, start + length);
  }

  /** Moves past bytes; returns the position of the first. */
  skip(length: number): number {
    const start = this.at;
    if (length > this.end - start) throw this.cutShort();
    this.at = start + length;
    return start;
  }

  enter(): void {
    this.depth += 1;
    this.budget.descend(this.depth);
  }

  refuse(what: string): FormatError {
    return new FormatError("avro", `byte ${this.at} of ${this.bytes.length}: ${what}`);
  }

  cutShort(): FormatError {
    return this.refuse("the payload is cut short");
  }

  /** Up to ten bytes, seven bits each, the lowest first; zigzag puts the sign into the lowest bit. */
  private longerLong(): number | bigint {
    const { bytes, end } = this;
    let at = this.at;
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      if (at >= end) throw this.cutShort();
      const byte = bytes[at++] as number;
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        this.at = at;
        return (low >>> 1) ^ -(low & 1);
      }
    }
    let high = 0;
    for (let scale = 1; ; scale *= 128) {
      if (at >= end) throw this.cutShort();
      const byte = bytes[at++] as number;
      high += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      if (scale > 2 ** 34) throw this.refuse("an integer has more than 10 bytes");
    }
    this.at = at;
    // Below 2^52 the zigzag value is exact in a double; above, bigints are exact and detect more than 64 bits.
    if (high < 2 ** 24) {
      const value = high * 2 ** 28 + low;
      return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    this.budget.spendExtra(VALUES_OF_BIGINT);
    const whole = BigInt(high) * 2n ** 28n + BigInt(low);
    if (whole >= 2n ** 64n) throw this.refuse("an integer has more than 64 bits");
    const value = whole & 1n ? -(whole >> 1n) - 1n : whole >> 1n;
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
}
