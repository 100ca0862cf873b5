/** Detects a payload's compression by its first bytes and unpacks one layer within bounds. */
import { isUtf8 } from "node:buffer";
import { FormatError } from "../formatError";
import type { Limits } from "../limits";
import { gunzip, unzlib } from "./inflate";
import { unzstd } from "./zstd/zstd";

interface Compression {
  readonly name: string;
  is(bytes: Uint8Array): boolean;
  /** @throws FormatError */
  unpack(bytes: Uint8Array, limits: Limits): Buffer;
}

const COMPRESSIONS: Readonly<Record<number, Compression>> = {
  // No UTF-8 text begins with the magic bytes of RFC 1952 or RFC 8878.
  31: { name: "gzip", is: (bytes) => bytes[1] === 0x8b, unpack: gunzip },
  40: { name: "zstd", is: (bytes) => bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd, unpack: unzstd },
  // A header of RFC 1950 may also be text, such as "x^2,y". So only the headers that zlib writes count, and only if the bytes
  // are not UTF-8. Compressed data is hardly ever valid UTF-8, because its checksum and its blocks would have to be valid too.
  120: { name: "zlib", is: (bytes) => isZlibLevel(bytes[1]) && !isUtf8(bytes), unpack: unzlib },
};

/** The unpacked payload, or the payload itself if it is not compressed. @throws FormatError for broken data or a second layer */
export function uncompress(bytes: Uint8Array, limits: Limits): Uint8Array {
  const compression = compressionOf(bytes);
  if (!compression) return bytes;
  const unpacked = compression.unpack(bytes, limits);
  if (!compressionOf(unpacked)) return unpacked;
  throw new FormatError(compression.name, "compressed more than once; one layer is unpacked", "limits");
}

function compressionOf(bytes: Uint8Array): Compression | undefined {
  const compression = COMPRESSIONS[bytes[0] as number];
  return compression?.is(bytes) ? compression : undefined;
}

/** True for the second header byte of zlib's four levels, with a window of 32 KiB and without a dictionary. */
function isZlibLevel(byte: number | undefined): boolean {
  return byte === 0x01 || byte === 0x5e || byte === 0x9c || byte === 0xda;
}
