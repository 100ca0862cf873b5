/** The types of decoded data that all rooms share: a row is named values, exact to the last digit. */
import type { FormatError } from "./formatError";

/** `bigint` carries integers that a double cannot hold; it is written to JSON as a plain number. */
export type Value = string | number | bigint | boolean | null | Value[] | { [name: string]: Value };

/** A decoded record: named values. */
export type Row = { [name: string]: Value };

/** One row of a record. */
export interface DecodedRow {
  readonly row: Row;
  /**
   * The row as one line of JSON, where the payload was JSON already: its own bytes, so that numbers stay exact
   * and nothing is serialized twice. Absent where the format is not JSON.
   */
  readonly json?: string;
}

/** What a payload turned out to be. */
export interface DecodedRecord {
  /** The format's name, `"json"`, `"csv"` …; it becomes `_format`. Compression around it is not part of the name. */
  readonly format: string;
  /** At least one row: a payload without rows is a `FormatError` with the reason `empty`. */
  readonly rows: readonly DecodedRow[];
  /** Present if a bad row leaves the record's other rows alone; otherwise a record lands with all its rows or with none. */
  readonly separate?: SeparateRows;
}

/** The place of each row in its record, for records whose rows are refused one by one. */
export interface SeparateRows {
  /** The place of each of the record's `rows`, from 0; refused rows have places of their own among them. */
  readonly places: readonly number[];
  /** The rows that the format refused. */
  readonly refused: readonly { readonly place: number; readonly error: FormatError }[];
  /** The row at a place as a payload of its own, which the same options decode. */
  payload(place: number): Uint8Array;
}

/**
 * Counts what compressed payloads, and compressed parts of them, have become, an eighth of their bound for those that were
 * refused for becoming too much; and a byte for each value of Avro, Parquet and Protobuf, whose values may take no byte.
 */
export interface Unpacked {
  bytes: number;
}

/** Bytes to rows; throws `FormatError` for everything that cannot be used, and nothing else. */
export type DecodeAtOnce = (payload: Uint8Array, unpacked?: Unpacked) => DecodedRecord;

/**
 * The same, where a schema may have to be looked up first: then, and only then, the answer is a promise, and it may be
 * rejected with a `LookupError`.
 */
export type Decode = (payload: Uint8Array, unpacked?: Unpacked) => DecodedRecord | Promise<DecodedRecord>;
