/** Describes the alarm and the graphs of a stream that producers write. */
import type * as kinesis from "@pulumi/aws/kinesis";
import type { AlarmOptions } from "../parts/alarm";
import type { Graph } from "../parts/monitoring/monitoring";
import { AT_ONCE } from "./alarms";

/** https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html */
const NAMESPACE = "AWS/Kinesis";

export function throttledWrites(name: string, stream: kinesis.Stream): AlarmOptions {
  return {
    ...AT_ONCE,
    namespace: NAMESPACE,
    dimension: ["StreamName", stream.name],
    metricName: "WriteProvisionedThroughputExceeded",
    periods: 3,
    description: `${name} refuses records, because its shards are used up; producers that do not retry lose them`,
  };
}

export function ingestGraphs(name: string, stream: kinesis.Stream): Graph[] {
  const ofStream = { namespace: NAMESPACE, dimensions: { StreamName: stream.name }, statistic: "Sum" } as const;
  return [
    {
      section: "flow",
      title: `${name}: records that arrive`,
      unit: "records",
      metrics: [
        { ...ofStream, metricName: "IncomingRecords", label: "accepted" },
        { ...ofStream, metricName: "WriteProvisionedThroughputExceeded", label: "refused" },
      ],
    },
    {
      section: "cost",
      title: `${name}: bytes that arrive`,
      unit: "bytes",
      metrics: [{ ...ofStream, metricName: "IncomingBytes", label: name }],
    },
  ];
}
