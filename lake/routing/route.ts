/** Routes a batch: assigns each record to an object, as a pure function of the records. */
import { FormatError } from "../../formats/formatError";
import type { Decode, DecodedRecord, SeparateRows, Unpacked } from "../../formats/row";
import { LookupError } from "../../formats/schemaIds/lookup";
import { stringifyRow } from "../../formats/values/stringifyRow";
import { rawLineWriter, unformattedLine } from "../envelope";
import { type Refusal, refuse } from "../reasons";
import type { IncomingRecord } from "../record";
import type { RowCheck } from "../schemas/check";
import { type HookOptions, placeRow, type RouterHooks } from "./hooks";
import type { LandingObject } from "./landingObject";
import { type Lines, ObjectDrafts } from "./objectDrafts";
import { userRecords } from "./userRecords";

export interface RouteOptions extends HookOptions {
  /** The stream's name, kept with every row. */
  readonly stream: string;
  /** The table of rows for which no `table` hook decides, and of everything in `unformatted/`. */
  readonly table: string;
  /** Each ends with `/`. */
  readonly prefixes: { readonly raw: string; readonly unformatted: string };
  /**
   * All objects are closed once their total length before compression exceeds this, so that records that become a
   * hundred times larger never need all their memory at once. The excess is at most one record. @default 33554432
   */
  readonly maxGatheredCharacters?: number;
  /** Bounds after which the batch ends; see `BatchBounds`. @default none */
  readonly bounds?: BatchBounds;
  /** The check of each table's rows, by table. @default none */
  readonly checks?: ReadonlyMap<string, RowCheck>;
}

/**
 * Bounds of a batch whose records expand when they are decoded. The batch ends after the record that exceeds a bound;
 * later records are left for another batch.
 */
export interface BatchBounds {
  /** Unpacked bytes of compressed payloads, landed or not; see `Unpacked`. */
  readonly unpackedBytes: number;
  /** Values of payloads, landed or not, plus one for each `BYTES_OF_VALUE` unpacked bytes; see `Unpacked`. */
  readonly values: number;
  /** Characters of all objects before compression, plus 896 for each record or user record. */
  readonly characters: number;
}

const MAX_GATHERED_CHARACTERS = 32 * 1024 * 1024;
/** The fixed cost of a record, as the number of characters that take the same time to process. */
const CHARACTERS_OF_RECORD = 896;
/** The unpacked bytes that take as long as one value. */
const BYTES_OF_VALUE = 16;
const MAX_UNPACKED = MAX_GATHERED_CHARACTERS;
const NONE: readonly LandingObject[] = [];
const UNKNOWN_FORMAT = "unknown";
/** The only format whose rows are refused one by one. */
const ROW_FORMAT = "csv";

export type Decoded = DecodedRecord | Refusal;

/**
 * Yields the objects of a batch, in no particular order. It also yields the promises of an asynchronous decoder; the
 * caller passes their results to `next`.
 *
 * @returns number of records routed, counted from the first: all of them, unless `options.bounds` ends the batch
 */
export function* route(
  records: readonly IncomingRecord[],
  decode: Decode,
  hooks: RouterHooks,
  options: RouteOptions,
): Generator<LandingObject | Promise<Decoded>, number, Decoded> {
  const drafts = new ObjectDrafts(options.prefixes);
  const unpacked: Unpacked = { bytes: 0, values: 0 };
  let routed = 0;
  let characters = 0;
  for (const record of records) {
    const before = { characters: drafts.size, ...unpacked };
    for (const part of userRecords(record)) {
      const isFull =
        drafts.size - before.characters > MAX_GATHERED_CHARACTERS ||
        Math.max(unpacked.bytes - before.bytes, unpacked.values - before.values) > MAX_UNPACKED;
      const decoded = isFull ? TOO_MUCH : decodeRecord(part, decode, unpacked);
      // Each `await` takes a turn of the event loop, so only promises are yielded.
      addRecord(drafts, part, decoded instanceof Promise ? yield decoded : decoded, hooks, options);
      characters += CHARACTERS_OF_RECORD;
    }
    routed += 1;
    characters += drafts.size - before.characters;
    if (isPast(options.bounds, unpacked, characters)) break;
    yield* closeIfLarge(drafts, options);
  }
  yield* drafts.close();
  return routed;
}

function isPast(bounds: BatchBounds | undefined, unpacked: Unpacked, characters: number): boolean {
  if (bounds === undefined) return false;
  return (
    unpacked.bytes > bounds.unpackedBytes ||
    unpacked.values + unpacked.bytes / BYTES_OF_VALUE > bounds.values ||
    characters > bounds.characters
  );
}

/**
 * All lines of a stream record for one table must be in the same object, because only the sequence number distinguishes
 * the keys of objects. So the lines of its user records share one bound, and user records beyond it are unformatted.
 */
const TOO_MUCH = refuse(
  "limits",
  `the user records before it, of the same aggregated record, become more than ${MAX_GATHERED_CHARACTERS} characters or bytes`,
);

function closeIfLarge(drafts: ObjectDrafts, options: RouteOptions): Iterable<LandingObject> {
  return drafts.size > (options.maxGatheredCharacters ?? MAX_GATHERED_CHARACTERS) ? drafts.close() : NONE;
}

