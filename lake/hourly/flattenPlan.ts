/** Derives the columns of a table's hour from the shape of its rows: the flatten rules, independent of an engine. */
import { type Column, type ColumnType, META_COLUMNS, type ScalarType } from "../columns";
import { columnName, comparePaths, uniqueNames } from "./flattenName";
import type { Fields, Path, Shape } from "./flattenShape";

/** A column and the source of its values. */
export interface PlannedColumn extends Omit<Column, "path"> {
  /** The field names that lead to the value; null for a declared column that no row has, whose values are all null. */
  readonly path: Path | null;
  /**
   * For a declared column without a path: other paths that flatten to its name, in their order. A row has the value of
   * the first path that leads to one. @default none
   */
  readonly others?: readonly Path[];
  /**
   * `value`: every value has the type, or is written as a string (objects and arrays as JSON);
   * `cast`: the type is declared and values are converted; values that cannot be converted become null and are counted.
   */
  readonly how: "value" | "cast";
}

export interface FlattenPlan {
  /** User columns in the order of their names; the lake's own columns come before them. */
  readonly columns: readonly PlannedColumn[];
  /** Number of columns beyond `MAX_COLUMNS`; their values stay in `raw/`. */
  readonly dropped: number;
}

/**
 * An object with more fields than this is treated as a map whose keys are data: it becomes one column of JSON strings.
 */
export const MAX_FIELDS = 1000;

/** A declared column is searched by at most one more path than this; the spellings of a long name are countless. */
const MAX_PATHS = 20;

/** Glue, Athena and Parquet readers slow down or fail on wider tables. */
export const MAX_COLUMNS = 4000;

/**
 * Plans the columns of a table without a declared schema.
 *
 * @param shape the shape of the rows' data: an object, or null if no row has a field
 */
export function planColumns(shape: Shape): FlattenPlan {
  const all = leavesOf(rowFields(shape));
  const leaves = all.slice(0, MAX_COLUMNS);
  const names = uniqueNames(leaves.map((leaf) => leaf.path));
  const columns = leaves.map(
    ({ path, shape: leaf }, index): PlannedColumn => ({
      name: names[index] as string,
      type: typeOf(leaf),
      path,
      how: "value",
      ...(isGuess(leaf) && { guessed: true }),
    }),
  );
  return { columns: columns.sort(byName), dropped: all.length - leaves.length };
}

/**
 * Plans the columns of a table with a declared schema: exactly the declared columns, in the declared order. A column's
 * values are found by its path or, without a path, by its flattened name: first in the flattened column of that name, then
 * by every other path that flattens to it. Such a path may lead to an object (read as JSON), or below a field that is an
 * object in some rows only. So a row whose field has another spelling takes no value from the other rows.
 */
export function planDeclared(shape: Shape, declared: readonly Column[]): FlattenPlan {
  const flattened = new Map(planColumns(shape).columns.map((column) => [column.name, column.path]));
  const own = new Map(declared.map(({ name, path }) => [name, path ?? flattened.get(name)]));
  const taken = new Set([...own.values()].map((path) => JSON.stringify(path)));
  const present = new Set<string>();
  const others = new Map<string, Path[]>();
  for (const path of everyPath(rowFields(shape))) {
    const key = JSON.stringify(path);
    const name = columnName(path);
    present.add(key);
    if (!own.has(name) || taken.has(key)) continue;
    const named = others.get(name) ?? [];
    if (named.length < MAX_PATHS) named.push(path);
    others.set(name, named);
  }
  const columns = declared.map(({ name, type, path: stated }): PlannedColumn => {
    const first = own.get(name);
    const found = first && present.has(JSON.stringify(first)) ? [first] : [];
    const [path = null, ...rest] = stated ? found : [...found, ...(others.get(name) ?? [])];
    return { name, type, path, how: "cast", ...(rest.length > 0 && { others: rest }) };
  });
  return { columns, dropped: 0 };
}

/** All columns of the table; the lake's own come first. */
export function tableColumns(plan: FlattenPlan): Column[] {
  const own = plan.columns.map(({ name, type, guessed }) => ({ name, type, ...(guessed && { guessed }) }));
  return [...META_COLUMNS, ...own];
}

interface Leaf {
  readonly path: Path;
  readonly shape: Shape;
}

function rowFields(shape: Shape): Fields {
  if (shape.kind === "object") return shape.fields;
  if (shape.kind === "null" || (shape.kind === "mixed" && shape.fields === undefined)) return {};
  throw new TypeError(`rows are objects, got ${shape.kind}`);
}

function leavesOf(fields: Fields, above: Path = []): Leaf[] {
  return sortedEntries(fields).flatMap(([name, shape]) => {
    const path = [...above, name];
    return isNested(shape) ? leavesOf(shape.fields, path) : [{ path, shape }];
  });
}

function isNested(shape: Shape): shape is Extract<Shape, { kind: "object" }> {
  if (shape.kind !== "object") return false;
  const count = Object.keys(shape.fields).length;
  return count > 0 && count <= MAX_FIELDS;
}

function* everyPath(fields: Fields, above: Path = []): Generator<Path> {
  for (const [name, shape] of sortedEntries(fields)) {
    const path = [...above, name];
    yield path;
    if ("fields" in shape && shape.fields) yield* everyPath(shape.fields, path);
  }
}

function sortedEntries(fields: Fields): [string, Shape][] {
  return Object.entries(fields).sort(([left], [right]) => comparePaths([left], [right]));
}

function isGuess(shape: Shape): boolean {
  return shape.kind === "null" || (shape.kind === "array" && shape.items.kind === "null");
}

function typeOf(shape: Shape): ColumnType {
  if (shape.kind !== "array") return scalarType(shape) ?? "string";
  if (shape.items.kind === "array" || (shape.items.kind === "object" && Object.keys(shape.items.fields).length > 0)) {
    return "string";
  }
  return `array<${scalarType(shape.items) ?? "string"}>`;
}

function scalarType(shape: Shape): ScalarType | undefined {
  if (shape.kind === "integer") return "bigint";
  if (shape.kind === "boolean" || shape.kind === "double" || shape.kind === "string") return shape.kind;
  return undefined;
}

function byName(left: PlannedColumn, right: PlannedColumn): number {
  return left.name < right.name ? -1 : 1;
}
