/** The steps of a local run, one function each: send, run the hourly step, read the ledger and catalog, run SQL. */
import { defaults } from "../../lake/defaults";
import { tablesOfPrefix } from "../../lake/delivery/keys";
import { addHours, hourOf, startOf } from "../../lake/hour";
import { readLedger } from "../../local/ledger/ledger";
import { streamPositions } from "../../local/ledger/shardLogs";
import { deliveredFolders, folderOfKey } from "../../local/ledger/sinks/deliveredTables";
import type { DeliverySources } from "../../local/ledger/sinks/deliveryLedger";
import type { GlueService } from "../../local/services/glue/service";
import type { KinesisService } from "../../local/services/kinesis/service";
import type { LambdaService } from "../../local/services/lambda/service";
import type { S3Service } from "../../local/services/s3/service";
import type { LocalCloud } from "../../local/startLocal";
import type { WorkStep } from "../../local/workStep";
import { CommandError } from "../errors";
import { groups } from "../send/groups";
import { kinesisClient, putRecordsTo } from "../send/kinesisClient";
import type { OutgoingRecord } from "../send/outgoingRecord";
import { type Sent, sendRecords } from "../send/sendRecords";
import type { Io } from "../terminal/io";
import type { Progress } from "../terminal/progress";
import { counting } from "../terminal/wording";
import { type QueryResult, runQuery, withoutTable } from "./athena";
import { explainQuery } from "./explainQuery";
import { interruptible } from "./interruptible";
import type { RouteLedger } from "./ledgers";
import type { TableColumn, Workflow } from "./report";
import { databases, flattenJobs, namedQueries, queryContext, type RoutedStream } from "./routes";
import { splitLakes } from "./splitLakes";
import { runOnWarehouse, type WarehouseTarget, warehousesOf } from "./warehouse";

const MINUTE = 60_000;
const CALLS_UNDER_WAY = 4;
const PUT_ATTEMPTS = 10;

/** A running program and the values that all steps share. */
export interface RunContext {
  readonly cloud: LocalCloud;
  readonly io: Io;
  readonly progress: Progress;
  readonly dataDir: string;
}

/** The maximum size of a record in the stream, stream partition key included. */
export async function maxRecordBytes({ cloud }: RunContext, StreamName: string): Promise<number> {
  const { StreamDescriptionSummary } = (await cloud.call("kinesis", "DescribeStreamSummary", { StreamName })) as {
    StreamDescriptionSummary: { MaxRecordSizeInKiB: number };
  };
  return StreamDescriptionSummary.MaxRecordSizeInKiB * 1024;
}

/** @param step the current step: records of generated data, bytes of files */
export async function send(
  { cloud, io, progress }: RunContext,
  stream: string,
  records: Iterable<OutgoingRecord> | AsyncIterable<OutgoingRecord>,
  step: (records: number) => string | WorkStep,
): Promise<Sent> {
  const client = kinesisClient({ AWS_REGION: cloud.region }, cloud.endpoint);
  let count = 0;
  const sending = () =>
    sendRecords(groups(records), putRecordsTo(client, stream), {
      clock: io.clock,
      random: io.random,
      signal: io.signal,
      maxAttempts: PUT_ATTEMPTS,
      callsUnderWay: CALLS_UNDER_WAY,
      onProgress: (sent) => {
        count = sent.records;
      },
    });
  try {
    return await progress.during(sending(), () => step(count));
  } finally {
    client.destroy();
  }
}

function prefixed(name: string, step: WorkStep | undefined): string | WorkStep {
  return step === undefined ? name : { ...step, what: `${name}: ${step.what}` };
}

/** Delivers all records to the functions that read the streams. */
export async function land(
  { cloud, io, progress }: RunContext,
  sentByStream: Readonly<Record<string, Sent>>,
): Promise<void> {
  const lambda = cloud.service("lambda") as LambdaService;
  await progress.during(interruptible(cloud.drain(), io.signal), () => {
    let [bytes, ofBytes] = [0, 0];
    for (const [stream, sent] of Object.entries(sentByStream)) {
      for (const delivered of lambda.deliveredBytes(stream)) {
        bytes += delivered;
        ofBytes += sent.bytes;
      }
    }
    return { what: "landing", bytes, ofBytes };
  });
}

