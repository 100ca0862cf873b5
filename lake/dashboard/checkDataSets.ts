/** Checks a dashboard's data sets: the program's own queries, and the size of those that read a table. */
import { isColumnType, SCALAR_TYPES } from "../columns";
import {
  type DashboardColumn,
  type DashboardQuery,
  type DataSet,
  drawnColumns,
  MAX_DRAWN_NAME,
  maxTableSql,
} from "./dataSets";
import { described, isObject, listed } from "./visualShapes";

/** https://docs.aws.amazon.com/quicksight/latest/APIReference/API_CustomSql.html */
const MAX_SQL = 168_000;
const MAX_COLUMNS = 2048;

/**
 * The problems of a program's own queries.
 *
 * @param taken the names of tables, declared or not, and of the other data sets of the data source
 */
export function queryProblems(queries: Readonly<Record<string, DashboardQuery>>, taken: readonly string[]): string[] {
  if (!isObject(queries)) {
    return [`dataSets is ${described(queries)}; give queries by name, as { daily: { sql, columns } }.`];
  }
  return Object.entries(queries).flatMap(([name, query]) => {
    if (!isObject(query)) return [`dataSets "${name}": it is ${described(query)}; give its sql and its columns.`];
    const { sql, columns } = query;
    const problems: string[] = [];
    if (!/^[a-z0-9_]{1,128}$/.test(name)) {
      problems.push('its name is not one; use 1 to 128 lower-case letters, digits and "_".');
    }
    if (taken.includes(name)) problems.push("a table of the lake has that name; give it another one.");
    if (typeof sql !== "string" || sql.trim() === "" || sql.length > MAX_SQL) {
      problems.push(
        `sql has ${typeof sql === "string" ? sql.length : 0} characters; give one SELECT of 1 to ${MAX_SQL}.`,
      );
    }
    if (!Array.isArray(columns) || columns.length === 0 || columns.length > MAX_COLUMNS) {
      problems.push(
        `columns has ${Array.isArray(columns) ? columns.length : 0}; list the 1 to ${MAX_COLUMNS} columns of its SELECT.`,
      );
    } else {
      problems.push(...columns.flatMap(columnProblems));
    }
    return problems.map((problem) => `dataSets "${name}": ${problem}`);
  });
}

function columnProblems(column: DashboardColumn, index: number): string[] {
  if (!isObject(column) || typeof column.name !== "string") {
    const is = isObject(column) ? "has no name" : `is ${described(column)}`;
    return [`columns[${index}] ${is}; give a name and a type, as { name: "n", type: "bigint" }.`];
  }
  const { name, type } = column;
  if (name === "" || name.length > MAX_DRAWN_NAME) {
    return [`a column's name has ${name.length} characters; use 1 to ${MAX_DRAWN_NAME}.`];
  }
  if (isColumnType(type) && !type.startsWith("array<")) return [];
  return [`column "${name}" has type ${JSON.stringify(type)}; use one of ${listed(SCALAR_TYPES)}.`];
}

/** The limits of a table's data set; those of queries are checked with the queries. */
export function sizeProblems(dataSet: DataSet): string[] {
  const { name, sql } = dataSet;
  if (sql !== undefined) return [];
  const columns = drawnColumns(dataSet).length;
  if (columns > MAX_COLUMNS) {
    return [
      `table "${name}" has ${columns} columns, and a data set of QuickSight at most ${MAX_COLUMNS}; use a query in dataSets that selects fewer.`,
    ];
  }
  const characters = maxTableSql(dataSet);
  return characters > MAX_SQL
    ? [
        `table "${name}" has a query of up to ${characters} characters, and QuickSight takes ${MAX_SQL}; use a query in dataSets that selects fewer columns.`,
      ]
    : [];
}
