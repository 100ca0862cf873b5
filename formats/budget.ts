/** Bounds the cost of one payload's rows, for formats in which a few bytes can encode many values or long names. */
import { countUnpacked } from "./compression/countUnpacked";
import { FormatError } from "./formatError";
import { beyond, type Limits } from "./limits";
import type { Payload } from "./payload";

/** Values that a record of any size may become: a small Parquet file with dictionaries and runs needs this. */
const ALWAYS_ALLOWED_VALUES = 256 * 1024;

export class Budget {
  private values = 0;
  private characters = 0;
  private rows = 0;

  private readonly mostValues: number;

  constructor(
    private readonly format: string,
    private readonly limits: Limits,
    private readonly payload: Pick<Payload, "recordBytes" | "unpacked">,
  ) {
    this.mostValues = Math.min(limits.values, Math.max(ALWAYS_ALLOWED_VALUES, payload.recordBytes * limits.expansion));
  }

  /** Counts one more row. */
  row(): void {
    this.rows += 1;
    if (this.rows > this.limits.rows) throw this.limit("rows");
  }

  /** Checks an announced number of rows before they are read. */
  announceRows(count: number): void {
    if (this.rows + count > this.limits.rows) throw this.limit("rows");
  }

  /**
   * Counts values before they are made.
   *
   * @param characters of the values' names, and of strings that come from a schema or a dictionary; their sum may not exceed
   *   `payloadBytes`, because rows are written as JSON
   */
  spend(values: number, characters: number): void {
    this.values += values;
    if (this.values > this.mostValues) throw this.tooManyValues();
    this.payload.unpacked.values += values;
    this.characters += characters;
    if (this.characters > this.limits.payloadBytes) {
      const detail = `the rows' text is ${beyond("payloadBytes", this.limits.payloadBytes)}`;
      throw new FormatError(this.format, detail, "too-large");
    }
  }

  /** Counts the cost of values that take longer than others; it is not held to `limits.values`. */
  spendExtra(values: number): void {
    this.payload.unpacked.values += values;
  }

  /** @param depth nesting of objects and arrays, 1 for the row itself */
  descend(depth: number): void {
    if (depth > this.limits.depth) throw this.limit("depth");
  }

  /** @param count number of names in one object */
  columns(count: number): void {
    if (count > this.limits.columns) throw this.limit("columns");
  }

  /** Unpacks a part of the payload and counts the unpacked bytes. */
  unpack<T extends Uint8Array, U extends Uint8Array>(
    bytes: T,
    limits: Limits,
    unpack: (bytes: T, limits: Limits) => U,
  ): U {
    return countUnpacked(this.payload.unpacked, bytes, limits, unpack);
  }

  private tooManyValues(): FormatError {
    if (this.mostValues === this.limits.values) return this.limit("values");
    const detail = `${this.payload.recordBytes} bytes become more than ${this.mostValues} values (limits.expansion)`;
    return new FormatError(this.format, detail, "limits");
  }

  limit(what: keyof Limits): FormatError {
    return new FormatError(this.format, beyond(what, this.limits[what]), "limits");
  }
}
