/** Folds rows into the items of a view: by an inline callback, or by declared attributes. */
import type { Row, Value } from "../../formats/row";
import type { CallbackContext } from "../callbackContext";
import { isPlainObject, kindOf, storedRow, wellFormed } from "./attributes";
import { addNumbers, numberOfText } from "./numbers";
import { UnfoldedError } from "./unfoldedError";

/**
 * Returns the key of the row's item, or false for a row that is not part of the view. Synchronous, with the same result
 * for the same row.
 *
 * @example (row) => row.kind === "order" && String(row.customer)
 */
export type ServingKey = (row: Row, context: CallbackContext) => string | false;

/**
 * Returns the item after the row; `item` is undefined for the first row of a key. Synchronous, with the same result for
 * the same item and row.
 *
 * @example (item, row) => ({ orders: Number(item?.orders ?? 0) + 1, lastOrder: row.id })
 */
export type ServingFold = (item: Row | undefined, row: Row, context: CallbackContext) => Row;

/** One attribute of a view's items, made of the key's rows in their order; exactly one of its members is given. */
export interface FoldedAttribute {
  /** The newest value of this member of the rows; rows without it change nothing. @default none */
  latest?: string;
  /**
   * The sum of this member of the rows: numbers, or strings that are decimal numbers. Rows without it add nothing, and
   * a row with any other value is not folded. @default none
   */
  sum?: string;
  /** True for the number of rows. @default none */
  count?: boolean;
  /** The last rows as a list, oldest first, 1 to 1000; with `of`, the values of one member. @default none */
  last?: number;
  /** With `last`: the member whose values are listed; rows without it add nothing. @default none: whole rows */
  of?: string;
}

/** Declared attributes by name. */
export type FoldedAttributes = Readonly<Record<string, FoldedAttribute>>;

/** The attributes that the view itself writes. */
export const OWN_ATTRIBUTES = { key: "_key", last: "_last", shards: "_shards", expires: "_expires" } as const;

const OWN: ReadonlySet<string> = new Set(Object.values(OWN_ATTRIBUTES));
/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html, "Partition keys and sort keys" */
export const MAX_KEY_BYTES = 2048;
/** The longest list that `last` keeps. */
const MAX_LAST = 1000;

/** The fold of one row; throws `UnfoldedError`. Neither changes nor keeps its arguments. */
export type FoldRow = (item: Row | undefined, row: Row) => Row;

/** @param fold undefined: the item is the newest row */
export function openFold(fold: ServingFold | FoldedAttributes | undefined, context: CallbackContext): FoldRow {
  if (fold === undefined) return (_, row) => checkedItem(row);
  if (typeof fold === "function") return (item, row) => checkedItem(foldInline(fold, item, row, context));
  return (item, row) => checkedItem(foldDeclared(fold, item ?? {}, row));
}

/** @throws UnfoldedError for an item that DynamoDB cannot keep */
function checkedItem(item: unknown): Row {
  if (!isPlainObject(item)) throw new UnfoldedError("fold", `fold returned ${kindOf(item)}, not a row`);
  const stored = storedRow(item);
  const own = Object.keys(stored).find((name) => OWN.has(name));
  if (own === undefined) return stored;
  throw new UnfoldedError("value", `the item has "${own}", an attribute of the view itself`);
}

function foldInline(fold: ServingFold, item: Row | undefined, row: Row, context: CallbackContext): unknown {
  try {
    // A copy, so that a fold that changes its argument and then throws leaves the item as it was.
    return fold(item && structuredClone(item), row, context);
  } catch (error) {
    // The message may quote the row.
    throw new UnfoldedError("fold", `fold threw ${error instanceof Error ? error.name : kindOf(error)}`);
  }
}

function foldDeclared(fold: FoldedAttributes, item: Row, row: Row): Row {
  const folded: Row = { ...item };
  for (const [name, attribute] of Object.entries(fold)) {
    const value = foldAttribute(name, attribute, item[name], row);
    if (value !== undefined) folded[name] = value;
  }
  return folded;
}

