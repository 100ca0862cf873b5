/** Names a result's columns: expressions without an alias are `_col0`, `_col1`, … by position, as in Trino. */
import type { Node } from "./node";

/**
 * Columns before the first star are counted from the left, columns after the last star from the right.
 * An expression between two stars keeps DuckDB's name.
 *
 * @param query the query's node in DuckDB's parse
 * @param found the columns' names in DuckDB
 */
export function columnNames(query: Node, found: readonly string[]): string[] {
  const select = firstSelect(query);
  const list = (select.select_list ?? []) as Node[];
  const names = [...found];
  const rename = (item: Node, at: number) => {
    if (isUnnamed(item)) names[at] = `_col${at}`;
  };
  const firstStar = list.findIndex(isStar);
  if (firstStar === -1) {
    list.forEach(rename);
    return names;
  }
  if (list.length === 1 && isValues(select)) return found.map((_, at) => `_col${at}`);
  list.slice(0, firstStar).forEach(rename);
  const afterStars = list.slice(list.findLastIndex(isStar) + 1);
  afterStars.forEach((item, at) => {
    rename(item, found.length - afterStars.length + at);
  });
  return names;
}

/** The first SELECT of a UNION names its columns. */
function firstSelect(query: Node): Node {
  const left = query.left as Node | undefined;
  return query.type === "SET_OPERATION_NODE" && left ? firstSelect(left) : query;
}

function isStar({ class: kind }: Node): boolean {
  return kind === "STAR";
}

function isUnnamed({ class: kind, alias }: Node): boolean {
  return alias === "" && kind !== "COLUMN_REF";
}

/** `VALUES (1, 2)`, which DuckDB parses as a SELECT of all its columns. */
function isValues({ from_table: from }: Node): boolean {
  const { type, column_name_alias: names = [] } = (from ?? {}) as Node & { column_name_alias?: unknown[] };
  return type === "EXPRESSION_LIST" && names.length === 0;
}
