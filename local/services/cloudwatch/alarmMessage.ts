/** The message that an alarm's action publishes to a topic, as CloudWatch writes it. */
import type { PublishInput } from "../sns/service";
import type { AlarmSettings } from "./alarmSettings";
import type { AlarmState } from "./evaluateAlarm";
import type { Dimension, MetricDataQuery } from "./metricQueries";

export interface AlarmChange {
  readonly settings: AlarmSettings;
  readonly arn: string;
  readonly configuredMillis: number;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
  readonly atMillis: number;
}

/** Maximum length of a subject in SNS, in characters. */
const MAX_SUBJECT_LENGTH = 100;

/** The names of Regions in messages; another Region has its code. https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html */
const REGION_NAMES: Readonly<Record<string, string>> = {
  "ap-northeast-1": "Asia Pacific (Tokyo)",
  "ap-south-1": "Asia Pacific (Mumbai)",
  "ap-southeast-1": "Asia Pacific (Singapore)",
  "ap-southeast-2": "Asia Pacific (Sydney)",
  "ca-central-1": "Canada (Central)",
  "eu-central-1": "EU (Frankfurt)",
  "eu-north-1": "EU (Stockholm)",
  "eu-west-1": "EU (Ireland)",
  "eu-west-2": "EU (London)",
  "eu-west-3": "EU (Paris)",
  "sa-east-1": "South America (Sao Paulo)",
  "us-east-1": "US East (N. Virginia)",
  "us-east-2": "US East (Ohio)",
  "us-west-1": "US West (N. California)",
  "us-west-2": "US West (Oregon)",
};

export function alarmMessage(
  { region, accountId }: { readonly region: string; readonly accountId: string },
  change: AlarmChange,
): Pick<Required<PublishInput>, "Subject" | "Message"> {
  const { settings, arn, from, to, reason } = change;
  const regionName = REGION_NAMES[region] ?? region;
  const message = {
    AlarmName: settings.AlarmName,
    AlarmDescription: settings.AlarmDescription ?? null,
    AWSAccountId: accountId,
    AlarmConfigurationUpdatedTimestamp: timeText(change.configuredMillis),
    NewStateValue: to,
    NewStateReason: reason,
    StateChangeTime: timeText(change.atMillis),
    Region: regionName,
    AlarmArn: arn,
    OldStateValue: from,
    OKActions: settings.OKActions,
    AlarmActions: settings.AlarmActions,
    InsufficientDataActions: settings.InsufficientDataActions,
    Trigger: triggerOf(settings),
  };
  const subject = `${to}: "${settings.AlarmName}" in ${regionName}`.slice(0, MAX_SUBJECT_LENGTH);
  return { Subject: subject, Message: JSON.stringify(message) };
}

function triggerOf(settings: AlarmSettings): object {
  const watched = settings.Metrics
    ? { Metrics: settings.Metrics.map(queryOf) }
    : {
        MetricName: settings.MetricName,
        Namespace: settings.Namespace,
        StatisticType: "Statistic",
        Statistic: statisticText(settings.Statistic as string),
        Unit: settings.Unit ?? null,
        Dimensions: settings.Dimensions.map(dimensionOf),
      };
  return {
    ...(settings.Period !== undefined ? { ...watched, Period: settings.Period } : watched),
    EvaluationPeriods: settings.EvaluationPeriods,
    ...(settings.DatapointsToAlarm !== undefined && { DatapointsToAlarm: settings.DatapointsToAlarm }),
    ComparisonOperator: settings.ComparisonOperator,
    Threshold: settings.Threshold,
    TreatMissingData: settings.TreatMissingData,
    EvaluateLowSampleCountPercentile: "",
  };
}

function queryOf({ Id, Label, Expression, ReturnData, MetricStat }: MetricDataQuery): object {
  return {
    ...(Expression !== undefined && { Expression }),
    Id,
    ...(Label !== undefined && { Label }),
    ...(MetricStat && {
      MetricStat: {
        ...MetricStat,
        Metric: { ...MetricStat.Metric, Dimensions: MetricStat.Metric.Dimensions?.map(dimensionOf) },
      },
    }),
    ReturnData,
  };
}

function dimensionOf({ Name, Value }: Dimension): object {
  return { value: Value, name: Name };
}

/** `SampleCount` is `SAMPLE_COUNT`. */
function statisticText(statistic: string): string {
  return statistic.replace(/(?<=[a-z])(?=[A-Z])/, "_").toUpperCase();
}

/** `2026-11-20T10:15:00.000+0000` */
export function timeText(millis: number): string {
  return new Date(millis).toISOString().replace("Z", "+0000");
}
