/** What a router is told: every setting of its event source mapping, its formats and the user's hooks. */
import type * as cloudwatch from "@pulumi/aws/cloudwatch";
import type * as lambda from "@pulumi/aws/lambda";
import type { FormatsConfig } from "../lake/formats";
import type { RouterHooks } from "../lake/hooks";
import type { AlarmsArgs } from "./alarm";
import type { DataLake } from "./dataLake";
import type { StreamFunctionTransform } from "./streamFunction";
import type { StreamIngest } from "./streamIngest";
import type { Transform } from "./transform";

export interface FormatRouterArgs {
  /** The stream whose records it routes. */
  stream: StreamIngest;
  /** The lake that rows land in. */
  lake: DataLake;
  /** Reads through this consumer of the stream (enhanced fan-out) instead of sharing its shards. @default none */
  consumer?: string;
  /**
   * The formats that are tried, each with its options.
   * @default JSON, NDJSON and CSV
   * @example formats: { json: {}, binary: sensorLayout }
   */
  formats?: FormatsConfig;
  /** The table of rows that no hook sends elsewhere, and of all that is unformatted. @default the lake's first table */
  table?: string;
  /**
   * Inline callbacks around each row: `transform(row)` gives the row to land, `accept(row)` true or why not, `table(row)`
   * the table. They travel in the package: what they use besides plain values, they `require` inside their body.
   * A hook that throws sends the record to `unformatted/`, reason `hook`.
   * @default none
   * @example hooks: { table: (row) => (row.kind === "order" ? "orders" : "records") }
   */
  hooks?: RouterHooks;
  /** Most records in one batch, 1 to 10000; a batch has at most 6 MB anyhow. @default `defaults.router.batchSize` (10000) */
  batchSize?: number;
  /** How long a batch is gathered, seconds, 0 to 300. @default `defaults.router.batchWindowSeconds` (60) */
  batchWindowSeconds?: number;
  /**
   * Batches at once of each shard, 1 to 10; order holds for each stream partition key. Not for records that a KPL
   * producer aggregated. @default `defaults.router.parallelizationFactor` (1)
   */
  parallelizationFactor?: number;
  /** Tries again of a failed batch, 0 to 10000, before it goes to the failed bucket. @default `defaults.router.retryAttempts` (10) */
  retryAttempts?: number;
  /**
   * Age at which a failed batch goes to the failed bucket, whatever tries are left, hours, 1 to 168; below the stream's
   * retention, or Kinesis drops the records first.
   * @default `defaults.router.maxRecordAgeHours` (24), or an hour below the stream's retention where that is less
   */
  maxRecordAgeHours?: number;
  /** Splits a failed batch in two, so that one record cannot hold up the rest. @default true */
  bisect?: boolean;
  /**
   * Where a new mapping starts: with the oldest record, with those that come, or at a time (`startingTimestamp`).
   * @default "TRIM_HORIZON"
   */
  startingPosition?: "TRIM_HORIZON" | "LATEST" | "AT_TIMESTAMP";
  /** The time to start at, RFC 3339. @default none: needed with "AT_TIMESTAMP" @example startingTimestamp: "2026-11-20T10:00:00Z" */
  startingTimestamp?: string;
  /**
   * Event filter patterns, JSON, at most 5; a record that matches none is dropped for good. A pattern on `data` drops all
   * that is not JSON, so it is refused unless JSON is the only format.
   * @default none
   * @example filters: ['{ "partitionKey": [{ "prefix": "eu-" }] }']
   */
  filters?: readonly string[];
  /** False stops reading; records wait in the stream. @default true */
  enabled?: boolean;
  /** PutObject calls at once in an invocation, 1 to 100. @default `defaults.router.concurrentWrites` (8) */
  concurrentWrites?: number;
  /** Memory, MiB, 128 to 10240; processor time grows with it. @default `defaults.router.memoryMebibytes` (1024) */
  memoryMebibytes?: number;
  /** Longest run for one batch, seconds, 1 to 900. @default `defaults.router.timeoutSeconds` (120) */
  timeoutSeconds?: number;
  /** How long logs are kept, days. @default `defaults.function.logRetentionDays` (30) */
  logRetentionDays?: number;
  /** Alarms on the age of records, function errors and failed batches. @default none */
  alarms?: AlarmsArgs;
  /** Changes to the raw resources, just before they are declared. @default none */
  transform?: FormatRouterTransform;
}

export interface FormatRouterTransform {
  function?: StreamFunctionTransform;
  mapping?: Transform<lambda.EventSourceMappingArgs>;
  alarm?: Transform<cloudwatch.MetricAlarmArgs>;
}
