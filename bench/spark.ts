/**
 * Compares the flatten job on real Spark with a bare read of JSON and write of Parquet, for an hour of a million rows: flat,
 * nested, and with a declared schema. Both run in turns in one Spark; the fastest run of each counts, because other work on
 * the machine delays it least.
 *
 * Usage: npm run bench -- spark (STREAMLAKE_BENCH_ROWS, STREAMLAKE_BENCH_TURNS: other counts than a million and 3)
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { createRandom, type Random } from "../cli/generate/random";
import { transaction } from "../cli/generate/transaction";
import type { Column } from "../lake/columns";
import { objectKey } from "../lake/objectKey";
import { findSpark } from "../local/flatten/spark/findSpark";
import { type SparkSession, startSpark } from "../local/flatten/spark/sparkSession";

const ROWS = Number(process.env.STREAMLAKE_BENCH_ROWS ?? 1_000_000);
const ROWS_AN_OBJECT = 4000;
const TURNS = Number(process.env.STREAMLAKE_BENCH_TURNS ?? 3);
const MAX_RATIO = 1.5;
const HOUR = "2026-11-20T10";
const SHARD = "shardId-000000000000";

const BARE = `
import sys
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
spark.read.json(sys.argv[1]).write.mode("overwrite").option("compression", "zstd").parquet(sys.argv[2])
`;

/** A sensor's reading: flat fields; no two rows have the same text. */
function reading(random: Random, index: number): object {
  return {
    reading_id: `r-${String(index).padStart(8, "0")}`,
    at: new Date(Date.UTC(2026, 10, 20, 10) + index * 3).toISOString(),
    sensor: `s-${random.integer(1, 400)}`,
    celsius: random.integer(-2000, 9000) / 100,
    hectopascal: random.integer(95_000, 105_000) / 100,
    humidity: random.integer(0, 100),
    battery: random.chance(0.1) ? null : random.integer(0, 100),
    is_open: random.chance(0.5),
    firmware: random.pick(["1.4.2", "1.5.0", "2.0.0-rc1"]),
  };
}

interface Table {
  readonly row: (random: Random, index: number) => object;
  readonly columns?: readonly Column[];
}

const READING_COLUMNS: readonly Column[] = [
  { name: "reading_id", type: "string" },
  { name: "at", type: "timestamp" },
  { name: "sensor", type: "string" },
  { name: "celsius", type: "double" },
  { name: "hectopascal", type: "double" },
  { name: "humidity", type: "bigint" },
  { name: "battery", type: "bigint" },
  { name: "is_open", type: "boolean" },
  { name: "firmware", type: "string" },
];

const TABLES: Readonly<Record<string, Table>> = {
  flat: { row: reading },
  nested: { row: transaction },
  declared: { row: reading, columns: READING_COLUMNS },
};

function putObjects(bucket: string, table: string): void {
  const random = createRandom(7);
  const { row } = TABLES[table] as Table;
  for (let start = 0; start < ROWS; start += ROWS_AN_OBJECT) {
    let lines = "";
    const last = Math.min(start + ROWS_AN_OBJECT, ROWS) - 1;
    for (let index = start; index <= last; index++) {
      const head = `{"_id":"${SHARD}/${index}/0.0","_arrived":"2026-11-20T10:04:09.123Z","_format":"json","_stream":"s","_key":"k"`;
      lines += `${head},"data":${JSON.stringify(row(random, index))}}\n`;
    }
    const range = { shard: SHARD, first: `${start}`, last: `${last}`, count: last - start + 1 };
    const file = path.join(bucket, objectKey("raw/", table, HOUR, range));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, gzipSync(lines, { level: 1 }));
  }
}

async function measure(): Promise<void> {
  const root = mkdtempSync(path.join(tmpdir(), "streamlake-bench-"));
  const buckets = path.join(root, "buckets");
  for (const table of Object.keys(TABLES)) putObjects(path.join(buckets, "lake"), table);
  const bare = path.join(root, "bare.py");
  writeFileSync(bare, BARE);
  const spark = await startSpark({ python: findSpark(), buckets });
  try {
    // The first turn warms the JVM up and does not count.
    await turn(spark, bare, "nested");
    for (const table of Object.keys(TABLES)) {
      const turns: Turn[] = [];
      for (let count = 0; count < TURNS; count++) turns.push(await turn(spark, bare, table));
      report(table, turns);
    }
  } finally {
    await spark.stop();
    rmSync(root, { recursive: true });
  }
}

interface Turn {
  readonly bare: number;
  readonly flatten: number;
}

/** Runs both, one after the other; returns their times in seconds. */
async function turn(spark: SparkSession, bare: string, table: string): Promise<Turn> {
  const prefixes = ["--RAW_PREFIX", "raw/", "--PARQUET_PREFIX", "parquet-output/", "--LEDGER_PREFIX", "ledger/"];
  const columns = JSON.stringify({ [table]: TABLES[table]?.columns });
  const flatten = ["--BUCKET", "lake", "--HOUR", HOUR, "--TABLES", table, ...prefixes, "--COLUMNS", columns];
  return {
    bare: await spark.run(bare, [`s3://lake/raw/${table}/dt=2026-11-20/hour=10/`, `s3://lake/bare/${table}/`]),
    flatten: await spark.run(path.join(__dirname, "../jobs/flatten_hour.py"), flatten),
  };
}

function report(table: string, turns: readonly Turn[]): void {
  const sorted = (of: keyof Turn) => turns.map((one) => one[of]).sort((left, right) => left - right);
  const [bare, flatten] = [sorted("bare"), sorted("flatten")];
  const ratioAt = (index: number) => (flatten[index] as number) / (bare[index] as number);
  const [least, median] = [ratioAt(0), ratioAt(TURNS >> 1)];
  console.log(`${table}: bare ${bare.join(", ")} s; flatten ${flatten.join(", ")} s`);
  console.log(
    `${table}: ${ROWS} rows, Spark on 2 cores: ratio ${least.toFixed(2)} (of medians ${median.toFixed(2)}), at most ${MAX_RATIO}`,
  );
  if (least > MAX_RATIO) process.exitCode = 1;
}

measure().catch((error: Error) => {
  console.error(`spark: ${error.message}`);
  process.exitCode = 1;
});
