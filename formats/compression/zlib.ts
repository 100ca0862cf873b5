/** Zlib around a payload (RFC 1950). */
import { inflateSync } from "node:zlib";
import type { Limits } from "../limits";
import { inflateWithin } from "./inflateWithin";

/** A checksum that does not match and bytes after the stream are refused. */
export function unzlib(bytes: Uint8Array, limits: Limits): Buffer {
  return inflateWithin("zlib", inflateSync, bytes, limits);
}
