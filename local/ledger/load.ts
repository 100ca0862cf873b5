/** Loads the tables of identities that the ledger compares, such as `sent`, `landed` and `table_rows`. */
import { createWriteStream, readFileSync } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parseObjectKey } from "../../lake/objectKey";
import type { DuckDb } from "../duckdb/duckdb";
import { filesBelow, sqlFiles } from "../duckdb/files";
import { literal } from "../duckdb/sql";
import { recordsOfFailedBatch } from "./failedBatch";
import { landedLines } from "./landedLines";

/** A record of the stream. */
export interface StreamPosition {
  readonly stream: string;
  readonly shard: string;
  readonly sequenceNumber: string;
}

export interface LedgerSources {
  /** The stream of the ledger; without it, all streams that are routed into this lake. */
  readonly stream?: string;
  /** Every record of the stream or streams. */
  readonly sent: Iterable<StreamPosition> | AsyncIterable<StreamPosition>;
  /** The folder of the lake bucket's objects. Keys and lines, not prefixes, tell the kinds of objects apart. */
  readonly lakeDir: string;
  /** The folders of the on-failure destinations' objects. */
  readonly failedDirs: readonly string[];
}

/** @param scratch a folder for files that are read once */
export async function loadSources(db: DuckDb, sources: LedgerSources, scratch: string): Promise<void> {
  const load = (table: string, columns: Record<string, string>, rows: AsyncIterable<object> | Iterable<object>) =>
    loadTable(db, { table, columns, file: path.join(scratch, `${table}.ndjson`) }, rows);
  const objects = landedObjects(sources.lakeDir);
  const parts = tableParts(sources.lakeDir);

  await load("sent", { record: "VARCHAR" }, sentRecords(sources.sent));
  await load(
    "failed_batches",
    { batch: "VARCHAR", record: "VARCHAR" },
    failedRecords(sources.failedDirs, sources.stream),
  );
  await db.run("CREATE VIEW failed AS SELECT DISTINCT record FROM failed_batches");
  await load("objects", { object: "INTEGER", path: "VARCHAR", table_name: "VARCHAR", lines: "BIGINT" }, objects);
  const lineColumns = { object: "INTEGER", kind: "VARCHAR", id: "VARCHAR", stream: "VARCHAR", reason: "VARCHAR" };
  await load("lines", lineColumns, linesOf(objects));
  await leaveOut(db, sources.stream);
  await splitLines(db);
  await load("parts", { path: "VARCHAR", table_name: "VARCHAR" }, parts);
  await loadTableRows(
    db,
    parts.map((part) => part.path),
  );
}

/** Maximum bytes of a loaded line: identities and paths. DuckDB's buffers are twice as large, one per thread. */
const LONGEST_ROW_BYTES = 128 * 1024;

/** Loads rows through a file, so that any number of rows uses little memory. */
async function loadTable(
  db: DuckDb,
  { table, columns, file }: { table: string; columns: Record<string, string>; file: string },
  rows: AsyncIterable<object> | Iterable<object>,
): Promise<void> {
  await pipeline(Readable.from(textOf(rows)), createWriteStream(file));
  const types = Object.entries(columns).map(([name, type]) => `${name}: '${type}'`);
  const options = `columns = {${types.join(", ")}}, maximum_object_size = ${LONGEST_ROW_BYTES}`;
  await db.run(`CREATE TABLE ${table} AS FROM read_ndjson(${sqlFiles([file])}, ${options})`);
}

/** Rows as NDJSON, many lines at a time. */
async function* textOf(rows: AsyncIterable<object> | Iterable<object>): AsyncGenerator<string> {
  let text = "";
  for await (const row of rows) {
    text += `${JSON.stringify(row)}\n`;
    if (text.length < 65_536) continue;
    yield text;
    text = "";
  }
  yield text;
}

/** Removes the lines of other streams, and their objects: an object holds records of one stream. Keeps their row ids. */
async function leaveOut(db: DuckDb, stream: string | undefined): Promise<void> {
  const others = stream === undefined ? "false" : `stream <> ${literal(stream)}`;
  await db.run(`
    CREATE TABLE rows_of_others AS
      SELECT DISTINCT table_name, id AS row_id FROM lines JOIN objects USING (object) WHERE kind = 'raw' AND ${others}`);
  await db.run(`DELETE FROM objects WHERE object IN (SELECT object FROM lines WHERE ${others})`);
  await db.run(`DELETE FROM lines WHERE ${others}`);
}

