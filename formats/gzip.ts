/** Gzip around a payload: one layer, unpacked within bounds. */
import { gunzipSync } from "node:zlib";
import { FormatError } from "./formatError";
import { beyond, type Limits } from "./limits";

/** A payload that becomes no larger than this is harmless whatever its expansion. */
const ALWAYS_ALLOWED_BYTES = 64 * 1024;

/** True for bytes that begin as RFC 1952 says; no UTF-8 text does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Unpacks every member of a gzip payload. zlib stops as soon as the output passes the bound, so that a bomb costs no more
 * than the bound; a checksum that does not match and bytes after the last member are refused.
 */
export function gunzip(bytes: Uint8Array, limits: Limits): Buffer {
  const expanded = Math.max(ALWAYS_ALLOWED_BYTES, bytes.length * limits.expansion);
  const bound = Math.min(limits.payloadBytes, expanded);
  const { buffer, consumed } = inflate(
    bytes,
    bound,
    expanded < limits.payloadBytes ? "expansion" : "payloadBytes",
    limits,
  );
  if (consumed !== bytes.length) {
    throw new FormatError("gzip", `${bytes.length - consumed} of ${bytes.length} bytes follow the last member`);
  }
  if (isGzip(buffer)) throw new FormatError("gzip", "compressed more than once; one layer is unpacked", "limits");
  return buffer;
}

function inflate(bytes: Uint8Array, bound: number, limit: keyof Limits, limits: Limits) {
  try {
    const options = { maxOutputLength: bound, info: true };
    // With `info` zlib returns its engine as well, which knows how many bytes it has read; the types do not say so.
    const result = gunzipSync(bytes, options) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    return { buffer: result.buffer, consumed: result.engine.bytesWritten };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ERR_BUFFER_TOO_LARGE") {
      throw new FormatError("gzip", `${bytes.length} bytes become ${beyond(limit, limits[limit])}`, "limits");
    }
    throw new FormatError("gzip", `${bytes.length} bytes do not decompress (${code ?? "unknown"})`, "format", {
      cause: error,
    });
  }
}
