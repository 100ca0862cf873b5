/** Describes the alarms of a function on a stream: on records that wait, on failures, and on what Lambda discards. */
import type * as lambda from "@pulumi/aws/lambda";
import * as pulumi from "@pulumi/pulumi";
import { defaults } from "../../lake/defaults";
import type { CallbackFunction } from "../callbackFunction";
import type { OnStream } from "../existing/stream";
import type { AlarmRoles, AlarmsArgs } from "../parts/alarm";
import { wholeNumberProblem } from "../parts/checks";
import { maxRecordAgeHours } from "./mapping";
import type { StreamMappingArgs } from "./mappingArgs";

export interface StreamAlarmsArgs extends AlarmsArgs {
  /**
   * Age of the oldest record of a batch, beyond the batch window, at which `iterator-age` goes off, minutes, 1 to 10080.
   * @default `defaults.router.alarms.iteratorAgeMinutes` (15)
   */
  iteratorAgeMinutes?: number;
}

export interface StreamAlarmsOptions {
  readonly handler: CallbackFunction;
  readonly mapping: lambda.EventSourceMapping;
  readonly batchWindowSeconds: number;
  readonly onFailure: FailureWords;
  /** True if the mapping publishes its own metrics. */
  readonly countsEvents: boolean;
}

/** The on-failure destination in the descriptions of alarms. */
export interface FailureWords {
  /** Ends "Lambda discarded records of x …". */
  readonly discarded: string;
  /** Ends "Lambda cannot …"; `%` stands for the component's name. */
  readonly undelivered: string;
}

const PERIOD_SECONDS = 300;
const MILLIS_PER_HOUR = 3_600_000;
/** Of the age at which Lambda discards records: half of it is left to act. */
const EXPIRING_SHARE = 0.5;

/** Goes off at the first one in a period. */
export const AT_ONCE = {
  statistic: "Sum",
  periodSeconds: PERIOD_SECONDS,
  periods: 1,
  threshold: 1,
  when: "at least",
  withoutData: "fine",
} as const;

/**
 * The Lambda developer guide lists Lambda's metrics in "Types of metrics for Lambda functions". `DroppedEventCount` and
 * `OnFailureDestinationDeliveredEventCount` have the mapping as their dimension, and exist only if it has the metrics
 * config `EventCount`. `DestinationDeliveryFailures` has the function as its dimension.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
export function streamAlarms(
  name: string,
  args: OnStream<StreamMappingArgs> & { alarms?: StreamAlarmsArgs },
  { handler, mapping, batchWindowSeconds, onFailure, countsEvents }: StreamAlarmsOptions,
): AlarmRoles {
  const ofFunction = { namespace: "AWS/Lambda", dimension: ["FunctionName", handler.nodes.function.name] } as const;
  const ofMapping = {
    namespace: "AWS/Lambda",
    dimension: ["EventSourceMappingUUID", mapping.uuid],
    ...(!countsEvents && { unpublished: "eventMetrics: true" }),
  } as const;
  const minutes = args.alarms?.iteratorAgeMinutes ?? defaults.router.alarms.iteratorAgeMinutes;
  const ageHours = pulumi.output(maxRecordAgeHours(name, args));
  const minutesBehind = (millis: pulumi.Input<number>) =>
    pulumi.output(millis).apply((each) => Math.round((each / 1000 - batchWindowSeconds) / 60));
  return {
    "iterator-age": {
      ...ofFunction,
      ...AT_ONCE,
      metricName: "IteratorAge",
      description: ({ threshold }) =>
        pulumi.interpolate`${name} is ${minutesBehind(threshold)} minutes behind; Lambda discards records after ${ageHours} hours`,
      statistic: "Maximum",
      periods: 3,
      threshold: (minutes * 60 + batchWindowSeconds) * 1000,
    },
    "expiring-records": {
      ...ofFunction,
      ...AT_ONCE,
      metricName: "IteratorAge",
      description: pulumi.interpolate`Records of ${name} wait so long that Lambda discards them soon: after ${ageHours} hours`,
      statistic: "Maximum",
      threshold: ageHours.apply((hours) => hours * EXPIRING_SHARE * MILLIS_PER_HOUR),
    },
    throttles: {
      ...ofFunction,
      ...AT_ONCE,
      metricName: "Throttles",
      periods: 3,
      description: `Lambda does not run ${name}, because its reserved concurrency or that of the account is used up; its batches wait`,
    },
    errors: {
      ...ofFunction,
      ...AT_ONCE,
      metricName: "Errors",
      periods: 3,
      description: `${name} fails, and Lambda retries its batches`,
    },
    "failed-batches": {
      ...ofMapping,
      ...AT_ONCE,
      metricName: "OnFailureDestinationDeliveredEventCount",
      description: `Lambda discarded records of ${name} ${onFailure.discarded}`,
    },
    "dropped-records": {
      ...ofMapping,
      ...AT_ONCE,
      metricName: "DroppedEventCount",
      description: `Lambda dropped records of ${name} and could not keep them; only the stream still has them`,
    },
    "failed-deliveries": {
      ...ofFunction,
      ...AT_ONCE,
      metricName: "DestinationDeliveryFailures",
      description: `Lambda cannot ${onFailure.undelivered.replace("%", name)}`,
    },
  };
}

export function streamAlarmsProblems({
  alarms,
  eventMetrics,
}: {
  readonly alarms?: StreamAlarmsArgs;
  readonly eventMetrics?: boolean;
}): (string | undefined)[] {
  if (!alarms) return [];
  const bounds = { min: 1, max: 10_080, unit: "minutes" };
  return [
    wholeNumberProblem("alarms.iteratorAgeMinutes", alarms.iteratorAgeMinutes, bounds),
    eventMetrics === false
      ? "eventMetrics is false, but alarms need these metrics; leave eventMetrics or alarms out."
      : undefined,
  ];
}
