/** A lake of plain files that Spark and DuckDB flatten side by side: the shipped script by the one, the local engine by the other. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import type { Column } from "../../../lake/columns";
import { objectKey } from "../../../lake/objectKey";
import { type DuckDb, openDuckDb } from "../../../local/duckdb/duckdb";
import { flattenHour, type HourReport } from "../../../local/flatten/flattenHour";
import { findSpark } from "../../../local/flatten/spark/findSpark";
import { type SparkSession, startSpark } from "../../../local/flatten/spark/sparkSession";
import { parquetColumns } from "../../../local/services/glue/parquetColumns";

export const HOUR = "2026-11-20T10";
export const SCRIPT = join(__dirname, "../../../jobs/flatten_hour.py");
const PARTITION = "dt=2026-11-20/hour=10/";
const SHARD = "shardId-000000000000";

/** What a table's hour holds once it is flattened. */
export interface Flattened {
  readonly columns: readonly Column[];
  /** By `_id`. */
  readonly rows: readonly unknown[];
  readonly report: HourReport;
}

export interface SparkLake {
  readonly spark: SparkSession;
  /** One raw object of the hour whose rows' ids count from `first`; each row is the JSON of its data. Returns its key. */
  putRows(table: string, rows: readonly string[], first?: number): string;
  put(key: string, body: Uint8Array): void;
  /** Raw keys of a table's hour, sorted. */
  rawKeys(table: string): string[];
  /** Objects of the lake below a prefix, without the prefix. */
  files(prefix: string): string[];
  /** Runs the script for these tables. */
  runSpark(tables: readonly string[], columns?: Record<string, readonly Column[]>): Promise<void>;
  bySpark(table: string): Promise<Flattened>;
  byDuckDb(table: string, columns?: readonly Column[], tableColumns?: readonly Column[]): Promise<Flattened>;
  close(): Promise<void>;
}

export function rawLine(sequence: number, data: string): string {
  return `{"_id":"${SHARD}/${sequence}/0.0","_arrived":"2026-11-20T10:04:09.123Z","_format":"json","_stream":"s","_key":"k","data":${data}}\n`;
}

export async function makeSparkLake(): Promise<SparkLake> {
  const root = mkdtempSync(join(tmpdir(), "spark-"));
  const bucket = join(root, "buckets", "lake");
  mkdirSync(bucket, { recursive: true });
  const spark = await startSpark({ python: findSpark(), buckets: join(root, "buckets") });
  const db = await openDuckDb({ memoryMebibytes: 512 });

  const put = (key: string, body: Uint8Array) => {
    mkdirSync(join(bucket, key, ".."), { recursive: true });
    writeFileSync(join(bucket, key), body);
  };
  const files = (prefix: string) => {
    const folder = join(bucket, prefix);
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
      .sort();
  };
  const rawKeys = (table: string) =>
    files(`raw/${table}/${PARTITION}`).map((name) => `raw/${table}/${PARTITION}${name}`);

  return {
    spark,
    put,
    files,
    rawKeys,
    putRows(table, rows, first = 1) {
      const range = { shard: SHARD, first: `${first}`, last: `${first + rows.length - 1}`, count: rows.length };
      const key = objectKey("raw/", table, HOUR, range);
      put(key, gzipSync(rows.map((row, index) => rawLine(first + index, row)).join("")));
      return key;
    },
    async runSpark(tables, columns) {
      const given = {
        BUCKET: "lake",
        HOUR,
        TABLES: tables.join(","),
        RAW_PREFIX: "raw/",
        PARQUET_PREFIX: "parquet-output/",
      };
      const all = { ...given, LEDGER_PREFIX: "ledger/", ...(columns && { COLUMNS: JSON.stringify(columns) }) };
      await spark.run(
        SCRIPT,
        Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]),
      );
    },
    async bySpark(table) {
      const folder = join(bucket, "parquet-output", table, PARTITION);
      const report = JSON.parse(
        readFileSync(join(bucket, "ledger", table, PARTITION, "job.json"), "utf8"),
      ) as HourReport;
      return {
        ...(await contents(
          db,
          readdirSync(folder).map((file) => join(folder, file)),
        )),
        report,
      };
    },
    async byDuckDb(table, columns, tableColumns) {
      const workDir = mkdtempSync(join(root, "twin-"));
      const outputPath = join(workDir, "part.parquet");
      const objects = rawKeys(table).map((key) => ({ key, path: join(bucket, key) }));
      const report = await flattenHour({ objects, columns, tableColumns, outputPath, workDir });
      const found = await contents(db, [outputPath]);
      rmSync(workDir, { recursive: true });
      return { ...found, report };
    },
    async close() {
      db.close();
      await spark.stop();
      rmSync(root, { recursive: true });
    },
  };
}

/** Columns as the crawler would have them, and all rows. */
async function contents(db: DuckDb, files: readonly string[]): Promise<Omit<Flattened, "report">> {
  const list = `[${files.map((file) => `'${file}'`).join(", ")}]`;
  const described = await db.rows(`DESCRIBE SELECT * FROM read_parquet(${list}, hive_partitioning = false)`);
  // Spark's times say that they are UTC, DuckDB's do not.
  const values = described.map(({ column_name: name, column_type: type }) => {
    if (type === "TIMESTAMP WITH TIME ZONE") return `"${name}" AT TIME ZONE 'UTC'`;
    if (type === "TIMESTAMP WITH TIME ZONE[]") return `list_transform("${name}", lambda one: one AT TIME ZONE 'UTC')`;
    return `"${name}"`;
  });
  const { rows } = await db.table(
    `SELECT ${values.join(", ")} FROM read_parquet(${list}, hive_partitioning = false) ORDER BY _id`,
  );
  const columns = await parquetColumns(db, files[0] as string);
  return { columns: columns.map(({ Name, Type }) => ({ name: Name, type: Type as Column["type"] })), rows };
}
