/** What a function on a stream is told of its event source mapping: every setting, whatever the function does. */
import type { StreamIngest } from "../streamIngest";

/** The defaults are those of `defaults.router`, or of `defaults.alerts`. */
export interface StreamMappingArgs {
  /** The stream whose records it reads. */
  stream: StreamIngest;
  /** Reads through this consumer of the stream (enhanced fan-out) instead of sharing its shards. @default none */
  consumer?: string;
  /** Most records in one batch, 1 to 10000; a batch has at most 6 MB anyhow. @default 10000 */
  batchSize?: number;
  /** How long a batch is gathered, seconds, 0 to 300. @default 60; 10 for alerts */
  batchWindowSeconds?: number;
  /**
   * Batches at once of each shard, 1 to 10; order holds for each stream partition key. Not for records that a KPL
   * producer aggregated. @default 1
   */
  parallelizationFactor?: number;
  /** Tries again of a failed batch, 0 to 10000, before it is given up and goes to the on-failure destination. @default 10 */
  retryAttempts?: number;
  /**
   * Age at which a failed batch is given up, whatever tries are left, hours, 1 to 168; below the stream's
   * retention, or Kinesis drops the records first.
   * @default 24, or an hour below the stream's retention where that is less
   */
  maxRecordAgeHours?: number;
  /**
   * Splits a failed batch in two, so that one record cannot hold up the rest. Without it, each part in which a router takes a
   * batch of much compressed data (`limits.expansion` of its formats) uses up one of `retryAttempts`: give as many as a batch
   * may have parts, and those that failures need besides. @default true
   */
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
