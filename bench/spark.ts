/** An hour of a million rows through the flatten job on real Spark, against a bare read of its JSON and write of its Parquet, in turns. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { createRandom } from "../cli/generate/random";
import { transaction } from "../cli/generate/transaction";
import { objectKey } from "../lake/objectKey";
import { findSpark } from "../local/spark/findSpark";
import { startSpark } from "../local/spark/sparkSession";

const ROWS = Number(process.env.STREAMLAKE_BENCH_ROWS ?? 1_000_000);
const ROWS_AN_OBJECT = 4000;
const TURNS = 3;
const MOST_RATIO = 1.5;
const HOUR = "2026-11-20T10";
const SHARD = "shardId-000000000000";

const BARE = `
import sys
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
spark.read.json(sys.argv[1]).write.mode("overwrite").option("compression", "zstd").parquet(sys.argv[2])
`;

function putObjects(bucket: string): void {
  const random = createRandom(7);
  for (let start = 0; start < ROWS; start += ROWS_AN_OBJECT) {
    let lines = "";
    const last = Math.min(start + ROWS_AN_OBJECT, ROWS) - 1;
    for (let index = start; index <= last; index++) {
      const head = `{"_id":"${SHARD}/${index}/0.0","_arrived":"2026-11-20T10:04:09.123Z","_format":"json","_stream":"s","_key":"k"`;
      lines += `${head},"data":${JSON.stringify(transaction(random, index))}}\n`;
    }
    const range = { shard: SHARD, first: `${start}`, last: `${last}`, count: last - start + 1 };
    const file = path.join(bucket, objectKey("raw/", "records", HOUR, range));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, gzipSync(lines, { level: 1 }));
  }
}

async function measure(): Promise<void> {
  const root = mkdtempSync(path.join(tmpdir(), "streamlake-bench-"));
  const buckets = path.join(root, "buckets");
  putObjects(path.join(buckets, "lake"));
  const bare = path.join(root, "bare.py");
  writeFileSync(bare, BARE);
  const spark = await startSpark({ python: findSpark(), buckets });
  const flatten = ["--BUCKET", "lake", "--HOUR", HOUR, "--TABLES", "records", "--RAW_PREFIX", "raw/"];
  flatten.push("--PARQUET_PREFIX", "parquet-output/", "--LEDGER_PREFIX", "ledger/");
  try {
    const ratios: number[] = [];
    // The first turn warms the JVM up and does not count.
    for (let turn = 0; turn <= TURNS; turn++) {
      const raw = "s3://lake/raw/records/dt=2026-11-20/hour=10/";
      const bareSeconds = await spark.run(bare, [raw, "s3://lake/bare/"]);
      const flattenSeconds = await spark.run(path.join(__dirname, "../jobs/flatten_hour.py"), flatten);
      const ratio = flattenSeconds / bareSeconds;
      console.log(
        `${turn === 0 ? "warm-up" : `turn ${turn}`}: bare ${bareSeconds} s, flatten ${flattenSeconds} s, ratio ${ratio.toFixed(2)}`,
      );
      if (turn > 0) ratios.push(ratio);
    }
    const median = ratios.sort((left, right) => left - right)[TURNS >> 1] as number;
    console.log(`${ROWS} rows, Spark on 2 cores: ratio ${median.toFixed(2)}, at most ${MOST_RATIO}`);
    if (median > MOST_RATIO) process.exitCode = 1;
  } finally {
    await spark.stop();
    rmSync(root, { recursive: true });
  }
}

measure().catch((error: Error) => {
  console.error(`spark: ${error.message}`);
  process.exitCode = 1;
});
