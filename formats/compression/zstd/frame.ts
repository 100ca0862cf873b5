/** Decodes a Zstandard frame on versions of Node without a decoder; every copy is checked before it is made. */

import { CorruptZstd, WRONG_CHECKSUM } from "./bits";
import type { ZstdFrame } from "./frames";
import { type BlockState, readLiterals } from "./literals";
import { runSequences } from "./sequences";
import { xxHash64Low } from "./xxHash64";

const LARGEST_BLOCK = 128 * 1024;

/**
 * @returns undefined for a frame that decompresses to more than `bound` bytes
 * @throws CorruptZstd
 */
export function decodeZstdFrame(bytes: Uint8Array, frame: ZstdFrame, bound: number): Buffer | undefined {
  const blockBound = Math.min(LARGEST_BLOCK, Math.max(frame.windowBytes, 1));
  const output = new Output(Math.min(bound, frame.contentBytes ?? frame.blocks.length * blockBound) + blockBound);
  const state: BlockState = { huffman: undefined, tables: [undefined, undefined, undefined], offsets: [1, 4, 8] };
  for (const { kind, at, size } of frame.blocks) {
    output.reserve(kind === "compressed" ? blockBound : size);
    if (kind === "raw") output.add(bytes.subarray(at, at + size));
    else if (kind === "repeated") output.repeat(bytes[at] as number, size);
    else {
      const start = output.length;
      const literals = readLiterals(bytes, at, at + size, state, blockBound);
      output.length = runSequences(bytes, literals.end, at + size, literals.bytes, state, {
        bytes: output.bytes,
        length: start,
        most: start + blockBound,
        window: frame.windowBytes,
      });
    }
    if (output.length > bound) return undefined;
  }
  return check(bytes, frame, output.bytes.subarray(0, output.length));
}

function check(bytes: Uint8Array, frame: ZstdFrame, output: Buffer): Buffer {
  if (frame.contentBytes !== undefined && frame.contentBytes !== output.length) {
    throw new CorruptZstd("a frame is not as long as it says");
  }
  if (frame.hasChecksum) {
    const written = new DataView(bytes.buffer, bytes.byteOffset).getUint32(frame.end - 4, true);
    if (written !== xxHash64Low(output)) throw new CorruptZstd("a checksum does not match", WRONG_CHECKSUM);
  }
  return output;
}

/** An output buffer that grows up to a known maximum. */
class Output {
  bytes = Buffer.alloc(0);
  length = 0;

  constructor(private readonly most: number) {}

  reserve(room: number): void {
    const needed = this.length + room;
    if (needed <= this.bytes.length) return;
    // Bytes that are not written yet are never read: no copy begins before the output or after its end.
    const grown = Buffer.allocUnsafe(Math.max(needed, Math.min(this.most, 2 * this.bytes.length)));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }

  add(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  repeat(byte: number, count: number): void {
    this.bytes.fill(byte, this.length, this.length + count);
    this.length += count;
  }
}
