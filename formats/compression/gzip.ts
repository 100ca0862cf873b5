/** Gzip around a payload (RFC 1952). */
import { gunzipSync } from "node:zlib";
import type { Limits } from "../limits";
import { inflateWithin } from "./inflateWithin";

/** Unpacks every member; a checksum that does not match and bytes after the last member are refused. */
export function gunzip(bytes: Uint8Array, limits: Limits): Buffer {
  return inflateWithin("gzip", gunzipSync, bytes, limits);
}
