/**
 * The SQL of a live view: a table's rows, and those of `raw/` that are not in the table yet, each row once.
 *
 * A table's hour is replaced while it is flattened, so a query may see some of its rows only. The view reads each hour of
 * the table once and then adds the rows of `raw/` with other ids. That gives each row once at any instant.
 */
import { type Column, elementType, freeName, META_COLUMNS, PARTITION_COLUMNS } from "../columns";
import { athenaType, castSql, trimmed } from "./castSql";
import { fieldPaths } from "./fieldPaths";

export interface LiveView {
  readonly table: string;
  /** The table with the lines of `raw/`, in its only column `line`. */
  readonly lines: string;
  /** The table's declared columns. */
  readonly columns: readonly Column[];
  /** How many days before today are read from `raw/`. */
  readonly days: number;
}

/** The columns of a live view, which are those of the table. */
export function liveColumns(columns: readonly Column[]): Column[] {
  return [...META_COLUMNS, ...columns, ...PARTITION_COLUMNS];
}

export function liveViewSql({ table, lines, columns, days }: LiveView): string {
  const names = liveColumns(columns).map(({ name }) => quoted(name));
  const [source, copy] = ["_source", "_copy"].map((name) => quoted(freeName(name, columns)));
  const since = `date_format(current_date - interval '${days}' day, '%Y-%m-%d')`;
  return `SELECT ${names.join(", ")} FROM ${quoted(table)} WHERE "dt" < ${since}
UNION ALL
SELECT ${names.join(", ")} FROM (
SELECT *, row_number() OVER (PARTITION BY "dt", "hour", "_id" ORDER BY ${source}) AS ${copy} FROM (
SELECT ${names.join(", ")}, 0 AS ${source} FROM ${quoted(table)} WHERE "dt" >= ${since}
UNION ALL
SELECT ${rawValues(columns).join(", ")}, "dt", "hour", 1 AS ${source} FROM (
SELECT "line", "dt", "hour", ${rawTexts(columns).join(", ")} FROM (
${fieldPaths(columns, `SELECT "line", "dt", "hour" FROM ${quoted(lines)} WHERE "dt" >= ${since}`)}
) AS "paths"
) AS "texts"
) AS "copies"
) AS "rows" WHERE ${copy} = 1`;
}

/** Strings from the lines: the lake's own columns by name, the user's columns by index. */
function rawTexts(columns: readonly Column[]): string[] {
  const own = META_COLUMNS.map(({ name }) => `json_extract_scalar("line", '$["${name}"]') AS ${quoted(name)}`);
  const texts = columns.map(({ type }, index) => {
    const path = `"_path_${index}"`;
    const scalar = `json_extract_scalar("line", ${path})`;
    // Only strings and lists can have a value that is an object or a list.
    const isJson = type === "string" || elementType(type) !== undefined;
    const json = `nullif(json_format(json_extract("line", ${path})), 'null')`;
    return `${isJson ? `coalesce(${scalar}, ${json})` : trimmed(scalar)} AS "_text_${index}"`;
  });
  return [...own, ...texts];
}

function rawValues(columns: readonly Column[]): string[] {
  const own = META_COLUMNS.map(({ name, type }) => `${castSql(quoted(name), type)} AS ${quoted(name)}`);
  const values = columns.map(({ name, type }, index) => {
    const value = castSql(`"_text_${index}"`, type);
    return `CAST(${value} AS ${athenaType(type)}) AS ${quoted(name)}`;
  });
  return [...own, ...values];
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
