/** What a function on a stream is told of its event source mapping: every setting, whatever the function does. */
import type { StreamIngest } from "./streamIngest";

export interface StreamMappingArgs {
  /** The stream whose records it reads. */
  stream: StreamIngest;
  /** Reads through this consumer of the stream (enhanced fan-out) instead of sharing its shards. @default none */
  consumer?: string;
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
}
