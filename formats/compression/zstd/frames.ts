/** Finds the frames and blocks of Zstandard data by their sizes (RFC 8878, section 3.1). */
import { FormatError } from "../../formatError";

export interface ZstdFrame {
  /** The frame from `start`, its magic, to `end`, the byte after its checksum. */
  readonly start: number;
  readonly end: number;
  readonly windowBytes: number;
  /** The size of the decompressed content, if the header states it. */
  readonly contentBytes: number | undefined;
  readonly hasChecksum: boolean;
  readonly blocks: readonly ZstdBlock[];
}

export interface ZstdBlock {
  readonly kind: "raw" | "repeated" | "compressed";
  /** The position of the content, after the header. */
  readonly at: number;
  /** The content's bytes; for a repeated byte, the number of repetitions. */
  readonly size: number;
}

/** The window that every decoder should support and few encoders exceed (RFC 8878, section 3.1.1.1.2). */
const LARGEST_WINDOW = 8 * 1024 * 1024;
const LARGEST_BLOCK = 128 * 1024;
const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
const KINDS = ["raw", "repeated", "compressed"] as const;

/** @throws FormatError for data that is cut short, needs a larger window or a dictionary, or has bytes after its last frame */
export function zstdFrames(bytes: Uint8Array): ZstdFrame[] {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames: ZstdFrame[] = [];
  try {
    for (let at = 0; at < bytes.length; ) {
      const magic = data.getUint32(at, true);
      if (magic === MAGIC) {
        const frame = frameAt(data, at);
        frames.push(frame);
        at = frame.end;
      } else if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) at += 8 + data.getUint32(at + 4, true);
      else throw refusal(`${bytes.length - at} of ${bytes.length} bytes follow the last frame`);
      if (at > bytes.length) throw new RangeError();
    }
  } catch (error) {
    if (error instanceof RangeError) throw refusal(`${bytes.length} bytes are cut short`);
    throw error;
  }
  return frames;
}

/** @throws RangeError past the end of the data */
function frameAt(data: DataView, start: number): ZstdFrame {
  const flags = data.getUint8(start + 4);
  const isSingleSegment = (flags & 0x20) !== 0;
  if (flags & 0x08) throw refusal("a frame uses what RFC 8878 reserves");
  let at = start + 5;
  const window = isSingleSegment ? undefined : windowOf(data.getUint8(at++));
  for (let length = (flags & 3) === 3 ? 4 : flags & 3; length > 0; length--) {
    if (data.getUint8(at++) !== 0) throw refusal("a frame needs a dictionary");
  }
  const sizeBytes = flags >> 6 === 0 ? Number(isSingleSegment) : 1 << (flags >> 6);
  const contentBytes = sizeBytes === 0 ? undefined : contentSize(data, at, sizeBytes);
  const windowBytes = window ?? contentBytes ?? 0;
  if (window !== undefined && window > LARGEST_WINDOW) throw refusal(`a window of more than ${LARGEST_WINDOW} bytes`);
  const found = blocksFrom(data, at + sizeBytes, Math.min(windowBytes, LARGEST_BLOCK));
  const hasChecksum = (flags & 0x04) !== 0;
  return {
    start,
    end: found.end + (hasChecksum ? 4 : 0),
    windowBytes,
    contentBytes,
    hasChecksum,
    blocks: found.blocks,
  };
}

function blocksFrom(data: DataView, from: number, largest: number): { blocks: ZstdBlock[]; end: number } {
  const blocks: ZstdBlock[] = [];
  for (let at = from, isLast = false; ; ) {
    if (isLast) return { blocks, end: at };
    const header = data.getUint16(at, true) | (data.getUint8(at + 2) << 16);
    isLast = (header & 1) === 1;
    const kind = KINDS[(header >> 1) & 3];
    const size = header >> 3;
    if (kind === undefined || size > largest) throw refusal("a block is of no kind or size that there is");
    blocks.push({ kind, at: at + 3, size });
    at += 3 + (kind === "repeated" ? 1 : size);
    if (at > data.byteLength) throw new RangeError();
  }
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function contentSize(data: DataView, at: number, bytes: number): number {
  if (bytes === 1) return data.getUint8(at);
  if (bytes === 2) return data.getUint16(at, true) + 256;
  return bytes === 4 ? data.getUint32(at, true) : Number(data.getBigUint64(at, true));
}

function refusal(detail: string): FormatError {
  return new FormatError("zstd", detail);
}