/**
 * `record` is stream/shard/sequence number, without the source in ids; `part` is the user record's position in an aggregated record, else 0;
 * `place` is the row's position in the user record, null for a whole record of unformatted/.
 */
async function splitLines(db: DuckDb): Promise<void> {
  await db.run(`
    CREATE TABLE raw_rows AS
      SELECT DISTINCT table_name, id AS row_id,
        stream || '/' || regexp_extract(id, '^([a-z0-9_-]+[.])?(.+)/[0-9]+[.][0-9]+$', 2) AS record,
        regexp_extract(id, '/([0-9]+)[.][0-9]+$', 1)::INTEGER AS part,
        regexp_extract(id, '[.]([0-9]+)$', 1)::BIGINT AS place
      FROM lines JOIN objects USING (object) WHERE kind = 'raw'`);
  await db.run(`
    CREATE TABLE unformatted AS
      SELECT stream || '/' || regexp_extract(id, '^([a-z0-9_-]+[.])?(.+)/[0-9]+([.][0-9]+)?$', 2) AS record,
        regexp_extract(id, '/([0-9]+)([.][0-9]+)?$', 1)::INTEGER AS part,
        nullif(regexp_extract(id, '[.]([0-9]+)$', 1), '')::BIGINT AS place, any_value(reason) AS reason
      FROM lines WHERE kind = 'unformatted' GROUP BY record, part, place`);
  await db.run("CREATE VIEW landed AS SELECT record FROM raw_rows UNION SELECT record FROM unformatted");
}

async function loadTableRows(db: DuckDb, files: readonly string[]): Promise<void> {
  const rows =
    files.length > 0
      ? `read_parquet(${sqlFiles(files)}, filename = true, hive_partitioning = false)`
      : "(SELECT NULL::VARCHAR AS _id, NULL::VARCHAR AS filename)";
  await db.run(`
    CREATE TABLE table_rows AS
      SELECT table_name, row_id, count(*) AS times
      FROM (SELECT table_name, _id AS row_id FROM ${rows} JOIN parts ON filename = path)
      ANTI JOIN rows_of_others USING (table_name, row_id) GROUP BY ALL`);
}

async function* sentRecords(positions: LedgerSources["sent"]): AsyncGenerator<object> {
  for await (const { stream, shard, sequenceNumber } of positions) {
    yield { record: `${stream}/${shard}/${sequenceNumber}` };
  }
}

/** The fixed prefix of Lambda's failed batches. */
function* failedRecords(folders: readonly string[], stream: string | undefined): Generator<object> {
  for (const folder of folders) {
    for (const file of filesBelow(path.join(folder, "aws", "lambda"))) {
      for (const record of recordsOfFailedBatch(readFileSync(file, "utf8"))) {
        if (stream === undefined || record.startsWith(`${stream}/`)) yield { batch: file, record };
      }
    }
  }
}

interface SourceObject {
  /** The number that identifies the object in the lines. */
  readonly object: number;
  readonly path: string;
  readonly table_name: string;
  /** The number of lines in the object's key. */
  readonly lines: number;
}

function landedObjects(lakeDir: string): SourceObject[] {
  return filesBelow(lakeDir, ".ndjson.gz").map((file, index) => {
    const object = parseObjectKey(path.relative(lakeDir, file).split(path.sep).join("/"));
    if (!object) throw new Error(`local/ledger: ${file} is not named as an object of the lake`);
    return { object: index, path: file, table_name: object.table, lines: object.count };
  });
}

async function* linesOf(objects: readonly SourceObject[]): AsyncGenerator<object> {
  for (const { object, path: file } of objects) {
    for await (const line of landedLines(file)) yield { object, ...line };
  }
}

const PART = /([^/\\]+)[/\\]dt=[^/\\]+[/\\]hour=[^/\\]+[/\\][^/\\]+\.parquet$/;

function tableParts(lakeDir: string): { path: string; table_name: string }[] {
  return filesBelow(lakeDir, ".parquet").flatMap((file) => {
    const table = PART.exec(file)?.[1];
    return table === undefined ? [] : [{ path: file, table_name: table }];
  });
}
