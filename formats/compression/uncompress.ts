/** Compression around a payload: told by its first bytes, one layer of it unpacked within bounds. */
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
  // No UTF-8 text begins as RFC 1952 and RFC 8878 say.
  31: { name: "gzip", is: (bytes) => bytes[1] === 0x8b, unpack: gunzip },
  40: { name: "zstd", is: (bytes) => bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd, unpack: unzstd },
  // RFC 1950 leaves room for text, such as "x^2,y": only the headers that zlib writes count, and only where the bytes are no
  // text. Compressed data hardly ever is text: its checksum and its blocks would all have to be characters.
  120: { name: "zlib", is: (bytes) => isZlibLevel(bytes[1]) && !isUtf8(bytes), unpack: unzlib },
};

/** The payload without its compression, or itself. @throws FormatError for more than one layer, and as unpacking does */
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

/** The second byte for each of zlib's four levels, with a window of 32 KiB and without a dictionary. */
function isZlibLevel(byte: number | undefined): boolean {
  return byte === 0x01 || byte === 0x5e || byte === 0x9c || byte === 0xda;
}
