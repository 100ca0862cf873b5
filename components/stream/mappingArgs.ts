/** The settings of an event source mapping, the same for every function on a stream, with their checks. */
import type { FormatsConfig } from "../../lake/formats";
import type { OnStream, StreamSource } from "../existing/stream";
import { choiceProblem, wholeNumberProblem } from "../parts/checks";

/** The defaults are those of `defaults.router`, `defaults.alerts` or `defaults.streamFunction`. */
export interface StreamMappingArgs {
  /**
   * The stream whose records it reads: a `StreamIngest`, an `aws.kinesis.Stream`, or `{ streamArn, … }` of one that
   * exists. docs/existing-resources.md lists what its owner grants.
   */
  stream: StreamSource;
  /**
   * Reads through this consumer of the stream (enhanced fan-out) instead of sharing its shards: one of `consumers` of a
   * `StreamIngest`, or of `consumerArns` of an existing stream.
   * @default none
   */
  consumer?: string;
  /** Maximum number of records in one batch, 1 to 10000; a batch also has at most 6 MB. @default 10000; 1000 for a `StreamFunction` */
  batchSize?: number;
  /** How long Lambda gathers a batch, seconds, 0 to 300. @default 60; 10 for alerts and for a `StreamFunction` */
  batchWindowSeconds?: number;
  /**
   * Concurrent batches of each shard, 1 to 10; records of one stream partition key stay in order. Not for records that
   * a KPL producer aggregated.
   * @default 1
   */
  parallelizationFactor?: number;
  /**
   * Retries of a failed batch, 0 to 10000, before Lambda discards it into the on-failure destination. A router takes a
   * batch of much compressed data in parts (`limits.expansion` of its formats): it answers each part but the last with
   * a partial response. AWS documents that a batch that is split uses up no retries, but only with `bisect`. As many
   * retries as `batchSize` make sure of it: each part has at least one record, so Lambda discards no record because of
   * parts, whatever it counts as a retry. A record on which the function itself fails holds up its shard until it is
   * `maxRecordAgeHours` old, and the alarm `iterator-age` goes off; with fewer retries Lambda discards it sooner.
   * https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html,
   * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
   * @default 10000; 10 for alerts and for a `StreamFunction`, which take each batch as a whole
   */
  retryAttempts?: number;
  /**
   * Age at which Lambda discards a record into the on-failure destination, hours, 1 to 168. The age counts from the
   * record's arrival in the stream. It also applies to records that were never tried, for example after a stop of the
   * mapping or of its function. It must be less than the stream's retention, because Kinesis drops older records
   * without a trace.
   * @default an hour less than the stream's `retentionHours`, at most 168
   */
  maxRecordAgeHours?: number;
  /**
   * Splits a failed batch in two, so that the records before one that fails are not held up. Splitting uses up no
   * retries (https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html). @default true
   */
  bisect?: boolean;
  /**
   * The starting position of a new mapping: the oldest record, new records only, or a time (`startingTimestamp`).
   * @default "TRIM_HORIZON"
   */
  startingPosition?: "TRIM_HORIZON" | "LATEST" | "AT_TIMESTAMP";
  /** The time to start at, RFC 3339. @default none: needed with "AT_TIMESTAMP" @example startingTimestamp: "2026-11-20T10:00:00Z" */
  startingTimestamp?: string;
  /**
   * Event filter patterns, JSON, at most 5; Lambda permanently drops a record that matches none. A pattern on `data`
   * drops every record that is not JSON, so it is refused unless JSON is the only format.
   * @default none
   * @example filters: ['{ "partitionKey": [{ "prefix": "eu-" }] }']
   */
  filters?: readonly string[];
  /** False stops reading; records wait in the stream. @default true */
  enabled?: boolean;
  /**
   * True publishes the mapping's own metrics, which count the records that Lambda discards, drops or filters out.
   * `PipelineAlarms` needs them for `failed-batches` and `dropped-records`. CloudWatch charges them as custom metrics.
   * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
   * @default true with `alarms`, false without
   */
  eventMetrics?: boolean;
}

/** @param formats the formats that the function decodes; a filter on data drops records that are not JSON */
export function streamMappingProblems(
  args: OnStream<StreamMappingArgs>,
  formats: FormatsConfig,
): (string | undefined)[] {
  return [...settingProblems(args), ...filterProblems(args.filters ?? [], formats)];
}

function settingProblems(args: OnStream<StreamMappingArgs>): (string | undefined)[] {
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

/** The retention of a resource of `@pulumi/aws` is an output; `streamMapping` checks it. */
function ageProblem({ maxRecordAgeHours, stream }: OnStream<StreamMappingArgs>): string | undefined {
  const { retentionHours } = stream;
  return typeof retentionHours === "number" ? ageOverRetention(maxRecordAgeHours, retentionHours) : undefined;
}

export function ageOverRetention(maxRecordAgeHours: number | undefined, retentionHours: number): string | undefined {
  if (maxRecordAgeHours === undefined || maxRecordAgeHours < retentionHours) return undefined;
  return `maxRecordAgeHours is ${maxRecordAgeHours}, but the stream keeps records for ${retentionHours} hours; use less: Kinesis drops older records before Lambda can keep them in the on-failure destination.`;
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
    return undefined; // JSON.parse throws SyntaxError only; the caller names the filter
  }
}
