/** Decompresses Snappy blocks: https://github.com/google/snappy/blob/main/format_description.txt */

/** The decompressed bytes; undefined for a broken block, and for a block that announces more than `maxBytes`. */
export function unsnappy(block: Uint8Array, maxBytes: number): Buffer | undefined {
  const header = readLength(block);
  if (!header || header.length > maxBytes) return undefined;
  // The densest element is a copy of 64 bytes in 3 bytes. A block that announces a higher ratio is broken: allocate nothing.
  if (header.length > block.length * 24) return undefined;
  const output = Buffer.allocUnsafe(header.length);
  return copyElements(block, header.at, output) ? output : undefined;
}

/** Up to this length, a copy byte by byte takes less time than a call into the runtime. */
const SHORT = 64;

function readLength(block: Uint8Array): { length: number; at: number } | undefined {
  let length = 0;
  for (let at = 0, scale = 1; at < 5; at++, scale *= 128) {
    const byte = block[at];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) * scale;
    if (byte < 0x80) return length < 2 ** 32 ? { length, at: at + 1 } : undefined;
  }
  return undefined;
}

/** Copies literals and back-references; true if block and output end together. */
function copyElements(block: Uint8Array, from: number, output: Buffer): boolean {
  let at = from;
  let made = 0;
  while (at < block.length) {
    const tag = block[at++] as number;
    const kind = tag & 3;
    let length = (tag >>> 2) + 1;
    // Bytes past the end of the block are undefined; the checks below refuse the resulting NaN or 0.
    if (kind === 0) {
      if (length > 60) {
        const extra = length - 60;
        length = 1 + littleEndian(block, at, extra);
        at += extra;
      }
      if (!(length <= block.length - at) || length > output.length - made) return false;
      copyLiteral(block, at, output, made, length);
      at += length;
    } else {
      let offset: number;
      if (kind === 1) {
        length = ((tag >>> 2) & 7) + 4;
        offset = ((tag >>> 5) << 8) | (block[at++] as number);
      } else {
        offset = littleEndian(block, at, kind === 2 ? 2 : 4);
        at += kind === 2 ? 2 : 4;
      }
      if (at > block.length || offset === 0 || !(offset <= made) || length > output.length - made) return false;
      copyBack(output, made, offset, length);
    }
    made += length;
  }
  return made === output.length;
}

function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let index = count - 1; index >= 0; index--) value = value * 256 + (bytes[at + index] as number);
  return value;
}

function copyLiteral(block: Uint8Array, at: number, output: Buffer, made: number, length: number): void {
  if (length > SHORT) output.set(block.subarray(at, at + length), made);
  else for (let index = 0; index < length; index++) output[made + index] = block[at + index] as number;
}

/** A copy that overlaps its own output repeats it. */
function copyBack(output: Buffer, made: number, offset: number, length: number): void {
  if (offset >= length && length > SHORT) output.copyWithin(made, made - offset, made - offset + length);
  else for (let index = 0; index < length; index++) output[made + index] = output[made - offset + index] as number;
}
