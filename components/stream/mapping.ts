/** Declares the event source mapping from a stream to a function, so that no record is lost silently. */
import * as lambda from "@pulumi/aws/lambda";
import * as pulumi from "@pulumi/pulumi";
import type { CallbackFunction } from "../callbackFunction";
import type { OnStream } from "../existing/stream";
import { type Transform, transformed } from "../parts/transform";
import { ageOverRetention, type StreamMappingArgs } from "./mappingArgs";

/** The values of settings that are not given as arguments. */
export interface StreamMappingDefaults {
  readonly batchSize: number;
  readonly batchWindowSeconds: number;
  readonly parallelizationFactor: number;
  readonly retryAttempts: number;
}

export interface StreamMappingOptions {
  readonly parent: pulumi.Resource;
  readonly handler: CallbackFunction;
  readonly defaults: StreamMappingDefaults;
  /** ARN of a bucket, which receives whole events, or of a topic, which receives only their positions in the stream. */
  readonly onFailureArn: pulumi.Input<string>;
  /** True publishes the mapping's own metrics, which cost. */
  readonly countsEvents: boolean;
  readonly transform?: Transform<lambda.EventSourceMappingArgs>;
}

export function streamMapping(
  logicalName: string,
  args: OnStream<StreamMappingArgs>,
  options: StreamMappingOptions,
): lambda.EventSourceMapping {
  const { stream, consumer } = args;
  const { parent, handler, defaults } = options;
  return new lambda.EventSourceMapping(
    ...transformed<lambda.EventSourceMappingArgs>(
      options.transform,
      logicalName,
      {
        eventSourceArn: consumer === undefined ? stream.streamArn : stream.consumerArn(consumer),
        functionName: handler.nodes.function.arn,
        startingPosition: args.startingPosition ?? "TRIM_HORIZON",
        startingPositionTimestamp: args.startingTimestamp,
        batchSize: args.batchSize ?? defaults.batchSize,
        maximumBatchingWindowInSeconds: args.batchWindowSeconds ?? defaults.batchWindowSeconds,
        parallelizationFactor: args.parallelizationFactor ?? defaults.parallelizationFactor,
        maximumRetryAttempts: args.retryAttempts ?? defaults.retryAttempts,
        maximumRecordAgeInSeconds: pulumi.output(maxRecordAgeHours(logicalName, args)).apply((hours) => hours * 3600),
        bisectBatchOnFunctionError: args.bisect ?? true,
        functionResponseTypes: ["ReportBatchItemFailures"],
        destinationConfig: { onFailure: { destinationArn: options.onFailureArn } },
        filterCriteria: args.filters?.length ? { filters: args.filters.map((pattern) => ({ pattern })) } : undefined,
        metricsConfig: options.countsEvents ? { metrics: ["EventCount"] } : undefined,
        enabled: args.enabled ?? true,
      },
      // Lambda checks the role's access to stream and destination when it creates the mapping.
      { parent, dependsOn: [handler.nodes.policy] },
    ),
  );
}

const HOURS_PER_WEEK = 168;

/**
 * Returns the argument, or an hour less than the stream's retention, at most a week (Lambda's maximum). Lambda can then
 * still read a record that it discards, and keep it in the on-failure destination; Kinesis drops records without a
 * trace.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html
 */
export function maxRecordAgeHours(who: string, args: OnStream<StreamMappingArgs>): pulumi.Input<number> {
  const { maxRecordAgeHours, stream } = args;
  const ageOf = (retentionHours: number) => maxRecordAgeHours ?? Math.min(HOURS_PER_WEEK, retentionHours - 1);
  if (typeof stream.retentionHours === "number") return ageOf(stream.retentionHours);
  return pulumi.output(stream.retentionHours).apply((retentionHours) => {
    const problem = ageOverRetention(maxRecordAgeHours, retentionHours);
    if (problem !== undefined) throw new pulumi.RunError(`${who}: ${problem}`);
    return ageOf(retentionHours);
  });
}
