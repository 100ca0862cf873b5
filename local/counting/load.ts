/** Loads what the ledger compares into tables of identities: `sent`, `landed`, `failed`, `raw_rows`, `table_rows`. */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { parseObjectKey } from "../../lake/objectKey";
import { recordsOfFailedBatch } from "./failedBatch";
import { filesBelow, sqlFiles } from "./files";

/** A record of the stream. */
export interface StreamPosition {
  readonly stream: string;
  readonly shard: string;
  readonly sequenceNumber: string;
}

export interface LedgerSources {
  /** Every record of the streams that are routed into this lake. */
  readonly sent: Iterable<StreamPosition> | AsyncIterable<StreamPosition>;
  /** The folder that holds the lake bucket's objects. */
  readonly lakeDir: string;
  /** Each ends with `/`. */
  readonly prefixes: { readonly raw: string; readonly unformatted: string; readonly parquet: string };
  /** The folder that holds the on-failure destination's objects; absent where there is none. */
  readonly failedDir?: string;
}

/** A line of an object may hold a record of 10 MiB in base64, or as JSON text with escapes. */
const LONGEST_LINE_BYTES = 64 * 1024 * 1024;

export async function loadSources(connection: DuckDBConnection, sources: LedgerSources): Promise<void> {
  await connection.run("CREATE TABLE sent (record VARCHAR); CREATE TABLE failed_batch (record VARCHAR)");
  await append(connection, "sent", identities(sources.sent));
  await append(connection, "failed_batch", failedRecords(sources.failedDir));
  await connection.run("CREATE VIEW failed AS SELECT DISTINCT record FROM failed_batch");

  const raw = filesBelow(path.join(sources.lakeDir, sources.prefixes.raw), ".ndjson.gz");
  const unformatted = filesBelow(path.join(sources.lakeDir, sources.prefixes.unformatted), ".ndjson.gz");
  await loadObjects(connection, sources.lakeDir, [...raw, ...unformatted]);
  await loadLines(connection, raw, unformatted);
  await loadTables(connection, sources);
}

async function loadObjects(connection: DuckDBConnection, lakeDir: string, files: readonly string[]): Promise<void> {
  await connection.run("CREATE TABLE objects (path VARCHAR, table_name VARCHAR, lines BIGINT)");
  const appender = await connection.createAppender("objects");
  for (const file of files) {
    const object = parseObjectKey(path.relative(lakeDir, file).split(path.sep).join("/"));
    if (!object) throw new Error(`local/ledger: ${file} is not named as an object of the lake`);
    appender.appendVarchar(file);
    appender.appendVarchar(object.table);
    appender.appendBigInt(BigInt(object.count));
    appender.endRow();
  }
  appender.closeSync();
}

/** `record` is stream/shard/sequence number; `place` is the row's in its record. */
async function loadLines(
  connection: DuckDBConnection,
  raw: readonly string[],
  unformatted: readonly string[],
): Promise<void> {
  await connection.run("CREATE TABLE lines (kind VARCHAR, path VARCHAR, id VARCHAR, stream VARCHAR)");
  if (raw.length > 0) {
    await connection.run(
      `INSERT INTO lines SELECT 'raw', filename, _id, _stream FROM ${lines(raw, ["_id", "_stream"])}`,
    );
  }
  if (unformatted.length > 0) {
    await connection.run(
      `INSERT INTO lines SELECT 'unformatted', filename, id, stream FROM ${lines(unformatted, ["id", "stream"])}`,
    );
  }
  await connection.run(`
    CREATE TABLE raw_rows AS
      SELECT DISTINCT table_name, id AS row_id,
        stream || '/' || regexp_extract(id, '^(.+)/[0-9]+[.][0-9]+$', 1) AS record,
        regexp_extract(id, '[.]([0-9]+)$', 1)::BIGINT AS place
      FROM lines JOIN objects USING (path) WHERE kind = 'raw';
    CREATE TABLE unformatted AS
      SELECT DISTINCT stream || '/' || regexp_extract(id, '^(.+)/[0-9]+$', 1) AS record
      FROM lines WHERE kind = 'unformatted';
    CREATE VIEW landed AS SELECT record FROM raw_rows UNION SELECT record FROM unformatted`);
}

async function loadTables(connection: DuckDBConnection, { lakeDir, prefixes }: LedgerSources): Promise<void> {
  const folder = path.join(lakeDir, prefixes.parquet);
  const files = filesBelow(folder, ".parquet");
  await connection.run("CREATE TABLE parts (path VARCHAR, table_name VARCHAR)");
  const appender = await connection.createAppender("parts");
  for (const file of files) {
    appender.appendVarchar(file);
    appender.appendVarchar(path.relative(folder, file).split(path.sep)[0] ?? "");
    appender.endRow();
  }
  appender.closeSync();
  const rows = `read_parquet(${sqlFiles(files)}, filename = true, hive_partitioning = false)`;
  await connection.run(`
    CREATE TABLE table_rows AS
      SELECT table_name, _id AS row_id, count(*) AS times
      FROM ${files.length > 0 ? `${rows} JOIN parts ON filename = path` : "(SELECT NULL AS _id), parts"}
      GROUP BY ALL`);
}

function lines(files: readonly string[], columns: readonly string[]): string {
  const types = columns.map((column) => `${column}: 'VARCHAR'`).join(", ");
  return `read_ndjson(${sqlFiles(files)}, columns = {${types}}, filename = true, maximum_object_size = ${LONGEST_LINE_BYTES})`;
}

async function append(
  connection: DuckDBConnection,
  table: string,
  values: Iterable<string> | AsyncIterable<string>,
): Promise<void> {
  const appender = await connection.createAppender(table);
  for await (const value of values) {
    appender.appendVarchar(value);
    appender.endRow();
  }
  appender.closeSync();
}

async function* identities(positions: LedgerSources["sent"]): AsyncGenerator<string> {
  for await (const { stream, shard, sequenceNumber } of positions) yield `${stream}/${shard}/${sequenceNumber}`;
}

/** Lambda writes each failed batch below this fixed prefix. */
function* failedRecords(folder: string | undefined): Generator<string> {
  if (folder === undefined) return;
  for (const file of filesBelow(path.join(folder, "aws", "lambda")))
    yield* recordsOfFailedBatch(readFileSync(file, "utf8"));
}
