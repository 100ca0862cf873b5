/** The result of routed records: the lines of all landed objects, in the order of the records. */
import { readJson } from "../../formats/json/reader";
import type { Row } from "../../formats/row";
import { readLines, readUnformattedLine } from "../../lake/envelope";
import { parseObjectKey } from "../../lake/objectKey";
import type { Reason } from "../../lake/reasons";

export interface LandedRow {
  /** The index of its record in the test's list. */
  readonly record: number;
  /** The row's identity in the lake, `_id`. */
  readonly id: string;
  readonly table: string;
  /** The format that the record decoded as: `"json"`. */
  readonly format: string;
  readonly row: Row;
}

export interface UnformattedRecord {
  /** The index of the record in the test's list. */
  readonly record: number;
  /** The index of the row, if the other rows of the record land (CSV). */
  readonly row?: number;
  readonly reason: Reason;
  /** The same as in `unformatted/`, with messages of hooks' errors. */
  readonly detail: string;
}

export interface FailedBatch {
  /** Indexes of the records that were not taken. */
  readonly records: readonly number[];
  readonly error: unknown;
}

export interface RoutedRecords {
  /** The rows by table, in the order of the records; integers beyond ±(2^53 − 1) are bigints. */
  readonly rows: Readonly<Record<string, readonly Row[]>>;
  /** The same rows, each with its record, table and format. */
  readonly landed: readonly LandedRow[];
  /** The records and single rows that land in `unformatted/`, with their reasons. */
  readonly unformatted: readonly UnformattedRecord[];
  /** Batches that the router fails on, such as for a secret that cannot be read; AWS delivers them again. */
  readonly failedBatches: readonly FailedBatch[];
}

/**
 * @param objects the compressed bodies of `raw/` and `unformatted/`, by key
 * @param sequenceNumbers those of the test's records, in order
 * @param rawPrefix the beginning of the keys of rows
 */
export function routedRecords(
  objects: ReadonlyMap<string, Uint8Array>,
  sequenceNumbers: readonly string[],
  rawPrefix: string,
  failedBatches: readonly FailedBatch[],
): RoutedRecords {
  const indexes = new Map(sequenceNumbers.map((sequenceNumber, index) => [sequenceNumber, index]));
  const landed: Placed<LandedRow>[] = [];
  const unformatted: Placed<UnformattedRecord>[] = [];
  for (const [key, body] of objects) {
    const { table = "" } = parseObjectKey(key) ?? {};
    for (const line of readLines(body)) {
      if (key.startsWith(rawPrefix)) {
        const { _id: id, _format: format, data: row } = readRawLine(line);
        const place = placeOf(id, indexes);
        landed.push({ place, value: { record: place[0], id, table, format, row } });
      } else {
        const { id, reason, detail } = readUnformattedLine(line);
        const place = placeOf(id, indexes);
        const [record, , row] = place;
        unformatted.push({ place, value: { record, ...(row >= 0 && { row }), reason, detail } });
      }
    }
  }
  const inOrder = valuesInOrder(landed);
  const rows: Record<string, Row[]> = {};
  for (const { table, row } of inOrder) {
    rows[table] ??= [];
    rows[table].push(row);
  }
  return { rows, landed: inOrder, unformatted: valuesInOrder(unformatted), failedBatches };
}

export interface RawLine {
  readonly _id: string;
  readonly _format: string;
  readonly data: Row;
}

/** Reads a line of `raw/`; integers beyond ±(2^53 − 1) are bigints. */
export function readRawLine(line: string): RawLine {
  // Only `readJson` keeps long integers, and it is slow.
  if (!/\d{16}/.test(line.slice(line.indexOf('"data":')))) return JSON.parse(line) as RawLine;
  const problem = (position: number) => new Error(`a landed line does not parse (position ${position})`);
  return readJson(line, problem) as unknown as RawLine;
}

/** The indexes of the record, the user record and the row; -1 for a whole record. */
type Place = readonly [record: number, userRecord: number, row: number];

interface Placed<T> {
  readonly place: Place;
  readonly value: T;
}

/** Reads an identity, `shardId-000000000003/4965…/0.17`. */
function placeOf(id: string, indexes: ReadonlyMap<string, number>): Place {
  const [, sequenceNumber = "", place = ""] = id.split("/");
  const [userRecord = "", row = "-1"] = place.split(".");
  const record = indexes.get(sequenceNumber);
  if (record === undefined) throw new Error(`a landed line is of no record of the test: ${id}`);
  return [record, Number(userRecord), Number(row)];
}

function valuesInOrder<T>(placed: readonly Placed<T>[]): T[] {
  const order = ({ place: one }: Placed<T>, { place: other }: Placed<T>) =>
    one[0] - other[0] || one[1] - other[1] || one[2] - other[2];
  return [...placed].sort(order).map(({ value }) => value);
}
