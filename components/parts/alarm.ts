/** Declares the library's CloudWatch alarms: each on one resource, with an SNS topic as its action. */
import * as cloudwatch from "@pulumi/aws/cloudwatch";
import type * as pulumi from "@pulumi/pulumi";
import { type Transform, transformed } from "./transform";

export interface AlarmsArgs {
  /** ARN of the SNS topic that is notified when an alarm goes off and when it is over. CloudWatch must be allowed to publish to it. */
  topicArn: pulumi.Input<string>;
}

interface CommonOptions {
  /** A function where the description contains the threshold or the periods, which `PipelineAlarms` may change. */
  readonly description: pulumi.Input<string> | ((limits: AlarmLimits) => pulumi.Input<string>);
  readonly namespace: string;
  /** Required: an alarm without a dimension watches nothing. */
  readonly dimension: readonly [name: string, value: pulumi.Input<string>];
  readonly statistic: "Sum" | "Maximum";
  readonly periodSeconds: number;
  /** Consecutive periods that must be beyond the threshold. */
  readonly periods: number;
  /**
   * Further periods that are evaluated, so that as many without a breach do not end the alarm. CloudWatch's windows end with the minute
   * of the evaluation: a fault that comes once in a period, and some minutes later than before, would end the alarm each time.
   * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html
   * @default 0
   */
  readonly quietPeriods?: number;
  readonly threshold: pulumi.Input<number>;
  readonly when: "at least" | "below";
  /** The meaning of a period without data. */
  readonly withoutData: "fine" | "alarm";
  /** Present if the metric is not published: the change by which it is, for errors. */
  readonly unpublished?: string;
}

/** The limits of an alarm, which `PipelineAlarms` may change. */
export interface AlarmLimits {
  readonly threshold: pulumi.Input<number>;
  readonly periods: number;
}

/** An alarm on one metric. */
interface MetricOptions extends CommonOptions {
  readonly metricName: string;
  readonly metricNames?: undefined;
}

/** An alarm on several metrics of the same dimension. */
interface MathOptions extends CommonOptions {
  readonly metricName?: undefined;
  readonly metricNames: readonly string[];
  /** Metric math over the ids of the metrics. @default their sum */
  readonly expression?: (ids: readonly string[]) => string;
}

export type AlarmOptions = MetricOptions | MathOptions;

/** The alarms of a component, by their role: the end of their logical names. */
export type AlarmRoles = Readonly<Record<string, AlarmOptions>>;

const COMPARISONS = { "at least": "GreaterThanOrEqualToThreshold", below: "LessThanThreshold" } as const;

/** Declares all alarms of a component that has the argument `alarms`. */
export function componentAlarms(
  name: string,
  roles: AlarmRoles,
  args: {
    readonly alarms?: AlarmsArgs;
    readonly transform?: { readonly alarm?: Transform<cloudwatch.MetricAlarmArgs> };
  },
  parent: pulumi.Resource,
): Record<string, cloudwatch.MetricAlarm> {
  const { alarms, transform } = args;
  if (!alarms) return {};
  const declared = Object.entries(roles).map(([role, options]) => [
    role,
    alarm(`${name}-alarm-${role}`, options, alarms, parent, transform?.alarm),
  ]);
  return Object.fromEntries(declared);
}

export function alarm(
  logicalName: string,
  options: AlarmOptions,
  { topicArn }: AlarmsArgs,
  parent: pulumi.Resource,
  transform?: Transform<cloudwatch.MetricAlarmArgs>,
): cloudwatch.MetricAlarm {
  return new cloudwatch.MetricAlarm(
    ...transformed<cloudwatch.MetricAlarmArgs>(
      transform,
      logicalName,
      {
        alarmDescription: descriptionOf(options),
        ...(options.metricNames ? mathOf(options) : metricOf(options, options.metricName)),
        ...periodsOf(options),
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

function periodsOf({ periods, quietPeriods = 0 }: CommonOptions) {
  if (quietPeriods === 0) return { evaluationPeriods: periods };
  return { evaluationPeriods: periods + quietPeriods, datapointsToAlarm: periods };
}

function descriptionOf({ description, threshold, periods }: CommonOptions): pulumi.Input<string> {
  return typeof description === "function" ? description({ threshold, periods }) : description;
}

function metricOf({ namespace, dimension, statistic, periodSeconds }: CommonOptions, metricName: string) {
  const [name, value] = dimension;
  return { namespace, metricName, dimensions: { [name]: value }, statistic, period: periodSeconds };
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html */
function mathOf(options: MathOptions) {
  const ids = options.metricNames.map((_, index) => `m${index + 1}`);
  const sum = (all: readonly string[]) => `SUM([${all.join(", ")}])`;
  return {
    metricQueries: [
      { id: "e1", expression: (options.expression ?? sum)(ids), label: descriptionOf(options), returnData: true },
      ...options.metricNames.map((metricName, index) => {
        const { statistic, ...metric } = metricOf(options, metricName);
        return { id: ids[index] as string, metric: { ...metric, stat: statistic } };
      }),
    ],
  };
}
