/** Creates a DuckDB view of a catalog table over its files, with the table's columns and types. */

import type { GlueColumn, GlueTable } from "../../catalog/catalog";
import { duckTypeOf } from "../../catalog/glueTypes";
import type { DuckDb } from "../../duckdb/duckdb";
import { sqlFiles } from "../../duckdb/files";
import { identifier, literal } from "../../duckdb/sql";
import { AthenaError } from "./athenaError";
import { FILE, sourceOptions } from "./fileOptions";
import { parquetRows } from "./parquetRows";
import type { TableFile } from "./tableFiles";

const JSON_SERDES = new Set(["org.openx.data.jsonserde.JsonSerDe", "org.apache.hive.hcatalog.data.JsonSerDe"]);

/** As much as DuckDB takes of a line of JSON. */
const MAX_LINE_BYTES = 16 * 1024 ** 2;

const LAZY_SIMPLE = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe";

/** Creates the schema and the view; the files are read in place. */
export async function createTableView(db: DuckDb, table: GlueTable, files: readonly TableFile[]): Promise<void> {
  const schema = identifier(table.DatabaseName);
  const columns = [...table.StorageDescriptor.Columns, ...table.PartitionKeys];
  const names = columns.map((column) => identifier(column.Name)).join(", ");
  const rows = files.length === 0 ? nothing(columns) : await rowsWithPartitions(db, table, files);
  await db.run(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
  await db.run(`CREATE OR REPLACE VIEW ${schema}.${identifier(table.Name)} AS SELECT ${names} FROM (${rows})`);
}

function nothing(columns: readonly GlueColumn[]): string {
  const nulls = columns.map((column) => `CAST(NULL AS ${duckTypeOf(column)}) AS ${identifier(column.Name)}`);
  return `SELECT ${nulls.join(", ")} WHERE false`;
}

/** DuckDB skips files by folders named `dt=…`; for other layouts, the partition values are joined to the rows. */
async function rowsWithPartitions(db: DuckDb, table: GlueTable, files: readonly TableFile[]): Promise<string> {
  const keys = table.PartitionKeys;
  const isInFolders = files.every((file) =>
    keys.every((key, index) => file.path.includes(`/${key.Name}=${file.values[index]}/`)),
  );
  if (!isInFolders) return joined(await fileRows(db, table, files, []), keys, files);
  return fileRows(db, table, files, keys);
}

/** @param folders the partition columns that come from folder names */
async function fileRows(
  db: DuckDb,
  table: GlueTable,
  files: readonly TableFile[],
  folders: readonly GlueColumn[],
): Promise<string> {
  const library = table.StorageDescriptor.SerdeInfo.SerializationLibrary;
  if (/parquet/i.test(library)) return parquetRows(db, table, files, folders);
  if (JSON_SERDES.has(library)) return jsonRows(table, files, folders);
  if (library === LAZY_SIMPLE) return delimitedRows(table, files, folders);
  throw new AthenaError(
    "NOT_SUPPORTED",
    `local/athena: table "${table.Name}" has the SerDe "${library}", which is not simulated; see docs/fidelity.md`,
  );
}

function joined(rows: string, keys: readonly GlueColumn[], files: readonly TableFile[]): string {
  const tuples = files.map((file) => `(${[file.path, ...file.values].map(literal).join(", ")})`);
  const values = keys.map((key, index) => `CAST(v${index} AS ${duckTypeOf(key)}) AS ${identifier(key.Name)}`);
  const columns = ["path", ...keys.map((_, index) => `v${index}`)];
  return `SELECT found.*, ${values.join(", ")} FROM (${rows}) AS found JOIN (VALUES ${tuples.join(", ")}) AS places(${columns.join(", ")}) ON path = ${FILE}`;
}

/**
 * Selects a table's columns from files of JSON lines.
 * DuckDB's limit of 16 MiB a line is enough: a record of 10 MiB in base64 is 13.4 MiB.
 */
function jsonRows(table: GlueTable, files: readonly TableFile[], folders: readonly GlueColumn[]): string {
  const columns = table.StorageDescriptor.Columns.map(
    (column) => `${literal(column.Name)}: ${literal(duckTypeOf(column))}`,
  );
  const options = `columns = {${columns.join(", ")}}, ${sourceOptions(folders)}`;
  return `SELECT * FROM read_ndjson(${sqlFiles(files.map((file) => file.path))}, ${options})`;
}

/** Selects string columns from lines whose fields one character separates; nothing is quoted or escaped. */
function delimitedRows(table: GlueTable, files: readonly TableFile[], folders: readonly GlueColumn[]): string {
  const { Columns, SerdeInfo } = table.StorageDescriptor;
  const { "field.delim": delimiter = "\u0001", ...others } = SerdeInfo.Parameters ?? {};
  const isSimple = delimiter.length === 1 && others["escape.delim"] === undefined && others["line.delim"] === undefined;
  if (!isSimple || Columns.some(({ Type }) => Type !== "string")) {
    throw new AthenaError(
      "NOT_SUPPORTED",
      `local/athena: table "${table.Name}" has lines in a form that is not simulated (string columns, one character between fields, no escapes); see docs/fidelity.md`,
    );
  }
  const columns = Columns.map(({ Name }) => `${literal(Name)}: 'VARCHAR'`);
  const format = `delim = ${literal(delimiter)}, quote = '', escape = '', nullstr = '\\N', header = false, auto_detect = false, null_padding = true, max_line_size = ${MAX_LINE_BYTES}, buffer_size = ${2 * MAX_LINE_BYTES}`;
  const options = `columns = {${columns.join(", ")}}, ${format}, ${sourceOptions(folders)}`;
  return `SELECT * FROM read_csv(${sqlFiles(files.map((file) => file.path))}, ${options})`;
}
