/** Runs the flatten job on Spark: each table's hour is a separate small lake of links to its raw objects. */
import { linkSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { partitionPath } from "../../../lake/hour";
import { jobReportKey } from "../../../lake/hourly/ledger";
import { tableColumnsKey } from "../../../lake/hourly/widening";
import type { EngineInput, EngineOutput, FlattenEngine } from "../flattenEngine";
import type { HourReport } from "../flattenHour";
import { type SparkSession, startSpark } from "./sparkSession";

/**
 * @param python a Python with PySpark, from `findSpark`
 * @param root absolute path of the directory that holds every working directory; Spark sees each as a bucket
 * @param script path of the library's flatten_hour.py
 */
export function sparkEngine(python: string, root: string, script: string): FlattenEngine {
  let session: Promise<SparkSession> | undefined;
  return {
    async flatten(input) {
      session ??= startSpark({ python, buckets: root });
      putInput(input);
      await (await session).run(script, argumentsOf(input));
      return outputOf(input);
    },
    stop: async () => (await session)?.stop(),
  };
}

function putInput({ objects, tableColumns, job, table, workDir }: EngineInput): void {
  for (const { key, path: file } of objects) linkSync(file, placeFor(workDir, key));
  if (tableColumns) {
    const text = JSON.stringify({ columns: tableColumns });
    writeFileSync(placeFor(workDir, tableColumnsKey(job.ledgerPrefix, table)), text);
  }
}

function argumentsOf({ job, table, columns, workDir }: EngineInput): string[] {
  const given: Record<string, string> = {
    BUCKET: path.basename(workDir),
    HOUR: job.hour,
    TABLES: table,
    RAW_PREFIX: job.rawPrefix,
    PARQUET_PREFIX: job.parquetPrefix,
    LEDGER_PREFIX: job.ledgerPrefix,
    ...(columns && { COLUMNS: JSON.stringify({ [table]: columns }) }),
  };
  return Object.entries(given).flatMap(([name, value]) => [`--${name}`, value]);
}

function outputOf({ job, table, workDir }: EngineInput): EngineOutput {
  const folder = path.join(workDir, `${job.parquetPrefix}${table}`, partitionPath(job.hour));
  const report = readFileSync(path.join(workDir, jobReportKey(job.ledgerPrefix, table, job.hour)), "utf8");
  return {
    report: JSON.parse(report) as HourReport,
    files: readdirSync(folder)
      .sort()
      .map((file) => path.join(folder, file)),
  };
}

function placeFor(workDir: string, key: string): string {
  const file = path.join(workDir, key);
  mkdirSync(path.dirname(file), { recursive: true });
  return file;
}
