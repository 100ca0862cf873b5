/** Opens files and standard input as bytes: unpacks gzip and zstd, and counts the bytes that were read. */
import { createReadStream, statSync } from "node:fs";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { CommandError } from "../errors";
import { isZstd, unpackZstd } from "./unpackZstd";

/** The name of standard input on the command line. */
export const STDIN = "-";

/** Enough for the header of a container, and for the first lines of text. */
const START_BYTES = 64 * 1024;
const CHUNK_BYTES = 1024 * 1024;

export interface OpenedInput {
  /** The first 64 KiB, or all bytes if there are fewer. */
  readonly start: Buffer;
  /** All bytes from the first on, unpacked; may be read once. */
  readonly chunks: AsyncIterable<Buffer>;
  readonly compression: "gzip" | "zstd" | undefined;
  /** Ends reading before the last byte. */
  close(): Promise<void>;
}

/**
 * @param file an absolute path, or `-`
 * @param onBytes called with the number of bytes that were read from the file since its last call
 * @throws CommandError for a file that cannot be read or does not decompress
 */
export async function openInput(
  file: string,
  stdin: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<OpenedInput> {
  const source = file === STDIN ? stdin : createReadStream(file, { highWaterMark: CHUNK_BYTES });
  const packed = await peeked(counted(readable(source, file), onBytes), 4);
  const compression = compressionOf(packed.start);
  const unpacked = compression === undefined ? packed.chunks : UNPACK[compression](packed.chunks, file);
  const { start, chunks } = await peeked(unpacked, START_BYTES);
  return { start, chunks, compression, close: async () => void (await chunks.return(undefined)) };
}

/** True for standard input, a pipe as of `<(zcat a.gz)`, and a device: their bytes are gone once they are read. */
export function isReadOnce(file: string): boolean {
  return file === STDIN || statSync(file, { throwIfNoEntry: false })?.isFile() === false;
}

/** The name of a file in messages. */
export function inputName(file: string): string {
  return file === STDIN ? "standard input" : file;
}

function compressionOf(start: Buffer): "gzip" | "zstd" | undefined {
  if (start[0] === 0x1f && start[1] === 0x8b) return "gzip";
  return start.length >= 4 && isZstd(start.readUInt32LE()) ? "zstd" : undefined;
}

const UNPACK = { gzip: gunzipped, zstd: unzstd };

/** Node.js ends at a zero byte after a member, which begins the padding of a tape, or damage before further members. */
async function* gunzipped(chunks: AsyncIterable<Buffer>, file: string): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  let [bytes, contentEnd] = [0, 0];
  async function* watched(): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      let end = chunk.length;
      while (end > 0 && chunk[end - 1] === 0) end--;
      if (end > 0) contentEnd = bytes + end;
      bytes += chunk.length;
      yield chunk;
    }
  }
  const source = Readable.from(watched()).on("error", (error) => gunzip.destroy(error));
  try {
    yield* source.pipe(gunzip);
    const unpacked = gunzip.bytesWritten;
    for await (const _ of source);
    if (contentEnd > unpacked) throw new Error(`bytes ${unpacked} to ${contentEnd} are not gzip data`);
  } catch (error) {
    throw broken(file, "gzip", error);
  } finally {
    source.destroy();
  }
}

async function* unzstd(chunks: AsyncIterable<Buffer>, file: string): AsyncGenerator<Buffer> {
  try {
    yield* unpackZstd(chunks);
  } catch (error) {
    throw broken(file, "zstd", error);
  }
}

function broken(file: string, compression: string, cause: unknown): CommandError {
  if (cause instanceof CommandError) return cause;
  return new CommandError(`${inputName(file)} is broken: its ${compression} data does not decompress`, { cause });
}

async function* readable(source: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of source) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  } catch (error) {
    throw unreadable(file, error as NodeJS.ErrnoException);
  }
}

function unreadable(file: string, cause: NodeJS.ErrnoException): CommandError {
  const { code, message } = cause;
  if (code === "ENOENT") return new CommandError(`there is no file ${file}`, { cause });
  if (code === "EACCES" || code === "EPERM") {
    return new CommandError(`${file} may not be read by this user; change its permissions`, { cause });
  }
  return new CommandError(`${inputName(file)}: ${message}`, { cause });
}

async function* counted(chunks: AsyncIterable<Buffer>, onBytes: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    onBytes(chunk.length);
    yield chunk;
  }
}

/** Reads ahead until this many bytes are known, and gives them back as the first chunk. */
async function peeked(
  chunks: AsyncGenerator<Buffer>,
  bytes: number,
): Promise<{ start: Buffer; chunks: AsyncGenerator<Buffer> }> {
  const held: Buffer[] = [];
  let length = 0;
  while (length < bytes) {
    const { value, done } = await chunks.next();
    if (done) break;
    held.push(value);
    length += value.length;
  }
  const first = held.length === 1 ? (held[0] as Buffer) : Buffer.concat(held);
  async function* again(): AsyncGenerator<Buffer> {
    try {
      if (first.length > 0) yield first;
      yield* chunks;
    } finally {
      await chunks.return(undefined);
    }
  }
  return { start: first.subarray(0, bytes), chunks: again() };
}
