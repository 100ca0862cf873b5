/**
 * SQL that finds the fields of declared columns in the lines of `raw/`, as the flatten job does: by the column's path, or
 * by the name to which a field's path flattens (`["Order Lines", "SKU"]` → `order_lines_sku`).
 */
import type { Column } from "../columns";

/** An object in which fields are searched: the data itself, or a field whose flattened name begins a column's name. */
interface Place {
  /** The names of the fields that lead to it; none for the data. */
  readonly names: readonly string[];
  /** The SQL column or literal with its path. */
  readonly path: string;
  /** The SQL columns with the names of its fields, and with the names to which they flatten. */
  readonly fields: string;
  readonly flattened: string;
}

const DATA = '$["data"]';

/**
 * Wraps a query of lines: adds a column `_path_<index>` for each column, with the JSON path of its value in the line, or
 * null if the line has no such field.
 */
export function fieldPaths(columns: readonly Column[], lines: string): string {
  const found = columns.map(({ name, path }) => (path ? [] : splits(name)));
  const places = placesOf(found.flat());
  let query = lines;
  for (const level of levelsOf(places)) {
    const paths = level.flatMap(({ names, path }) => (names.length > 0 ? [`${pathOf(places, names)} AS ${path}`] : []));
    const fields = level.map(({ path, fields }) => `${fieldsAt(path)} AS ${fields}`);
    const flattened = level.map(({ fields, flattened }) => `${flattenedNames(fields)} AS ${flattened}`);
    for (const added of [paths, fields, flattened]) if (added.length > 0) query = layer(query, added);
  }
  const values = columns.map(({ path }, index) => {
    const sql = path ? text(constantPath(path)) : firstOf(found[index]?.map((names) => pathOf(places, names)) ?? []);
    return `${sql} AS "_path_${index}"`;
  });
  return layer(query, values);
}

/**
 * The ways in which nested fields can flatten to a name: `a_b` is a field `b` in a field `a`, or a field `a_b`. In the
 * order of the paths, because the first path that flattens to a name has it.
 */
function splits(name: string): string[][] {
  const ways = [...name.matchAll(/(?<=.)_(?=.)/g)].flatMap(({ index }) =>
    splits(name.slice(index + 1)).map((rest) => [name.slice(0, index), ...rest]),
  );
  return [...ways, [name]];
}

/** The objects on the ways, outer ones first. */
function placesOf(ways: readonly (readonly string[])[]): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  for (const way of ways) {
    for (let depth = 0; depth < way.length; depth++) {
      const names = way.slice(0, depth);
      const id = places.get(keyOf(names)) ? undefined : places.size;
      if (id === undefined) continue;
      places.set(keyOf(names), {
        names,
        path: depth === 0 ? text(DATA) : `"_place_${id}"`,
        fields: `"_fields_${id}"`,
        flattened: `"_names_${id}"`,
      });
    }
  }
  return places;
}

function levelsOf(places: ReadonlyMap<string, Place>): Place[][] {
  const levels: Place[][] = [];
  for (const place of places.values()) {
    const level = levels[place.names.length] ?? [];
    level.push(place);
    levels[place.names.length] = level;
  }
  return levels;
}

/** The path of the field with that flattened name, in the object that the names before it lead to. */
function pathOf(places: ReadonlyMap<string, Place>, names: readonly string[]): string {
  const place = places.get(keyOf(names.slice(0, -1))) as Place;
  const at = `nullif(array_position(${place.flattened}, ${text(names.at(-1) as string)}), 0)`;
  const field = `element_at(${place.fields}, ${at})`;
  return `${place.path} || '["' || replace(replace(${field}, '\\', '\\\\'), '"', '\\"') || '"]'`;
}

/** The names of an object's fields in the order of their bytes; null for other values. */
function fieldsAt(path: string): string {
  return `array_sort(map_keys(try_cast(json_extract("line", ${path}) AS map(varchar, json))))`;
}

/** The rule of `columnName` in `lake/hourly/flattenName.ts`. */
function flattenedNames(fields: string): string {
  const lower = "translate(field, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')";
  return `transform(${fields}, field -> if(field = '', '_', regexp_replace(${lower}, '[^a-z0-9_]', '_')))`;
}

function constantPath(path: readonly string[]): string {
  return `${DATA}${path.map((field) => `["${field.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"]`).join("")}`;
}

function firstOf(paths: readonly string[]): string {
  return paths.length === 1 ? (paths[0] as string) : `coalesce(${paths.join(", ")})`;
}

function layer(query: string, added: readonly string[]): string {
  return `SELECT *, ${added.join(", ")} FROM (\n${query}\n) AS "layer"`;
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

function keyOf(names: readonly string[]): string {
  return JSON.stringify(names);
}
