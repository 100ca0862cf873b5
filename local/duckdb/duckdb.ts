/** Opens DuckDB, the optional package that runs Glue jobs, crawlers and Athena queries, with bounded memory. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { DuckDBConnection, DuckDBInstance, Json } from "@duckdb/node-api";

interface DuckDbOptions {
  /** DuckDB's database file; data that does not fit in memory spills beside it. @default none: tables are in memory */
  readonly databasePath?: string;
  /** The directory where an in-memory database spills. @default none: a query that exceeds memory fails */
  readonly spillDir?: string;
  /** Opens an existing file beside others that read it. @default false */
  readonly isReadOnly?: boolean;
  /** The oldest version of DuckDB that can read a new file: `"v1.5.0"` has the type VARIANT. @default DuckDB's own */
  readonly storageVersion?: string;
  /** @default 256 */
  readonly memoryMebibytes?: number;
  /** @default 2 */
  readonly threads?: number;
}

interface ResultColumn {
  readonly name: string;
  /** DuckDB's name of the type, `BIGINT`, `VARCHAR[]`. */
  readonly type: string;
}

/** An open DuckDB. Times are UTC. Everything rejects with DuckDB's own message. */
export interface DuckDb {
  run(sql: string): Promise<void>;
  /** Rows by column name; integers past 32 bits, NaN and infinities are strings. */
  rows(sql: string): Promise<Record<string, Json>[]>;
  /** Rows by position, with the columns' types. */
  table(sql: string): Promise<{ columns: ResultColumn[]; rows: Json[][] }>;
  /** The first rows by position and the number of all; later rows are counted one chunk after the other, and not kept. */
  firstRows(sql: string, maxRows: number): Promise<{ columns: ResultColumn[]; rows: Json[][]; total: number }>;
  /** The share of the running statement that is done, from 0 to 1; undefined if DuckDB does not know it. */
  share(): number | undefined;
  /** From the signal's abort on, each statement is interrupted, and its promise rejects, until the returned function is called. */
  interruptAt(signal: AbortSignal): () => void;
  close(): void;
}

/** Opens DuckDB; throws with the package to install if it is missing. */
export async function openDuckDb(options: DuckDbOptions = {}): Promise<DuckDb> {
  const { DuckDBInstance } = loadDuckDb();
  if (process.memoryUsage.rss() > LARGE_BYTES) collectGarbage();
  const instance = await DuckDBInstance.create(options.databasePath ?? ":memory:", {
    memory_limit: `${options.memoryMebibytes ?? 256}MiB`,
    threads: String(options.threads ?? 2),
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    ...(options.isReadOnly && { access_mode: "READ_ONLY" }),
    ...(options.storageVersion !== undefined && { storage_compatibility_version: options.storageVersion }),
    ...(options.databasePath === undefined && { temp_directory: options.spillDir ?? "" }),
  });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run("SET preserve_insertion_order = false");
  // Without it, DuckDB does not measure statements.
  await connection.run("SET enable_progress_bar = true");
  await connection.run("SET enable_progress_bar_print = false");
  return asDuckDb(instance, connection);
}

/**
 * A statement runs for minutes outside of V8, which collects garbage only when JavaScript allocates. Without this, what sending a
 * file left behind stays beside DuckDB's memory.
 */
function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}

const LARGE_BYTES = 400 * 1024 * 1024;

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
    firstRows: async (sql, maxRows) => {
      const result = await connection.stream(sql);
      const types = result.columnTypes();
      const columns = result.columnNames().map((name, index) => ({ name, type: String(types[index]) }));
      const rows: Json[][] = [];
      let total = 0;
      for await (const chunk of result.yieldRowsJson()) {
        total += chunk.length;
        rows.push(...chunk.slice(0, maxRows - rows.length));
        if (rows.length === maxRows) break;
      }
      if (rows.length < maxRows) return { columns, rows, total };
      for (;;) {
        const count = (await result.fetchChunk())?.rowCount ?? 0;
        if (count === 0) return { columns, rows, total };
        total += count;
      }
    },
    share: () => {
      const { percentage } = connection.progress;
      return percentage > 0 ? percentage / 100 : undefined;
    },
    interruptAt: (signal) => interruptAt(connection, signal),
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

const INTERRUPT_MILLIS = 20;

/** DuckDB forgets an interrupt that comes between two statements, so it is repeated. */
function interruptAt(connection: DuckDBConnection, signal: AbortSignal): () => void {
  let repeated: NodeJS.Timeout | undefined;
  const interrupt = () => {
    connection.interrupt();
    repeated = setInterval(() => connection.interrupt(), INTERRUPT_MILLIS);
  };
  if (signal.aborted) interrupt();
  else signal.addEventListener("abort", interrupt, { once: true });
  return () => {
    signal.removeEventListener("abort", interrupt);
    clearInterval(repeated);
  };
}

/**
 * Finds the package without loading it: Node.js 20 crashes when a program is evaluated after DuckDB is loaded.
 *
 * @throws Error with the package to install if DuckDB is missing
 */
export function checkDuckDb(): void {
  try {
    require.resolve("@duckdb/node-api");
  } catch (cause) {
    throw missingDuckDb(cause);
  }
}

function loadDuckDb(): typeof import("@duckdb/node-api") {
  try {
    return require("@duckdb/node-api");
  } catch (cause) {
    throw missingDuckDb(cause);
  }
}

/** The error for a machine without DuckDB. */
function missingDuckDb(cause: unknown): Error {
  return new Error(
    'local runs Glue jobs and Athena queries on DuckDB, and the package "@duckdb/node-api" does not load: npm install @duckdb/node-api',
    { cause },
  );
}
