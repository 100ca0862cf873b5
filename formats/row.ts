/** The types of decoded data that all folders share: a row is named values, exact to the last digit. */
import type { FormatError } from "./formatError";

/** `bigint` carries integers that a double cannot hold; it is written to JSON as a plain number. */
export type Value = string | number | bigint | boolean | null | Value[] | { [name: string]: Value };

/** A decoded record: named values. */
export type Row = { [name: string]: Value };

/** One row of a record. */
export interface DecodedRow {
  readonly row: Row;
  /**
   * The row as one line of JSON, if the payload is JSON: the original text, so that numbers stay exact and nothing is
   * serialized twice. Absent for other formats.
   */
  readonly json?: string;
}

/** A decoded payload. */
export interface DecodedRecord {
  /** The format's name without its compression: `"json"`, `"csv"` …; it becomes `_format`. */
  readonly format: string;
  /** At least one row: a payload without rows is a `FormatError` with the reason `empty`. */
  readonly rows: readonly DecodedRow[];
  /** Present if bad rows are refused one by one; otherwise a record lands with all its rows or with none. */
  readonly separate?: SeparateRows;
}

/** The place of each row in its record, for records whose rows are refused one by one. */
export interface SeparateRows {
  /** The place of each of the record's `rows`, from 0; refused rows also count as places. */
  readonly places: readonly number[];
  /** The rows that the format refused. */
  readonly refused: readonly { readonly place: number; readonly error: FormatError }[];
  /** The row at a place as a payload of its own, which decodes with the same options. */
  payload(place: number): Uint8Array;
}

/**
 * Counts the unpacked bytes of compressed payloads and of their compressed parts, or an eighth of the bound for data that was
 * refused as too large; plus one byte for each value of Avro, Parquet and Protobuf, whose values may take no bytes.
 */
export interface Unpacked {
  bytes: number;
}

/** Decodes bytes to rows; throws only `FormatError`, for any payload that cannot be decoded. */
export type DecodeAtOnce = (payload: Uint8Array, unpacked?: Unpacked) => DecodedRecord;

/**
 * Decodes bytes to rows like `DecodeAtOnce`. Only if a schema must be looked up first, it returns a promise, which may be
 * rejected with a `LookupError`.
 */
export type Decode = (payload: Uint8Array, unpacked?: Unpacked) => DecodedRecord | Promise<DecodedRecord>;
