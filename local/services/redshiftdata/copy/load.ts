/** Runs COPY: reads the objects' rows, refuses what the columns do not take, and inserts the others. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { ObjectReader } from "../../../catalog/objects";
import type { DuckDb } from "../../../duckdb/duckdb";
import { sqlFiles } from "../../../duckdb/files";
import { identifier, literal } from "../../../duckdb/sql";
import { columnsOf } from "../catalog";
import type { Copy } from "../sql/copy";
import type { NewColumn } from "../sql/createTable";
import { tableSql } from "../sql/expressions";
import { RedshiftError } from "../sql/redshiftError";
import { spelling } from "../sql/types";
import { convertAny, convertText } from "./convert";
import { pointer, readJsonPaths } from "./jsonPaths";
import { objectText, type SourceFile, sourceFiles } from "./sourceFiles";

/** A row that COPY refused, for SYS_LOAD_ERROR_DETAIL. */
export interface LoadError {
  readonly table: string;
  readonly file: string;
  /** From 1; 0 if it is not known. */
  readonly line: number;
  readonly column: string;
  readonly type: string;
  readonly code: number;
  readonly reason: string;
}

interface Loaded {
  readonly rows: number;
  readonly errors: readonly LoadError[];
  /** The error of the statement: more rows were refused than MAXERROR allows. */
  readonly failure?: RedshiftError;
}

/** The rows of the sources, one column each, and the first error of a row. */
const ROWS = "copy_rows";

/** Errors that are reported in detail. */
const MAX_DETAILS = 100;

/** The maximum of a row of JSON. A COPY on AWS takes 4 MB of other formats, and SUPER values of 16 MB. */
const MAX_ROW_BYTES = 16 * 1024 ** 2;

/** The code of a source that is not JSON. */
const INVALID_JSON = 1216;

/** @param reader reads with the role of the COPY */
export async function loadCopy(db: DuckDb, reader: ObjectReader, copy: Copy): Promise<Loaded> {
  const all = await columnsOf(db, copy.table);
  const columns = copy.columns ? copy.columns.map((name) => columnNamed(all, name, copy)) : all;
  const paths = pathsOf(reader, copy, columns);
  const files = await sourceFiles(reader, copy);
  if (files.length === 0) return { rows: 0, errors: [] };
  try {
    const rows = await (paths ? jsonRows(columns, paths, files, copy) : parquetRows(db, columns, files, copy));
    await db.run(`CREATE TEMP TABLE ${ROWS} AS ${rows}`);
  } catch (error) {
    const malformed = malformedJson(error, copy, files);
    if (!malformed) throw error;
    return { rows: 0, errors: [malformed], failure: loadFailed(copy) };
  }
  const [counted] = await db.rows(`SELECT count(*) FILTER (failed IS NULL) AS good, count(failed) AS bad FROM ${ROWS}`);
  const good = Number(counted?.good);
  const bad = Number(counted?.bad);
  const errors = bad === 0 ? [] : await details(db, columns, files, copy);
  if (bad > copy.maxErrors) return { rows: 0, errors, failure: loadFailed(copy) };
  const values = columns.map((_, index) => `c${index}`).join(", ");
  const names = columns.map(({ name }) => identifier(name)).join(", ");
  await db.run(`INSERT INTO ${tableSql(copy.table)} (${names}) SELECT ${values} FROM ${ROWS} WHERE failed IS NULL`);
  await db.run(`DROP TABLE ${ROWS}`);
  return { rows: good, errors };
}

function loadFailed({ table }: Copy): RedshiftError {
  return new RedshiftError(
    `Load into table '${table.name}' failed.  Check 'sys_load_error_detail' system table for details.`,
  );
}

function columnNamed(columns: readonly NewColumn[], name: string, { table }: Copy): NewColumn {
  const column = columns.find((one) => one.name === name);
  if (column) return column;
  throw new RedshiftError(`column "${name}" of relation "${table.name}" does not exist`);
}

/** The JSON pointer of each column; undefined for Parquet. */
function pathsOf(reader: ObjectReader, { format }: Copy, columns: readonly NewColumn[]): string[] | undefined {
  if (format.kind === "parquet") return undefined;
  if (format.match !== "paths") return columns.map(({ name }) => pointer([name]));
  const paths = readJsonPaths(objectText(reader, format.pathsFile), format.pathsFile);
  if (paths.length === columns.length) return paths;
  throw new RedshiftError(
    `Number of jsonpaths and the number of columns should match. JSONPath size: ${paths.length}, Number of columns in table or column list: ${columns.length}`,
  );
}

/** Each value's text, of the key that is spelled like the column. */
function jsonRows(
  columns: readonly NewColumn[],
  paths: readonly string[],
  files: readonly SourceFile[],
  copy: Copy,
): string {
  const ignoresCase = copy.format.kind === "json" && copy.format.match === "ignore case";
  const places = ignoresCase
    ? columns.map(
        ({ name }) =>
          `'/' || replace(replace(list_filter(json_keys(json), lambda key: lower(key) = ${literal(name)})[1], '~', '~0'), '/', '~1')`,
      )
    : paths.map(literal);
  const conversions = columns.map((column, index) =>
    column.type.name === "super"
      ? convertAny(column, superOf(`json_extract(json, ${places[index]})`))
      : convertText(column, `json_extract_string(json, ${places[index]})`, copy),
  );
  const options = `format = 'unstructured', compression = '${copy.isGzip ? "gzip" : "uncompressed"}', filename = true, maximum_object_size = ${MAX_ROW_BYTES}`;
  const from = `read_json_objects(${sqlFiles(files.map(({ path }) => path))}, ${options})`;
  return rowsSql(conversions, from, "json");
}

