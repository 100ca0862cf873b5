/**
 * The ledger of a delivery stream: its function transforms all records of the stream once more, and each row of theirs is in raw/ and
 * in its table, or in the Parquet that Firehose makes, or the record's bytes are in failed-deliveries/. docs/decisions/sink-ledgers.md tells what this proves.
 */
import { mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { tablesOfPrefix } from "../../../lake/delivery/keys";
import type { CloudContext } from "../../cloud/service";
import { type DuckDb, openDuckDb } from "../../duckdb/duckdb";
import { filesBelow, sqlFiles } from "../../duckdb/files";
import type { KinesisService } from "../../services/kinesis/service";
import type { LambdaService } from "../../services/lambda/service";
import type { S3Service } from "../../services/s3/service";
import { type Line, LineLoader, NULL } from "../lineLoader";
import { checkBackup } from "./backupLedger";
import { deliveredRows, failedDigests, filesOfTables, folderOf, idsIn, unconvertedIds } from "./deliveredFiles";
import { deliveredTables, isConverted, keyOf, tableOfKey } from "./deliveredTables";
import { type DeliveredView, loadView, rowsInView } from "./deliveredView";
import { deliveryPass } from "./deliveryPass";
import { Findings, type SinkLedger } from "./sinkLedger";

export interface DeliverySources {
  /** The physical name. */
  readonly deliveryStream: string;
  readonly deliveryStreamArn: string;
  readonly functionArn: string;
  readonly stream: string;
  readonly streamArn: string;
  readonly bucket: string;
  /** The declared prefix of delivered objects, with its expressions. */
  readonly prefix: string;
  /** The folder of failed records, without expressions. */
  readonly failedFolder: string;
  readonly backup: { readonly bucket: string; readonly folder: string } | undefined;
  /** The prefix of the tables to which a job flattens the lake's rows; undefined without a job. */
  readonly flattenedPrefix: string | undefined;
  /** The view of Parquet that Firehose writes; undefined if it writes lines. */
  readonly view: DeliveredView | undefined;
}

const BUCKET = "aws:s3/bucket:Bucket";
const EXAMPLES = 1000;

const COLUMNS = {
  records: "position VARCHAR, digest VARCHAR, result VARCHAR, places VARCHAR, folder VARCHAR",
  delivered: "id VARCHAR, folder VARCHAR",
  failed: "digest VARCHAR",
  unconverted: "id VARCHAR",
} as const;

/** The rows that the second pass makes: those of its answers, and those that its function writes to a bucket itself. */
const MADE = `CREATE TABLE made AS
  SELECT position, position || '.' || unnest(string_split(places, ',')) AS id, folder FROM records WHERE places IS NOT NULL
  UNION SELECT regexp_extract(id, '^(.*)[.][0-9]+$', 1), id, folder FROM landed`;

/** The ids of rows that no record of the pass makes; a record that the pass has no answer for may make any. */
const strangeIn = (ids: string) => `SELECT id FROM ${ids} ANTI JOIN made USING (id)
  WHERE regexp_extract(id, '^(.*)[.][0-9]+$', 1) NOT IN (SELECT position FROM records WHERE result = 'Unknown')`;

const UNKNOWN =
  "records in batches on which the function fails, behind many that it fails on alone, are not asked for alone";

/**
 * Each row of a result is a wrong identity.
 *
 * @param place the place of delivered rows
 */
const checksOf = (place: string) => [
  {
    what: `rows are neither in ${place} nor, as their record, in failed-deliveries/`,
    // A line of failed bytes stands for one record, and first for those that are not transformed.
    sql: `WITH lost AS (SELECT id, digest, dense_rank() OVER (PARTITION BY digest ORDER BY position) AS place
        FROM made JOIN records USING (position) ANTI JOIN delivered_ids USING (id) ANTI JOIN unconverted USING (id)),
      kept AS (SELECT digest, count(*) AS times FROM failed GROUP BY digest),
      refused AS (SELECT digest, count(*) AS wanted FROM records WHERE result = 'ProcessingFailed' GROUP BY digest)
      SELECT id FROM lost LEFT JOIN kept USING (digest) LEFT JOIN refused USING (digest)
      WHERE place > coalesce(times, 0) - coalesce(wanted, 0)`,
  },
  {
    what: `rows in ${place} are of no record`,
    sql: strangeIn("delivered_ids"),
  },
  {
    what: `rows in ${place} are in another table or hour than their record's`,
    sql: "SELECT DISTINCT id FROM delivered JOIN made USING (id) WHERE delivered.folder <> made.folder",
  },
  {
    what: "rows in failed-deliveries/ are of no record",
    sql: strangeIn("unconverted"),
  },
  {
    what: "records that are not transformed are missing in failed-deliveries/",
    sql: `SELECT any_value(position) AS id FROM (SELECT digest, position, count(*) OVER (PARTITION BY digest) AS wanted
        FROM records WHERE result = 'ProcessingFailed')
      LEFT JOIN (SELECT digest, count(*) AS times FROM failed GROUP BY digest) USING (digest)
      WHERE coalesce(times, 0) < wanted GROUP BY digest`,
  },
  {
    what: "bytes in failed-deliveries/ are of no record",
    sql: "SELECT digest AS id FROM failed ANTI JOIN records USING (digest)",
  },
];

const TABLE_CHECKS = [
  {
    what: "rows of raw/ are missing in their table",
    sql: "SELECT DISTINCT id FROM delivered ANTI JOIN table_ids USING (id, folder)",
  },
  {
    what: "rows of a table are not in raw/",
    sql: "SELECT DISTINCT id FROM table_ids ANTI JOIN delivered USING (id, folder)",
  },
  { what: "rows are in a table more than once", sql: "SELECT id FROM table_ids GROUP BY id HAVING count(*) > 1" },
] as const;

const COUNTS = `SELECT
  (SELECT count(DISTINCT regexp_extract(position, '^(.*)/', 1)) FROM records) AS records,
  (SELECT count(*) FROM delivered_ids) AS rows,
  (SELECT count(*) FROM delivered) - (SELECT count(*) FROM delivered_ids) AS repeated,
  (SELECT count(*) FROM failed) AS failed,
  (SELECT count(DISTINCT id) FROM unconverted) AS unconverted,
  (SELECT count(*) FROM records ANTI JOIN made USING (position) WHERE result = 'Dropped') AS left_out`;

const REPEATED = "SELECT id FROM delivered GROUP BY id HAVING count(*) > 1";

export interface DeliveryRun {
  /** The directory of the run. */
  readonly dataDir: string;
  readonly nowMillis: number;
  /** Called with the number of records that were transformed since its last call. */
  readonly onRecords?: (count: number) => void;
}

export async function readDeliveryLedger(
  cloud: Pick<CloudContext, "service">,
  delivery: DeliverySources,
  { dataDir, nowMillis, onRecords = () => undefined }: DeliveryRun,
): Promise<SinkLedger> {
  const logs = (cloud.service("kinesis") as KinesisService).shardLogs(delivery.stream);
  const s3 = cloud.service("s3") as S3Service;
  const findings = new Findings();
  const repeated = new Findings();
  const unchecked = new Findings();
  const scratch = mkdtempSync(path.join(dataDir, "ledger-"));
  try {
    const db = await openDuckDb({ databasePath: path.join(scratch, "ledger.duckdb"), memoryMebibytes: 160 });
    try {
      const loader = new LineLoader(db, scratch);
      await loadPass(cloud, delivery, { db, loader, scratch, logs, onRecords });
      const lakeDir = s3.bucketDir(delivery.bucket);
      // Firehose may have delivered nothing to a table of rows that the function has written itself.
      const made = await db.rows("SELECT DISTINCT split_part(folder, '/', 1) AS name FROM made");
      // Other lakes of the bucket may have tables of the same names.
      const tablesDir = path.join(lakeDir, tablesOfPrefix(delivery.prefix).root);
      const tables = new Set([
        ...deliveredTables(tablesDir, delivery.deliveryStream),
        ...made.map(({ name }) => String(name)),
      ]);
      const converted = new Set([...tables].filter(isConverted));
      const files = filesOfTables(tablesDir, tables, ".ndjson.gz");
      const parquet = filesOfTables(tablesDir, converted, ".parquet");
      const { flattenedPrefix } = delivery;
      const flattened =
        flattenedPrefix === undefined ? [] : filesOfTables(path.join(lakeDir, flattenedPrefix), tables, ".parquet");
      await loader.load("delivered", COLUMNS.delivered, deliveredRows(files));
      if (parquet.length > 0) await db.run(`INSERT INTO delivered ${idsIn(parquet)}`);
      const failedFolder = path.join(lakeDir, delivery.failedFolder);
      await loader.load("failed", COLUMNS.failed, failedDigests(failedFolder));
      await loader.load("unconverted", COLUMNS.unconverted, unconvertedIds(failedFolder));
      await db.run("CREATE TABLE delivered_ids AS SELECT DISTINCT id FROM delivered");
      const checks: { what: string; sql: string }[] = checksOf(converted.size > 0 ? "the delivered Parquet" : "raw/");
      if (flattenedPrefix !== undefined && converted.size === 0) {
        await loadTables(db, flattened);
        checks.push(...TABLE_CHECKS);
      }
      const { view } = delivery;
      if (view) checks.push(...(await loadView(view, loader, { dataDir, nowMillis })));
      for (const { what, sql } of checks) await addWrong(db, sql, findings, what);
      await addWrong(db, "SELECT position AS id FROM records WHERE result = 'Unknown'", unchecked, UNKNOWN);
      await addWrong(db, REPEATED, repeated, "rows are delivered more than once");
      const [counts = {}] = await db.rows(COUNTS);
      const { backup } = delivery;
      const backedUp =
        backup && (await checkBackup(path.join(s3.bucketDir(backup.bucket), backup.folder), logs, findings, unchecked));
      return {
        kind: "DeliveryStream",
        resource: delivery.deliveryStream,
        stream: delivery.stream,
        counts: {
          records: Number(counts.records),
          rows: Number(counts.rows),
          leftOut: Number(counts.left_out),
          failed: Number(counts.failed),
          ...(Number(counts.unconverted) > 0 && { unconverted: Number(counts.unconverted) }),
          repeated: Number(counts.repeated),
          ...(view && { inView: await rowsInView(db) }),
          ...(backedUp !== undefined && { backedUp }),
        },
        balanced: findings.all().length === 0 && (backup === undefined || backedUp !== undefined),
        findings: findings.all(),
        unchecked: unchecked.all(),
        objects: files.length + parquet.length,
        tables: await tablesOf(db, tables, converted.size > 0 ? parquet : flattened),
        repeated: repeated.all(),
      };
    } finally {
      db.close();
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function addWrong(db: DuckDb, sql: string, findings: Findings, what: string): Promise<void> {
  const [counted] = await db.rows(`SELECT count(*) AS count FROM (${sql})`);
  const rows = await db.rows(`${sql} ORDER BY id LIMIT ${EXAMPLES}`);
  findings.addMany(
    what,
    Number(counted?.count),
    rows.map(({ id }) => String(id)),
  );
}

interface Passing {
  readonly db: DuckDb;
  readonly loader: LineLoader;
  readonly scratch: string;
  readonly logs: readonly { readonly shard: string; readonly path: string }[];
  readonly onRecords: (count: number) => void;
}

/** Rows that do not fit into an answer are written by the function itself; here, to a bucket of the ledger. */
async function loadPass(
  cloud: Pick<CloudContext, "service">,
  { functionArn, streamArn, deliveryStreamArn, bucket, prefix }: DeliverySources,
  { db, loader, scratch, logs, onRecords }: Passing,
): Promise<void> {
  const lambda = cloud.service("lambda") as LambdaService;
  const s3 = cloud.service("s3") as S3Service;
  const resource = s3.resources[BUCKET];
  const name = `${bucket.slice(0, 50)}-ledger`;
  const declared = { type: BUCKET, name, inputs: { bucket: name, forceDestroy: true } };
  await resource?.create(declared);
  const logPath = path.join(scratch, "transform.log");
  const pass = lambda.openPass(functionArn, { streamArn, variables: { LAKE_BUCKET: name }, logPath });
  try {
    const passed = deliveryPass(pass, logs, deliveryStreamArn);
    await loader.load("records", COLUMNS.records, recordLines(passed, prefix, onRecords));
    await loader.load("landed", COLUMNS.delivered, deliveredRows(filesBelow(s3.bucketDir(name), ".ndjson.gz")));
    await db.run(MADE);
  } finally {
    await pass.stop();
    await resource?.delete(name, declared);
  }
}

async function* recordLines(
  passed: ReturnType<typeof deliveryPass>,
  prefix: string,
  onRecords: (count: number) => void,
): AsyncGenerator<Line> {
  for await (const some of passed) {
    onRecords(some.length);
    yield some
      .map(({ position, digest, result, places, partitionKeys }) => {
        const folder = folderOf(prefix.replace(EXPRESSION, (whole, name) => partitionKeys[name] ?? whole));
        const made = places.length === 0 ? [NULL, NULL] : [places.join(","), folder];
        return `${[position, digest, result, ...made].join("\t")}\n`;
      })
      .join("");
  }
}

const EXPRESSION = /!\{partitionKeyFromLambda:(\w+)\}/g;

/** The rows and Parquet files of each table. */
async function tablesOf(db: DuckDb, tables: ReadonlySet<string>, parquet: readonly string[]) {
  const all: [string, { rows: number; files: number }][] = [];
  for (const table of [...tables].sort()) {
    const files = parquet.filter((file) => tableOfKey(keyOf("/", file)) === table);
    const [counted] =
      files.length === 0 ? [] : await db.rows(`SELECT count(*) AS rows FROM read_parquet(${sqlFiles(files)})`);
    all.push([table, { rows: Number(counted?.rows ?? 0), files: files.length }]);
  }
  return Object.fromEntries(all);
}

async function loadTables(db: DuckDb, files: readonly string[]): Promise<void> {
  if (files.length === 0) await db.run("CREATE TABLE table_ids (id VARCHAR, folder VARCHAR)");
  else await db.run(`CREATE TABLE table_ids AS ${idsIn(files)}`);
}
