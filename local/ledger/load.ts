/**
 * Loads the tables that the ledger compares, such as `sent`, `raw_runs` and `table_rows`. Records are numbers in them
 * (`position`, and the stream's number), and the rows of a record in raw/ are runs, so that millions of rows take seconds.
 */
import { createWriteStream, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parseObjectKey } from "../../lake/objectKey";
import type { DuckDb } from "../duckdb/duckdb";
import { filesBelow, sqlFiles } from "../duckdb/files";
import type { OnStep } from "../workStep";
import { readFailedBatch } from "./failedBatch";
import { landedRuns } from "./landedRuns";

/** A record of the stream. */
export interface StreamPosition {
  readonly stream: string;
  readonly shard: string;
  readonly sequenceNumber: string;
}

export interface LedgerSources {
  /** The stream of the ledger; without it, all streams that are routed into this lake. */
  readonly stream?: string;
  /** Every record of the stream or streams, some at a time. */
  readonly sent: Iterable<readonly StreamPosition[]> | AsyncIterable<readonly StreamPosition[]>;
  /** The folder of the lake bucket's objects. Keys and lines, not prefixes, tell the kinds of objects apart. */
  readonly lakeDir: string;
  /** Keys of other lakes in the bucket are left out. @default all keys are the lake's */
  readonly isOwnKey?: (key: string) => boolean;
  /** The folders of the on-failure destinations' objects. */
  readonly failedDirs: readonly string[];
  /** The routers; batches that other functions of the stream failed on are left out. @default batches of all functions */
  readonly functionNames?: readonly string[];
  /** False if no job of the program flattens the lake, so that its rows stay in raw/. @default true */
  readonly isFlattened?: boolean;
}