/** Fires the schedules that are due after the end of the current hour. */
export async function runHourlyStep({ cloud, io, progress }: RunContext): Promise<Workflow[]> {
  const nextHour = startOf(addHours(hourOf(io.clock.now()), 1));
  const glue = cloud.service("glue") as GlueService;
  const fired = await progress.during(
    interruptible(cloud.fireSchedules(new Date(nextHour + defaults.hourly.minute * MINUTE)), io.signal),
    () => prefixed("hourly step", glue.step()),
  );
  return fired.map(({ name, status, executionArn, error, cause }) => ({
    name,
    ...(executionArn !== undefined && { machine: executionArn.split(":").at(-2) }),
    status,
    ...(error !== undefined && { error: cause === undefined ? error : `${error}: ${cause}` }),
  }));
}

/** The ledger of each route, without the tables of delivery streams, which have ledgers of their own. */
export async function ledgersOf(
  context: RunContext,
  routed: readonly RoutedStream[],
  deliveries: readonly Pick<DeliverySources, "bucket" | "prefix">[],
): Promise<RouteLedger[]> {
  const { cloud, io, progress, dataDir } = context;
  const routes = await splitLakes(context, routed);
  const s3 = cloud.service("s3") as S3Service;
  const kinesis = cloud.service("kinesis") as KinesisService;
  const ledgers: RouteLedger[] = [];
  for (const { stream, bucket, prefix, isOwnKey, functionNames, failedBuckets, isFlattened } of routes) {
    const ofLake = routes.filter((route) => route.bucket === bucket && route.prefix === prefix);
    const isOnly = ofLake.every((route) => route.stream === stream);
    const lakeDir = s3.bucketDir(bucket);
    const delivered = foldersOfDeliveries(lakeDir, deliveries, bucket, flattenJobs(cloud.resources));
    const isDelivered = (key: string) => delivered.has(folderOfKey(key) ?? "");
    const sources = {
      ...(!isOnly && { stream }),
      sent: streamPositions(stream, kinesis.shardLogs(stream)),
      lakeDir,
      ...((isOwnKey || delivered.size > 0) && {
        isOwnKey: (key: string) => (isOwnKey?.(key) ?? true) && !isDelivered(key),
      }),
      functionNames,
      failedDirs: failedBuckets.map((failed) => s3.bucketDir(failed)),
      isFlattened,
    };
    let step: WorkStep | undefined;
    const onStep = (next: WorkStep) => {
      step = next;
    };
    const name = routes.length > 1 ? `ledger of ${stream}` : "ledger";
    const reading = interruptible(readLedger(sources, dataDir, onStep), io.signal);
    const ledger = await progress.during(reading, () => prefixed(name, step));
    ledgers.push({ stream, bucket, ...(prefix !== undefined && { prefix }), routers: functionNames, ledger });
  }
  return ledgers;
}

/** The folders of the tables that delivery streams write, and of those that jobs make of them. */
function foldersOfDeliveries(
  lakeDir: string,
  deliveries: readonly Pick<DeliverySources, "bucket" | "prefix">[],
  bucket: string,
  jobs: ReturnType<typeof flattenJobs>,
): ReadonlySet<string> {
  // The function of a delivery stream may have written all rows of a table itself, under the keys of routers.
  const declared = deliveries.flatMap(({ bucket: of, prefix }) => {
    const { root, table } = tablesOfPrefix(prefix);
    return of === bucket && table !== undefined ? [`${root}${table}/`] : [];
  });
  const folders = [...deliveredFolders(lakeDir), ...declared];
  const flattened = jobs.flatMap(({ bucket: of, raw = "", parquet = "" }) =>
    folders.flatMap((folder) => (of === bucket && folder.startsWith(raw) ? parquet + folder.slice(raw.length) : [])),
  );
  return new Set([...folders, ...flattened]);
}

