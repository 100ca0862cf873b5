/** Unpacks with zlib, never beyond what the limits allow: it stops as soon as the output passes the bound. */
import type { gunzipSync, ZlibOptions } from "node:zlib";
import { FormatError } from "../formatError";
import { beyond, type Limits } from "../limits";

/** A payload that becomes no larger than this is harmless whatever its expansion. */
const ALWAYS_ALLOWED_BYTES = 64 * 1024;

/** How many bytes a compressed payload may become, and the limit that says so. */
export function outputBound(bytes: Uint8Array, limits: Limits): { bound: number; limit: "expansion" | "payloadBytes" } {
  const expanded = Math.max(ALWAYS_ALLOWED_BYTES, bytes.length * limits.expansion);
  if (expanded < limits.payloadBytes) return { bound: expanded, limit: "expansion" };
  return { bound: limits.payloadBytes, limit: "payloadBytes" };
}

/** The error for a payload that becomes larger than `outputBound`. */
export function tooLarge(name: string, bytes: Uint8Array, limits: Limits): FormatError {
  const { limit } = outputBound(bytes, limits);
  const reason = limit === "payloadBytes" ? "too-large" : "limits";
  return new FormatError(name, `${bytes.length} bytes become ${beyond(limit, limits[limit])}`, reason);
}

/** The error for a payload that unpacks to something else than was packed. */
export function wrongChecksum(name: string, bytes: Uint8Array, cause: unknown): FormatError {
  return new FormatError(name, `the checksum of ${bytes.length} bytes does not match`, "checksum", { cause });
}

/** What zlib says of gzip's CRC-32 and length, of its header's CRC-16, and of zlib's Adler-32 (zlib 1.3, `inflate.c`). */
const CHECKSUM_MESSAGES: ReadonlySet<string> = new Set([
  "incorrect data check",
  "incorrect length check",
  "header crc mismatch",
]);

/** @param inflate one of `node:zlib`'s functions that unpack at once */
export function inflateWithin(name: string, inflate: typeof gunzipSync, bytes: Uint8Array, limits: Limits): Buffer {
  const { buffer, consumed } = run(name, inflate, bytes, limits);
  if (consumed !== bytes.length) {
    throw new FormatError(name, `${bytes.length - consumed} of ${bytes.length} bytes follow the last member`);
  }
  return buffer;
}

function run(name: string, inflate: typeof gunzipSync, bytes: Uint8Array, limits: Limits) {
  try {
    const options: ZlibOptions = { maxOutputLength: outputBound(bytes, limits).bound, info: true };
    // With `info` zlib returns its engine as well, which knows how many bytes it has read; the types do not say so.
    const result = inflate(bytes, options) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
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
