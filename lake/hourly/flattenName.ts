/** Column names from paths: lower-case, `[a-z0-9_]` only, unique, and independent of the order of rows. */
import { MAX_COLUMN_NAME, RESERVED_NAMES } from "../columns";
import type { Path } from "./flattenShape";

/**
 * `["Order Lines", "SKU"]` → `order_lines_sku`. Only ASCII letters are lower-cased; every character outside `[a-z0-9_]`
 * becomes one `_`.
 */
export function columnName(path: Path): string {
  return path.map(plainName).join("_").slice(0, MAX_COLUMN_NAME);
}

export function plainName(field: string): string {
  if (field === "") return "_";
  return field.replace(/[A-Z]/g, (letter) => letter.toLowerCase()).replace(/[^a-z0-9_]/gu, "_");
}

/**
 * Returns one name for each path. Of paths with the same name, the first keeps it, and later ones get `_2`, `_3` …
 * The names of the lake's own columns (`_id`, `dt` …) are never used.
 */
export function uniqueNames(sortedPaths: readonly Path[]): string[] {
  const taken = new Set(RESERVED_NAMES);
  const next = new Map<string, number>();
  return sortedPaths.map((path) => {
    const plain = columnName(path);
    let name = plain;
    for (let count = next.get(plain) ?? 2; taken.has(name); count++) {
      name = `${plain.slice(0, MAX_COLUMN_NAME - `_${count}`.length)}_${count}`;
      next.set(plain, count + 1);
    }
    taken.add(name);
    return name;
  });
}

/** Orders paths field by field, by code points (not by UTF-16 units, so that every implementation agrees). */
export function comparePaths(left: Path, right: Path): number {
  for (let index = 0; index < left.length && index < right.length; index++) {
    const order = Buffer.compare(Buffer.from(left[index] as string), Buffer.from(right[index] as string));
    if (order !== 0) return order;
  }
  return left.length - right.length;
}
