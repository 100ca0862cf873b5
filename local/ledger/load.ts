/**
 * Loads the tables that the ledger compares, such as `sent`, `raw_runs` and `table_rows`. Records are numbers in them
 * (`position`, and the stream's number), and the rows of a record in raw/ are runs, so that millions of rows take seconds.
 */
import type { DuckDb } from "../duckdb/duckdb";
import { sqlFiles } from "../duckdb/files";
import type { OnStep } from "../workStep";
import { LineLoader } from "./lineLoader";
import {
  failedRecords,
  type LedgerSources,
  landedObjects,
  Numbers,
  numbered,
  objectLines,
  partLines,
  RUN_COLUMNS,
  runsOf,
  sentRecords,
  tableParts,
} from "./sourceLines";

/** @param scratch a folder for files that are read once */
export async function loadSources(db: DuckDb, sources: LedgerSources, scratch: string, onStep: OnStep): Promise<void> {
  const numbers = new Numbers();
  const loader = new LineLoader(db, scratch);
  const parts = tableParts(sources, numbers);

  onStep({ what: "reading the records of the stream" });
  await loader.load("sent_names", "stream INTEGER, name VARCHAR", sentRecords(sources.sent, numbers));
  const wanted = sources.stream === undefined ? undefined : numbers.stream(sources.stream);
  const failed = failedRecords(sources, numbers, wanted);
  await loader.load("failed_names", "batch INTEGER, stream INTEGER, name VARCHAR", failed);
  const objects = landedObjects(sources, numbers);
  await loader.load("run_names", RUN_COLUMNS, runsOf(objects, numbers, wanted, onStep));
  await leaveOut(db, wanted);
  await loader.load("objects", "path VARCHAR, lines BIGINT, found BIGINT, holds_rows BOOLEAN", objectLines(objects));
  await loader.load("parts", "path VARCHAR, table_number INTEGER", partLines(parts));
  for (const table of ["objects", "parts"]) await db.run(`UPDATE ${table} SET path = path::JSON->>'$'`);
  await loader.load("streams", "stream INTEGER, stream_name VARCHAR", numbered(numbers.streams));
  await loader.load("tables", "table_number INTEGER, table_name VARCHAR", numbered(numbers.tables));
  onStep({ what: "numbering the records" });
  await numberRecords(db);
  onStep({ what: "reading the rows of the tables" });
  await loadTableRows(
    db,
    parts.map((part) => part.path),
  );
  onStep({ what: "sorting the rows" });
  await splitRuns(db);
}

/** Removes the runs of other streams; `other_runs` keeps their rows, which the tables contain. */
async function leaveOut(db: DuckDb, wanted: number | undefined): Promise<void> {
  const isOther = wanted === undefined ? "false" : `stream <> ${wanted}`;
  const columns = "table_number, row_name AS name, part, first, last";
  await db.run(`CREATE TABLE other_runs AS SELECT ${columns} FROM run_names WHERE is_raw AND ${isOther}`);
  await db.run(`DELETE FROM run_names WHERE ${isOther}`);
}

/**
 * `position` numbers the identities of records without their stream, which the rows of a table do not have. The ids of rows may
 * begin with their router's source, which the ids of records in the stream lack.
 */
async function numberRecords(db: DuckDb): Promise<void> {
  await db.run(`
    CREATE TABLE positions AS SELECT row_number() OVER ()::INTEGER AS position, name FROM (
      SELECT name FROM sent_names UNION SELECT name FROM failed_names UNION SELECT name FROM run_names UNION SELECT row_name FROM run_names)`);
  await db.run("CREATE TABLE sent AS SELECT stream, position FROM sent_names JOIN positions USING (name)");
  await db.run(
    "CREATE TABLE failed_batches AS SELECT batch, stream, position FROM failed_names JOIN positions USING (name)",
  );
  await db.run("CREATE VIEW failed AS SELECT DISTINCT stream, position FROM failed_batches");
}

