/** One run of the flatten job: for each table of the hour, raw objects in, one Parquet object and a report out. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { type Column, checkColumns } from "../../lake/columns";
import { type Hour, isHour, partitionPath } from "../../lake/hour";
import { JOB_STARTED, jobReportKey } from "../../lake/ledger";
import { isTableName } from "../../lake/tableName";
import { readTableColumns, tableColumnsKey } from "../../lake/widening";
import type { HourReport } from "../engine/flattenHour";
import type { Principal } from "../iam/principal";
import type { CloudContext } from "../service";
import type { S3Service } from "../services/s3";
import type { FlattenEngine } from "./flattenEngine";
import { objectsAs } from "./objects";

/** The job's arguments, checked. */
export interface FlattenArguments {
  readonly bucket: string;
  readonly hour: Hour;
  readonly tables: readonly string[];
  readonly rawPrefix: string;
  readonly parquetPrefix: string;
  readonly ledgerPrefix: string;
  /** Declared schemas, by table. */
  readonly columns: Readonly<Record<string, readonly Column[]>>;
}

/** Reads the arguments of a run, `--BUCKET` … `--COLUMNS`; every one but `--COLUMNS` is needed. */
export function parseArguments(given: Readonly<Record<string, string>>): FlattenArguments {
  const needed = (name: string) => {
    const value = given[`--${name}`];
    if (!value) throw new Error(`flatten_hour: the argument --${name} is missing`);
    return value;
  };
  const hour = needed("HOUR");
  if (!isHour(hour)) throw new Error(`flatten_hour: --HOUR "${hour}" is not an hour; write it as 2026-11-20T10 (UTC)`);
  const tables = needed("TABLES").split(",");
  const wrong = tables.find((table) => !isTableName(table));
  if (wrong !== undefined) throw new Error(`flatten_hour: --TABLES names "${wrong}", which is not a Glue table name`);
  return {
    bucket: needed("BUCKET"),
    hour,
    tables,
    rawPrefix: needed("RAW_PREFIX"),
    parquetPrefix: needed("PARQUET_PREFIX"),
    ledgerPrefix: needed("LEDGER_PREFIX"),
    columns: parseColumns(given["--COLUMNS"] ?? "{}"),
  };
}

function parseColumns(text: string): FlattenArguments["columns"] {
  let columns: FlattenArguments["columns"];
  try {
    columns = JSON.parse(text) as FlattenArguments["columns"];
  } catch (cause) {
    throw new Error("flatten_hour: --COLUMNS is not JSON", { cause });
  }
  for (const [table, declared] of Object.entries(columns)) {
    const [problem] = checkColumns(declared);
    if (problem) throw new Error(`flatten_hour: --COLUMNS of table "${table}": ${problem}`);
  }
  return columns;
}

/** Runs it as the job's role. Tables without raw objects in the hour are left as they are. */
export async function runFlattenJob(
  cloud: CloudContext,
  role: Principal,
  job: FlattenArguments,
  engine: FlattenEngine,
): Promise<void> {
  for (const table of job.tables) await flattenTable(cloud, role, job, table, engine);
}

async function flattenTable(
  cloud: CloudContext,
  role: Principal,
  job: FlattenArguments,
  table: string,
  engine: FlattenEngine,
): Promise<void> {
  const objects = objectsAs(cloud, role);
  const partition = `${table}/${partitionPath(job.hour)}/`;
  const keys = (await objects.list(job.bucket, `${job.rawPrefix}${partition}`)).map((object) => object.key);
  if (keys.length === 0) return;
  const paths = objects.open(job.bucket, keys);
  mkdirSync(path.join(cloud.dataDir, "tmp"), { recursive: true });
  const declared = Object.hasOwn(job.columns, table) ? job.columns[table] : undefined;
  const tableColumns = declared ? undefined : await readColumns(cloud, role, job, table);
  const workDir = mkdtempSync(path.join(cloud.dataDir, "tmp", "flatten-"));
  try {
    const { report, files } = await engine.flatten({
      job,
      table,
      objects: keys.map((key, index) => ({ key, path: paths[index] as string })),
      columns: declared,
      tableColumns,
      workDir,
    });
    await putReport(cloud, role, job, table, JOB_STARTED);
    await replacePartition(cloud, role, job, partition, files);
    await putReport(cloud, role, job, table, JSON.stringify(report satisfies HourReport));
  } finally {
    rmSync(workDir, { recursive: true, force: true });
  }
}

/** What the table has from its other hours, where it has any. */
async function readColumns(
  cloud: CloudContext,
  role: Principal,
  job: FlattenArguments,
  table: string,
): Promise<readonly Column[]> {
  const key = tableColumnsKey(job.ledgerPrefix, table);
  try {
    const found = await cloud.call(role, "s3", "GetObject", { Bucket: job.bucket, Key: key });
    return readTableColumns(key, (found as { Body: Uint8Array }).Body).columns;
  } catch (error) {
    if ((error as { code?: string }).code === "NoSuchKey") return [];
    throw error;
  }
}

/** New objects take the place of the last run's; what else lies in the partition goes after them. */
async function replacePartition(
  cloud: CloudContext,
  role: Principal,
  job: FlattenArguments,
  partition: string,
  files: readonly string[],
): Promise<void> {
  const folder = `${job.parquetPrefix}${partition}`;
  const keys = new Set<string>();
  for (const [index, file] of files.entries()) {
    const key = `${folder}part-${String(index).padStart(5, "0")}.zstd.parquet`;
    await (cloud.service("s3") as S3Service).adoptFile(role, job.bucket, key, file);
    keys.add(key);
  }
  for (const other of await objectsAs(cloud, role).list(job.bucket, folder)) {
    if (!keys.has(other.key)) await cloud.call(role, "s3", "DeleteObject", { Bucket: job.bucket, Key: other.key });
  }
}

async function putReport(
  cloud: CloudContext,
  role: Principal,
  job: FlattenArguments,
  table: string,
  report: string,
): Promise<void> {
  await cloud.call(role, "s3", "PutObject", {
    Bucket: job.bucket,
    Key: jobReportKey(job.ledgerPrefix, table, job.hour),
    Body: Buffer.from(report),
    ContentType: "application/json",
  });
}
