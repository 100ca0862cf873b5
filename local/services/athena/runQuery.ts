/** Runs one query over the catalog in its own DuckDB, which can open only the files of the query's tables. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import type { GlueTable } from "../../catalog/catalog";
import { type DuckDb, openDuckDb } from "../../duckdb/duckdb";
import { identifier, list, literal } from "../../duckdb/sql";
import { AthenaError } from "./athenaError";
import { type KeptResult, keepSql } from "./keptResult";
import { MACROS } from "./macros";
import type { QueryOptions, QueryResult } from "./query";
import { queryError } from "./queryError";
import { columnInfo, valueText } from "./resultTypes";
import { readSelect, type TableReference } from "./select";
import { type TableFile, tableFiles } from "./tableFiles";
import { createTableView } from "./tableView";
import { runUtility, utilityOf } from "./utility";
import { createView, viewOf } from "./views";

/** @throws AthenaError that names the problem */
export async function runQuery(options: QueryOptions): Promise<QueryResult> {
  const utility = utilityOf(options.sql);
  if (utility) return runUtility(options, utility);
  return withDuckDb(options, {}, (db) => runSelect(db, options));
}

/**
 * Keeps the rows of a SELECT in a new file of DuckDB, numbered in their order.
 *
 * @throws AthenaError that names the problem
 */
export async function keepQuery(options: QueryOptions, file: string): Promise<KeptResult> {
  // Rows are numbered one after the other, and a sort by one thread stays within the memory.
  return withDuckDb(options, { threads: 1 }, (db) => keepSelect(db, options, file));
}

async function withDuckDb<T>(
  options: QueryOptions,
  more: { readonly threads?: number },
  work: (db: DuckDb) => Promise<T>,
): Promise<T> {
  mkdirSync(options.scratchDir, { recursive: true });
  const scratch = mkdtempSync(path.join(options.scratchDir, "query-"));
  const db = await openDuckDb({ spillDir: scratch, ...more });
  const release = options.signal && db.interruptAt(options.signal);
  try {
    return await work(db);
  } finally {
    release?.();
    db.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Creates the query's tables, and restricts DuckDB to their files. */
async function prepare(db: DuckDb, options: QueryOptions) {
  const select = await readSelect(db, options.sql, options.nowMillis);
  await db.run(`ATTACH ':memory:' AS awsdatacatalog; CREATE SCHEMA awsdatacatalog.${identifier(options.database)}`);
  await db.run(`USE awsdatacatalog.${identifier(options.database)}`);
  for (const macro of MACROS) await db.run(`CREATE TEMP MACRO ${macro}`);
  const files = await createTables(db, options, select.tables, new Set());
  // A view has changed the database of names without one.
  await db.run(`USE awsdatacatalog.${identifier(options.database)}`);
  const scannedBytes = files.reduce((sum, file) => sum + file.bytes, 0);
  checkScan(scannedBytes, options.scanLimitBytes);
  await closeIn(
    db,
    files.map((file) => file.path),
  );
  const explained = <T>(running: Promise<T>) =>
    running.catch((cause: Error): never => {
      throw queryError(cause, select.sql, options.sql);
    });
  const infoOf = (columns: readonly { readonly name: string; readonly type: string }[]) =>
    select.names(columns.map(({ name }) => name)).map((name, at) => columnInfo(name, columns[at]?.type ?? "NULL"));
  return { sql: select.sql, scannedBytes, explained, infoOf };
}

async function runSelect(db: DuckDb, options: QueryOptions): Promise<QueryResult> {
  const { sql, scannedBytes, explained, infoOf } = await prepare(db, options);
  const { maxRows } = options;
  const reading = maxRows === undefined ? db.table(sql) : db.firstRows(sql, maxRows);
  const { columns, rows, ...count } = await explained(reading);
  return {
    kind: "DML",
    columns: infoOf(columns),
    rows: rows.map((row) => row.map((value, index) => valueText(value, columns[index]?.type ?? "VARCHAR"))),
    ...count,
    scannedBytes,
  };
}

async function keepSelect(db: DuckDb, options: QueryOptions, file: string): Promise<KeptResult> {
  // DuckDB can open no other file once it is restricted.
  await db.run(`ATTACH ${literal(file)} AS kept`);
  const { sql, explained, infoOf } = await prepare(db, options);
  const described = await explained(db.rows(`DESCRIBE ${sql}`));
  const columns = described.map(({ column_name: name, column_type: type }) => ({
    name: String(name),
    type: String(type),
  }));
  await explained(db.run(keepSql(sql, columns.length)));
  const [row] = await db.rows("SELECT count(*) AS total FROM kept.result");
  return {
    file,
    columns: infoOf(columns),
    duckTypes: columns.map(({ type }) => type),
    total: Number(row?.total),
  };
}

/** Creates the tables of a query, and those that its views read; returns their files. */
async function createTables(
  db: DuckDb,
  options: QueryOptions,
  references: readonly TableReference[],
  done: Set<GlueTable>,
): Promise<TableFile[]> {
  const files: TableFile[] = [];
  for (const table of tablesOf(options, references)) {
    if (done.has(table)) continue;
    done.add(table);
    options.authorize?.(table);
    const view = viewOf(table);
    if (view) {
      const select = await readSelect(db, view.sql, options.nowMillis);
      files.push(...(await createTables(db, { ...options, database: view.database }, select.tables, done)));
      await createView(db, table, { ...view, sql: select.sql });
    } else {
      const found = await tableFiles(options.catalog, options.reader, table, options.nowMillis);
      files.push(...found);
      await createTableView(db, table, found);
    }
  }
  return files;
}

function tablesOf({ catalog, database }: QueryOptions, references: readonly TableReference[]): GlueTable[] {
  const tables = new Map<string, GlueTable>();
  for (const reference of references) {
    const schema = reference.database ?? database;
    const table = catalog.findTable(schema, reference.table);
    if (!table) {
      throw new AthenaError(
        "TABLE_NOT_FOUND",
        `${reference.place}Table 'awsdatacatalog.${schema}.${reference.table}' does not exist`,
      );
    }
    tables.set(`${schema}.${reference.table}`, table);
  }
  return [...tables.values()];
}

function checkScan(scannedBytes: number, limit: number | undefined): void {
  if (limit === undefined || scannedBytes <= limit) return;
  throw new AthenaError(
    "EXCEEDED_SCAN_LIMIT",
    `Bytes scanned limit was exceeded: the query's tables hold ${scannedBytes} bytes, the workgroup allows ${limit}`,
  );
}

/** Restricts DuckDB to these files and locks its configuration, so that no statement can lift the restriction. */
async function closeIn(db: DuckDb, paths: readonly string[]): Promise<void> {
  await db.run("SET integer_division = true");
  await db.run("SET errors_as_json = true");
  await db.run(`SET allowed_paths = ${paths.length === 0 ? "[]::VARCHAR[]" : list(paths.map(literal))}`);
  await db.run("SET enable_external_access = false");
  await db.run("SET lock_configuration = true");
}
