/** Unpacks data and counts the unpacked bytes, which bounds the total cost of a batch's records. */
import { FormatError } from "../formatError";
import type { Limits } from "../limits";
import type { Unpacked } from "../row";
import { outputBound } from "./inflate";

/** @param unpack may return `bytes` itself, which is not counted */
export function countUnpacked<T extends Uint8Array, U extends Uint8Array>(
  unpacked: Unpacked,
  bytes: T,
  limits: Limits,
  unpack: (bytes: T, limits: Limits) => U,
): U {
  try {
    const content = unpack(bytes, limits);
    if ((content as Uint8Array) !== bytes) unpacked.bytes += content.length;
    return content;
  } catch (error) {
    const isTooMuch = error instanceof FormatError && error.reason !== "format";
    // Unpacking takes at most an eighth of the time of reading the unpacked data.
    if (isTooMuch) unpacked.bytes += outputBound(bytes, limits).bound / 8;
    throw error;
  }
}
