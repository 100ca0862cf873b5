/** The router's plan: which object each record of a batch lands in, as a pure function of the records. */
import { FormatError } from "../../formats/formatError";
import type { Decode, DecodeAtOnce, DecodedRecord, Unpacked } from "../../formats/row";
import { LookupError } from "../../formats/schemaIds/lookup";
import { stringifyRow } from "../../formats/values/stringifyRow";
import { rawLineWriter, unformattedLine } from "../envelope";
import { type Refusal, refuse } from "../reasons";
import type { IncomingRecord } from "../record";
import type { RowCheck } from "../schemas/check";
import { placeRow, type RouterHooks } from "./hooks";
import type { LandingObject } from "./landingObject";
import { type Lines, ObjectDrafts } from "./objectDrafts";
import { userRecords } from "./userRecords";

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
  /** What of a batch is routed; see `BatchBounds`. @default all of it */
  readonly bounds?: BatchBounds;
  /** By table: what each of its rows must match. @default none */
  readonly checks?: ReadonlyMap<string, RowCheck>;
}

/**
 * Where a batch ends that becomes very much more than it is: behind the record with which it passes one of these. The records
 * behind that one are left for another batch.
 */
export interface BatchBounds {
  /** Of what compressed payloads have become, and of values that took no bytes, whether they landed or not; see `Unpacked`. */
  readonly unpackedBytes: number;
  /** Of the text of all objects, before compression; each record, user records too, counts for 512 besides. */
  readonly characters: number;
}

const MAX_GATHERED_CHARACTERS = 32 * 1024 * 1024;
/** What a record takes of the time of a batch, whatever becomes of it, is as much as so many characters take. */
const CHARACTERS_OF_RECORD = 512;
const MAX_UNPACKED_BYTES = MAX_GATHERED_CHARACTERS;
const NONE: readonly LandingObject[] = [];
const UNKNOWN_FORMAT = "unknown";

/** Every object of a batch, in no order that matters. Records of one shard, or of several. */
export function routeBatch(
  records: readonly IncomingRecord[],
  decode: DecodeAtOnce,
  hooks: RouterHooks,
  options: RouteOptions,
): LandingObject[] {
  // What decodes at once is never late, so nothing needs to be given back.
  return [...(route(records, decode, hooks, options) as Iterable<LandingObject>)];
}

/**
 * The same, objects as soon as they are large enough, so that they can be written and let go before the next are made.
 *
 * @returns how many records were routed, from the first: all of them but for `options.bounds`
 * @throws LookupError where a schema could not be looked up: the batch must be delivered again
 */
export async function* landingObjects(
  records: readonly IncomingRecord[],
  decode: Decode,
  hooks: RouterHooks,
  options: RouteOptions,
): AsyncGenerator<LandingObject, number> {
  const steps = route(records, decode, hooks, options);
  let step = steps.next();
  while (!step.done) {
    if (step.value instanceof Promise) {
      step = steps.next(await step.value);
    } else {
      yield step.value;
      step = steps.next();
    }
  }
  return step.value;
}

type Decoded = DecodedRecord | Refusal;

/** The way through a batch: yields objects, and what is late of the decoder, which it is given back once it is there. */
function* route(
  records: readonly IncomingRecord[],
  decode: Decode,
  hooks: RouterHooks,
  options: RouteOptions,
): Generator<LandingObject | Promise<Decoded>, number, Decoded> {
  const drafts = new ObjectDrafts(options.prefixes);
  const unpacked: Unpacked = { bytes: 0 };
  let routed = 0;
  let characters = 0;
  for (const record of records) {
    const before = { characters: drafts.size, bytes: unpacked.bytes };
    for (const part of userRecords(record)) {
      const isFull =
        drafts.size - before.characters > MAX_GATHERED_CHARACTERS || unpacked.bytes - before.bytes > MAX_UNPACKED_BYTES;
      const decoded = isFull ? TOO_MUCH : decodeRecord(part, decode, unpacked);
      // Waiting takes a turn of the event loop, so only for what is late.
      addRecord(drafts, part, decoded instanceof Promise ? yield decoded : decoded, hooks, options);
      characters += CHARACTERS_OF_RECORD;
    }
    routed += 1;
    characters += drafts.size - before.characters;
    if (isPast(options.bounds, unpacked.bytes, characters)) break;
    yield* closeIfLarge(drafts, options);
  }
  yield* drafts.close();
  return routed;
}

