/** Merges column types over all hours of a table, and finds the hours that have narrower types. */
import { type Column, type ColumnType, elementType, META_COLUMNS } from "../columns";
import { type Hour, isHour } from "../hour";
import type { FlattenPlan, PlannedColumn } from "./flattenPlan";

/** The known columns of a table: `ledger/<table>/columns.json`. */
export interface TableColumns {
  /** With the types that SQL sees: those of the declared schema, or else the widest of all hours. */
  readonly columns: readonly Column[];
  /** Hours whose Parquet has another type for one of the columns, oldest first; they must be flattened again. */
  readonly narrow: readonly Hour[];
}

export function tableColumnsKey(ledgerPrefix: string, table: string): string {
  return `${ledgerPrefix}${table}/columns.json`;
}

/** @param key for the error */
export function readTableColumns(key: string, body: Uint8Array): TableColumns {
  const { columns, narrow } = (JSON.parse(Buffer.from(body).toString("utf8")) ?? {}) as Partial<TableColumns>;
  if (Array.isArray(columns) && Array.isArray(narrow) && narrow.every((hour) => isHour(hour)))
    return { columns, narrow };
  throw new Error(`lake: "${key}" does not say a table's columns; remove it, and the next hour makes it anew`);
}

type TypedColumn = Omit<Column, "path">;

/**
 * Returns the column with the type that holds the values of both. A `guessed` column, of which no value was seen, takes
 * the other's type: its nulls are nulls of any type, its empty lists are lists of any type.
 */
export function widerColumn(left: TypedColumn, right: TypedColumn): Column {
  const guessed = left.guessed && right.guessed;
  return { name: left.name, type: widerType(left, right), ...(guessed && { guessed }) };
}

/** Every column of either list, with the wider type, sorted by name. */
export function widerColumns(left: readonly Column[], right: readonly Column[]): Column[] {
  const wider = new Map(left.map((column) => [column.name, plain(column)]));
  for (const column of right) {
    const before = wider.get(column.name);
    wider.set(column.name, before ? widerColumn(before, column) : plain(column));
  }
  return [...wider.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Widens a plan's columns to at least the types of the table. */
export function widenPlan(plan: FlattenPlan, table: readonly Column[]): FlattenPlan {
  const known = new Map(table.map((column) => [column.name, column]));
  const columns = plan.columns.map((column): PlannedColumn => {
    const floor = known.get(column.name);
    const { path, how, others } = column;
    return floor ? { ...widerColumn(column, floor), path, how, ...(others && { others }) } : column;
  });
  return { ...plan, columns };
}

/** True if every column of the hour that the table has is of the table's type. */
export function fitsTable(hour: readonly Column[], table: readonly Column[]): boolean {
  const types = new Map(table.map(({ name, type }) => [name, type]));
  return hour.every(({ name, type }) => !types.has(name) || types.get(name) === type);
}

/** The columns that are not the lake's own. */
export function userColumns(columns: readonly Column[]): Column[] {
  return columns.filter(({ name }) => !META_COLUMNS.some((own) => own.name === name)).map(plain);
}

function plain({ name, type, guessed }: Column): Column {
  return { name, type, ...(guessed && { guessed }) };
}

function widerType(left: TypedColumn, right: TypedColumn): ColumnType {
  if (left.type === right.type) return left.type;
  const [leftItem, rightItem] = [elementType(left.type), elementType(right.type)];
  if (left.guessed && (leftItem === undefined || rightItem !== undefined)) return right.type;
  if (right.guessed && (rightItem === undefined || leftItem !== undefined)) return left.type;
  if (leftItem === undefined && rightItem === undefined) return isNumbers(left.type, right.type) ? "double" : "string";
  if (leftItem === undefined || rightItem === undefined) return "string";
  return isNumbers(leftItem, rightItem) ? "array<double>" : "array<string>";
}

function isNumbers(...types: readonly string[]): boolean {
  return types.every((type) => type === "bigint" || type === "double");
}
