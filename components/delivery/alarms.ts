/** Describes the alarms of a delivery stream: on late deliveries, on reading that is behind, on records that fail, on too many partitions, and on failed conversions. */
import type * as kinesis from "@pulumi/aws/kinesis";
import * as pulumi from "@pulumi/pulumi";
import { defaults } from "../../lake/defaults";
import type { CallbackFunction } from "../callbackFunction";
import type { AlarmLimits, AlarmRoles } from "../parts/alarm";
import { AT_ONCE } from "../stream/alarms";
import type { DeliveryStreamArgs } from "./args";

interface AlarmParts {
  readonly deliveryStream: kinesis.FirehoseDeliveryStream;
  readonly transformer: CallbackFunction;
}

/** Delay by dynamic partitioning, of the buffers' time: https://docs.aws.amazon.com/firehose/latest/dev/buffering.html */
const PARTITIONED_FACTOR = 1.5;

/** https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html */
export function deliveryAlarms(
  name: string,
  args: DeliveryStreamArgs,
  { deliveryStream, transformer }: AlarmParts,
): AlarmRoles {
  const { alarms, sourceBackup, hooks } = args;
  const late = alarms?.freshnessMinutes ?? defaults.delivery.alarms.freshnessMinutes;
  const bufferSeconds = args.bufferSeconds ?? defaults.delivery.bufferSeconds;
  const inBuffers = PARTITIONED_FACTOR * bufferSeconds + (args.batchSeconds ?? defaults.delivery.batchSeconds);
  const ofFirehose = {
    ...AT_ONCE,
    namespace: "AWS/Firehose",
    dimension: ["DeliveryStreamName", deliveryStream.name],
    statistic: "Maximum",
    periods: 3,
  } as const;
  const lateness = (words: (minutes: number) => string, secondsInBuffers: number) => ({
    description: ({ threshold }: AlarmLimits) =>
      pulumi.output(threshold).apply((seconds) => words(Math.round((seconds - secondsInBuffers) / 60))),
    threshold: late * 60 + secondsInBuffers,
  });
  return {
    freshness: {
      ...ofFirehose,
      metricName: "DeliveryToS3.DataFreshness",
      ...lateness(
        (minutes) =>
          `${name} delivers ${minutes} minutes late; Firehose discards what it cannot deliver for 24 hours. See its log`,
        inBuffers,
      ),
    },
    ...(sourceBackup && {
      "backup-freshness": {
        ...ofFirehose,
        metricName: "BackupToS3.DataFreshness",
        ...lateness((minutes) => `${name} backs up ${minutes} minutes late; see its log`, bufferSeconds),
      },
    }),
    behind: {
      ...ofFirehose,
      metricName: "KinesisMillisBehindLatest",
      description: ({ threshold }) =>
        pulumi
          .output(threshold)
          .apply(
            (millis) =>
              `${name} reads its stream ${Math.round(millis / 60_000)} minutes late; the stream loses records after its retention`,
          ),
      threshold: late * 60_000,
    },
    // Only tables of a hook can be so many: a partition is a table's hour.
    ...(hooks?.table && {
      "too-many-partitions": {
        ...ofFirehose,
        periods: 1,
        metricName: "PartitionCountExceeded",
        description: `${name} has more partitions of tables and hours than Firehose takes; further records are in failed-deliveries/`,
      },
    }),
    // The function's rows convert; they do not if the table of delivered Parquet is changed by hand.
    ...(args.parquet && {
      "failed-conversions": {
        ...ofFirehose,
        statistic: "Sum",
        periods: 1,
        metricName: "FailedConversion.Records",
        description: `Firehose does not convert records of ${name} to Parquet; they are in failed-deliveries/`,
        threshold: 1,
      },
    }),
    errors: {
      ...AT_ONCE,
      namespace: "AWS/Lambda",
      dimension: ["FunctionName", transformer.nodes.function.name],
      metricName: "Errors",
      description: `The transformation of ${name} fails; after the last retry its records are in failed-deliveries/`,
    },
    "failed-records": {
      ...AT_ONCE,
      namespace: "Streamlake",
      dimension: ["Delivery", deliveryStream.name],
      metricName: "Failed",
      description: `Records of ${name} do not become rows; they are in failed-deliveries/, and the function's log names a reason`,
    },
  };
}
