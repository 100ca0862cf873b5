/** Describes the graphs of a function on a stream: its lag, its failures and its cost. */
import type * as lambda from "@pulumi/aws/lambda";
import type { CallbackFunction } from "../callbackFunction";
import { functionErrors, functionTime } from "../parts/monitoring/functionGraphs";
import type { Graph } from "../parts/monitoring/monitoring";

export interface StreamGraphsOptions {
  readonly handler: CallbackFunction;
  readonly mapping: lambda.EventSourceMapping;
  /** True if the mapping publishes its own metrics. */
  readonly countsEvents: boolean;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
export function streamGraphs(name: string, { handler, mapping, countsEvents }: StreamGraphsOptions): Graph[] {
  const ofFunction = { namespace: "AWS/Lambda", dimensions: { FunctionName: handler.nodes.function.name } } as const;
  const ofMapping = { namespace: "AWS/Lambda", dimensions: { EventSourceMappingUUID: mapping.uuid } } as const;
  const discarded = [
    { ...ofMapping, metricName: "OnFailureDestinationDeliveredEventCount", statistic: "Sum", label: "discarded, kept" },
    { ...ofMapping, metricName: "DroppedEventCount", statistic: "Sum", label: "discarded, lost" },
  ] as const;
  return [
    {
      section: "lag",
      title: `${name}: age of the oldest record of a batch`,
      unit: "ms",
      metrics: [{ ...ofFunction, metricName: "IteratorAge", statistic: "Maximum", label: name }],
    },
    functionErrors(name, [[name, handler]]),
    ...(countsEvents
      ? [{ section: "errors", title: `${name}: discarded records`, unit: "records", metrics: discarded } as const]
      : []),
    functionTime(name, [[name, handler]]),
  ];
}
