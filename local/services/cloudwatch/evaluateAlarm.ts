/**
 * Evaluates an alarm: its state and the reason, from the data points of its evaluation range.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
import type { ComparisonOperator, MissingData } from "./alarmSettings";

export type AlarmState = "ALARM" | "INSUFFICIENT_DATA" | "OK";

/** A data point with the start of its period, milliseconds since the epoch. */
export interface DataPoint {
  readonly from: number;
  /** Undefined if data is missing. */
  readonly value: number | undefined;
  /** The data is missing in a period that began before the alarm watched. */
  readonly isUnwatched?: boolean;
}

export interface AlarmRule {
  readonly Namespace?: string;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly Threshold: number;
  readonly ComparisonOperator: ComparisonOperator;
  readonly TreatMissingData: MissingData;
}

export interface Evaluation {
  readonly state: AlarmState;
  readonly reason: string;
  /** The data points that decide, newest first. */
  readonly evaluated: readonly DataPoint[];
}

/**
 * Periods that are read beyond `EvaluationPeriods`. CloudWatch documents 5 periods for 3; for other numbers, only that
 * it reads more.
 */
const MORE_PERIODS = 2;

const COMPARISONS: Readonly<
  Record<ComparisonOperator, { readonly words: string; isBeyond(value: number, threshold: number): boolean }>
> = {
  GreaterThanOrEqualToThreshold: {
    words: "greater than or equal to",
    isBeyond: (value, threshold) => value >= threshold,
  },
  GreaterThanThreshold: { words: "greater than", isBeyond: (value, threshold) => value > threshold },
  LessThanOrEqualToThreshold: { words: "less than or equal to", isBeyond: (value, threshold) => value <= threshold },
  LessThanThreshold: { words: "less than", isBeyond: (value, threshold) => value < threshold },
};

/** The number of periods that an evaluation reads. */
export function evaluationRange({ EvaluationPeriods }: Pick<AlarmRule, "EvaluationPeriods">): number {
  return EvaluationPeriods + MORE_PERIODS;
}

/**
 * @param points of the evaluation range, newest first
 * @returns undefined if the alarm keeps its state
 */
export function evaluateAlarm(rule: AlarmRule, points: readonly DataPoint[]): Evaluation | undefined {
  const { EvaluationPeriods: periods } = rule;
  const datapoints = rule.DatapointsToAlarm ?? periods;
  const isBreaching = ({ value }: DataPoint) =>
    COMPARISONS[rule.ComparisonOperator].isBeyond(value as number, rule.Threshold);
  const present = points.filter(({ value }) => value !== undefined).slice(0, periods);
  const breaching = present.filter(isBreaching).length;
  const missing = periods - present.length;
  const decided = (isAlarm: boolean): Evaluation => ({
    state: isAlarm ? "ALARM" : "OK",
    reason: thresholdReason(rule, { isAlarm, present, isBreaching, missing }),
    evaluated: present,
  });
  if (missing === 0) return decided(breaching >= datapoints);

  const treatment = treatmentOf(rule);
  if (treatment === "breaching") {
    const unwatched = Math.max(0, periods - points.filter(({ isUnwatched }) => !isUnwatched).length);
    if (breaching + missing - unwatched >= datapoints) return decided(true);
    return breaching + missing >= datapoints ? undefined : decided(false);
  }
  if (treatment === "notBreaching" || breaching >= datapoints) return decided(breaching >= datapoints);
  if (breaching < present.length) return decided(false);
  if (treatment === "ignore") return undefined;
  // Only breaching data, but too little of it: it must be as old as the data points to alarm, so that the next data point
  // could not end it.
  const oldest = points.findLastIndex((point) => point.value !== undefined);
  if (present.length > 0 && oldest + 1 >= datapoints) return decided(true);
  const unknown = `${missing} ${missing === 1 ? "datapoint was" : "datapoints were"} unknown`;
  return { state: "INSUFFICIENT_DATA", reason: `Insufficient Data: ${unknown}.`, evaluated: present };
}

/** API reference of PutMetricAlarm, TreatMissingData: alarms on `AWS/DynamoDB` always ignore missing data. */
function treatmentOf({ Namespace, TreatMissingData }: AlarmRule): MissingData {
  return Namespace === "AWS/DynamoDB" ? "ignore" : TreatMissingData;
}

interface Counted {
  readonly isAlarm: boolean;
  readonly present: readonly DataPoint[];
  readonly missing: number;
  isBreaching(point: DataPoint): boolean;
}

function thresholdReason(rule: AlarmRule, { isAlarm, present, isBreaching, missing }: Counted): string {
  const { Threshold, ComparisonOperator, EvaluationPeriods: periods, DatapointsToAlarm } = rule;
  const treatment = treatmentOf(rule);
  const filled = `${missing} missing ${missing === 1 ? "datapoint was" : "datapoints were"} treated as [${treatment === "breaching" ? "Breaching" : "NonBreaching"}]`;
  const isFilled = missing > 0 && (treatment === "breaching" || treatment === "notBreaching");
  if (present.length === 0) {
    const during = `${periods} ${periods === 1 ? "period" : "periods"}`;
    return `Threshold Crossed: no datapoints were received for ${during} and ${filled}.`;
  }
  const named = present.filter((point) => isBreaching(point) === isAlarm);
  const shown = named.map(({ from, value }) => `${decimal(value as number)} (${dayText(from)})`).join(", ");
  const verb = `${named.length === 1 ? "was" : "were"} ${isAlarm ? "" : "not "}${COMPARISONS[ComparisonOperator].words}`;
  const compared = `${verb} the threshold (${decimal(Threshold)})`;
  if (periods === 1 && DatapointsToAlarm === undefined) {
    return `Threshold Crossed: 1 datapoint [${shown}] ${compared}.`;
  }
  const needed = isAlarm ? (DatapointsToAlarm ?? periods) : periods - (DatapointsToAlarm ?? periods) + 1;
  const transition = isAlarm ? "OK -> ALARM" : "ALARM -> OK";
  const minimum = `(minimum ${needed} ${needed === 1 ? "datapoint" : "datapoints"} for ${transition} transition)`;
  const of = `${named.length} out of the last ${periods} datapoints [${shown}]`;
  return `Threshold Crossed: ${of} ${compared}${isFilled ? ` and ${filled}` : ""} ${minimum}.`;
}

/** `1.0` */
function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** `20/11/26 10:15:00` */
function dayText(millis: number): string {
  const [year, month, day, time] = new Date(millis).toISOString().split(/[-T.]/) as [string, string, string, string];
  return `${day}/${month}/${year.slice(2)} ${time}`;
}
