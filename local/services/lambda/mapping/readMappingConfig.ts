/** Reads the inputs of an event source mapping, with AWS's defaults and bounds. */
import { MAX_EVENT_BYTES, type MappingConfig, type StartingPosition } from "./mappingConfig";

export interface MappingSettings {
  readonly config: MappingConfig;
  readonly streamArn: string;
  /** A function's name or ARN. */
  readonly functionName: string;
  /** The bucket for discarded batches. @default none */
  readonly failureBucket?: string;
  /** The topic for the metadata of discarded batches, instead of a bucket. @default none */
  readonly failureTopic?: string;
  readonly isEnabled: boolean;
  /** True if the mapping publishes the metrics of `EventCount`. */
  readonly countsEvents: boolean;
}

type Inputs = Readonly<Record<string, unknown>>;

/**
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html
 *
 * @throws Error that names the wrong value and the correct ones
 */
export function readMappingSettings(logicalName: string, inputs: Inputs): MappingSettings {
  const refuse = (problem: string): never => {
    throw new Error(`local/lambda: event source mapping "${logicalName}": ${problem}`);
  };
  const number = (property: string, fallback: number, lowest: number, highest: number) => {
    const value = inputs[property] ?? fallback;
    const isFit = typeof value === "number" && Number.isInteger(value) && value >= lowest && value <= highest;
    return isFit
      ? value
      : refuse(`${property} is ${JSON.stringify(value)}; use a whole number from ${lowest} to ${highest}`);
  };
  const streamArn = String(inputs.eventSourceArn);
  if (!/^arn:aws:kinesis:[^:]+:\d{12}:stream\/[^/]+$/.test(streamArn)) {
    refuse(`eventSourceArn "${streamArn}" is not simulated; only Kinesis streams are, see docs/fidelity.md`);
  }
  const types = (inputs.functionResponseTypes ?? []) as string[];
  const strange = types.find((type) => type !== "ReportBatchItemFailures");
  if (strange !== undefined) refuse(`functionResponseTypes holds "${strange}"; only "ReportBatchItemFailures" exists`);
  const age = number("maximumRecordAgeInSeconds", -1, -1, 604_800);
  if (age >= 0 && age < 60) refuse(`maximumRecordAgeInSeconds is ${age}; use -1 or 60 to 604800`);
  return {
    streamArn,
    functionName: String(inputs.functionName),
    ...readFailureDestination(inputs, refuse),
    isEnabled: inputs.enabled !== false,
    countsEvents: readMetrics(inputs, refuse).includes("EventCount"),
    config: {
      batchSize: number("batchSize", 100, 1, 10_000),
      windowMillis: 1000 * number("maximumBatchingWindowInSeconds", 0, 0, 300),
      maxEventBytes: MAX_EVENT_BYTES,
      parallelizationFactor: number("parallelizationFactor", 1, 1, 10),
      bisect: inputs.bisectBatchOnFunctionError === true,
      retryAttempts: number("maximumRetryAttempts", -1, -1, 10_000),
      maxRecordAgeMillis: age < 0 ? -1 : age * 1000,
      reportsItemFailures: types.length > 0,
      startingPosition: readStartingPosition(inputs, refuse),
    },
  };
}

function readFailureDestination(
  inputs: Inputs,
  refuse: (problem: string) => never,
): Pick<MappingSettings, "failureBucket" | "failureTopic"> {
  const { onFailure } = (inputs.destinationConfig ?? {}) as { onFailure?: { destinationArn?: unknown } };
  if (onFailure?.destinationArn === undefined) return {};
  const arn = String(onFailure.destinationArn);
  const bucket = /^arn:aws:s3:::([^/]+)$/.exec(arn)?.[1];
  if (bucket !== undefined) return { failureBucket: bucket };
  if (/^arn:aws:sns:[^:]+:\d{12}:[^:]+$/.test(arn)) return { failureTopic: arn };
  return refuse(
    `the on-failure destination ${arn} is not simulated; only buckets and topics are, see docs/fidelity.md`,
  );
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingMetricsConfig.html: the others are those of Kafka. */
function readMetrics(inputs: Inputs, refuse: (problem: string) => never): readonly string[] {
  const { metrics = [] } = (inputs.metricsConfig ?? {}) as { metrics?: readonly string[] };
  const other = metrics.find((metric) => metric !== "EventCount");
  return other === undefined ? metrics : refuse(`metricsConfig holds "${other}"; a stream has only "EventCount"`);
}

function readStartingPosition(inputs: Inputs, refuse: (problem: string) => never): StartingPosition {
  const type = inputs.startingPosition;
  if (type === "TRIM_HORIZON" || type === "LATEST") return { type };
  const timestamp = Date.parse(String(inputs.startingPositionTimestamp));
  if (type === "AT_TIMESTAMP" && !Number.isNaN(timestamp)) return { type, timestamp };
  return refuse(
    `startingPosition ${JSON.stringify(type)} is not one; use "TRIM_HORIZON", "LATEST", or "AT_TIMESTAMP" with startingPositionTimestamp`,
  );
}
