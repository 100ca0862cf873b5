/** The user's hooks around each row, and what becomes of a record when one of them fails. */
import type { DecodedRow, Row } from "../../formats/row";
import { stringifyRow } from "../../formats/values/stringifyRow";
import { type Refusal, refuse } from "../reasons";
import { isTableName, UNFORMATTED_TABLE } from "../tableName";

/**
 * What a user may say about each row, in this order. Hooks are synchronous, and say the same of the same row each time: a
 * record that is delivered again must land where it landed before. When one of them fails on any row of a record, the whole
 * record goes to `unformatted/`, so that a record is in one place only.
 */
export interface RouterHooks {
  /**
   * The row to land instead of this one. Changes made to the argument count only when it is returned.
   *
   * @example (row) => ({ ...row, amount: Number(row.amount) })
   */
  transform?(row: Row): Row;
  /**
   * `true` to land the row; else why not, in the user's words, without payload.
   *
   * @example (row) => Number(row.amount) >= 0 || "amount is negative"
   */
  accept?(row: Row): true | string;
  /**
   * The table the row goes to: lower-case letters, digits and `_`.
   *
   * @example (row) => (row.kind === "order" ? "orders" : "records")
   */
  table?(row: Row): string;
}

/** A row as it lands. */
export interface PlacedRow {
  readonly table: string;
  readonly row: Row;
  /** One line. */
  readonly json: string;
}

/** Runs the hooks on one row. */
export function placeRow(decoded: DecodedRow, hooks: RouterHooks, defaultTable: string): PlacedRow | Refusal {
  let { row } = decoded;
  // Written before the hooks see the row, so that what they change in it without returning it is not kept.
  let json = hooks.transform ? "" : (decoded.json ?? stringifyRow(row));
  let current = "transform";
  try {
    if (hooks.transform) {
      row = hooks.transform(row);
      if (!isPlainObject(row)) return refuse("hook", `transform returned ${kindOf(row)}, not a row`);
      json = stringifyRow(row);
      if (!json.startsWith("{")) return refuse("hook", "transform returned a row whose toJSON is not an object");
    }

    current = "accept";
    const accepted: unknown = hooks.accept ? hooks.accept(row) : true;
    if (typeof accepted === "string") return refuse("rejected", accepted);
    if (accepted !== true) return refuse("rejected", `accept returned ${kindOf(accepted)}, not true or a text`);

    current = "table";
    const table: unknown = hooks.table ? hooks.table(row) : defaultTable;
    if (table === UNFORMATTED_TABLE) return refuse("hook", `table returned "${table}", the lake's own table`);
    if (typeof table === "string" && isTableName(table)) return { table, row, json };
    return refuse("hook", `table returned ${kindOf(table)}, not a Glue name (lower-case letters, digits and "_")`);
  } catch (error) {
    // The message may quote the row; the name is enough, since the record's bytes are kept beside it.
    return refuse("hook", `${current} threw ${error instanceof Error ? error.name : kindOf(error)}`);
  }
}

function isPlainObject(value: unknown): value is Row {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** What a hook returned, without its content. A promise is taken in, so that its rejection does not end the process. */
function kindOf(value: unknown): string {
  if (value instanceof Promise) {
    value.catch(() => undefined);
    return "a promise (hooks are synchronous)";
  }
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "string" ? `a text of ${value.length} characters` : typeof value;
}
