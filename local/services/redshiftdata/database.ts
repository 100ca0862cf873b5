/** Opens a namespace's database, a DuckDB file that outlives the process, for the statements of one session. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { type DuckDb, openDuckDb } from "../../duckdb/duckdb";
import { identifier, list, literal } from "../../duckdb/sql";
import { DIVIDE_BY_ZERO } from "./redshiftWords";
import { LOAD_ERRORS, NOW, STREAM_VIEWS, SYSTEM_SCHEMA } from "./sql/expressions";
import { STREAM_TABLES, viewInfo } from "./streaming/streamViews";

/** The columns of AWS's view that local fills: https://docs.aws.amazon.com/redshift/latest/dg/SYS_LOAD_ERROR_DETAIL.html */
const LOAD_ERROR_COLUMNS = `query_id BIGINT, table_name VARCHAR, start_time TIMESTAMP, file_name VARCHAR, line_number BIGINT,
  column_name VARCHAR, column_type VARCHAR, error_code INTEGER, error_message VARCHAR`;

/** System views: those of information_schema, with Redshift's types, of the database with this name. */
const viewsOf = (database: string): Readonly<Record<string, string>> => ({
  information_schema_columns: `SELECT ${literal(database)} AS table_catalog, schema_name AS table_schema, table_name, column_name,
    column_index AS ordinal_position, column_default, CASE WHEN is_nullable THEN 'YES' ELSE 'NO' END AS is_nullable,
    CASE comment->>'name' WHEN 'varchar' THEN 'character varying' WHEN 'bpchar' THEN 'character' WHEN 'int2' THEN 'smallint'
      WHEN 'int4' THEN 'integer' WHEN 'int8' THEN 'bigint' WHEN 'float4' THEN 'real' WHEN 'float8' THEN 'double precision'
      WHEN 'bool' THEN 'boolean' WHEN 'timestamp' THEN 'timestamp without time zone'
      WHEN 'timestamptz' THEN 'timestamp with time zone' ELSE comment->>'name' END AS data_type,
    CAST(comment->>'bytes' AS INTEGER) AS character_maximum_length,
    CAST(comment->>'precision' AS INTEGER) AS numeric_precision, CAST(comment->>'scale' AS INTEGER) AS numeric_scale
    FROM duckdb_columns() WHERE comment IS NOT NULL`,
  information_schema_tables: `SELECT ${literal(database)} AS table_catalog, schema_name AS table_schema, table_name, 'BASE TABLE' AS table_type
    FROM duckdb_tables() WHERE schema_name <> '${SYSTEM_SCHEMA}'`,
  [STREAM_VIEWS]: viewInfo(database),
});

interface DatabaseOptions {
  /** The directory of the run: the only one whose files statements can read. */
  readonly dataDir: string;
  /** The database's file. */
  readonly file: string;
  /** The database's name. */
  readonly database: string;
  readonly nowMillis: number;
  /** Reads a database that other sessions have made, and leaves its file as it is. @default false */
  readonly isReadOnly?: boolean;
}

export async function openDatabase(options: DatabaseOptions): Promise<DuckDb> {
  const { file, isReadOnly = false } = options;
  if (!isReadOnly) mkdirSync(path.dirname(file), { recursive: true });
  // Each thread of a COPY has buffers for the largest row, outside of DuckDB's limit.
  const db = await openDuckDb({
    databasePath: file,
    threads: 1,
    ...(isReadOnly ? { isReadOnly } : { storageVersion: "v1.5.0" }),
  });
  try {
    await prepare(db, options);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

async function prepare(db: DuckDb, options: DatabaseOptions): Promise<void> {
  const { dataDir, database, nowMillis, isReadOnly = false } = options;
  const [found] = await db.rows("SELECT current_database() AS name");
  const catalog = identifier(String(found?.name));
  if (!isReadOnly) await declareSystem(db, catalog, database);
  await db.run(`SET search_path = ${literal(`${catalog}.public,${catalog}.${SYSTEM_SCHEMA}`)}`);
  for (const macro of MACROS) await db.run(`CREATE TEMP MACRO ${macro}`);
  await db.run(`SET VARIABLE ${NOW} = ${literal(new Date(nowMillis).toISOString().replace("Z", ""))}`);
  await db.run("SET integer_division = true");
  await db.run(`SET allowed_directories = ${list([literal(path.resolve(dataDir))])}`);
  await db.run("SET enable_external_access = false");
  await db.run("SET lock_configuration = true");
}

/** Schemas, tables and views that outlive the session. */
async function declareSystem(db: DuckDb, catalog: string, database: string): Promise<void> {
  for (const schema of ["public", SYSTEM_SCHEMA]) await db.run(`CREATE SCHEMA IF NOT EXISTS ${catalog}.${schema}`);
  await db.run(`CREATE TABLE IF NOT EXISTS ${catalog}.${SYSTEM_SCHEMA}.${LOAD_ERRORS} (${LOAD_ERROR_COLUMNS})`);
  for (const table of STREAM_TABLES) await db.run(`CREATE TABLE IF NOT EXISTS ${catalog}.${table}`);
  for (const [name, query] of Object.entries(viewsOf(database))) {
    await db.run(`CREATE OR REPLACE VIEW ${catalog}.${SYSTEM_SCHEMA}.${name} AS ${query}`);
  }
}

/** DuckDB macros for what Redshift's functions do and DuckDB's own do not. Each string completes `CREATE TEMP MACRO`. */
const MACROS: readonly string[] = [
  // DuckDB's operators give null or infinity; with integer_division, "/" is "//".
  `"//"(dividend, divisor) AS CASE WHEN divisor = 0 THEN error('${DIVIDE_BY_ZERO}') ELSE divide(dividend, divisor) END`,
  `"%"(dividend, divisor) AS CASE WHEN divisor = 0 THEN error('${DIVIDE_BY_ZERO}') ELSE mod(dividend, divisor) END`,
  "redshift_json_parse(value) AS CAST(CAST(value AS JSON) AS VARIANT)",
  // A path of names and array indexes as a JSON pointer (RFC 6901).
  `redshift_json_path(value, path, null_if_invalid) AS CASE WHEN null_if_invalid AND NOT json_valid(value) THEN NULL
   ELSE json_extract_string(value, '/' || array_to_string(list_transform(path,
     lambda name: replace(replace(name, '~', '~0'), '/', '~1')), '/')) END`,
  `redshift_shortened(value, bytes) AS CASE WHEN value IS NULL OR strlen(value) <= bytes THEN value
   WHEN strlen(left(value, bytes)) <= bytes THEN left(value, bytes)
   ELSE error('local/redshift-data: a cast that shortens characters of several bytes is not simulated') END`,
  // An array's elements; any other value is one element, as in Redshift's lax mode.
  `redshift_elements(value) AS CASE WHEN value IS NULL THEN [] WHEN variant_typeof(value) LIKE 'ARRAY%'
   THEN CAST(value AS VARIANT[]) ELSE [value] END`,
  `redshift_array_length(value) AS CASE WHEN variant_typeof(value) LIKE 'ARRAY%'
   THEN CAST(json_array_length(CAST(value AS JSON)) AS BIGINT) END`,
];
