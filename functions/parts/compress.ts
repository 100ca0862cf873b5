/** Compresses with gzip so that the same body always gives the same bytes. */
import { gzipSync } from "node:zlib";

/** Level 1: objects are read once by the hourly step, and a router's time is dearer than its bytes. */
const LEVEL = 1;
const OPERATING_SYSTEM_BYTE = 9;
/** RFC 1952: unknown. Node writes the machine's own here; its modification time is always 0. */
const UNKNOWN = 255;

export function compress(body: Uint8Array): Uint8Array {
  const bytes = gzipSync(body, { level: LEVEL });
  bytes[OPERATING_SYSTEM_BYTE] = UNKNOWN;
  return bytes;
}
