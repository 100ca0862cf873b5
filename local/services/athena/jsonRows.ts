/**
 * Selects a table's columns from files of JSON lines.
 * DuckDB's limit of 16 MiB a line is enough: a record of 10 MiB in base64 is 13.4 MiB.
 */

import type { GlueColumn, GlueTable } from "../../catalog/catalog";
import { duckTypeOf } from "../../catalog/glueTypes";
import { sqlFiles } from "../../duckdb/files";
import { literal } from "../../duckdb/sql";
import { sourceOptions } from "./fileOptions";
import type { TableFile } from "./tableFiles";

export function jsonRows(table: GlueTable, files: readonly TableFile[], folders: readonly GlueColumn[]): string {
  const columns = table.StorageDescriptor.Columns.map(
    (column) => `${literal(column.Name)}: ${literal(duckTypeOf(column))}`,
  );
  const options = `columns = {${columns.join(", ")}}, ${sourceOptions(folders)}`;
  return `SELECT * FROM read_ndjson(${sqlFiles(files.map((file) => file.path))}, ${options})`;
}
