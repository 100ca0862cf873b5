/** The one door to DuckDB, which runs the local Glue jobs, crawlers and Athena queries: an optional package, opened with bounds. */
import type { DuckDBConnection, DuckDBInstance, Json } from "@duckdb/node-api";

export interface DuckDbOptions {
  /** DuckDB's database file, beside which it spills what does not fit in memory. @default none: tables are in memory */
  readonly databasePath?: string;
  /** Where a database in memory spills what does not fit. @default nowhere: it fails then */
  readonly spillDir?: string;
  /** @default 256 */
  readonly memoryMebibytes?: number;
  /** @default 2 */
  readonly threads?: number;
}

export interface ResultColumn {
  readonly name: string;
  /** DuckDB's name of the type, `BIGINT`, `VARCHAR[]`. */
  readonly type: string;
}

/** An open DuckDB. Times are UTC. Everything rejects with DuckDB's own message. */
export interface DuckDb {
  run(sql: string): Promise<void>;
  /** Rows by column name; integers past 32 bits are texts, NaN and infinities too. */
  rows(sql: string): Promise<Record<string, Json>[]>;
  /** Rows by position, with the columns' types. */
  table(sql: string): Promise<{ columns: ResultColumn[]; rows: Json[][] }>;
  /** Ends what is running, if anything is; its promise rejects. */
  interrupt(): void;
  close(): void;
}

/** Opens DuckDB; without the package, says which package to install. */
export async function openDuckDb(options: DuckDbOptions = {}): Promise<DuckDb> {
  const { DuckDBInstance } = loadDuckDb();
  const instance = await DuckDBInstance.create(options.databasePath ?? ":memory:", {
    memory_limit: `${options.memoryMebibytes ?? 256}MiB`,
    threads: String(options.threads ?? 2),
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    ...(options.databasePath === undefined && { temp_directory: options.spillDir ?? "" }),
  });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run("SET preserve_insertion_order = false");
  return asDuckDb(instance, connection);
}

function asDuckDb(instance: DuckDBInstance, connection: DuckDBConnection): DuckDb {
  return {
    run: async (sql) => void (await connection.run(sql)),
    rows: async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson(),
    table: async (sql) => {
      const reader = await connection.runAndReadAll(sql);
      const types = reader.columnTypes();
      const columns = reader.columnNames().map((name, index) => ({ name, type: String(types[index]) }));
      return { columns, rows: reader.getRowsJson() };
    },
    interrupt: () => connection.interrupt(),
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

function loadDuckDb(): typeof import("@duckdb/node-api") {
  try {
    return require("@duckdb/node-api");
  } catch (cause) {
    throw missingDuckDb(cause);
  }
}

/** What to tell someone whose machine has no DuckDB. */
export function missingDuckDb(cause: unknown): Error {
  return new Error(
    'local runs Glue jobs and Athena queries on DuckDB, and the package "@duckdb/node-api" does not load: npm install @duckdb/node-api',
    { cause },
  );
}
