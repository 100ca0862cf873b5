/** The settings of an event source mapping in the shape of Lambda's API. https://docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingConfiguration.html */
import type { MappingSettings } from "./readMappingConfig";

export interface MappingConfiguration {
  readonly UUID: string;
  readonly EventSourceArn: string;
  readonly FunctionArn: string;
  readonly State: "Enabled" | "Disabled";
  readonly [field: string]: unknown;
}

interface MadeMapping {
  readonly id: string;
  readonly arn: string;
  readonly functionArn: string;
  readonly modifiedMillis: number;
}

/** Times are seconds since the epoch. */
export function describeMapping(
  { id, arn, functionArn, modifiedMillis }: MadeMapping,
  { config, streamArn, failureBucket, failureTopic, isEnabled, countsEvents }: MappingSettings,
): MappingConfiguration {
  const { startingPosition, maxRecordAgeMillis } = config;
  const destination = failureBucket === undefined ? failureTopic : `arn:aws:s3:::${failureBucket}`;
  return {
    UUID: id,
    EventSourceMappingArn: arn,
    EventSourceArn: streamArn,
    FunctionArn: functionArn,
    State: isEnabled ? "Enabled" : "Disabled",
    StateTransitionReason: "User action",
    LastModified: modifiedMillis / 1000,
    StartingPosition: startingPosition.type,
    ...(startingPosition.type === "AT_TIMESTAMP" && { StartingPositionTimestamp: startingPosition.timestamp / 1000 }),
    BatchSize: config.batchSize,
    MaximumBatchingWindowInSeconds: config.windowMillis / 1000,
    ParallelizationFactor: config.parallelizationFactor,
    BisectBatchOnFunctionError: config.bisect,
    MaximumRetryAttempts: config.retryAttempts,
    MaximumRecordAgeInSeconds: maxRecordAgeMillis < 0 ? -1 : maxRecordAgeMillis / 1000,
    TumblingWindowInSeconds: 0,
    FunctionResponseTypes: config.reportsItemFailures ? ["ReportBatchItemFailures"] : [],
    ...(countsEvents && { MetricsConfig: { Metrics: ["EventCount"] } }),
    DestinationConfig: { OnFailure: destination === undefined ? {} : { Destination: destination } },
  };
}