/** A missing value is null, and so is JSON's null. */
function superOf(json: string): string {
  return `CASE WHEN json_type(${json}) <> 'NULL' THEN CAST(${json} AS VARIANT) END`;
}

/** The columns of the files in their order; their names are not used. */
async function parquetRows(
  db: DuckDb,
  columns: readonly NewColumn[],
  files: readonly SourceFile[],
  copy: Copy,
): Promise<string> {
  const source = `read_parquet(${sqlFiles(files.map(({ path }) => path))})`;
  const found = await db.rows(`DESCRIBE SELECT * FROM ${source}`);
  if (found.length !== columns.length) {
    throw new RedshiftError(
      `Spectrum Scan Error: the file has ${found.length} columns, and the load has ${columns.length}`,
    );
  }
  const isSerialized = copy.format.kind === "parquet" && copy.format.isSerialized;
  const names = found.map((_, index) => `p${index}`);
  const conversions = columns.map((column, index) => {
    const isNested = /[[(]/.test(String(found[index]?.column_type).replace(/^DECIMAL\(.*/, ""));
    const name = names[index] as string;
    if (column.type.name !== "super") {
      if (isNested) throw incompatible(column);
      return convertText(column, `CAST(${name} AS VARCHAR)`, { ...copy, timeFormat: "auto" });
    }
    if (isNested && !isSerialized)
      throw new RedshiftError(`column "${column.name}" is nested and needs SERIALIZETOJSON`);
    return convertAny(column, superOf(`to_json(${name})`));
  });
  return rowsSql(
    conversions,
    `(SELECT *, filename FROM read_parquet(${sqlFiles(files.map(({ path }) => path))}, filename = true)) AS source(${names.join(", ")}, filename)`,
    "NULL",
  );
}

function incompatible({ name, type }: NewColumn): RedshiftError {
  return new RedshiftError(
    `Spectrum Scan Error: the file has an incompatible Parquet schema for column '${name}' (type ${spelling(type)})`,
  );
}

function rowsSql(conversions: readonly { value: string; error: string }[], from: string, source: string): string {
  const values = conversions.map(({ value }, index) => `${value} AS c${index}`);
  const failed = conversions
    .map(({ error }, index) => ({ error, index }))
    .filter(({ error }) => error !== "NULL")
    .map(({ error, index }) => `WHEN (${error}) IS NOT NULL THEN {'column': ${index}, 'error': ${error}}`);
  const first = failed.length === 0 ? "CAST(NULL AS INTEGER)" : `CASE ${failed.join(" ")} END`;
  const names = conversions.map((_, index) => `c${index}`).join(", ");
  // The table is in memory, and only refused rows need their source.
  const origin = (name: string) => `CASE WHEN failed IS NOT NULL THEN ${name} END`;
  return `SELECT ${names}, failed, ${origin("filename")} AS filename, ${origin(source)} AS source_row
    FROM (SELECT ${values.join(", ")}, filename, ${source === "NULL" ? "" : `${source}, `}${first} AS failed FROM ${from})`;
}

async function details(
  db: DuckDb,
  columns: readonly NewColumn[],
  files: readonly SourceFile[],
  copy: Copy,
): Promise<LoadError[]> {
  const found = await db.rows(
    `SELECT failed.column AS at, failed.error.code AS code, failed.error.reason AS reason, filename, CAST(source_row AS VARCHAR) AS row
     FROM ${ROWS} WHERE failed IS NOT NULL LIMIT ${MAX_DETAILS}`,
  );
  return found.map(({ at, code, reason, filename, row }) => {
    const column = columns[Number(at)] as NewColumn;
    const file = files.find(({ path }) => path === filename);
    return {
      table: copy.table.name,
      file: file?.url ?? "",
      line: file && row !== null ? lineOf(file.path, String(row), copy.isGzip) : 0,
      column: column.name,
      type: spelling(column.type),
      code: Number(code),
      reason: String(reason),
    };
  });
}

/** DuckDB names the file and the line of a source that does not parse. */
function malformedJson(error: unknown, { table }: Copy, files: readonly SourceFile[]): LoadError | undefined {
  const message = String((error as Error).message ?? error);
  const found =
    /^Invalid Input Error: (Malformed JSON|"maximum_object_size").*? in file "([^"]+)"(?:.*?(?:line|record\/value) (\d+))?/s.exec(
      message,
    );
  if (!found) return undefined;
  const [, kind, path, line] = found;
  return {
    table: table.name,
    file: files.find((file) => file.path === path)?.url ?? "",
    line: Number(line ?? 0),
    column: "",
    type: "",
    code: INVALID_JSON,
    reason: kind === "Malformed JSON" ? "Invalid JSON" : "Input line is too long",
  };
}

/** The line of a row in its file, from 1 on; 0 if the row is not found. */
function lineOf(path: string, row: string, isGzip: boolean): number {
  const bytes = readFileSync(path);
  const text = (isGzip ? gunzipSync(bytes) : bytes).toString("utf8");
  const at = text.indexOf(row);
  return at < 0 ? 0 : text.slice(0, at).split("\n").length;
}
