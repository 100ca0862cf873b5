/** Checks the parts of a Parquet file in which a few bytes could cause unbounded work, before they are read. */

import type { FormatReason } from "../formatError";

/** A problem of a Parquet file; the caller converts it to a `FormatError`. */
export class ParquetProblem extends Error {
  override readonly name = "ParquetProblem";

  constructor(
    message: string,
    readonly reason: FormatReason = "format",
  ) {
    super(message);
  }
}

const DEEPEST = 32;

/**
 * Walks a Thrift struct in the compact protocol and returns the position after it.
 * https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 *
 * @throws ParquetProblem for lists that are longer than the remaining bytes, and for structs that nest too deep
 */
export function checkThrift(bytes: Uint8Array, start: number, depth = 0): number {
  if (depth > DEEPEST) throw new ParquetProblem("its metadata nests too deep");
  let at = start;
  for (;;) {
    const header = byteAt(bytes, at);
    at += 1;
    if ((header & 15) === 0) return at;
    if (header >> 4 === 0) at = varint(bytes, at).end;
    at = checkElement(bytes, at, header & 15, depth);
  }
}

function checkElement(bytes: Uint8Array, at: number, type: number, depth: number): number {
  switch (type) {
    case 1:
    case 2:
      return at;
    case 3:
      return at + 1;
    case 4:
    case 5:
    case 6:
      return varint(bytes, at).end;
    case 7:
      return at + 8;
    case 8: {
      const { value, end } = varint(bytes, at);
      if (value < 0 || value > bytes.length - end) throw new ParquetProblem("its metadata is cut short");
      return end + value;
    }
    case 9: {
      const header = byteAt(bytes, at);
      const { value: size, end } = header >> 4 === 15 ? varint(bytes, at + 1) : { value: header >> 4, end: at + 1 };
      if (size < 0 || size > bytes.length - end) throw new ParquetProblem("a list in its metadata is too long");
      const element = header & 15;
      let next = end;
      for (let index = 0; index < size; index++) {
        next = checkElement(bytes, next, element === 1 || element === 2 ? 3 : element, depth + 1);
      }
      return next;
    }
    case 12:
      return checkThrift(bytes, at, depth + 1);
    default:
      throw new ParquetProblem("its metadata has an unknown type");
  }
}

/** Walks the runs and packed bits of levels or dictionary indexes; refuses a run beyond `count`. Returns the number of values. */
export function checkRuns(bytes: Uint8Array, start: number, end: number, width: number, count: number): number {
  let seen = 0;
  for (let at = start; at < end && seen < count; ) {
    const header = varint(bytes, at);
    const run = header.value >>> 1;
    if (header.value & 1) {
      seen += run * 8;
      at = header.end + run * width;
    } else {
      if (run > count - seen) throw new ParquetProblem("a run is longer than its page");
      seen += run;
      at = header.end + ((width + 7) >> 3);
    }
  }
  return seen;
}

/** Checks the header of delta-encoded integers: the size of a block and the number of its parts. */
export function checkDelta(bytes: Uint8Array, start: number): void {
  const block = varint(bytes, start);
  const parts = varint(bytes, block.end).value;
  if (block.value < 1 || block.value > 65_536 || parts < 1 || parts > 256) {
    throw new ParquetProblem("a delta-encoded page has blocks of an odd size");
  }
}

function varint(bytes: Uint8Array, start: number): { value: number; end: number } {
  let value = 0;
  let at = start;
  for (let shift = 0; ; shift += 7) {
    const byte = byteAt(bytes, at++);
    value |= (byte & 127) << shift;
    if (byte < 128) return { value, end: at };
    if (shift > 63) throw new ParquetProblem("an integer has more than 10 bytes");
  }
}

function byteAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw new ParquetProblem("its metadata is cut short");
  return byte;
}
