/** The router's plan: which object each record of a batch lands in, as a pure function of the records. */
import { FormatError } from "../formats/formatError";
import type { Decode, DecodedRecord } from "../formats/row";
import { stringifyRow } from "../formats/stringifyRow";
import { rawLineWriter, unformattedLine } from "./envelope";
import { placeRow, type RouterHooks } from "./hooks";
import type { LandingObject } from "./landingObject";
import { type Lines, ObjectDrafts } from "./objectDrafts";
import { type Refusal, refuse } from "./reasons";
import type { IncomingRecord } from "./record";

export interface RouteOptions {
  /** The stream's name, kept with every row. */
  readonly stream: string;
  /** The table of rows that no hook sends elsewhere, and of everything in `unformatted/`. */
  readonly table: string;
  /** Each ends with `/`. */
  readonly prefixes: { readonly raw: string; readonly unformatted: string };
  /**
   * Objects are closed once the text of all of them together is longer, before compression, so that records which unfold a hundredfold
   * never need all their memory at once. Longer by one record at most. @default 33554432
   */
  readonly maxGatheredCharacters?: number;
}

const MAX_GATHERED_CHARACTERS = 32 * 1024 * 1024;

/** Every object of a batch, in no order that matters. Records of one shard, or of several. */
export function routeBatch(
  records: readonly IncomingRecord[],
  decode: Decode,
  hooks: RouterHooks,
  options: RouteOptions,
): LandingObject[] {
  return [...landingObjects(records, decode, hooks, options)];
}

/** The same, objects as soon as they are large enough, so that they can be written and let go before the next are made. */
export function* landingObjects(
  records: readonly IncomingRecord[],
  decode: Decode,
  hooks: RouterHooks,
  options: RouteOptions,
): Generator<LandingObject, void> {
  const limit = options.maxGatheredCharacters ?? MAX_GATHERED_CHARACTERS;
  const drafts = new ObjectDrafts(options.prefixes);
  for (const record of records) {
    const placed = placeRecord(record, decode, hooks, options);
    if ("reason" in placed) {
      const text = unformattedLine(record, options.stream, placed);
      drafts.add("unformatted", options.table, record, { text, count: 1 }, placed.reason);
    } else {
      for (const [table, lines] of placed) drafts.add("raw", table, record, lines);
    }
    if (drafts.size > limit) yield* drafts.close();
  }
  yield* drafts.close();
}

/** All rows of a record by table, or why none of them can be used: a record is never half landed. */
function placeRecord(
  record: IncomingRecord,
  decode: Decode,
  hooks: RouterHooks,
  options: RouteOptions,
): [table: string, Lines][] | Refusal {
  const decoded = decodeRecord(record, decode);
  if ("reason" in decoded) return decoded;
  const write = rawLineWriter(record, options.stream, decoded.format);
  if (!hooks.transform && !hooks.accept && !hooks.table) {
    let text = "";
    decoded.rows.forEach(({ json, row }, index) => {
      text += write(index, json ?? stringifyRow(row));
    });
    return [[options.table, { text, count: decoded.rows.length }]];
  }
  const placed = new Map<string, { text: string; count: number }>();
  for (const [index, decodedRow] of decoded.rows.entries()) {
    const row = placeRow(decodedRow, hooks, options.table);
    if ("reason" in row) return row;
    const lines = placed.get(row.table) ?? { text: "", count: 0 };
    lines.text += write(index, row.json);
    lines.count += 1;
    placed.set(row.table, lines);
  }
  return [...placed];
}

function decodeRecord(record: IncomingRecord, decode: Decode): DecodedRecord | Refusal {
  try {
    return decode(record.payload);
  } catch (error) {
    if (error instanceof FormatError) return refuse(error.reason, `${error.format}: ${error.detail}`);
    // A defect of a decoder must not hold up the shard: the record is kept, exactly, and says so.
    return refuse("format", `the decoder failed with ${error instanceof Error ? error.name : typeof error}`);
  }
}
