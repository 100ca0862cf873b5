/** Selects a table's columns from Parquet files. */

import type { GlueColumn, GlueTable } from "../../catalog/catalog";
import { duckTypeOf } from "../../catalog/glueTypes";
import type { DuckDb } from "../../duckdb/duckdb";
import { sqlFiles } from "../../duckdb/files";
import { identifier, literal } from "../../duckdb/sql";
import { FILE, sourceOptions } from "./fileOptions";
import type { TableFile } from "./tableFiles";

type Types = ReadonlyMap<string, string>;

/** Column type in the catalog → other types that a file may store the column as. */
const WIDENS: Readonly<Record<string, readonly string[]>> = {
  SMALLINT: ["TINYINT"],
  INTEGER: ["TINYINT", "SMALLINT"],
  BIGINT: ["TINYINT", "SMALLINT", "INTEGER"],
  DOUBLE: ["FLOAT"],
  TIMESTAMP: ["TIMESTAMP WITH TIME ZONE"],
};

/** A query of a column fails if its type in a Parquet file differs from the table's, as in Athena. */
export async function parquetRows(
  db: DuckDb,
  table: GlueTable,
  files: readonly TableFile[],
  folders: readonly GlueColumn[],
): Promise<string> {
  const read = (some: readonly TableFile[]) =>
    `read_parquet(${sqlFiles(some.map((file) => file.path))}, union_by_name = true, ${sourceOptions(folders)})`;
  const typesIn = async (some: readonly TableFile[]): Promise<Types> => {
    const described = await db.rows(`DESCRIBE SELECT * FROM ${read(some)}`);
    return new Map(described.map((row) => [String(row.column_name).toLowerCase(), String(row.column_type)]));
  };
  const all = await typesIn(files);
  const columns = table.StorageDescriptor.Columns;
  const differs = columns.some((column) => !isReadableAs(all.get(column.Name), duckTypeOf(column)));
  const single = new Map<TableFile, Types>();
  if (differs) for (const file of files) single.set(file, await typesIn([file]));
  const selected = columns.map((column) => columnSql(table, column, all, single));
  return `SELECT ${[...selected, FILE, ...folders.map((key) => identifier(key.Name))].join(", ")} FROM ${read(files)}`;
}

function columnSql(table: GlueTable, column: GlueColumn, all: Types, single: ReadonlyMap<TableFile, Types>): string {
  const name = identifier(column.Name);
  const type = duckTypeOf(column);
  if (!all.has(column.Name)) return `CAST(NULL AS ${type}) AS ${name}`;
  const bad = [...single].filter(([, types]) => !isReadableAs(types.get(column.Name), type));
  if (bad.length === 0) return `CAST(${name} AS ${type}) AS ${name}`;
  const message = `HIVE_BAD_DATA: column "${column.Name}" of table "${table.Name}" is ${column.Type} in the catalog and ${bad[0]?.[1].get(column.Name)} in ${bad.length} of its files`;
  const isBad = `${FILE} IN (${bad.map(([file]) => literal(file.path)).join(", ")})`;
  return `CASE WHEN ${isBad} THEN CAST(error(${literal(message)}) AS ${type}) ELSE TRY_CAST(${name} AS ${type}) END AS ${name}`;
}

function isReadableAs(fileType: string | undefined, tableType: string): boolean {
  return fileType === undefined || fileType === tableType || (WIDENS[tableType] ?? []).includes(fileType);
}
