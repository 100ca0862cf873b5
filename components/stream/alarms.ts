/** Declares the alarms of a function on a stream: on records that wait, on failures, and on what Lambda discards. */
import type * as cloudwatch from "@pulumi/aws/cloudwatch";
import type * as lambda from "@pulumi/aws/lambda";
import * as pulumi from "@pulumi/pulumi";
import { defaults } from "../../lake/defaults";
import type { CallbackFunction } from "../callbackFunction";
import type { OnStream } from "../existing/stream";
import { type AlarmOptions, type AlarmsArgs, alarm } from "../parts/alarm";
import { wholeNumberProblem } from "../parts/checks";
import type { Transform } from "../parts/transform";
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
  readonly parent: pulumi.Resource;
  readonly handler: CallbackFunction;
  readonly mapping: lambda.EventSourceMapping;
  readonly batchWindowSeconds: number;
  readonly onFailure: FailureWords;
  readonly transform?: Transform<cloudwatch.MetricAlarmArgs>;
}

/** The on-failure destination in the descriptions of alarms. */
export interface FailureWords {
  /** Ends "Lambda discarded records of x …". */
  readonly discarded: string;
  /** Ends "Lambda cannot …"; `%` stands for the component's name. */
  readonly undelivered: string;
}

const PERIOD_SECONDS = 300;

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
  { parent, handler, mapping, batchWindowSeconds, onFailure, transform }: StreamAlarmsOptions,
): Record<string, cloudwatch.MetricAlarm> {
  const { alarms } = args;
  if (!alarms) return {};
  const declare = (role: string, options: AlarmOptions) =>
    [role, alarm(`${name}-alarm-${role}`, options, alarms, parent, transform)] as const;

  const ofFunction = { namespace: "AWS/Lambda", dimension: ["FunctionName", handler.nodes.function.name] } as const;
  const ofMapping = { namespace: "AWS/Lambda", dimension: ["EventSourceMappingUUID", mapping.uuid] } as const;
  const minutes = alarms.iteratorAgeMinutes ?? defaults.router.alarms.iteratorAgeMinutes;
  return Object.fromEntries([
    declare("iterator-age", {
      ...ofFunction,
      ...AT_ONCE,
      metricName: "IteratorAge",
      description: pulumi.interpolate`${name} is ${minutes} minutes behind; Lambda discards records after ${maxRecordAgeHours(name, args)} hours`,
      statistic: "Maximum",
      periods: 3,
      threshold: (minutes * 60 + batchWindowSeconds) * 1000,
    }),
    declare("errors", {
      ...ofFunction,
      ...AT_ONCE,
      metricName: "Errors",
      periods: 3,
      description: `${name} fails, and Lambda retries its batches`,
    }),
    declare("failed-batches", {
      ...ofMapping,
      ...AT_ONCE,
      metricName: "OnFailureDestinationDeliveredEventCount",
      description: `Lambda discarded records of ${name} ${onFailure.discarded}`,
    }),
    declare("dropped-records", {
      ...ofMapping,
      ...AT_ONCE,
      metricName: "DroppedEventCount",
      description: `Lambda dropped records of ${name} and could not keep them; only the stream still has them`,
    }),
    declare("failed-deliveries", {
      ...ofFunction,
      ...AT_ONCE,
      metricName: "DestinationDeliveryFailures",
      description: `Lambda cannot ${onFailure.undelivered.replace("%", name)}`,
    }),
  ]);
}

export function streamAlarmsProblems(alarms: StreamAlarmsArgs | undefined): (string | undefined)[] {
  if (!alarms) return [];
  const bounds = { min: 1, max: 10_080, unit: "minutes" };
  return [wholeNumberProblem("alarms.iteratorAgeMinutes", alarms.iteratorAgeMinutes, bounds)];
}
