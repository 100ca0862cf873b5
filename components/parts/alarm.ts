/** A CloudWatch alarm as every alarm of the library is: on one resource, to one topic. */
import * as cloudwatch from "@pulumi/aws/cloudwatch";
import type * as pulumi from "@pulumi/pulumi";
import { type Transform, transformed } from "./transform";

export interface AlarmsArgs {
  /** ARN of the SNS topic that is told when an alarm goes off and when it is over. CloudWatch must be allowed to publish to it. */
  topicArn: pulumi.Input<string>;
}

export interface AlarmOptions {
  readonly description: string;
  readonly namespace: string;
  readonly metricName: string;
  /** An alarm without a dimension watches nothing; here it cannot be left out. */
  readonly dimension: readonly [name: string, value: pulumi.Input<string>];
  readonly statistic: "Sum" | "Maximum";
  readonly periodSeconds: number;
  /** Periods in a row that must be beyond the threshold. */
  readonly periods: number;
  readonly threshold: number;
  readonly when: "at least" | "below";
  /** What no data means. */
  readonly withoutData: "fine" | "alarm";
}

const COMPARISONS = { "at least": "GreaterThanOrEqualToThreshold", below: "LessThanThreshold" } as const;

export function alarm(
  logicalName: string,
  options: AlarmOptions,
  { topicArn }: AlarmsArgs,
  parent: pulumi.Resource,
  transform?: Transform<cloudwatch.MetricAlarmArgs>,
): cloudwatch.MetricAlarm {
  const [dimension, value] = options.dimension;
  return new cloudwatch.MetricAlarm(
    ...transformed<cloudwatch.MetricAlarmArgs>(
      transform,
      logicalName,
      {
        alarmDescription: options.description,
        namespace: options.namespace,
        metricName: options.metricName,
        dimensions: { [dimension]: value },
        statistic: options.statistic,
        period: options.periodSeconds,
        evaluationPeriods: options.periods,
        threshold: options.threshold,
        comparisonOperator: COMPARISONS[options.when],
        treatMissingData: options.withoutData === "alarm" ? "breaching" : "notBreaching",
        alarmActions: [topicArn],
        okActions: [topicArn],
      },
      { parent },
    ),
  );
}