/** @returns undefined if the row changes nothing */
function foldAttribute(name: string, { latest, sum, last, of }: FoldedAttribute, item: Value | undefined, row: Row) {
  if (latest !== undefined) return memberOf(row, latest);
  if (sum !== undefined) return sumWith(name, sum, item, row);
  if (last === undefined) return addNumbers(numericOr0(item), 1);
  const value = of === undefined ? row : memberOf(row, of);
  return value === undefined ? undefined : [...(Array.isArray(item) ? item : []), value].slice(-last);
}

function sumWith(name: string, member: string, item: Value | undefined, row: Row): number | bigint | undefined {
  const value = memberOf(row, member);
  if (value === undefined || value === null) return undefined;
  const added = typeof value === "string" ? numberOfText(value.trim()) : value;
  if (typeof added === "number" || typeof added === "bigint") return addNumbers(numericOr0(item), added);
  throw new UnfoldedError("value", `the sum "${name}" needs a number, and the row has ${kindOf(value)}`);
}

function numericOr0(value: Value | undefined): number | bigint {
  return typeof value === "number" || typeof value === "bigint" ? value : 0;
}

function memberOf(row: Row, name: string): Value | undefined {
  return Object.hasOwn(row, name) ? row[name] : undefined;
}

/**
 * The key of a row's item, or false for a row that is not part of the view.
 *
 * @param key a callback, or the member of the row with the key; undefined: the stream partition key
 * @throws UnfoldedError for a row without a usable key
 */
export function keyOf(
  key: ServingKey | string | undefined,
  row: Row,
  partitionKey: string,
  context: CallbackContext,
): string | false {
  const found =
    key === undefined ? partitionKey : typeof key === "string" ? declaredKey(key, row) : called(key, row, context);
  if (found === false && typeof key === "function") return false;
  if (typeof found !== "string") throw new UnfoldedError("key", `key is ${kindOf(found)}, not a string`);
  const bytes = Buffer.byteLength(found);
  if (bytes >= 1 && bytes <= MAX_KEY_BYTES) return wellFormed(found);
  throw new UnfoldedError("key", `key has ${bytes} bytes; DynamoDB takes 1 to ${MAX_KEY_BYTES}`);
}

function called(key: ServingKey, row: Row, context: CallbackContext): unknown {
  try {
    return key(row, context);
  } catch (error) {
    throw new UnfoldedError("key", `key threw ${error instanceof Error ? error.name : kindOf(error)}`);
  }
}

function declaredKey(member: string, row: Row): unknown {
  const value = memberOf(row, member);
  return typeof value === "number" || typeof value === "bigint" ? String(value) : value;
}

/** The problems of declared attributes, one sentence each. */
export function foldProblems(fold: FoldedAttributes): string[] {
  const attributes = Object.entries(fold);
  if (attributes.length === 0)
    return ["fold has no attributes; give at least one, or leave fold out for the newest row."];
  return attributes.flatMap(([name, attribute]) => {
    const problem = attributeProblem(name, attribute);
    return problem === undefined ? [] : [`fold: the attribute "${name}" ${problem}`];
  });
}

function attributeProblem(name: string, { latest, sum, count, last, of }: FoldedAttribute): string | undefined {
  if (name === "" || name.startsWith("_")) return `is not a name; use one that does not begin with "_".`;
  const given = Object.entries({ latest, sum, count, last }).filter(([, value]) => value !== undefined);
  if (given.length !== 1) {
    const names = given.map(([member]) => member).join(", ") || "none";
    return `has ${names}; give exactly one of latest, sum, count and last.`;
  }
  if (of !== undefined && last === undefined) return "has of without last; give last, the length of the list.";
  if (count === false) return "has count false; use true, or leave the attribute out.";
  if (last !== undefined && !(Number.isInteger(last) && last >= 1 && last <= MAX_LAST)) {
    return `has last ${last}; use a whole number from 1 to ${MAX_LAST}.`;
  }
  return [latest, sum, of].includes("") ? "names no member of the rows; give its name." : undefined;
}
