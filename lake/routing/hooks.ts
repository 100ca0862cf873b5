/** Runs the user's hooks on each row, and refuses the row if one of them fails. */
import { DEEPEST } from "../../formats/limits";
import type { DecodedRow, Row } from "../../formats/row";
import { stringifyRow } from "../../formats/values/stringifyRow";
import { type CallbackContext, NO_SECRETS } from "../callbackContext";
import { type Refusal, refuse } from "../reasons";
import { isTableName, UNFORMATTED_TABLE } from "../tableName";

/**
 * The user's callbacks, called for each row in this order. Hooks are synchronous and return the same result for the
 * same row, because a redelivered record must land in the same place. If a hook fails on a row, the whole record goes
 * to `unformatted/`; in CSV, only that row does.
 */
export interface RouterHooks {
  /**
   * Returns the row to land instead of this one. Changes to the argument itself have an effect only if it is returned.
   *
   * @example (row) => ({ ...row, amount: Number(row.amount) })
   */
  transform?(row: Row, context: CallbackContext): Row;
  /**
   * Returns true to land the row, or the reason to reject it, which should not contain values of the row.
   *
   * @example (row) => Number(row.amount) >= 0 || "amount is negative"
   */
  accept?(row: Row, context: CallbackContext): true | string;
  /**
   * Returns the row's table: lower-case letters, digits and `_`.
   *
   * @example (row) => (row.kind === "order" ? "orders" : "records")
   */
  table?(row: Row, context: CallbackContext): string;
}

/** A row with its table and its JSON. */
export interface PlacedRow {
  readonly table: string;
  readonly row: Row;
  /** One line. */
  readonly json: string;
}

export interface HookOptions extends HookReports {
  /** The second argument of hooks. @default a context without secrets */
  readonly context?: CallbackContext;
}

/** Options for the description of hook failures. */
export interface HookReports {
  /** Places where the hooks are declared, as `hooks.ts:17`. @default none */
  readonly hookPlaces?: Readonly<Partial<Record<keyof RouterHooks, string>>>;
  /**
   * Returns the places that an error passed, the one that threw first. They replace the hook's own. @default none
   */
  readonly placesOf?: ((error: Error) => readonly string[]) | undefined;
  /** True to describe errors with their messages, which may contain values of the row. @default false */
  readonly exposesHookErrors?: boolean;
}

/** Runs the hooks on one row. @param options `table` is the default table */
export function placeRow(
  decoded: DecodedRow,
  hooks: RouterHooks,
  options: HookOptions & { readonly table: string },
): PlacedRow | Refusal {
  let { row } = decoded;
  const { context = NO_SECRETS } = options;
  // Serialized before the hooks run, so that changes to a row that they do not return are not kept.
  let json = hooks.transform ? "" : (decoded.json ?? stringifyRow(row));
  let current: keyof RouterHooks = "transform";
  const failed = (problem: string, error?: unknown) => refuseHook(current, problem, error, options);
  try {
    if (hooks.transform) {
      row = hooks.transform(row, context);
      if (!isPlainObject(row)) return failed(`returned ${kindOf(row)}, not a row`);
      json = stringifyRow(row);
      if (!json.startsWith("{")) return failed("returned a row whose toJSON is not an object");
      if (isTooDeep(json)) return failed(`returned a row of more than ${DEEPEST} levels of objects and arrays`);
    }

    current = "accept";
    const accepted: unknown = hooks.accept ? hooks.accept(row, context) : true;
    if (typeof accepted === "string") return refuse("rejected", accepted);
    if (accepted !== true) return failed(`returned ${kindOf(accepted)}, not true or a string`);

    current = "table";
    const table: unknown = hooks.table ? hooks.table(row, context) : options.table;
    if (table === UNFORMATTED_TABLE) return failed(`returned "${table}", the lake's own table`);
    if (typeof table === "string" && isTableName(table)) return { table, row, json };
    return failed(`returned ${kindOf(table)}, not a Glue name (lower-case letters, digits and "_")`);
  } catch (error) {
    return failed(`threw ${error instanceof Error ? error.name : kindOf(error)}`, error);
  }
}

/**
 * `transform threw TypeError (names.ts:3, called from hooks.ts:17)`. An error's message may quote the row, so it is
 * included only with `exposesHookErrors`.
 */
function refuseHook(hook: keyof RouterHooks, problem: string, error: unknown, options: HookReports): Refusal {
  const passed = (error instanceof Error && options.placesOf?.(error)) || [];
  const [place = options.hookPlaces?.[hook], ...callers] = passed;
  const from = callers.length > 0 ? `, called from ${callers.join(", ")}` : "";
  const message = options.exposesHookErrors && error instanceof Error ? `: ${error.message}` : "";
  return refuse("hook", `${hook} ${problem}${place === undefined ? "" : ` (${place}${from})`}${message}`);
}

function isPlainObject(value: unknown): value is Row {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c];

/** True for JSON that the flatten job could not read: one such row would fail the hour of its table again and again. */
function isTooDeep(json: string): boolean {
  // Each level has two brackets.
  if (json.length <= 2 * DEEPEST) return false;
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) at = endOfString(json, at);
    // 5B and 7B open, 5D and 7D close; the mask removes the bit 0x20, in which arrays and objects differ.
    else if ((code & 0xdf) === 0x5b) {
      if (++depth > DEEPEST) return true;
    } else if ((code & 0xdf) === 0x5d) depth--;
  }
  return false;
}

/** The position of the quote that ends the string that begins at `start`. */
function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); ; end = json.indexOf('"', end + 1)) {
    let slashes = end;
    while (json.charCodeAt(slashes - 1) === BACKSLASH) slashes--;
    if ((end - slashes) % 2 === 0) return end;
  }
}

/** Describes a value without its content. Handles a promise's rejection, which would end the process. */
function kindOf(value: unknown): string {
  if (value instanceof Promise) {
    value.catch(() => undefined);
    return "a promise (hooks are synchronous)";
  }
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "string" ? `a string of ${value.length} characters` : typeof value;
}
