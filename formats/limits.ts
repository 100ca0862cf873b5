/** Bounds on the time and memory that one record may take; a record beyond one is refused with `too-large` or `limits`. */

export interface Limits {
  /**
   * Bytes of a payload after decompression. A Kinesis record has at most 10 MiB. Spark's JSON reader accepts strings of
   * at most 20,000,000 characters, so a larger limit needs a job with a larger setting. @default 16777216 (16 MiB)
   */
  readonly payloadBytes: number;
  /**
   * Maximum ratio of a compressed payload's unpacked size to its own size, and maximum number of Avro, Parquet and
   * Protobuf values per byte of the record. Payloads below 64 KiB and 262144 values are exempt. In addition, a router
   * processes at most 64 MiB of unpacked data, 6.5 Mi values of any format, refused or not (16 unpacked bytes count as
   * one more value), and 104 Mi characters of rows in a batch. It stops after the record that exceeds one of these; the
   * records after it are delivered again, to the next invocation. @default 100
   */
  readonly expansion: number;
  /** Nesting of objects and arrays, and of XML elements. @default 64 (at most 1000) */
  readonly depth: number;
  /** Rows of one record. @default 100000 */
  readonly rows: number;
  /** Columns of CSV; names in one object. @default 2000 */
  readonly columns: number;
  /**
   * Values of one record: cells of CSV; members and elements of JSON; fields of binary frames; elements, attributes and
   * runs of text of XML. A map or list of MessagePack and CBOR counts as seven more values; a map, a list or a logical
   * type's text of Avro counts as four more, because they take more memory than their bytes in the record. @default
   * 2000000
   */
  readonly values: number;
}

export const DEFAULT_LIMITS: Limits = {
  payloadBytes: 16 * 1024 * 1024,
  expansion: 100,
  depth: 64,
  rows: 100_000,
  columns: 2_000,
  values: 2_000_000,
};

/** Maximum of `limits.depth`: decoders and the flatten job are recursive, and this keeps them far from the end of the stack. */
export const DEEPEST = 1_000;

/** The problems of configured limits, one sentence each. */
export function checkLimits(limits: Partial<Limits>): string[] {
  const problems: string[] = [];
  for (const [name, value] of Object.entries(limits) as [string, unknown][]) {
    if (!Object.hasOwn(DEFAULT_LIMITS, name)) {
      problems.push(`limits.${name} is not a limit; use ${Object.keys(DEFAULT_LIMITS).join(", ")}`);
    } else if (!Number.isSafeInteger(value) || (value as number) < 1) {
      problems.push(`limits.${name} is ${String(value)}; use a whole number from 1`);
    } else if (name === "depth" && (value as number) > DEEPEST) {
      problems.push(`limits.depth is ${String(value)}; use at most ${DEEPEST}`);
    }
  }
  return problems;
}

/** The wording for a count beyond its limit: `more than 64 levels of objects and arrays (limits.depth)`. */
export function beyond(what: keyof Limits, limit: number): string {
  return `more than ${limit} ${WORDS[what]} (limits.${what})`;
}

const WORDS: Record<keyof Limits, string> = {
  payloadBytes: "bytes",
  expansion: "times their size",
  depth: "levels of objects and arrays",
  rows: "rows",
  columns: "columns",
  values: "values",
};
