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
import { castText, duckType, elementTexts, failsCast } from "./castSql";
import { CorruptObject, type RawObject, scanRawObject } from "./rawObjects";
import { ShapeScanner } from "./shapeScanner";

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
  for (const object of input.objects) await scanRawObject(object, scanner);
  const plan = input.columns
    ? planDeclared(scanner.shape(), input.columns)
    : widenPlan(planColumns(scanner.shape()), input.tableColumns ?? []);
  const db = await openDuckDb({ databasePath: `${input.workDir}/hour.duckdb` });
  try {
    await load(db, input.objects);
    const failedCasts = await countFailedCasts(db, plan);
    // Without dictionaries, because DuckDB's treat 0.0 and -0.0 as the same value.
    const options = "FORMAT parquet, COMPRESSION zstd, DICTIONARY_SIZE_LIMIT 0";
    await db.run(`COPY (${projection(plan)}) TO ${literal(input.outputPath)} (${options})`);
    const [counted] = await db.rows("SELECT count(*)::DOUBLE AS rows FROM hour");
    return {
      objects: input.objects.map((object) => object.key),
      rows: Number(counted?.rows),
      columns: tableColumns(plan),
      failedCasts,
      droppedColumns: plan.dropped,
    };
  } finally {
    db.close();
  }
}

/** Reads one line per `_id`: rows with the same `_id` are one row that was delivered repeatedly. */
async function load(db: DuckDb, objects: readonly RawObject[]): Promise<void> {
  const columns = "{_id: 'VARCHAR', _arrived: 'TIMESTAMPTZ', _format: 'VARCHAR', data: 'JSON'}";
  const read = (paths: readonly string[]) =>
    `read_ndjson(${list(paths.map(literal))}, columns = ${columns}, compression = 'gzip')`;
  try {
    await db.run(
      `CREATE TABLE hour AS SELECT _id, _arrived AT TIME ZONE 'UTC' AS _arrived, _format, data FROM ${read(objects.map((object) => object.path))}`,
    );
  } catch (cause) {
    for (const { key, path } of objects) {
      const broken = await db.rows(`SELECT count(data) FROM ${read([path])}`).then(
        () => false,
        () => true,
      );
      if (broken) throw new CorruptObject(key, "has a line that is not a row of raw/", { cause });
    }
    throw cause;
  }
  const [counted] = await db.rows("SELECT count(*) = count(DISTINCT _id) AS single FROM hour");
  if (counted?.single !== true) {
    await db.run("DELETE FROM hour WHERE rowid NOT IN (SELECT min(rowid) FROM hour GROUP BY _id)");
  }
}

async function countFailedCasts(db: DuckDb, plan: FlattenPlan): Promise<number> {
  const cast = plan.columns.filter((column) => column.how === "cast" && column.path !== null);
  if (cast.length === 0) return 0;
  const sums = cast.map((column, index) => `count(*) FILTER (${failsCast(`v[${index + 1}]`, column.type)})`);
  const [found] = await db.rows(
    `SELECT (${sums.join(" + ")})::DOUBLE AS failed FROM (SELECT ${extractTexts(pathsOf(cast))} AS v FROM hour)`,
  );
  return Number(found?.failed);
}

function projection(plan: FlattenPlan): string {
  const present = plan.columns.filter((column) => column.path !== null);
  const position = new Map(present.map((column, index) => [column.name, index + 1]));
  const columns = plan.columns.map((column) => {
    const at = position.get(column.name);
    return `${at === undefined ? `CAST(NULL AS ${duckType(column.type)})` : valueSql(column, `v[${at}]`)} AS ${identifier(column.name)}`;
  });
  const texts = present.length === 0 ? "" : `, ${extractTexts(pathsOf(present))} AS v`;
  return `SELECT ${["_id", "_arrived", "_format", ...columns].join(", ")} FROM (SELECT _id, _arrived, _format${texts} FROM hour)`;
}

function valueSql(column: PlannedColumn, text: string): string {
  if (column.how === "cast") return castText(text, column.type);
  if (column.type === "string") return text;
  if (column.type === "array<string>") return elementTexts(text);
  const value = column.type.startsWith("array<") ? `CAST(${text} AS JSON)` : text;
  return `CAST(${value} AS ${duckType(column.type)})`;
}

function pathsOf(columns: readonly PlannedColumn[]): string[][] {
  return columns.map((column) => [...(column.path ?? [])]);
}
