/** Bounds on the time and memory that one record may take; a record beyond one is refused with `too-large` or `limits`. */

export interface Limits {
  /**
   * Bytes of a payload, after decompression. A Kinesis record holds at most 10 MiB; Spark's JSON reader takes strings of at
   * most 20,000,000 characters, so a larger limit than that needs a job that is told so. @default 16777216 (16 MiB)
   */
  readonly payloadBytes: number;
  /**
   * How many times its own size a compressed payload may become, and how many values of Avro, Parquet and Protobuf a byte of the
   * record may stand for. Payloads that stay below 64 KiB and 262144 values are not held to it. Besides, a router takes of a
   * batch at most 64 MiB of what was compressed, 6.5 Mi values of any format (16 unpacked bytes count as one more), refused or
   * not, and 104 Mi characters of rows, to the end of a record; the records behind that are delivered again, to its next
   * invocation. @default 100
   */
  readonly expansion: number;
  /** Objects and arrays inside each other, elements of XML. @default 64 (at most 1000) */
  readonly depth: number;
  /** Rows of one record. @default 100000 */
  readonly rows: number;
  /** Columns of CSV; names in any one object. @default 2000 */
  readonly columns: number;
  /**
   * Values of one record: cells of CSV, members and elements of JSON, fields of binary frames, elements, attributes and texts of
   * XML. A map or list of MessagePack and CBOR counts as seven more, one of Avro and a text of its logical types as four more: they
   * are larger in memory than in the record. @default 2000000
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

/** Maximum of `limits.depth`: the decoders are recursive, and this keeps them far from the end of the stack. */
const DEEPEST = 1_000;

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
