/** Flattens a table's hour to one Parquet file with DuckDB, as the Glue script does with Spark. */
import type { Column } from "../../lake/columns";
import {
  type FlattenPlan,
  type PlannedColumn,
  planColumns,
  planDeclared,
  tableColumns,
} from "../../lake/hourly/flattenPlan";
import { widenPlan } from "../../lake/hourly/widening";
import { type DuckDb, openDuckDb } from "../duckdb/duckdb";
import { extractTexts, identifier, list, literal } from "../duckdb/sql";
import type { OnStep } from "../workStep";
import { castText, duckType, elementTexts, failsCast } from "./castSql";
import { CorruptObject, type RawObject, scanRawObject } from "./rawObjects";
import { ShapeScanner } from "./shapeScanner";
import { stepsOf } from "./steps";

interface HourInput {
  readonly objects: readonly RawObject[];
  /** The declared schema; if absent, the columns come from the rows. */
  readonly columns?: readonly Column[];
  /** Without a declared schema: the table's columns from its other hours, which this hour only widens. @default none */
  readonly tableColumns?: readonly Column[];
  /** The Parquet file to write; after an error it may be incomplete. */
  readonly outputPath: string;
  /** An empty directory for data that does not fit in memory. */
  readonly workDir: string;
  readonly onStep?: OnStep;
}

/** The counts of a run: `job.json` of the lake's ledger. */
export interface HourReport {
  readonly objects: readonly string[];
  /** Rows written: distinct `_id`s. */
  readonly rows: number;
  readonly columns: readonly Column[];
  /** Values of declared columns that could not be converted and are null. */
  readonly failedCasts: number;
  /** Columns left out because the table would be too wide. */
  readonly droppedColumns: number;
}

/** @throws CorruptObject if an object does not match its key */
export async function flattenHour(input: HourInput): Promise<HourReport> {
  const scanner = new ShapeScanner();
  const steps = stepsOf(input.objects, input.onStep);
  for (const object of input.objects) await scanRawObject(object, scanner, steps.scanned);
  const plan = input.columns
    ? planDeclared(scanner.shape(), input.columns)
    : widenPlan(planColumns(scanner.shape()), input.tableColumns ?? []);
  const db = await openDuckDb({ databasePath: `${input.workDir}/hour.duckdb` });
  try {
    const rows = rowsOf(input.objects);
    // Without dictionaries, because DuckDB's treat 0.0 and -0.0 as the same value.
    const options = "FORMAT parquet, COMPRESSION zstd, DICTIONARY_SIZE_LIMIT 0";
    const copy = (from: string) =>
      db.run(`COPY (${projection(plan, from)}) TO ${literal(input.outputPath)} (${options})`);
    const copied = steps.during(db, "writing Parquet", copy(rows));
    await copied.catch((cause) => throwCorrupt(db, input.objects, cause));
    const isSingle = await steps.during(db, "comparing the rows", hasSingleRows(db, input.outputPath));
    if (!isSingle) {
      await steps.during(db, "removing repeated rows", loadSingleRows(db, rows));
      await steps.during(db, "writing Parquet again", copy("hour"));
    }
    const source = isSingle ? rows : "hour";
    const failedCasts = await steps.during(db, "checking the values", countFailedCasts(db, plan, source));
    return {
      objects: input.objects.map((object) => object.key),
      rows: await countRows(db, input.outputPath),
      columns: tableColumns(plan),
      failedCasts,
      droppedColumns: plan.dropped,
    };
  } finally {
    db.close();
  }
}

/** The rows of raw objects, read from their files: a table of them would take more disk than the objects. */
function rowsOf(objects: readonly RawObject[]): string {
  const columns = "{_id: 'VARCHAR', _arrived: 'TIMESTAMPTZ', _format: 'VARCHAR', data: 'JSON'}";
  const files = list(objects.map(({ path }) => literal(path)));
  return `(SELECT _id, _arrived AT TIME ZONE 'UTC' AS _arrived, _format, data
    FROM read_ndjson(${files}, columns = ${columns}, compression = 'gzip'))`;
}

