/** What the rows of one payload may still cost, for formats in which a few bytes can stand for many values or for long names. */
import { FormatError } from "./formatError";
import { beyond, type Limits } from "./limits";

export class Budget {
  private values = 0;
  private characters = 0;
  private rows = 0;

  constructor(
    private readonly format: string,
    private readonly limits: Limits,
  ) {}

  /** One more row. */
  row(): void {
    this.rows += 1;
    if (this.rows > this.limits.rows) throw this.limit("rows");
  }

  /** Rows that are announced, before they are read. */
  announceRows(count: number): void {
    if (this.rows + count > this.limits.rows) throw this.limit("rows");
  }

  /**
   * Values that are about to be made.
   *
   * @param characters of their names, and of texts that are not in the payload but in its schema or dictionary; all of them
   *   together are held to `payloadBytes`, because rows are written as JSON
   */
  spend(values: number, characters: number): void {
    this.values += values;
    if (this.values > this.limits.values) throw this.limit("values");
    this.characters += characters;
    if (this.characters > this.limits.payloadBytes) {
      const detail = `the rows' text is ${beyond("payloadBytes", this.limits.payloadBytes)}`;
      throw new FormatError(this.format, detail, "too-large");
    }
  }

  /** @param depth of objects and arrays, 1 for the row itself */
  descend(depth: number): void {
    if (depth > this.limits.depth) throw this.limit("depth");
  }

  /** @param count of names in one object */
  columns(count: number): void {
    if (count > this.limits.columns) throw this.limit("columns");
  }

  limit(what: keyof Limits): FormatError {
    return new FormatError(this.format, beyond(what, this.limits[what]), "limits");
  }
}
