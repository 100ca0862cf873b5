/** The kinds of malformed records that are generated; no decoder can make rows of any of them. */
import { gzipSync } from "node:zlib";
import { anyDialect, csvText } from "./csvText";
import type { Random } from "./random";
import { type GeneratedFormat, orderLines, RECORD_MAKERS } from "./recordMakers";
import { transaction } from "./transaction";

export interface Malformation {
  readonly kind: string;
  /** The format that is malformed; absent for bytes of no format. */
  readonly format?: GeneratedFormat;
  /** @param index the record's number in the run, from 0 */
  make(random: Random, index: number): Uint8Array;
}

const INVALID_UTF8 = 0xff;

export const MALFORMATIONS: readonly Malformation[] = [
  {
    kind: "truncatedJson",
    format: "json",
    make: (random, index) => cut(RECORD_MAKERS.json(random, index).payload, random),
  },
  {
    kind: "invalidUtf8",
    format: "json",
    make: (random, index) => {
      const bytes = Buffer.from(RECORD_MAKERS.json(random, index).payload);
      bytes[random.integer(2, bytes.length - 2)] = INVALID_UTF8;
      return bytes;
    },
  },
  {
    kind: "unquotedJson",
    format: "json",
    make: (random, index) => Buffer.from(`{transaction_id: t-${index}, total: ${random.integer(1, 999)}}`),
  },
  {
    kind: "notAnObject",
    format: "json",
    make: (random, index) => Buffer.from(JSON.stringify([index, random.integer(1, 999), "not an object"])),
  },
  {
    kind: "brokenLine",
    format: "ndjson",
    make: (random, index) => {
      const whole = RECORD_MAKERS.json(random, index).payload;
      return Buffer.concat([whole, Buffer.from("\n"), cut(whole, random), Buffer.from("\n")]);
    },
  },
  {
    kind: "raggedCsv",
    format: "csv",
    make: (random, index) => {
      const [header, ...rows] = orderLines(transaction(random, index)) as [string[], ...string[][]];
      // Every row: the record's other rows would land.
      if (random.chance(0.5)) for (const row of rows) row.push("surplus");
      else for (const row of rows) row.pop();
      return Buffer.from(csvText([header, ...rows], anyDialect(random)));
    },
  },
  {
    kind: "openQuote",
    format: "csv",
    make: (random, index) => {
      const text = csvText(orderLines(transaction(random, index)), { delimiter: ",", lineEnd: "\n", quoteAll: true });
      // In the header, so that no row can be read.
      return Buffer.from(text.replace('"\n', "\n"));
    },
  },
  {
    kind: "wrongMagic",
    format: "binary",
    make: (random, index) => {
      const bytes = Buffer.from(RECORD_MAKERS.binary(random, index).payload);
      bytes[0] = INVALID_UTF8;
      return bytes;
    },
  },
  {
    kind: "truncatedFrame",
    format: "binary",
    // A cut between two frames would leave a valid record; the last few bytes lie in the last frame.
    make: (random, index) => RECORD_MAKERS.binary(random, index).payload.subarray(0, -random.integer(1, 8)),
  },
  {
    kind: "truncatedGzip",
    make: (random, index) => {
      const whole = gzipSync(Buffer.from(JSON.stringify(transaction(random, index))), { level: 1 });
      return whole.subarray(0, random.integer(20, whole.length - 9));
    },
  },
  {
    kind: "wrongChecksum",
    make: (random, index) => {
      const bytes = gzipSync(Buffer.from(JSON.stringify(transaction(random, index))), { level: 1 });
      // The CRC-32 begins eight bytes before the end (RFC 1952).
      const at = bytes.length - random.integer(5, 8);
      bytes[at] = (bytes[at] as number) ^ random.integer(1, 255);
      return bytes;
    },
  },
  { kind: "empty", make: () => Buffer.alloc(0) },
  {
    kind: "randomBytes",
    make: (random) => {
      const bytes = Buffer.from(Array.from({ length: random.integer(16, 300) }, () => random.integer(0, 255)));
      bytes[0] = INVALID_UTF8;
      return bytes;
    },
  },
];

/** The start of the bytes: at least one byte, and never all of them. */
function cut(bytes: Uint8Array, random: Random): Uint8Array {
  return bytes.subarray(0, random.integer(1, bytes.length - 1));
}
