/** Rows of JSON lines, as the table's columns. DuckDB takes lines up to 16 MiB: a record of 10 MiB in base64 is 13.4 MiB. */
import { sqlFiles } from "../counting/files";
import { literal } from "../engine/sql";
import type { GlueColumn, GlueTable } from "../glue/catalog";
import { duckTypeOf } from "../glue/glueTypes";
import { sourceOptions } from "./fileOptions";
import type { TableFile } from "./tableFiles";

export function jsonRows(table: GlueTable, files: readonly TableFile[], folders: readonly GlueColumn[]): string {
  const columns = table.StorageDescriptor.Columns.map(
    (column) => `${literal(column.Name)}: ${literal(duckTypeOf(column))}`,
  );
  const options = `columns = {${columns.join(", ")}}, ${sourceOptions(folders)}`;
  return `SELECT * FROM read_ndjson(${sqlFiles(files.map((file) => file.path))}, ${options})`;
}
