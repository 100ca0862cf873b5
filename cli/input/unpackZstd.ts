/** Unpacks zstd data of any size, and checks the size and checksum of each frame (RFC 8878, section 3.1). Node.js 20 has no zstd. */
import { Decompress } from "fzstd";
import { XxHash64 } from "../../formats/compression/zstd/xxHash64";

const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;

/** @param magic the first four bytes, little endian */
export function isZstd(magic: number): boolean {
  return magic === MAGIC || isSkippable(magic);
}

function isSkippable(magic: number): boolean {
  return (magic & 0xfffffff0) >>> 0 === SKIPPABLE;
}

/** @throws Error for data that is broken or cut short */
export async function* unpackZstd(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const reader = new Reader(chunks);
  for (;;) {
    const start = await reader.upTo(4);
    if (start.length === 0) return;
    const magic = start.length === 4 ? start.readUInt32LE() : 0;
    if (magic === MAGIC) yield* frame(reader, start);
    else if (isSkippable(magic)) {
      const size = (await reader.exactly(4)).readUInt32LE();
      for (let left = size; left > 0; ) left -= (await reader.some(left)).length;
    } else throw new Error("bytes follow the last frame");
  }
}

async function* frame(reader: Reader, magic: Buffer): AsyncGenerator<Buffer> {
  const outputs: Buffer[] = [];
  const unpack = new Decompress((bytes) => outputs.push(Buffer.from(bytes)));
  const hash = new XxHash64();
  let length = 0;
  function* unpacked(bytes: Buffer, isLast = false): Generator<Buffer> {
    unpack.push(bytes, isLast);
    for (const output of outputs.splice(0)) {
      if (output.length === 0) continue;
      hash.update(output);
      length += output.length;
      yield output;
    }
  }
  const descriptor = await reader.exactly(1);
  const flags = descriptor[0] as number;
  const sizeBytes = sizeFieldBytes(flags);
  const before = (flags & 0x20 ? 0 : 1) + ((flags & 3) === 3 ? 4 : flags & 3);
  const rest = await reader.exactly(before + sizeBytes);
  yield* unpacked(Buffer.concat([magic, descriptor, rest]));
  for (let isLast = false; !isLast; ) {
    const header = await reader.exactly(3);
    const block = header.readUIntLE(0, 3);
    isLast = (block & 1) === 1;
    const size = ((block >> 1) & 3) === 1 ? 1 : block >> 3;
    const hasMore = !isLast || (flags & 0x04) !== 0;
    yield* unpacked(Buffer.concat([header, await reader.exactly(size)]), !hasMore);
  }
  if (flags & 0x04) {
    const checksum = await reader.exactly(4);
    yield* unpacked(checksum, true);
    if (checksum.readUInt32LE() !== hash.low()) throw new Error("a checksum does not match");
  }
  const stated = contentBytes(rest.subarray(before));
  if (stated !== undefined && stated !== length) throw new Error("a frame is not as long as it says");
}

function sizeFieldBytes(flags: number): number {
  const code = flags >> 6;
  return code === 0 ? (flags >> 5) & 1 : 1 << code;
}

function contentBytes(field: Buffer): number | undefined {
  if (field.length === 0) return undefined;
  if (field.length === 1) return field[0];
  if (field.length === 2) return field.readUInt16LE() + 256;
  return field.length === 4 ? field.readUInt32LE() : Number(field.readBigUInt64LE());
}

/** Reads numbers of bytes from chunks of any size. */
class Reader {
  private held: Buffer = Buffer.alloc(0);
  private readonly chunks: AsyncIterator<Buffer>;

  constructor(chunks: AsyncIterable<Buffer>) {
    this.chunks = chunks[Symbol.asyncIterator]();
  }

  /** At least one byte, and at most this many. */
  async some(most: number): Promise<Buffer> {
    while (this.held.length === 0) {
      const { value, done } = await this.chunks.next();
      if (done) throw new Error("the data is cut short");
      this.held = value;
    }
    const bytes = this.held.subarray(0, most);
    this.held = this.held.subarray(bytes.length);
    return bytes;
  }

  async exactly(count: number): Promise<Buffer> {
    const bytes = await this.upTo(count);
    if (bytes.length < count) throw new Error("the data is cut short");
    return bytes;
  }

  /** Fewer bytes only at the end. */
  async upTo(count: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let length = 0;
    while (length < count) {
      if (this.held.length === 0) {
        const { value, done } = await this.chunks.next();
        if (done) break;
        this.held = value;
        continue;
      }
      const part = await this.some(count - length);
      parts.push(part);
      length += part.length;
    }
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  }
}