/** @param scratch a folder for files that are read once */
export async function loadSources(db: DuckDb, sources: LedgerSources, scratch: string, onStep: OnStep): Promise<void> {
  const numbers = new Numbers();
  const loader = new Loader(db, scratch);
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

/** Numbers for the names of streams and tables, which repeat in every line. */
class Numbers {
  readonly streams = new Map<string, number>();
  readonly tables = new Map<string, number>();

  stream(name: string): number {
    return numberOf(this.streams, name);
  }

  table(name: string): number {
    return numberOf(this.tables, name);
  }
}

function numberOf(known: Map<string, number>, name: string): number {
  const number = known.get(name) ?? known.size;
  known.set(name, number);
  return number;
}

/** A line of tab-separated values; paths are JSON strings, which contain neither tabs nor line ends. */
type Line = string;
const NULL = "\\N";

/** Loads lines through a file, so that any number of them uses little memory. */
class Loader {
  constructor(
    private readonly db: DuckDb,
    private readonly scratch: string,
  ) {}

  /** @param lines some lines at a time, each with its line end */
  async load(table: string, columns: string, lines: AsyncIterable<Line> | Iterable<Line>): Promise<void> {
    const file = path.join(this.scratch, `${table}.tsv`);
    await pipeline(Readable.from(lines), createWriteStream(file));
    await this.db.run(`CREATE TABLE ${table} (${columns})`);
    if (statSync(file).size === 0) return;
    const types = columns.split(", ").map((column) => `'${column.replace(" ", "': '")}'`);
    const options = `columns = {${types.join(", ")}}, delim = '\t', header = false, auto_detect = false, nullstr = '\\N'`;
    await this.db.run(
      `INSERT INTO ${table} FROM read_csv(${sqlFiles([file])}, ${options}, quote = '', escape = '', new_line = '\\n')`,
    );
  }
}

async function* sentRecords(positions: LedgerSources["sent"], numbers: Numbers): AsyncGenerator<Line> {
  for await (const some of positions) {
    let lines = "";
    for (const { stream, shard, sequenceNumber } of some) {
      lines += `${numbers.stream(stream)}\t${shard}/${sequenceNumber}\n`;
    }
    if (lines !== "") yield lines;
  }
}

/** The fixed prefix of Lambda's failed batches. */
function* failedRecords(
  { failedDirs, functionNames }: LedgerSources,
  numbers: Numbers,
  wanted: number | undefined,
): Generator<Line> {
  let batch = 0;
  for (const folder of failedDirs) {
    for (const file of filesBelow(path.join(folder, "aws", "lambda"))) {
      const { functionName, records } = readFailedBatch(readFileSync(file, "utf8"));
      if (functionName !== undefined && functionNames?.includes(functionName) === false) continue;
      batch++;
      for (const record of records) {
        const border = record.indexOf("/");
        const stream = numbers.stream(record.slice(0, border));
        if (isWanted(stream, wanted)) yield `${batch}\t${stream}\t${record.slice(border + 1)}\n`;
      }
    }
  }
}

interface LandedObject {
  readonly path: string;
  readonly tableNumber: number;
  readonly bytes: number;
  /** The number of lines in the object's key. */
  readonly lines: number;
  /** The number of lines that it contains. */
  found: number;
  holdsRows: boolean;
  /** True if its lines are of a stream with another ledger: an object has records of one stream. */
  isOther: boolean;
}

/** The files of the lake's own objects. */
function filesOf({ lakeDir, isOwnKey = () => true }: LedgerSources, ending: string): string[] {
  return filesBelow(lakeDir, ending).filter((file) => isOwnKey(keyOf(lakeDir, file)));
}

function keyOf(lakeDir: string, file: string): string {
  return path.relative(lakeDir, file).split(path.sep).join("/");
}

function landedObjects(sources: LedgerSources, numbers: Numbers): LandedObject[] {
  return filesOf(sources, ".ndjson.gz").map((file) => {
    const object = parseObjectKey(keyOf(sources.lakeDir, file));
    if (!object) throw new Error(`local/ledger: ${file} is not named as an object of the lake`);
    const tableNumber = numbers.table(object.table);
    const { size } = statSync(file);
    return { path: file, tableNumber, bytes: size, lines: object.count, found: 0, holdsRows: false, isOther: false };
  });
}

const RUN_COLUMNS =
  "is_raw BOOLEAN, table_number INTEGER, stream INTEGER, name VARCHAR, row_name VARCHAR, part INTEGER, first BIGINT, last BIGINT, reason VARCHAR";

/** Counts the lines of each object while it reads them. */
async function* runsOf(
  objects: readonly LandedObject[],
  numbers: Numbers,
  wanted: number | undefined,
  onStep: OnStep,
): AsyncGenerator<Line> {
  const ofBytes = objects.reduce((sum, { bytes }) => sum + bytes, 0);
  let read = 0;
  const onBytes = (bytes: number) => {
    read += bytes;
    onStep({ what: "reading the rows and records in the lake", bytes: read, ofBytes });
  };
  for (const object of objects) {
    for await (const runs of landedRuns(object.path, onBytes)) {
      let lines = "";
      for (const { isRaw, stream, position, rowPosition, part, first, last, reason } of runs) {
        object.found += first === null || last === null ? 1 : last - first + 1;
        object.holdsRows ||= isRaw;
        const streamNumber = numbers.stream(stream);
        object.isOther ||= !isWanted(streamNumber, wanted);
        const place = `${first ?? NULL}\t${last ?? NULL}`;
        lines += `${isRaw}\t${object.tableNumber}\t${streamNumber}\t${position}\t${rowPosition}\t${part}\t${place}\t${reason ?? NULL}\n`;
      }
      if (lines !== "") yield lines;
    }
  }
}

function* objectLines(objects: readonly LandedObject[]): Generator<Line> {
  for (const { path: file, lines, found, holdsRows, isOther } of objects) {
    if (!isOther) yield `${JSON.stringify(file)}\t${lines}\t${found}\t${holdsRows}\n`;
  }
}

interface TablePart {
  readonly path: string;
  readonly tableNumber: number;
}

const PART = /([^/\\]+)[/\\]dt=[^/\\]+[/\\]hour=[^/\\]+[/\\][^/\\]+\.parquet$/;

function tableParts(sources: LedgerSources, numbers: Numbers): TablePart[] {
  return filesOf(sources, ".parquet").flatMap((file) => {
    const table = PART.exec(file)?.[1];
    return table === undefined ? [] : [{ path: file, tableNumber: numbers.table(table) }];
  });
}

function* partLines(parts: readonly TablePart[]): Generator<Line> {
  for (const part of parts) yield `${JSON.stringify(part.path)}\t${part.tableNumber}\n`;
}

function* numbered(names: ReadonlyMap<string, number>): Generator<Line> {
  for (const [name, number] of names) yield `${number}\t${name}\n`;
}

/** Without a wanted stream, all are wanted. */
function isWanted(stream: number, wanted: number | undefined): boolean {
  return wanted === undefined || stream === wanted;
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
