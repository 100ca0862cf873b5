/** The shape of the rows in a DuckDB table, found by DuckDB itself: `json_group_structure`, and range checks that it leaves out. */
import { comparePaths } from "../../lake/flattenName";
import type { Fields, Path, Shape } from "../../lake/flattenShape";
import type { DuckDb } from "./duckdb";
import { jsonPointer, list, literal } from "./sql";

/** What `json_group_structure` says: a type's name, a list of one, or an object by field. */
type Structure = string | Structure[] | { [name: string]: Structure };

/**
 * @param table has a column `data` of type JSON
 * @param deep also finds what lies below fields that are an object in some rows only; a declared schema may ask for it
 */
export async function inferShape(db: DuckDb, table: string, deep: boolean): Promise<Shape> {
  const shape = fromStructure(await structureOf(db, table, []));
  const exact = await narrowIntegers(db, table, shape);
  return deep ? await lookBelowMixed(db, table, exact) : exact;
}

async function structureOf(db: DuckDb, table: string, path: Path): Promise<Structure> {
  const value = path.length === 0 ? "data" : `json_extract(data, ${literal(jsonPointer(path))})`;
  const found = await db.rows(
    `SELECT json_group_structure(value) AS structure FROM (SELECT ${value} AS value FROM ${table}) WHERE json_type(value) = 'OBJECT'`,
  );
  const text = found[0]?.structure;
  return typeof text === "string" ? (JSON.parse(text) as Structure) : "NULL";
}

function fromStructure(structure: Structure): Shape {
  if (Array.isArray(structure)) return { kind: "array", items: fromStructure(structure[0] ?? "NULL") };
  if (typeof structure === "object") return { kind: "object", fields: mapFields(structure, fromStructure) };
  switch (structure) {
    case "NULL":
      return { kind: "null" };
    case "BOOLEAN":
      return { kind: "boolean" };
    case "BIGINT":
    case "UBIGINT":
    case "HUGEINT":
      return { kind: "integer" };
    case "DOUBLE":
      return { kind: "double" };
    case "VARCHAR":
      return { kind: "string" };
    case "JSON":
      return { kind: "mixed" };
    default:
      throw new TypeError(`DuckDB reports the JSON structure "${structure}", which the flatten rules do not know`);
  }
}

/** DuckDB's integers reach past 64 bits signed; a path where a row has such a number is a double. */
async function narrowIntegers(db: DuckDb, table: string, shape: Shape): Promise<Shape> {
  const scalars = pathsOf(shape, (at) => at.kind === "integer");
  const arrays = pathsOf(shape, (at) => at.kind === "array" && at.items.kind === "integer");
  if (scalars.length + arrays.length === 0) return shape;
  const checks = [
    ...scalars.map((_, index) => `v[${index + 1}] IS NOT NULL AND TRY_CAST(v[${index + 1}] AS BIGINT) IS NULL`),
    ...arrays.map(
      (_, index) =>
        `len(list_filter(CAST(CAST(v[${scalars.length + index + 1}] AS JSON) AS VARCHAR[]), lambda e: e IS NOT NULL AND TRY_CAST(e AS BIGINT) IS NULL)) > 0`,
    ),
  ];
  const paths = [...scalars, ...arrays];
  const [found] = await db.rows(
    `SELECT ${checks.map((check, index) => `bool_or(${check}) AS w${index}`).join(", ")} FROM (SELECT ${extractTexts(paths)} AS v FROM ${table})`,
  );
  const wide = paths.filter((_, index) => found?.[`w${index}`] === true);
  return wide.reduce((result, path) => replaceAt(result, path, widen), shape);
}

/** All texts of a row at these paths, its JSON parsed once. */
export function extractTexts(paths: readonly Path[]): string {
  return `json_extract_string(data, ${list(paths.map((path) => literal(jsonPointer(path))))})`;
}

function widen(shape: Shape): Shape {
  return shape.kind === "array" ? { kind: "array", items: { kind: "double" } } : { kind: "double" };
}

async function lookBelowMixed(db: DuckDb, table: string, shape: Shape): Promise<Shape> {
  let result = shape;
  for (let open = pathsOf(result, isUnseen); open.length > 0; open = pathsOf(result, isUnseen)) {
    for (const path of open) {
      const below = fromStructure(await structureOf(db, table, path));
      const fields = below.kind === "object" ? below.fields : {};
      result = replaceAt(result, path, () => ({ kind: "mixed", fields }));
    }
  }
  return result;
}

function isUnseen(shape: Shape): boolean {
  return shape.kind === "mixed" && shape.fields === undefined;
}

function pathsOf(shape: Shape, wanted: (shape: Shape) => boolean, above: Path = []): Path[] {
  const here = wanted(shape) && above.length > 0 ? [above] : [];
  const fields = "fields" in shape && shape.fields ? shape.fields : {};
  const below = Object.entries(fields).flatMap(([name, field]) => pathsOf(field, wanted, [...above, name]));
  return [...here, ...below].sort(comparePaths);
}

function replaceAt(shape: Shape, path: Path, change: (shape: Shape) => Shape): Shape {
  const [name, ...rest] = path;
  if (name === undefined) return change(shape);
  if (!("fields" in shape) || !shape.fields) return shape;
  const entries = Object.entries(shape.fields).map(([key, field]): [string, Shape] => [
    key,
    key === name ? replaceAt(field, rest, change) : field,
  ]);
  return { ...shape, fields: Object.fromEntries(entries) };
}

function mapFields(structure: { [name: string]: Structure }, change: (field: Structure) => Shape): Fields {
  return Object.fromEntries(Object.entries(structure).map(([name, field]) => [name, change(field)]));
}
