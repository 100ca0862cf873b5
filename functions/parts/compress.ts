/** Compresses with gzip so that the same body always gives the same bytes. */
import { gzipSync } from "node:zlib";

/** Level 1: the hourly job reads objects once, and a router's time costs more than its bytes. */
const LEVEL = 1;
const OPERATING_SYSTEM_BYTE = 9;
/** RFC 1952: unknown. Node writes the machine's operating system here; the modification time is always 0. */
const UNKNOWN = 255;

export function compress(body: Uint8Array): Uint8Array {
  const bytes = gzipSync(body, { level: LEVEL });
  bytes[OPERATING_SYSTEM_BYTE] = UNKNOWN;
  return bytes;
}