function addRecord(
  drafts: ObjectDrafts,
  record: IncomingRecord,
  decoded: Decoded,
  hooks: RouterHooks,
  options: RouteOptions,
): void {
  const placed = "reason" in decoded ? decoded : placeRows(record, decoded, hooks, options);
  const keep = (part: IncomingRecord, refusal: Refusal) => {
    const text = unformattedLine(part, options.stream, refusal);
    const format = refusal.format ?? ("rows" in decoded ? decoded.format : UNKNOWN_FORMAT);
    const { reason, detail } = refusal;
    drafts.add("unformatted", options.table, record, { text, count: 1 }, { reason, format, detail });
  };
  if ("reason" in placed) {
    keep(record, placed);
    return;
  }
  for (const [table, lines] of placed.raw) drafts.add("raw", table, record, lines);
  for (const { part, refusal } of placed.refused) keep(part, refusal);
}

interface PlacedRows {
  readonly raw: Iterable<[table: string, Lines]>;
  /** Rows that are refused one by one. */
  readonly refused: readonly { readonly part: IncomingRecord; readonly refusal: Refusal }[];
}

/** Maximum total of bytes of a record's refused rows, each kept with the header; a record with more bytes raises it. */
const MAX_REFUSED_ROWS_BYTES = 64 * 1024;

/**
 * Returns the refused rows as separate records; undefined if fewer than half of the record's rows land, or if the
 * separate records would exceed `MAX_REFUSED_ROWS_BYTES` and the record's own size.
 */
function refusedRows(
  record: IncomingRecord,
  separate: SeparateRows,
  refused: ReadonlyMap<number, Refusal>,
  landed: number,
): PlacedRows["refused"] | undefined {
  if (landed < refused.size) return undefined;
  let left = Math.max(MAX_REFUSED_ROWS_BYTES, record.payload.length);
  const parts: { part: IncomingRecord; refusal: Refusal }[] = [];
  for (const [row, refusal] of refused) {
    const part = { ...record, row, payload: separate.payload(row) };
    left -= part.payload.length;
    if (left < 0) return undefined;
    parts.push({ part, refusal });
  }
  return parts;
}

/**
 * Returns a record's rows by table, or the reason why the record cannot be used. Only `separate` rows are refused one
 * by one.
 */
function placeRows(
  record: IncomingRecord,
  decoded: DecodedRecord,
  hooks: RouterHooks,
  options: RouteOptions,
): PlacedRows | Refusal {
  const { rows, separate, format } = decoded;
  if (record.row !== undefined && (rows.length !== 1 || format !== ROW_FORMAT)) {
    const found = `${rows.length} ${rows.length === 1 ? "row" : "rows"} of ${format}`;
    return refuse("format", `${format}: expected one row of ${ROW_FORMAT}, got ${found}`, format);
  }
  const write = rawLineWriter(record, options.stream, format);
  const placeOf = (index: number) => record.row ?? separate?.places[index] ?? index;
  const total = rows.length + (separate?.refused.length ?? 0);
  const refused = new Map(separate?.refused.map(({ place, error }) => [place, refusalOf(error)]));
  const placed = new Map<string, { text: string; count: number }>();
  if (!hooks.transform && !hooks.accept && !hooks.table && !options.checks?.has(options.table)) {
    let text = "";
    rows.forEach(({ json, row }, index) => {
      text += write(placeOf(index), json ?? stringifyRow(row));
    });
    placed.set(options.table, { text, count: rows.length });
  } else {
    for (const [index, decodedRow] of rows.entries()) {
      const row = placeRow(decodedRow, hooks, options);
      const failure = "reason" in row ? undefined : options.checks?.get(row.table)?.(row.row, format);
      const refusal =
        "reason" in row ? row : failure && refuse("schema", schemaDetail(row.table, failure, placeOf(index), total));
      if ("reason" in row || refusal) {
        if (!separate) return refusal as Refusal;
        refused.set(placeOf(index), refusal as Refusal);
        continue;
      }
      const lines = placed.get(row.table) ?? { text: "", count: 0 };
      lines.text += write(placeOf(index), row.json);
      lines.count += 1;
      placed.set(row.table, lines);
    }
  }
  if (refused.size === 0 || !separate) return { raw: placed, refused: [] };
  const inOrder = new Map([...refused].sort(([left], [right]) => left - right));
  const apart = refusedRows(record, separate, inOrder, total - refused.size);
  return apart ? { raw: placed, refused: apart } : ([...inOrder.values()][0] as Refusal);
}

/** `orders, row 3 of 50: /total must be number`: contains the failing path and rule, never a value. */
function schemaDetail(table: string, failure: string, index: number, rows: number): string {
  return `${table}${rows > 1 ? `, row ${index + 1} of ${rows}` : ""}: ${failure}`;
}

/** Decodes a record that is not aggregated. @throws LookupError if its schema cannot be looked up now */
export function decodeRecord(record: IncomingRecord, decode: Decode, unpacked: Unpacked): Decoded | Promise<Decoded> {
  try {
    const decoded = decode(record.payload, unpacked);
    return decoded instanceof Promise ? decoded.catch(refusalOf) : decoded;
  } catch (error) {
    return refusalOf(error);
  }
}

export function refusalOf(error: unknown): Refusal {
  if (error instanceof FormatError) return refuse(error.reason, `${error.format}: ${error.detail}`, error.format);
  if (error instanceof LookupError) throw error;
  // A decoder's defect must not block the shard: the record lands in `unformatted/` with its bytes.
  return refuse("format", `the decoder failed with ${error instanceof Error ? error.name : typeof error}`);
}