function isPast(bounds: BatchBounds | undefined, unpackedBytes: number, characters: number): boolean {
  return bounds !== undefined && (unpackedBytes > bounds.unpackedBytes || characters > bounds.characters);
}

/**
 * All that a record of the stream becomes lies in the same objects, because their keys tell them apart by its sequence number
 * alone. So what its user records become together is bounded, and those behind the bound are unformatted.
 */
const TOO_MUCH = refuse(
  "limits",
  `the user records before it, of the same aggregated record, become more than ${MAX_GATHERED_CHARACTERS} characters or bytes`,
);

function closeIfLarge(drafts: ObjectDrafts, options: RouteOptions): Iterable<LandingObject> {
  return drafts.size > (options.maxGatheredCharacters ?? MAX_GATHERED_CHARACTERS) ? drafts.close() : NONE;
}

/** Adds a record to the objects that are being gathered. */
function addRecord(
  drafts: ObjectDrafts,
  record: IncomingRecord,
  decoded: Decoded,
  hooks: RouterHooks,
  options: RouteOptions,
): void {
  const placed = "reason" in decoded ? decoded : placeRows(record, decoded, hooks, options);
  if ("reason" in placed) {
    const text = unformattedLine(record, options.stream, placed);
    const format = placed.format ?? ("rows" in decoded ? decoded.format : UNKNOWN_FORMAT);
    drafts.add("unformatted", options.table, record, { text, count: 1 }, { reason: placed.reason, format });
  } else {
    for (const [table, lines] of placed) drafts.add("raw", table, record, lines);
  }
}

/** All rows of a record by table, or why none of them can be used: a record is never half landed. */
function placeRows(
  record: IncomingRecord,
  decoded: DecodedRecord,
  hooks: RouterHooks,
  options: RouteOptions,
): [table: string, Lines][] | Refusal {
  const write = rawLineWriter(record, options.stream, decoded.format);
  if (!hooks.transform && !hooks.accept && !hooks.table && !options.checks?.has(options.table)) {
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
    const failure = options.checks?.get(row.table)?.(row.row, decoded.format);
    if (failure !== undefined) return refuse("schema", schemaDetail(row.table, failure, index, decoded.rows.length));
    const lines = placed.get(row.table) ?? { text: "", count: 0 };
    lines.text += write(index, row.json);
    lines.count += 1;
    placed.set(row.table, lines);
  }
  return [...placed];
}

/** `orders, row 3 of 50: /total must be number`: the failing path and rule, never a value. */
function schemaDetail(table: string, failure: string, index: number, rows: number): string {
  return `${table}${rows > 1 ? `, row ${index + 1} of ${rows}` : ""}: ${failure}`;
}

function decodeRecord(record: IncomingRecord, decode: Decode, unpacked: Unpacked): Decoded | Promise<Decoded> {
  try {
    const decoded = decode(record.payload, unpacked);
    return decoded instanceof Promise ? decoded.catch(refusalOf) : decoded;
  } catch (error) {
    return refusalOf(error);
  }
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof FormatError) return refuse(error.reason, `${error.format}: ${error.detail}`, error.format);
  if (error instanceof LookupError) throw error;
  // A defect of a decoder must not hold up the shard: the record is kept, exactly, and says so.
  return refuse("format", `the decoder failed with ${error instanceof Error ? error.name : typeof error}`);
}
