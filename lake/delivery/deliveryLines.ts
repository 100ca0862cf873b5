/** Makes the lines of a record for Firehose: those of raw/, or those that become Parquet. Firehose delivers a record to one object or to none. */
import type { DecodedRecord, Row } from "../../formats/row";
import type { CallbackContext } from "../callbackContext";
import { rawLineWriter } from "../envelope";
import { type Refusal, refuse } from "../reasons";
import type { IncomingRecord } from "../record";
import { type HookReports, placeRow } from "../routing/hooks";
import { refusalOf } from "../routing/route";
import type { RowCheck } from "../schemas/check";
import type { convertibleLines } from "./convertibleLines";

/**
 * The user's callbacks, called for each row in this order. They are synchronous, and return the same for the same row. If
 * one fails on a row, the whole record goes to `failed-deliveries/`.
 */
export interface DeliveryHooks {
  /**
   * Returns the row to deliver instead of this one, or undefined to leave it out.
   *
   * @example (row) => (row.test === true ? undefined : { ...row, amount: Number(row.amount) })
   */
  transform?(row: Row, context: CallbackContext): Row | undefined;
  /**
   * Returns the row's table, the same for all rows of a record: lower-case letters, digits and `_`.
   *
   * @example (row) => (row.kind === "order" ? "orders" : "records")
   */
  table?(row: Row, context: CallbackContext): string;
}

export interface DeliveryLinesOptions extends HookReports {
  /** The stream's name, kept with every row. */
  readonly stream: string;
  /** The table of rows for which no hook decides. */
  readonly table: string;
  readonly hooks: DeliveryHooks;
  readonly context?: CallbackContext;
  /** The check of each table's rows, by table. */
  readonly checks: ReadonlyMap<string, RowCheck>;
  /** Writes lines that Firehose converts to Parquet. @default the lines of `raw/` */
  readonly convertible?: ReturnType<typeof convertibleLines> | undefined;
}

export interface DeliveryLines {
  /** Each line ends with a newline. */
  readonly text: string;
  readonly count: number;
  readonly table: string;
  /** Rows that the callback left out. */
  readonly leftOut: number;
}

/** @param record a record that is not aggregated, or a user record of one */
export function deliveryLines(
  record: IncomingRecord,
  { rows, separate, format }: DecodedRecord,
  { stream, hooks, context, checks, convertible, ...options }: DeliveryLinesOptions,
): DeliveryLines | Refusal {
  const [refused] = separate?.refused ?? [];
  if (refused) return refusalOf(refused.error);
  const write = convertible?.(record, format) ?? rawLineWriter(record, stream, format);
  const transform = transformOf(hooks);
  const routing = { ...(transform && { transform }), ...(hooks.table && { table: hooks.table }) };
  let table: string | undefined;
  let text = "";
  let count = 0;
  for (const [index, decodedRow] of rows.entries()) {
    if (transform) transform.isLeftOut = false;
    const row = placeRow(decodedRow, routing, { ...options, ...(context && { context }) });
    if (transform?.isLeftOut) continue;
    if ("reason" in row) return { ...row, format };
    const failure = checks.get(row.table)?.(row.row, format);
    if (failure !== undefined) {
      return refuse("schema", `${row.table}, row ${index + 1} of ${rows.length}: ${failure}`, format);
    }
    table ??= row.table;
    if (row.table !== table) return { ...TWO_TABLES, format };
    const line = write(separate?.places[index] ?? index, row.json);
    if (typeof line !== "string") {
      return { ...line, detail: `${row.table}, row ${index + 1} of ${rows.length}: ${line.detail}` };
    }
    text += line;
    count += 1;
  }
  return { text, count, table: table ?? options.table, leftOut: rows.length - count };
}

export const TWO_TABLES = refuse(
  "hook",
  "table returned two tables for the rows of one record, which Firehose delivers to one",
);

interface Transform {
  (row: Row, context: CallbackContext): Row;
  /** True if the callback left its last row out. */
  isLeftOut: boolean;
}

function transformOf({ transform }: DeliveryHooks): Transform | undefined {
  if (!transform) return undefined;
  const made: Transform = Object.assign(
    (row: Row, context: CallbackContext) => {
      const result = transform(row, context);
      made.isLeftOut = result === undefined;
      return result ?? {};
    },
    { isLeftOut: false },
  );
  return made;
}
