/** Declares the alarms of a router, on records that wait, are unformatted, are not written, or are discarded. */
import type * as cloudwatch from "@pulumi/aws/cloudwatch";
import type * as lambda from "@pulumi/aws/lambda";
import type * as pulumi from "@pulumi/pulumi";
import { defaults } from "../../lake/defaults";
import { DEFAULT_FORMATS } from "../../lake/formats";
import type { CallbackFunction } from "../callbackFunction";
import { type AlarmOptions, alarm } from "../parts/alarm";
import { maxRecordAgeHours } from "../stream/mapping";
import type { FormatRouterArgs, RouterAlarmsArgs } from "./args";

export interface RouterAlarmsOptions {
  readonly args: FormatRouterArgs;
  readonly parent: pulumi.Resource;
  readonly handler: CallbackFunction;
  readonly mapping: lambda.EventSourceMapping;
}

/** The namespace of the router's own metrics (functions/parts/routedCounts.ts); their dimension is the stream. */
const NAMESPACE = "Streamlake";
const PERIOD_SECONDS = 300;

/**
 * The Lambda developer guide lists Lambda's metrics in "Types of metrics for Lambda functions". `DroppedEventCount` and
 * `OnFailureDestinationDeliveredEventCount` have the mapping as their dimension, and exist only if it has the metrics
 * config `EventCount`. `DestinationDeliveryFailures` has the function as its dimension.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
export function routerAlarms(name: string, options: RouterAlarmsOptions): Record<string, cloudwatch.MetricAlarm> {
  const { args, parent, handler, mapping } = options;
  const { alarms } = args;
  if (!alarms) return {};
  const declare = (role: string, alarmOptions: AlarmOptions) =>
    [role, alarm(`${name}-alarm-${role}`, alarmOptions, alarms, parent, args.transform?.alarm)] as const;

  const ofFunction = { namespace: "AWS/Lambda", dimension: ["FunctionName", handler.nodes.function.name] } as const;
  const ofMapping = { namespace: "AWS/Lambda", dimension: ["EventSourceMappingUUID", mapping.uuid] } as const;
  const ofRouter = { namespace: NAMESPACE, dimension: ["Stream", args.stream.streamName] } as const;
  /** Goes off at the first one in a period. */
  const atOnce = { statistic: "Sum", periodSeconds: PERIOD_SECONDS, periods: 1, threshold: 1, ...LATE } as const;
  return Object.fromEntries([
    declare("iterator-age", { ...ofFunction, metricName: "IteratorAge", ...iteratorAge(name, args, alarms) }),
    declare("errors", {
      ...ofFunction,
      ...atOnce,
      metricName: "Errors",
      periods: 3,
      description: `${name} fails, and Lambda retries its batches`,
    }),
    declare("failed-batches", {
      ...ofMapping,
      ...atOnce,
      metricName: "OnFailureDestinationDeliveredEventCount",
      description: `Lambda discarded records of ${name} into the bucket of failed batches; \`streamlake replay\` routes them again`,
    }),
    declare("dropped-records", {
      ...ofMapping,
      ...atOnce,
      metricName: "DroppedEventCount",
      description: `Lambda dropped records of ${name} and could not keep them; only the stream still has them`,
    }),
    declare("failed-deliveries", {
      ...ofFunction,
      ...atOnce,
      metricName: "DestinationDeliveryFailures",
      description: `Lambda cannot write failed batches of ${name} to their bucket; check the role, the bucket and its key`,
    }),
    declare("failed-writes", {
      ...ofRouter,
      ...atOnce,
      metricName: "FailedWrites",
      periods: 3,
      description: `${name} cannot write objects to the lake, and Lambda retries its batches; check the role, the bucket and its key`,
    }),
    declare("failed-hooks", {
      ...ofRouter,
      ...atOnce,
      metricNames: hookMetrics(args),
      description: `A hook of ${name} throws or returns the wrong type; the records are in unformatted/, reason "hook"`,
    }),
    declare("unformatted", { ...ofRouter, ...LATE, ...unformatted(name, alarms) }),
  ]);
}

const LATE = { when: "at least", withoutData: "fine" } as const;

function iteratorAge(name: string, args: FormatRouterArgs, { iteratorAgeMinutes }: RouterAlarmsArgs) {
  const minutes = iteratorAgeMinutes ?? defaults.router.alarms.iteratorAgeMinutes;
  const windowSeconds = args.batchWindowSeconds ?? defaults.router.batchWindowSeconds;
  return {
    description: `${name} is ${minutes} minutes behind; Lambda discards records after ${maxRecordAgeHours(args)} hours`,
    statistic: "Maximum",
    periodSeconds: PERIOD_SECONDS,
    periods: 3,
    threshold: (minutes * 60 + windowSeconds) * 1000,
    ...LATE,
  } as const;
}

/** The metrics of the reason `hook`, one per format. An alarm reads at most ten metrics, and there are ten formats. */
function hookMetrics({ formats = DEFAULT_FORMATS }: FormatRouterArgs): string[] {
  const enabled = Object.entries(formats).filter(([format, options]) => options !== undefined && format !== "limits");
  return enabled.map(([format]) => `Unformatted.hook.${format}`);
}

/**
 * The share of lines: a row that lands is a line in `raw/`, and a record or CSV row that does not is a line in
 * `unformatted/`. A record has many rows, so its rows cannot be compared with a number of records.
 */
function unformatted(name: string, alarms: RouterAlarmsArgs) {
  const { unformattedPercent, unformattedRecords, unformattedPeriodMinutes } = {
    ...defaults.router.alarms,
    ...Object.fromEntries(Object.entries(alarms).filter(([, value]) => value !== undefined)),
  };
  return {
    description: `At least ${unformattedPercent} percent of what ${name} routes is unformatted; the query "unformatted" counts it by reason`,
    metricNames: ["Unformatted", "Rows"],
    expression: ([bad, good]: readonly string[]) =>
      `IF(${bad} >= ${unformattedRecords}, 100 * ${bad} / (${bad} + ${good}), 0)`,
    statistic: "Sum",
    periodSeconds: unformattedPeriodMinutes * 60,
    periods: 1,
    threshold: unformattedPercent,
  } as const;
}