/** The columns of each table in the catalog, with the partition columns last. */
export async function catalogColumns(
  { cloud }: RunContext,
  tables: readonly string[],
): Promise<Record<string, TableColumn[]>> {
  const all: [string, TableColumn[]][] = [];
  for (const database of databases(cloud.resources)) all.push(...Object.entries(await allColumns(cloud, database)));
  return Object.fromEntries(all.filter(([table]) => tables.includes(table)));
}

async function allColumns(cloud: LocalCloud, database: string): Promise<Record<string, TableColumn[]>> {
  const { TableList } = (await cloud.call("glue", "GetTables", { DatabaseName: database })) as {
    TableList: GlueTable[];
  };
  return Object.fromEntries(
    TableList.map(({ Name, StorageDescriptor, PartitionKeys }) => [
      Name,
      [...(StorageDescriptor.Columns ?? []), ...(PartitionKeys ?? [])].map((column) => ({
        name: column.Name,
        type: column.Type ?? "string",
      })),
    ]),
  );
}

interface GlueColumn {
  readonly Name: string;
  readonly Type?: string;
}

interface GlueTable {
  readonly Name: string;
  readonly StorageDescriptor: { readonly Columns?: readonly GlueColumn[] };
  readonly PartitionKeys?: readonly GlueColumn[];
}

/** Runs the given queries, or else the named queries of the program. */
export async function answer(
  { cloud, io, progress }: RunContext,
  asked: readonly string[],
  tablesWithRows: ReadonlySet<string>,
): Promise<QueryResult[]> {
  const context = () => queryContext(cloud.resources, cloud.outputs);
  const queries = asked.length > 0 ? asked.map((sql) => ({ sql, ...context() })) : namedQueries(cloud.resources);
  const results: QueryResult[] = [];
  for (const { sql, ...where } of queries) {
    const step = `running query ${results.length + 1} of ${counting(queries.length, "query", "queries")}`;
    const call = (operation: string, input: object) => cloud.call("athena", operation, input);
    const result = await progress.during(runQuery(call, sql, where, io), () => step);
    if (asked.length > 0) results.push(await explained(cloud, result, where.database));
    else results.push(withoutTable(result, tablesWithRows));
  }
  return results;
}

/** The result with the way out in its error. */
async function explained(cloud: LocalCloud, result: QueryResult, database: string): Promise<QueryResult> {
  if (result.error === undefined) return result;
  return { ...result, error: explainQuery(result.error, result.sql, await allColumns(cloud, database)) };
}

/**
 * The only warehouse of the program.
 *
 * @throws CommandError for none, or several
 */
export function warehouseOf(resources: LocalCloud["resources"]): WarehouseTarget {
  const [target, ...others] = warehousesOf(resources);
  if (!target)
    throw new CommandError("streamlake local: --warehouse-query needs a Warehouse, and the program declares none");
  if (others.length === 0) return target;
  const names = [target, ...others].map(({ workgroup }) => workgroup).join(", ");
  throw new CommandError(
    `streamlake local: --warehouse-query needs one Warehouse, and the program declares several: ${names}; ask each by the Data API of --serve`,
  );
}

/** Runs SQL on the warehouse of the program. */
export async function askWarehouse(
  { cloud, io, progress }: RunContext,
  asked: readonly string[],
): Promise<QueryResult[]> {
  if (asked.length === 0) return [];
  const target = warehouseOf(cloud.resources);
  const call = (operation: string, input: object) => cloud.call("redshift-data", operation, input);
  const results: QueryResult[] = [];
  for (const sql of asked) {
    const step = `running query ${results.length + 1} of ${counting(asked.length, "query", "queries")} on the warehouse`;
    results.push(await progress.during(runOnWarehouse(call, sql, target, io), () => step));
  }
  return results;
}
