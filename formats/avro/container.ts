/** Avro object container files: a header with the schema, then blocks of rows, each compressed separately. */
import { crc32, inflateRawSync } from "node:zlib";
import type { Budget } from "../budget";
import { inflate } from "../compression/inflate";
import { unsnappy } from "../compression/snappy";
import { unzstd } from "../compression/zstd/zstd";
import { FormatError } from "../formatError";
import type { Limits } from "../limits";
import { AvroBytes } from "./bytes";

export const AVRO_MAGIC = Buffer.from("Obj\x01", "latin1");
const SYNC_BYTES = 16;
/** After each Snappy block: the CRC-32 of its uncompressed data, big-endian. */
const CRC_BYTES = 4;
/** Starting a decompressor takes some microseconds, even for an empty block, so the number of blocks is bounded. */
const MAX_COMPRESSED_BLOCKS = 4_096;

/** A block: `data` contains its `rows` rows. */
export interface AvroBlock {
  readonly rows: number;
  readonly data: AvroBytes;
}

export interface AvroContainer {
  /** The writer's schema, as JSON text. */
  readonly schema: string;
  readonly blocks: Iterable<AvroBlock>;
}

/** @throws FormatError */
export function readContainer(bytes: Buffer, budget: Budget, limits: Limits): AvroContainer {
  const whole = new AvroBytes(bytes, bytes.length, budget);
  whole.skip(AVRO_MAGIC.length);
  const { schema, codec } = readMetadata(whole);
  const unpack = unpacker(codec, limits);
  const sync = bytes.subarray(whole.skip(SYNC_BYTES), whole.at);
  return { schema, blocks: readBlocks(whole, sync, unpack) };
}

function readMetadata(bytes: AvroBytes): { schema: string; codec: string } {
  let schema: string | undefined;
  let codec = "null";
  for (let count = bytes.long(); count !== 0; count = bytes.long()) {
    if (count < 0) bytes.length();
    for (let left = count < 0 ? -count : count; left > 0; left--) {
      const name = bytes.text();
      const length = bytes.length();
      const start = bytes.skip(length);
      if (name === "avro.schema") schema = bytes.bytes.toString("utf8", start, start + length);
      if (name === "avro.codec") codec = bytes.bytes.toString("latin1", start, start + length);
    }
  }
  if (schema === undefined) throw bytes.refuse("the file's header has no schema");
  return { schema, codec };
}

function* readBlocks(bytes: AvroBytes, sync: Buffer, unpack: Unpack): Generator<AvroBlock> {
  while (bytes.at < bytes.end) {
    const rows = bytes.long();
    if (typeof rows === "bigint" || rows < 0) throw bytes.refuse("a block has no count of rows");
    bytes.budget.announceRows(rows);
    const size = bytes.length();
    const start = bytes.skip(size);
    const found = bytes.skip(SYNC_BYTES);
    if (sync.compare(bytes.bytes, found, bytes.at) !== 0)
      throw bytes.refuse("a block does not end with the file's marker");
    const data = unpack(bytes, start, size);
    yield { rows, data };
    if (data.at !== data.end) throw bytes.refuse(`a block has ${data.end - data.at} bytes more than its rows`);
  }
}

type Unpack = (bytes: AvroBytes, start: number, size: number) => AvroBytes;

function unpacker(codec: string, limits: Limits): Unpack {
  if (codec === "null") {
    return ({ bytes, budget }, start, size) => {
      const data = new AvroBytes(bytes, start + size, budget);
      data.at = start;
      return data;
    };
  }
  const decompress = Object.hasOwn(DECOMPRESS, codec) ? DECOMPRESS[codec] : undefined;
  if (!decompress) {
    throw new FormatError("avro", `the file's codec is not one of null, ${Object.keys(DECOMPRESS).join(", ")}`);
  }
  let left = limits.payloadBytes;
  let blocks = 0;
  return ({ bytes, budget }, start, size) => {
    blocks += 1;
    if (blocks > MAX_COMPRESSED_BLOCKS) {
      throw new FormatError("avro", `more than ${MAX_COMPRESSED_BLOCKS} compressed blocks`, "limits");
    }
    const data = budget.unpack(bytes.subarray(start, start + size), { ...limits, payloadBytes: left }, decompress);
    left -= data.length;
    return new AvroBytes(data, data.length, budget);
  };
}

/** Each decompresses one block within limits; `payloadBytes` is the rest that earlier blocks left. @throws FormatError */
const DECOMPRESS: Readonly<Record<string, (block: Buffer, limits: Limits) => Buffer>> = {
  deflate: (block, limits) => inflate("deflate", inflateRawSync, block, limits),
  snappy: (block, limits) => {
    const end = block.length - CRC_BYTES;
    const data = end < 1 ? undefined : unsnappy(block.subarray(0, end), limits.payloadBytes);
    if (!data) throw new FormatError("snappy", `a block of ${block.length} bytes does not decompress`);
    if (crc32(data) !== block.readUInt32BE(end)) {
      throw new FormatError("snappy", "a block's checksum does not match", "checksum");
    }
    return data;
  },
  zstandard: unzstd,
};
