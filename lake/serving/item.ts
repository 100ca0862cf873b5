/** An item of a view: its row, and the last record of each shard in it, so that no record is folded twice. */
import type { Row } from "../../formats/row";
import { isoOf } from "../hour";
import { compareSequence } from "../sequenceNumber";
import { type Attributes, type AttributeValue, attributesOf, rowOf, sizeOf } from "./attributes";
import { type FoldRow, OWN_ATTRIBUTES } from "./fold";
import { UnfoldedError } from "./unfoldedError";

/** A row to fold, with the record that contains it. */
export interface KeyedRow {
  readonly row: Row;
  readonly shard: string;
  readonly sequenceNumber: string;
  readonly arrivedMillis: number;
}

/** The last record of a shard in an item. */
interface Position {
  readonly sequenceNumber: string;
  readonly arrivedMillis: number;
}

interface Item {
  readonly row: Row | undefined;
  /** By shard. */
  readonly positions: ReadonlyMap<string, Position>;
  /** The record whose rows were folded last; none in an item that is not stored. */
  readonly last: string | undefined;
  /** Seconds since the epoch; none without a time to live. */
  readonly expiresSeconds: number | undefined;
}

/** The item as readers see it: without the positions, which are the view's own. Undefined once it has expired. */
export function shownItem(attributes: Attributes, nowMillis: number): Row | undefined {
  const { [OWN_ATTRIBUTES.last]: _last, [OWN_ATTRIBUTES.shards]: _shards, ...shown } = attributes;
  const row = rowOf(shown);
  const expires = row[OWN_ATTRIBUTES.expires];
  return typeof expires === "number" && 1000 * expires <= nowMillis ? undefined : row;
}

export interface FoldOptions {
  readonly fold: FoldRow;
  /** Time to live after the arrival of the newest row. @default none: items do not expire */
  readonly timeToLiveSeconds?: number | undefined;
}

