/** Decompresses gzip, zlib and other DEFLATE data with Node's zlib, and stops as soon as the output passes its bound. */
import { gunzipSync, inflateSync, type ZlibOptions } from "node:zlib";
import { FormatError } from "../formatError";
import { beyond, type Limits } from "../limits";

/** A payload that becomes no larger than this is harmless at any expansion. */
const ALWAYS_ALLOWED_BYTES = 64 * 1024;

/**
 * Gzip around a payload (RFC 1952).
 *
 * Unpacks every member. Data with a wrong checksum or with bytes after the last member is refused.
 */
export function gunzip(bytes: Uint8Array, limits: Limits): Buffer {
  return inflate("gzip", gunzipSync, bytes, limits);
}

/**
 * Zlib around a payload (RFC 1950).
 *
 * Data with a wrong checksum or with bytes after the stream is refused.
 */
export function unzlib(bytes: Uint8Array, limits: Limits): Buffer {
  return inflate("zlib", inflateSync, bytes, limits);
}

/** The maximum unpacked bytes of a compressed payload, and the name of the limit that sets it. */
export function outputBound(bytes: Uint8Array, limits: Limits): { bound: number; limit: "expansion" | "payloadBytes" } {
  const expanded = Math.max(ALWAYS_ALLOWED_BYTES, bytes.length * limits.expansion);
  if (expanded < limits.payloadBytes) return { bound: expanded, limit: "expansion" };
  return { bound: limits.payloadBytes, limit: "payloadBytes" };
}

/** The error for a payload that unpacks to more than `outputBound`. */
export function tooLarge(name: string, bytes: Uint8Array, limits: Limits): FormatError {
  const { limit } = outputBound(bytes, limits);
  const reason = limit === "payloadBytes" ? "too-large" : "limits";
  return new FormatError(name, `${bytes.length} bytes become ${beyond(limit, limits[limit])}`, reason);
}

/** The error for a payload whose unpacked data does not match its checksum. */
export function wrongChecksum(name: string, bytes: Uint8Array, cause: unknown): FormatError {
  return new FormatError(name, `the checksum of ${bytes.length} bytes does not match`, "checksum", { cause });
}

/** zlib's messages for a mismatch of gzip's CRC-32, length or header CRC-16, and of zlib's Adler-32 (zlib 1.3, `inflate.c`). */
const CHECKSUM_MESSAGES: ReadonlySet<string> = new Set([
  "incorrect data check",
  "incorrect length check",
  "header crc mismatch",
]);

/** @param inflateSync one of the synchronous functions of `node:zlib` that decompress */
export function inflate(name: string, inflateSync: typeof gunzipSync, bytes: Uint8Array, limits: Limits): Buffer {
  const { buffer, consumed } = run(name, inflateSync, bytes, limits);
  if (consumed !== bytes.length) {
    throw new FormatError(name, `${bytes.length - consumed} of ${bytes.length} bytes follow the last member`);
  }
  return buffer;
}

function run(name: string, inflateSync: typeof gunzipSync, bytes: Uint8Array, limits: Limits) {
  try {
    const options: ZlibOptions = { maxOutputLength: outputBound(bytes, limits).bound, info: true };
    // With `info`, zlib also returns its engine, which counts the bytes it has read; the types do not declare it.
    const result = inflateSync(bytes, options) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    return { buffer: result.buffer, consumed: result.engine.bytesWritten };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(name, bytes, limits);
    if (CHECKSUM_MESSAGES.has(message)) throw wrongChecksum(name, bytes, error);
    throw new FormatError(name, `${bytes.length} bytes do not decompress (${code ?? "unknown"})`, "format", {
      cause: error,
    });
  }
}
