/** Reads a Zstandard bit stream, which is written forwards and read backwards from its last set bit. */

/** Corrupt Zstandard data; the caller adds the context. */
export class CorruptZstd extends Error {
  override readonly name = "CorruptZstd";

  /** @param code the code of Node's own decoder, where callers handle it separately */
  constructor(
    message: string,
    readonly code?: typeof WRONG_CHECKSUM,
  ) {
    super(message);
  }
}

/** Node's code, which comes from the zstd library (zstd 1.5, `zstd_errors.h`). */
export const WRONG_CHECKSUM = "ZSTD_error_checksum_wrong";

export class BackwardBits {
  /** Bits left; negative after reads past the start of the stream, which return 0 bits. */
  left: number;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly start: number,
    end: number,
  ) {
    const last = end > start ? (bytes[end - 1] as number) : 0;
    if (last === 0) throw new CorruptZstd("a bit stream does not end with a set bit");
    this.left = (end - start) * 8 - 1 - Math.clz32(last) + 24;
  }

  /** The next bits, without consuming them. @param count at most 16 */
  peek(count: number): number {
    const from = this.left - count;
    if (from >= 0) {
      const { bytes } = this;
      const at = this.start + (from >> 3);
      const word = (bytes[at] as number) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
      return (word >>> (from & 7)) & ((1 << count) - 1);
    }
    if (this.left <= 0) return 0;
    const word = (this.bytes[this.start] as number) | ((this.bytes[this.start + 1] ?? 0) << 8);
    return ((word & ((1 << this.left) - 1)) << -from) & ((1 << count) - 1);
  }

  /** @param count at most 32 */
  take(count: number): number {
    if (count > 16) return this.take(count - 16) * 65_536 + this.take(16);
    const bits = this.peek(count);
    this.left -= count;
    return bits;
  }
}
