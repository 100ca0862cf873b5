/** The interface of a format: one file exports a `Format`, and one line of `registry.ts` loads it. */
import type { Limits } from "./limits";
import type { Payload } from "./payload";
import type { DecodedRecord, DecodedRow, Row } from "./row";
import type { SchemaLookup } from "./schemaIds/lookup";

/** @typeParam Options plain data without functions, because the configuration travels inside a Lambda package */
export interface Format<Name extends string, Options> {
  /** The format's name in lower case: the key in the configuration, and the value of `_format`. */
  readonly name: Name;

  /** The problems of the options, one sentence each, beginning with the option's path. */
  check(options: Options): string[];

  /**
   * Prepares to read payloads; everything that depends only on the options is computed here, once.
   *
   * @param schemas looks up schemas that a record names by an id which the options do not declare
   */
  open(options: Options, limits: Limits, schemas?: SchemaLookup): FormatReader;

  /**
   * Encodes rows as one payload, for producers and tests.
   * @throws TypeError for rows or options that the format cannot hold
   */
  encode(rows: readonly Row[], options: Options): Uint8Array;
}

export interface FormatReader {
  /**
   * True if this format claims the payload, which it decides from the content at little cost. If decoding then fails, no other
   * format is tried, so that half a JSON document never becomes CSV.
   */
  detect(payload: Payload): boolean;

  /**
   * All rows, in order, with `separate` if they are refused one by one. A promise only if a schema must be looked up. Undefined
   * if that schema belongs to another format; then the formats after this one are tried.
   *
   * @throws FormatError
   */
  decode(payload: Payload): FormatRows | undefined | Promise<DecodedRow[] | undefined>;
}

export type FormatRows = DecodedRow[] | Pick<DecodedRecord, "rows" | "separate">;