/** The result of folding a key's rows into its item. */
export interface FoldedItem {
  /** The item to write if the stored one has not changed since; undefined if nothing was folded. */
  readonly write?: { readonly attributes: Attributes; readonly formerLast: string | undefined };
  readonly folded: number;
  /** Rows of records that the item contains already. */
  readonly repeated: number;
  readonly unfolded: readonly { readonly row: KeyedRow; readonly error: UnfoldedError }[];
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html, "Item size" */
const MAX_ITEM_BYTES = 400 * 1024;
/** The width of the sequence numbers of Kinesis, so that they compare as strings. */
const SEQUENCE_DIGITS = 56;
/**
 * Kinesis keeps records for at most 8,760 hours; a record that is older cannot be delivered again.
 * https://docs.aws.amazon.com/kinesis/latest/dev/kinesis-extended-retention.html
 */
const MAX_RETENTION_MILLIS = 8760 * 3_600_000;

/**
 * Folds each row whose record is not in the item yet. All rows of one record for this key are folded in one call, so
 * the sequence number of a record stands for all its rows, those of a KPL producer's aggregated record included.
 *
 * @param stored the item as it was read; undefined if there is none
 * @param rows in the order of the stream
 */
export function foldRows(
  key: string,
  stored: Attributes | undefined,
  rows: readonly KeyedRow[],
  options: FoldOptions,
): FoldedItem {
  const folded = foldAll(key, stored, rows, options, false);
  // Measuring after each row is slow, and seldom needed.
  return isTooLarge(folded) ? foldAll(key, stored, rows, options, true) : folded;
}

function isTooLarge({ write }: FoldedItem): boolean {
  return write !== undefined && sizeOf(write.attributes) > MAX_ITEM_BYTES;
}

function foldAll(
  key: string,
  stored: Attributes | undefined,
  rows: readonly KeyedRow[],
  { fold, timeToLiveSeconds }: FoldOptions,
  measures: boolean,
): FoldedItem {
  let item = itemOf(stored);
  const formerLast = item.last;
  const former = item.positions;
  const unfolded: { row: KeyedRow; error: UnfoldedError }[] = [];
  let [folded, repeated] = [0, 0];
  for (const row of rows) {
    const position = former.get(row.shard);
    if (position && compareSequence(trimmed(row.sequenceNumber), position.sequenceNumber) <= 0) {
      repeated += 1;
      continue;
    }
    try {
      const next = fold(isExpired(item, row, timeToLiveSeconds) ? undefined : item.row, row.row);
      const grown = { ...advanced(item, row, timeToLiveSeconds), row: next };
      if (measures) checkSize(key, grown);
      item = grown;
      folded += 1;
    } catch (error) {
      if (!(error instanceof UnfoldedError)) throw error;
      unfolded.push({ row, error });
    }
  }
  if (folded === 0) return { folded, repeated, unfolded };
  return { write: { attributes: attributesOfItem(key, item), formerLast }, folded, repeated, unfolded };
}

/** DynamoDB deletes an expired item some time later; until then, its next row begins it anew. */
function isExpired({ expiresSeconds }: Item, { arrivedMillis }: KeyedRow, timeToLiveSeconds: number | undefined) {
  return timeToLiveSeconds !== undefined && expiresSeconds !== undefined && expiresSeconds * 1000 <= arrivedMillis;
}

/** The item's state after a row, without the row itself. */
function advanced(item: Item, row: KeyedRow, timeToLiveSeconds: number | undefined): Omit<Item, "row"> {
  const { shard, arrivedMillis } = row;
  const sequenceNumber = trimmed(row.sequenceNumber);
  const positions = new Map(item.positions).set(shard, { sequenceNumber, arrivedMillis });
  const expiresSeconds =
    timeToLiveSeconds === undefined
      ? undefined
      : Math.max(item.expiresSeconds ?? 0, Math.ceil(arrivedMillis / 1000) + timeToLiveSeconds);
  return { positions, last: `${shard}/${padded(sequenceNumber)}`, expiresSeconds };
}

function checkSize(key: string, item: Item): void {
  const size = sizeOf(attributesOfItem(key, item));
  if (size > MAX_ITEM_BYTES) {
    throw new UnfoldedError("too-large", `the item would have ${size} bytes; DynamoDB takes ${MAX_ITEM_BYTES}`);
  }
}

function itemOf(stored: Attributes | undefined): Item {
  const positions = new Map<string, Position>();
  if (!stored) return { row: undefined, positions, last: undefined, expiresSeconds: undefined };
  const own = rowOf(stored);
  const { _shards = {}, _last, _expires } = own;
  for (const [shard, text] of Object.entries(_shards as Row)) {
    const [sequenceNumber = "", arrived = ""] = String(text).split(" ");
    positions.set(shard, { sequenceNumber: trimmed(sequenceNumber), arrivedMillis: Date.parse(arrived) });
  }
  for (const name of Object.values(OWN_ATTRIBUTES)) delete own[name];
  return {
    row: own,
    positions,
    last: typeof _last === "string" ? _last : undefined,
    expiresSeconds: _expires === undefined ? undefined : Number(_expires),
  };
}

function attributesOfItem(key: string, { row, positions, last, expiresSeconds }: Item): Attributes {
  const newest = Math.max(...[...positions.values()].map(({ arrivedMillis }) => arrivedMillis));
  const shards: Record<string, AttributeValue> = {};
  for (const [shard, { sequenceNumber, arrivedMillis }] of positions) {
    if (arrivedMillis < newest - MAX_RETENTION_MILLIS) continue;
    shards[shard] = { S: `${padded(sequenceNumber)} ${isoOf(arrivedMillis)}` };
  }
  return {
    ...attributesOf(row ?? {}),
    [OWN_ATTRIBUTES.key]: { S: key },
    [OWN_ATTRIBUTES.last]: { S: last ?? "" },
    [OWN_ATTRIBUTES.shards]: { M: shards },
    ...(expiresSeconds !== undefined && { [OWN_ATTRIBUTES.expires]: { N: String(expiresSeconds) } }),
  };
}

function padded(sequenceNumber: string): string {
  return sequenceNumber.padStart(SEQUENCE_DIGITS, "0");
}

function trimmed(sequenceNumber: string): string {
  return sequenceNumber.replace(/^0+(?=\d)/, "");
}