async function throwCorrupt(db: DuckDb, objects: readonly RawObject[], cause: unknown): Promise<never> {
  for (const object of objects) {
    const broken = await db.rows(`SELECT count(data) FROM ${rowsOf([object])}`).then(
      () => false,
      () => true,
    );
    if (broken) throw new CorruptObject(object.key, "has a line that is not a row of raw/", { cause });
  }
  throw cause;
}

async function countRows(db: DuckDb, file: string): Promise<number> {
  const [counted] = await db.rows(`SELECT count(*)::DOUBLE AS rows FROM read_parquet(${literal(file)})`);
  return Number(counted?.rows);
}

/** Hashes of this many rows fit in DuckDB's memory, so that nothing spills to disk. */
const COMPARED_ROWS = 4_000_000;

/** True if no two rows have the same `_id`, by its hashes; false, with a chance below one in a million, for other rows. */
async function hasSingleRows(db: DuckDb, file: string): Promise<boolean> {
  const turns = Math.ceil((await countRows(db, file)) / COMPARED_ROWS);
  const hashes = `(SELECT hash(_id) AS hashed FROM read_parquet(${literal(file)}))`;
  for (let turn = 0; turn < turns; turn++) {
    const [compared] = await db.rows(
      `SELECT count(*) = count(DISTINCT hashed) AS single FROM ${hashes} WHERE hashed % ${turns} = ${turn}`,
    );
    if (compared?.single !== true) return false;
  }
  return true;
}

/** Makes the table `hour` with one line per `_id`: rows with the same `_id` are one row that was delivered repeatedly. */
async function loadSingleRows(db: DuckDb, rows: string): Promise<void> {
  await db.run(`CREATE TABLE hour AS FROM ${rows}`);
  await db.run("DELETE FROM hour WHERE rowid NOT IN (SELECT min(rowid) FROM hour GROUP BY _id)");
}

async function countFailedCasts(db: DuckDb, plan: FlattenPlan, from: string): Promise<number> {
  const cast = plan.columns.filter((column) => column.how === "cast" && column.path !== null);
  if (cast.length === 0) return 0;
  const { extracted, textOf } = textsOf(cast);
  const sums = cast.map((column) => `count(*) FILTER (${failsCast(textOf(column), column.type)})`);
  const [found] = await db.rows(
    `SELECT (${sums.join(" + ")})::DOUBLE AS failed FROM (SELECT ${extracted} AS v FROM ${from})`,
  );
  return Number(found?.failed);
}

function projection(plan: FlattenPlan, from: string): string {
  const present = plan.columns.filter((column) => column.path !== null);
  const { extracted, textOf } = textsOf(present);
  const columns = plan.columns.map((column) => {
    const value = column.path === null ? `CAST(NULL AS ${duckType(column.type)})` : valueSql(column, textOf(column));
    return `${value} AS ${identifier(column.name)}`;
  });
  const texts = present.length === 0 ? "" : `, ${extracted} AS v`;
  return `SELECT ${["_id", "_arrived", "_format", ...columns].join(", ")} FROM (SELECT _id, _arrived, _format${texts} FROM ${from})`;
}

function valueSql(column: PlannedColumn, text: string): string {
  if (column.how === "cast") return castText(text, column.type);
  if (column.type === "string") return text;
  if (column.type === "array<string>") return elementTexts(text);
  const value = column.type.startsWith("array<") ? `CAST(${text} AS JSON)` : text;
  return `CAST(${value} AS ${duckType(column.type)})`;
}

/** The SQL for the list `v` with the texts at the columns' paths, and for the text of a column in it. */
function textsOf(columns: readonly PlannedColumn[]): { extracted: string; textOf(column: PlannedColumn): string } {
  const paths: string[][] = [];
  const texts = new Map<string, string>();
  for (const { name, path, others = [] } of columns) {
    const found = [...(path ? [path] : []), ...others].map((one) => `v[${paths.push([...one])}]`);
    texts.set(name, found.length === 1 ? (found[0] as string) : `coalesce(${found.join(", ")})`);
  }
  return { extracted: extractTexts(paths), textOf: ({ name }) => texts.get(name) as string };
}
