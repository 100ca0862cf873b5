/** Describes the graphs of a delivery stream: its records and rows, its lag, its failures and its cost. */
import type * as kinesis from "@pulumi/aws/kinesis";
import type { CallbackFunction } from "../callbackFunction";
import { functionErrors, functionTime } from "../parts/monitoring/functionGraphs";
import type { Graph, GraphMetric } from "../parts/monitoring/monitoring";

export interface DeliveryGraphsOptions {
  readonly deliveryStream: kinesis.FirehoseDeliveryStream;
  readonly transformer: CallbackFunction;
}

/** The metrics of functions/parts/deliveredCounts.ts, and those of Firehose: https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html */
export function deliveryGraphs(name: string, { deliveryStream, transformer }: DeliveryGraphsOptions): Graph[] {
  const own = { namespace: "Streamlake", dimensions: { Delivery: deliveryStream.name }, statistic: "Sum" } as const;
  const count = (metricName: string, label: string): GraphMetric => ({ ...own, metricName, label });
  const ofFirehose = {
    namespace: "AWS/Firehose",
    dimensions: { DeliveryStreamName: deliveryStream.name },
    statistic: "Maximum",
  } as const;
  return [
    {
      section: "flow",
      title: `${name}: transformed records, and their rows`,
      unit: "records, rows",
      metrics: [count("Records", "transformed records"), count("Rows", "rows"), count("Failed", "failed records")],
    },
    {
      section: "lag",
      title: `${name}: age of the oldest record that is not delivered`,
      unit: "s",
      metrics: [{ ...ofFirehose, metricName: "DeliveryToS3.DataFreshness", label: name }],
    },
    {
      section: "lag",
      title: `${name}: how far Firehose is behind its stream`,
      unit: "ms",
      metrics: [{ ...ofFirehose, metricName: "KinesisMillisBehindLatest", label: name }],
    },
    functionErrors(name, [[name, transformer]]),
    functionTime(name, [[name, transformer]]),
  ];
}
