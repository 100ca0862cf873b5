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

/** Counts the cost of a batch's payloads, landed or refused, so that a router can end the batch. */
export interface Unpacked {
  /** Unpacked bytes of compressed payloads and of their compressed parts; an eighth of the bound if it is exceeded. */
  bytes: number;
  /**
   * Values of all payloads, and the values that other work takes as long as: two for a reference of XML, a quarter for a doubled quote of CSV, three more for
   * bigints of Avro and for each name of an object beyond the 128th, an eighth for a character of JSON that is read twice.
   */
  values: number;
}

/** Decodes bytes to rows; throws only `FormatError`, for any payload that cannot be decoded. */
export type DecodeAtOnce = (payload: Uint8Array, unpacked?: Unpacked) => DecodedRecord;

/**
 * Decodes bytes to rows like `DecodeAtOnce`. Only if a schema must be looked up first, it returns a promise, which may be
 * rejected with a `LookupError`.
 */
export type Decode = (payload: Uint8Array, unpacked?: Unpacked) => DecodedRecord | Promise<DecodedRecord>;
