/** Zlib around a payload (RFC 1950). */
import { inflateSync } from "node:zlib";
import { inflateWithin } from "./inflateWithin";
import type { Limits } from "./limits";

/** A checksum that does not match and bytes after the stream are refused. */
export function unzlib(bytes: Uint8Array, limits: Limits): Buffer {
  return inflateWithin("zlib", inflateSync, bytes, limits);
}
