/** Rows of JSON lines, as the table's columns. */
import { sqlFiles } from "../counting/files";
import { literal } from "../engine/sql";
import type { GlueColumn, GlueTable } from "../glue/catalog";
import { duckTypeOf } from "../glue/glueTypes";
import { sourceOptions } from "./fileOptions";
import type { TableFile } from "./tableFiles";

/** A line may hold a record of 10 MiB in base64. */
const LONGEST_LINE_BYTES = 64 * 1024 * 1024;

export function jsonRows(table: GlueTable, files: readonly TableFile[], folders: readonly GlueColumn[]): string {
  const columns = table.StorageDescriptor.Columns.map(
    (column) => `${literal(column.Name)}: ${literal(duckTypeOf(column))}`,
  );
  const options = `columns = {${columns.join(", ")}}, maximum_object_size = ${LONGEST_LINE_BYTES}, ${sourceOptions(folders)}`;
  return `SELECT * FROM read_ndjson(${sqlFiles(files.map((file) => file.path))}, ${options})`;
}
