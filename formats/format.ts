/** What a format is: one file that exports a `Format`, and one line in `registry.ts`. */
import type { Limits } from "./limits";
import type { Payload } from "./payload";
import type { DecodedRecord, DecodedRow, Row } from "./row";
import type { SchemaLookup } from "./schemaIds/lookup";

/**
 * @typeParam Options plain data without functions, because the configuration travels inside a Lambda package
 */
export interface Format<Name extends string, Options> {
  /** Lower-case; it is the key of the configuration and becomes `_format`. */
  readonly name: Name;

  /** What is wrong with the options, one sentence a problem, each beginning with the option's path. */
  check(options: Options): string[];

  /**
   * Prepares to read payloads: whatever can be computed from the options is computed here, once.
   *
   * @param schemas where schemas come from that a record names by id and the options do not declare
   */
  open(options: Options, limits: Limits, schemas?: SchemaLookup): FormatReader;

  /**
   * Rows to one payload, for producers and tests.
   * @throws TypeError for rows or options that the format cannot hold
   */
  encode(rows: readonly Row[], options: Options): Uint8Array;
}

export interface FormatReader {
  /**
   * Whether the payload is this format's to decode, told from its content at little cost. A format that claims a payload
   * answers for it: when decoding fails, no other format is tried, so that half a JSON document never becomes CSV.
   */
  detect(payload: Payload): boolean;

  /**
   * All rows, in order, with `separate` if they are refused one by one. A promise only where a schema must be looked up; undefined where that schema turns out to be one of
   * another format, so that the formats behind this one are asked.
   *
   * @throws FormatError
   */
  decode(payload: Payload): FormatRows | undefined | Promise<DecodedRow[] | undefined>;
}

export type FormatRows = DecodedRow[] | Pick<DecodedRecord, "rows" | "separate">;
