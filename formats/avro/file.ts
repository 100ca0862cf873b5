/** Reads an Avro file of any size as rows, one block after the other. */
import { FILE_PART_LIMITS } from "../fileLimits";
import { FormatError } from "../formatError";
import { Payload } from "../payload";
import type { DecodedRow, Row } from "../row";
import { avro } from "./avro";
import { AVRO_MAGIC } from "./container";

const SYNC_BYTES = 16;
/** Blocks are some kilobytes to some megabytes long. */
const MAX_BLOCK_BYTES = 256 * 1024 * 1024;

/**
 * The values are those that a router decodes from the same bytes.
 *
 * @throws FormatError for a file that is broken or cut short
 */
export async function* readAvroFile(chunks: AsyncIterable<Buffer>): AsyncGenerator<Row> {
  const reader = avro.open({}, FILE_PART_LIMITS);
  let header: Buffer | undefined;
  let pending: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    for (;;) {
      const end = header === undefined ? headerEnd(pending) : blockEnd(pending);
      if (end === undefined || end > pending.length) {
        if ((end ?? pending.length) > MAX_BLOCK_BYTES) {
          throw new FormatError("avro", `a block has more than ${MAX_BLOCK_BYTES} bytes`, "limits");
        }
        break;
      }
      const part = pending.subarray(0, end);
      pending = pending.subarray(end);
      if (header === undefined) header = Buffer.from(part);
      else {
        // A header and one block are a file by themselves.
        const rows = reader.decode(new Payload(Buffer.concat([header, part]))) as DecodedRow[];
        for (const { row } of rows) yield row;
      }
    }
  }
  if (header === undefined || pending.length > 0) throw new FormatError("avro", "the file is cut short");
}

/** The end of the magic, the metadata and the marker; undefined if more bytes are needed. */
function headerEnd(bytes: Buffer): number | undefined {
  const cursor = new Cursor(bytes, AVRO_MAGIC.length);
  for (;;) {
    const count = cursor.long();
    if (count === undefined) return undefined;
    if (count === 0) return cursor.at + SYNC_BYTES;
    if (count < 0 && cursor.long() === undefined) return undefined;
    for (let left = 2 * Math.abs(count); left > 0; left--) {
      const length = cursor.long();
      if (length === undefined) return undefined;
      cursor.at += length;
    }
  }
}

/** The end of the block's marker, which may lie behind the bytes; undefined if the block's size is not there yet. */
function blockEnd(bytes: Buffer): number | undefined {
  const cursor = new Cursor(bytes, 0);
  const rows = cursor.long();
  const size = cursor.long();
  if (rows === undefined || size === undefined) return undefined;
  if (size < 0) throw new FormatError("avro", "a block has a negative size");
  return cursor.at + size + SYNC_BYTES;
}

/** Reads zigzag integers, of which sizes are small enough for a double. */
class Cursor {
  constructor(
    private readonly bytes: Buffer,
    public at: number,
  ) {}

  long(): number | undefined {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) return undefined;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      if (scale > 2 ** 42) throw new FormatError("avro", "a size has more than 49 bits");
    }
  }
}
