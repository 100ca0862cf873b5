/** What a function on a stream is told of its event source mapping: every setting, whatever the function does. */
import type { FormatsConfig } from "../../lake/formats";
import { choiceProblem, wholeNumberProblem } from "../parts/checks";
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
   * Age at which Lambda discards a record into the on-failure destination, hours, 1 to 168. It counts from the record's arrival
   * in the stream, and holds for records that were never tried, as after a stop of the mapping or of its function. It is less
   * than the stream's retention, because Kinesis drops older records without a trace.
   * @default an hour less than the stream's `retentionHours`, at most 168
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

/** @param formats those that the function decodes: a filter on data drops what is not JSON */
export function streamMappingProblems(args: StreamMappingArgs, formats: FormatsConfig): (string | undefined)[] {
  return [...settingProblems(args), ...filterProblems(args.filters ?? [], formats)];
}

function settingProblems(args: StreamMappingArgs): (string | undefined)[] {
  return [
    wholeNumberProblem("batchSize", args.batchSize, { min: 1, max: 10_000, unit: "records" }),
    wholeNumberProblem("batchWindowSeconds", args.batchWindowSeconds, { min: 0, max: 300, unit: "seconds" }),
    wholeNumberProblem("parallelizationFactor", args.parallelizationFactor, { min: 1, max: 10, unit: "batches" }),
    wholeNumberProblem("retryAttempts", args.retryAttempts, { min: 0, max: 10_000, unit: "tries" }),
    wholeNumberProblem("maxRecordAgeHours", args.maxRecordAgeHours, { min: 1, max: 168, unit: "hours" }),
    ageProblem(args),
    choiceProblem("startingPosition", args.startingPosition, ["TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"]),
    startProblem(args),
  ];
}

function ageProblem({ maxRecordAgeHours, stream }: StreamMappingArgs): string | undefined {
  if (maxRecordAgeHours === undefined || maxRecordAgeHours < stream.retentionHours) return undefined;
  return `maxRecordAgeHours is ${maxRecordAgeHours}, but the stream keeps records for ${stream.retentionHours} hours; use less: Kinesis drops older records before Lambda can keep them in the on-failure destination.`;
}

function startProblem({ startingPosition, startingTimestamp }: StreamMappingArgs): string | undefined {
  if (startingPosition === "AT_TIMESTAMP") {
    if (startingTimestamp !== undefined && !Number.isNaN(Date.parse(startingTimestamp))) return undefined;
    return `startingTimestamp is ${JSON.stringify(startingTimestamp)}; "AT_TIMESTAMP" needs a time as 2026-11-20T10:00:00Z.`;
  }
  if (startingTimestamp === undefined) return undefined;
  return `startingTimestamp is there without startingPosition "AT_TIMESTAMP".`;
}

function filterProblems(filters: readonly string[], formats: FormatsConfig): (string | undefined)[] {
  const others = Object.entries(formats).flatMap(([format, options]) =>
    options === undefined || format === "json" || format === "limits" ? [] : [format],
  );
  return [
    filters.length > 5 ? `filters has ${filters.length} patterns; a mapping takes at most 5.` : undefined,
    ...filters.map((pattern, index) => {
      const parsed = parsePattern(pattern);
      if (parsed === undefined) return `filter ${index + 1} is not a JSON object.`;
      if (!("data" in parsed) || others.length === 0) return undefined;
      return `filter ${index + 1} is on data, which drops every record that is not JSON, but ${others.join(", ")} is enabled; use the hook accept, or json as the only format.`;
    }),
  ];
}

function parsePattern(pattern: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(pattern);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined; // JSON.parse throws SyntaxError only; the caller says which filter it was
  }
}
