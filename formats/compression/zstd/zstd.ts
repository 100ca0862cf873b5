/** Decompresses Zstandard, with Node's own decoder if there is one. */
import * as zlib from "node:zlib";
import { FormatError } from "../../formatError";
import type { Limits } from "../../limits";
import { outputBound, tooLarge, wrongChecksum } from "../inflate";
import { WRONG_CHECKSUM } from "./bits";
import { decodeZstdFrame } from "./frame";
import { type ZstdFrame, zstdFrames } from "./frames";

/** Node's own decoder, which exists from 22.15 on; the types of older versions do not declare it. */
type NativeDecoder = (bytes: Uint8Array, options: { maxOutputLength: number }) => Buffer;
const native = (zlib as unknown as { zstdDecompressSync?: NativeDecoder }).zstdDecompressSync ?? null;

/**
 * Zstandard around a payload (RFC 8878).
 *
 * Unpacks every frame with Node's own decoder, or with ours if Node has none. Both refuse frames that need a dictionary
 * or a window of more than 8 MiB, checksums and sizes that do not match, and bytes after the last frame. Among corrupt
 * frames without a checksum, ours refuses some that Node's accepts, and accepts none that Node's refuses.
 *
 * @param decode Node's decoder, or null for ours
 */
export function unzstd(bytes: Uint8Array, limits: Limits, decode: NativeDecoder | null = native): Buffer {
  let { bound } = outputBound(bytes, limits);
  const outputs: Buffer[] = [];
  for (const frame of zstdFrames(bytes)) {
    const output = decodeFrame(bytes, frame, bound, decode);
    if (output === undefined || output.length > bound) throw tooLarge("zstd", bytes, limits);
    bound -= output.length;
    outputs.push(output);
  }
  return outputs.length === 1 ? (outputs[0] as Buffer) : Buffer.concat(outputs);
}

/** Undefined for a frame that decompresses to more than `bound` bytes. */
function decodeFrame(
  bytes: Uint8Array,
  frame: ZstdFrame,
  bound: number,
  decode: NativeDecoder | null,
): Buffer | undefined {
  if (frame.contentBytes !== undefined && frame.contentBytes > bound) return undefined;
  try {
    if (!decode) return decodeZstdFrame(bytes, frame, bound);
    // Node takes a bound of 0 as no bound.
    return decode(bytes.subarray(frame.start, frame.end), { maxOutputLength: Math.max(1, bound) });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ERR_BUFFER_TOO_LARGE") return undefined;
    if (code === WRONG_CHECKSUM) throw wrongChecksum("zstd", bytes, error);
    throw new FormatError("zstd", `${bytes.length} bytes do not decompress`, "format", { cause: error });
  }
}