/** An `_id` is `shard/sequence number/part.place`. */
const TABLE_IDS = `
  SELECT table_number, split_part(_id, '/', 1) || '/' || split_part(_id, '/', 2) AS name,
    split_part(_id, '/', 3) AS place_text`;

async function loadTableRows(db: DuckDb, files: readonly string[]): Promise<void> {
  const columns = "table_number INTEGER, position INTEGER, part INTEGER, place BIGINT, times BIGINT";
  await db.run(`CREATE TABLE table_rows (${columns})`);
  if (files.length === 0) return;
  const rows = `${TABLE_IDS} FROM read_parquet(${sqlFiles(files)}, filename = true, hive_partitioning = false)
    JOIN parts ON filename = path`;
  // Rows of records that are nowhere else have no number yet.
  await db.run(`
    INSERT INTO positions SELECT (SELECT count(*) FROM positions) + row_number() OVER (), name
      FROM (SELECT DISTINCT name FROM (${rows}) ANTI JOIN positions USING (name))`);
  await db.run(`
    CREATE TABLE table_lines AS
      SELECT table_number, position, split_part(place_text, '.', 1)::INTEGER AS part,
        split_part(place_text, '.', 2)::BIGINT AS place
      FROM (${rows}) JOIN positions USING (name)`);
  await db.run(`
    DELETE FROM table_lines AS line WHERE EXISTS (
      SELECT 1 FROM other_runs AS run JOIN positions USING (name)
      WHERE run.table_number = line.table_number AND positions.position = line.position AND run.part = line.part
        AND line.place BETWEEN run.first AND run.last)`);
  const [counted] = await db.rows("SELECT count(*)::DOUBLE AS lines FROM table_lines");
  const turns = Math.ceil(Number(counted?.lines) / GROUPED_ROWS);
  for (let turn = 0; turn < turns; turn++) {
    await db.run(`
      INSERT INTO table_rows
        SELECT table_number, position, part, place, count(*) FROM table_lines
        WHERE position % ${turns} = ${turn} GROUP BY ALL`);
  }
  await db.run("DROP TABLE table_lines");
}

/** Groups of this many rows fit in DuckDB's memory, so that nothing spills to disk. */
const GROUPED_ROWS = 2_000_000;

/** Separates raw/ from unformatted/. The runs of raw/ become disjoint: a row in several objects is one row. */
async function splitRuns(db: DuckDb): Promise<void> {
  await db.run(`
    CREATE TABLE unformatted AS
      SELECT stream, position, part, first AS place, any_value(reason) AS reason
      FROM run_names JOIN positions USING (name) WHERE NOT is_raw GROUP BY stream, position, part, place`);
  const keys = "table_number, stream, position, row_position, part";
  const rowPositions = "(SELECT name AS row_name, position AS row_position FROM positions)";
  const runs = `(SELECT ${keys}, first, last
    FROM run_names JOIN positions USING (name) JOIN ${rowPositions} USING (row_name) WHERE is_raw)`;
  const before = `(PARTITION BY ${keys} ORDER BY first, last ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)`;
  await db.run(`
    CREATE TABLE raw_runs AS
      SELECT ${keys}, min(first) AS first, max(last) AS last FROM ${runs} GROUP BY ${keys} HAVING count(*) = 1`);
  await db.run(`
    INSERT INTO raw_runs
      SELECT ${keys}, min(first), max(last) FROM (
        SELECT *, sum(starts::INTEGER) OVER (PARTITION BY ${keys} ORDER BY first, last) AS island FROM (
          SELECT *, first > coalesce(max(last) OVER ${before}, -1) AS starts
          FROM ${runs} ANTI JOIN raw_runs USING (${keys})))
      GROUP BY ${keys}, island`);
  await db.run(
    "CREATE VIEW landed AS SELECT stream, position FROM raw_runs UNION SELECT stream, position FROM unformatted",
  );
}
