/** Runs the flatten job once: for each table, reads the hour's raw objects and writes Parquet objects and a report. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import type { Column } from "../../../lake/columns";
import { partitionPath } from "../../../lake/hour";
import { JOB_STARTED, jobReportKey } from "../../../lake/hourly/ledger";
import { readTableColumns, tableColumnsKey } from "../../../lake/hourly/widening";
import { objectsAs } from "../../catalog/objects";
import type { Principal } from "../../cloud/iam/principal";
import type { CloudContext } from "../../cloud/service";
import type { FlattenArguments } from "../../flatten/flattenArguments";
import type { FlattenEngine } from "../../flatten/flattenEngine";
import type { HourReport } from "../../flatten/flattenHour";
import type { OnStep } from "../../workStep";
import type { S3Service } from "../s3/service";
import type { TableEffect } from "./glueRun";

/** Runs the job as its role, and reports each table that it has flattened. Tables without raw objects in the hour do not change. */
export async function runFlattenJob(
  cloud: CloudContext,
  role: Principal,
  job: FlattenArguments,
  engine: FlattenEngine,
  { onStep, onEffect }: { readonly onStep: OnStep; readonly onEffect: (effect: TableEffect) => void },
): Promise<void> {
  for (const table of job.tables) {
    const ofTable: OnStep = ({ what, ...bytes }) => onStep({ what: `${what} of ${table}`, ...bytes });
    const effect = await flattenTable(cloud, role, job, table, engine, ofTable);
    if (effect) onEffect(effect);
  }
}

async function flattenTable(
  cloud: CloudContext,
  role: Principal,
  job: FlattenArguments,
  table: string,
  engine: FlattenEngine,
  onStep: OnStep,
): Promise<TableEffect | undefined> {
  const objects = objectsAs(cloud, role);
  const partition = `${table}/${partitionPath(job.hour)}/`;
  const keys = (await objects.list(job.bucket, `${job.rawPrefix}${partition}`)).map((object) => object.key);
  if (keys.length === 0) return undefined;
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
      onStep,
    });
    await putReport(cloud, role, job, table, JOB_STARTED);
    await replacePartition(cloud, role, job, partition, files);
    await putReport(cloud, role, job, table, JSON.stringify(report satisfies HourReport));
    return { kind: "flattened", table, rows: report.rows, objects: keys.length, files: files.length };
  } finally {
    rmSync(workDir, { recursive: true, force: true });
  }
}

/** The columns that the table has from its other hours; empty if there are none. */
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

/**
 * Replaces the partition's objects so that no row is there twice at any moment: what the first new object does not overwrite is
 * deleted before it is written. A partition of one object is replaced at once.
 */
async function replacePartition(
  cloud: CloudContext,
  role: Principal,
  job: FlattenArguments,
  partition: string,
  files: readonly string[],
): Promise<void> {
  const folder = `${job.parquetPrefix}${partition}`;
  const keyOf = (index: number) => `${folder}part-${String(index).padStart(5, "0")}.zstd.parquet`;
  for (const { key } of await objectsAs(cloud, role).list(job.bucket, folder)) {
    if (key !== keyOf(0)) await cloud.call(role, "s3", "DeleteObject", { Bucket: job.bucket, Key: key });
  }
  for (const [index, file] of files.entries()) {
    await (cloud.service("s3") as S3Service).adoptFile(role, job.bucket, keyOf(index), file);
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
