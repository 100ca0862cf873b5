/** The router's plan: which object each record of a batch lands in, as a pure function of the records. */
import { FormatError } from "../formats/formatError";
import type { Decode, DecodedRecord } from "../formats/row";
import { stringifyRow } from "../formats/stringifyRow";
import { rawLineWriter, unformattedLine } from "./envelope";
import { placeRow, type RouterHooks } from "./hooks";
import { hourOf } from "./hour";
import { type LandingObject, ObjectDraft } from "./landingObject";
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
   * An object is closed once its text is longer, so that compressed records which unfold a thousandfold never need all
   * their memory at once. Longer by one record at most. @default 32 Mi
   */
  readonly maxObjectCharacters?: number;
}

const MAX_OBJECT_CHARACTERS = 32 * 1024 * 1024;

/** The lines of one record by table. */
type PlacedLines = Map<string, { text: string; count: number }>;

/** Every object of a batch, in no order that matters. Records of one shard, or of several. */
export function routeBatch(
  records: readonly IncomingRecord[],
  decode: Decode,
  hooks: RouterHooks,
  options: RouteOptions,
): LandingObject[] {
  return [...landingObjects(records, decode, hooks, options)];
}

/** The same, each object as soon as it is full, so that it can be written and let go before the next is made. */
export function* landingObjects(
  records: readonly IncomingRecord[],
  decode: Decode,
  hooks: RouterHooks,
  options: RouteOptions,
): Generator<LandingObject, void> {
  const limit = options.maxObjectCharacters ?? MAX_OBJECT_CHARACTERS;
  const drafts = new Map<string, ObjectDraft>();
  const draftOf = (record: IncomingRecord, kind: "raw" | "unformatted", table: string) => {
    const hour = hourOf(record.arrivedMillis);
    const id = `${kind}/${table}/${hour}/${record.shard}`;
    const draft = drafts.get(id) ?? new ObjectDraft(id, kind, options.prefixes[kind], table, hour, record.shard);
    drafts.set(id, draft);
    return draft;
  };

  for (const record of records) {
    const placed = placeRecord(record, decode, hooks, options);
    const touched: ObjectDraft[] = [];
    if (placed instanceof Map) {
      for (const [table, lines] of placed) {
        touched.push(draftOf(record, "raw", table).add(record.sequenceNumber, lines.text, lines.count));
      }
    } else {
      const line = unformattedLine(record, options.stream, placed);
      touched.push(draftOf(record, "unformatted", options.table).add(record.sequenceNumber, line, 1, placed.reason));
    }
    for (const draft of touched) {
      if (draft.characters <= limit) continue;
      drafts.delete(draft.id);
      yield draft.close();
    }
  }
  for (const draft of drafts.values()) yield draft.close();
}

/** All rows of a record, each with its table, or why none of them can be used: a record is never half landed. */
function placeRecord(
  record: IncomingRecord,
  decode: Decode,
  hooks: RouterHooks,
  options: RouteOptions,
): PlacedLines | Refusal {
  const decoded = decodeRecord(record, decode);
  if ("reason" in decoded) return decoded;
  const write = rawLineWriter(record, options.stream, decoded.format);
  const hasHooks = hooks.transform !== undefined || hooks.accept !== undefined || hooks.table !== undefined;
  const placed: PlacedLines = new Map();
  for (const [index, decodedRow] of decoded.rows.entries()) {
    const row = hasHooks
      ? placeRow(decodedRow, hooks, options.table)
      : { table: options.table, json: decodedRow.json ?? stringifyRow(decodedRow.row) };
    if ("reason" in row) return row;
    const lines = placed.get(row.table);
    if (lines) {
      lines.text += write(index, row.json);
      lines.count += 1;
    } else {
      placed.set(row.table, { text: write(index, row.json), count: 1 });
    }
  }
  return placed;
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
