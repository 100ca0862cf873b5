/** Writes the JSONPaths file of a table, for those who COPY raw objects themselves. */
import type { Column } from "../columns";
import { warehouseColumns } from "./tables";

/**
 * One path for each column of the table, in their order. COPY finds values by exact names, so a column without a path is
 * searched by its own name: declare the path of a field that is spelled otherwise.
 * https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-format.html#copy-json-jsonpaths
 */
export function jsonPaths(columns: readonly Column[]): string {
  const own = warehouseColumns([]).map(({ name }) => [name]);
  const paths = [...own, ...columns.map(({ name, path = [name] }) => ["data", ...path])];
  return `${JSON.stringify({ jsonpaths: paths.map(pathText) }, undefined, 2)}\n`;
}

function pathText(path: readonly string[]): string {
  return `$${path.map((name) => `['${name.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}']`).join("")}`;
}
