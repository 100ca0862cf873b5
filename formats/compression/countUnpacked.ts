/** Unpacks, and counts what became of it, for bounds on what the records of a batch cost together. */
import { FormatError } from "../formatError";
import type { Limits } from "../limits";
import type { Unpacked } from "../row";
import { outputBound } from "./inflate";

/** @param unpack its answer may be the bytes themselves, which count for nothing */
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
    // Unpacking alone takes an eighth of the time of reading what was unpacked, or less.
    if (isTooMuch) unpacked.bytes += outputBound(bytes, limits).bound / 8;
    throw error;
  }
}
