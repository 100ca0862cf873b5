/** Reads Protobuf's wire format: tags, integers of up to 64 bits and strings, never past the end. */
import type { Budget } from "../budget";
import { FormatError } from "../formatError";
import { utf8Text } from "../values/utf8Text";

/** Wire types: https://protobuf.dev/programming-guides/encoding/#structure */
export const Wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

export class ProtobufBytes {
  at: number;
  /** Number of open objects and arrays. */
  depth = 0;
  /** The upper 32 bits of the integer that `low` read last. */
  private high = 0;

  constructor(
    readonly bytes: Buffer,
    start: number,
    readonly budget: Budget,
    /** True to skip fields that the schema does not declare, as a reader with an older schema must. */
    readonly skipsUnknown: boolean,
  ) {
    this.at = start;
  }

  /** The field number and wire type, as number * 8 + type. */
  tag(end: number): number {
    const tag = this.low(end);
    if (this.high !== 0 || tag < 8) throw this.refuse("a tag has no field number");
    return tag;
  }

  /** An unsigned 64-bit integer; a bigint only if a double cannot hold it exactly. */
  unsigned(end: number): number | bigint {
    const low = this.low(end);
    return joined(low, this.high);
  }

  /** A signed 64-bit integer in two's complement. */
  signed(end: number): number | bigint {
    const low = this.low(end);
    return signedJoined(low, this.high);
  }

  zigzag(end: number): number | bigint {
    const low = this.low(end);
    const sign = -(low & 1);
    const halved = ((low >>> 1) | (this.high << 31)) ^ sign;
    return signedJoined(halved >>> 0, ((this.high >>> 1) ^ sign) >>> 0);
  }

  /** The lower 32 bits, signed; the upper bits are ignored, as the specification requires. */
  int32(end: number): number {
    return this.low(end) | 0;
  }

  fixed32(end: number): number {
    return this.bytes.readUInt32LE(this.skip(4, end));
  }

  fixed64(end: number): number | bigint {
    const at = this.skip(8, end);
    return joined(this.bytes.readUInt32LE(at), this.bytes.readUInt32LE(at + 4));
  }

  sfixed64(end: number): number | bigint {
    const at = this.skip(8, end);
    return signedJoined(this.bytes.readUInt32LE(at), this.bytes.readUInt32LE(at + 4));
  }

  /** Reads a length; returns the end of the bytes that follow it. */
  endOfBytes(end: number): number {
    const length = this.low(end);
    if (this.high !== 0 || length > end - this.at) throw this.cutShort();
    return this.at + length;
  }

  text(end: number): string {
    const textEnd = this.endOfBytes(end);
    const text = utf8Text(this.bytes, this.at, textEnd);
    if (text === undefined) throw this.refuse("a text is not UTF-8");
    this.at = textEnd;
    return text;
  }

  base64(end: number): string {
    const start = this.at;
    const bytesEnd = this.endOfBytes(end);
    const text = this.bytes.toString("base64", this.at, bytesEnd);
    this.at = bytesEnd;
    return start === bytesEnd ? "" : text;
  }

  /** Moves past bytes; returns the position of the first. */
  skip(length: number, end: number): number {
    const start = this.at;
    if (length > end - start) throw this.cutShort();
    this.at = start + length;
    return start;
  }

  /** Moves past the value of a field that the schema does not declare. */
  skipValue(wire: number, end: number): void {
    if (wire === Wire.varint) this.low(end);
    else if (wire === Wire.fixed64) this.skip(8, end);
    else if (wire === Wire.fixed32) this.skip(4, end);
    else if (wire === Wire.bytes) this.at = this.endOfBytes(end);
    else throw this.refuse("a group, or a wire type that there is not");
  }

  enter(): void {
    this.depth += 1;
    this.budget.descend(this.depth);
  }

  refuse(what: string): FormatError {
    return new FormatError("protobuf", `byte ${this.at} of ${this.bytes.length}: ${what}`);
  }

  cutShort(): FormatError {
    return this.refuse("the payload is cut short");
  }

  /** The lower 32 bits of a variable-length integer, unsigned; sets `high` to the upper bits. */
  private low(end: number): number {
    const { bytes } = this;
    let { at } = this;
    this.high = 0;
    let low = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      if (at >= end) throw this.cutShort();
      const byte = bytes[at++] as number;
      low |= (byte & 0x7f) << shift;
      if (shift === 28) this.high = (byte & 0x7f) >> 4;
      if (byte < 0x80) {
        this.at = at;
        return low >>> 0;
      }
    }
    for (let shift = 3; shift < 32; shift += 7) {
      if (at >= end) throw this.cutShort();
      const byte = bytes[at++] as number;
      this.high = (this.high | ((byte & 0x7f) << shift)) >>> 0;
      if (byte < 0x80) {
        this.at = at;
        return low >>> 0;
      }
    }
    throw this.refuse("an integer has more than 10 bytes");
  }
}

/** A number if the upper half is below 2^21, because 2^53 = 2^21 * 2^32. */
function joined(low: number, high: number): number | bigint {
  return high < 0x20_0000 ? high * 2 ** 32 + low : (BigInt(high) << 32n) | BigInt(low);
}

function signedJoined(low: number, high: number): number | bigint {
  if (high < 0x20_0000) return high * 2 ** 32 + low;
  const signed = high | 0;
  // The sum is exact from -2^53 + 1 on.
  if (signed < 0 && signed >= -0x20_0000 && !(signed === -0x20_0000 && low === 0)) return signed * 2 ** 32 + low;
  return (BigInt(signed) << 32n) | BigInt(low);
}
