/** Reads the inputs of a metric alarm into the shape of CloudWatch's API. */
import { checkPeriod, checkStatistic, type Dimension, type MetricDataQuery, MetricQueries } from "./metricQueries";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html */
export interface AlarmSettings {
  readonly AlarmName: string;
  readonly AlarmDescription?: string;
  readonly ActionsEnabled: boolean;
  readonly OKActions: readonly string[];
  readonly AlarmActions: readonly string[];
  readonly InsufficientDataActions: readonly string[];
  readonly MetricName?: string;
  readonly Namespace?: string;
  readonly Statistic?: string;
  readonly Dimensions: readonly Dimension[];
  readonly Period?: number;
  readonly Unit?: string;
  readonly Metrics?: readonly MetricDataQuery[];
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly Threshold: number;
  readonly ComparisonOperator: ComparisonOperator;
  readonly TreatMissingData: MissingData;
}

export type MissingData = "breaching" | "ignore" | "missing" | "notBreaching";

export type ComparisonOperator =
  | "GreaterThanOrEqualToThreshold"
  | "GreaterThanThreshold"
  | "LessThanOrEqualToThreshold"
  | "LessThanThreshold";

/** An alarm with the queries that its evaluation reads. */
export interface ReadAlarm {
  readonly settings: AlarmSettings;
  readonly queries: MetricQueries;
  /** The query whose value is compared. */
  readonly watched: string;
  readonly periodSeconds: number;
}

type Inputs = Readonly<Record<string, unknown>>;

const COMPARISONS: readonly string[] = [
  "GreaterThanOrEqualToThreshold",
  "GreaterThanThreshold",
  "LessThanOrEqualToThreshold",
  "LessThanThreshold",
] satisfies ComparisonOperator[];
const TREATMENTS: readonly string[] = ["breaching", "ignore", "missing", "notBreaching"] satisfies MissingData[];
/** API reference of PutMetricAlarm, EvaluationPeriods. */
const DAY_SECONDS = 86_400;
const WEEK_SECONDS = 7 * DAY_SECONDS;
/** API reference of PutMetricAlarm, AlarmActions and Metrics. */
const MAX_ACTIONS = 5;
const MAX_METRICS = 10;

/** @throws Error that names what CloudWatch refuses, or what local does not simulate */
export function readAlarm(name: string, inputs: Inputs): ReadAlarm {
  const comparison = oneOf("comparisonOperator", inputs.comparisonOperator, COMPARISONS) as ComparisonOperator;
  if (typeof inputs.threshold !== "number") throw new Error("an alarm without a threshold is not simulated");
  const evaluationPeriods = wholeNumber("evaluationPeriods", inputs.evaluationPeriods);
  const common = {
    AlarmName: name,
    ...(inputs.alarmDescription !== undefined && { AlarmDescription: String(inputs.alarmDescription) }),
    ActionsEnabled: inputs.actionsEnabled !== false,
    OKActions: actionsOf("okActions", inputs),
    AlarmActions: actionsOf("alarmActions", inputs),
    InsufficientDataActions: actionsOf("insufficientDataActions", inputs),
    EvaluationPeriods: evaluationPeriods,
    ...(inputs.datapointsToAlarm !== undefined && { DatapointsToAlarm: datapointsOf(inputs, evaluationPeriods) }),
    Threshold: inputs.threshold,
    ComparisonOperator: comparison,
    TreatMissingData: oneOf("treatMissingData", inputs.treatMissingData ?? "missing", TREATMENTS) as MissingData,
  };
  const read = inputs.metricQueries === undefined ? onMetric(inputs) : onQueries(inputs.metricQueries as Inputs[]);
  const { queries, watched, ...own } = read;
  const periodSeconds = queries.period(watched);
  const spanSeconds = evaluationPeriods * periodSeconds;
  if (spanSeconds > (periodSeconds < 3600 ? DAY_SECONDS : WEEK_SECONDS)) {
    throw new Error(
      `evaluationPeriods × period is ${spanSeconds} s; CloudWatch allows a day, and with periods of an hour or more a week`,
    );
  }
  return { settings: { ...common, ...own }, queries, watched, periodSeconds };
}

/** Both evaluate once an hour (CloudWatch user guide, alarm evaluation). */
export function isHourly({ settings, periodSeconds }: ReadAlarm): boolean {
  return settings.EvaluationPeriods * periodSeconds > DAY_SECONDS;
}

function onMetric(inputs: Inputs) {
  const { extendedStatistic, statistic, metricName, namespace, unit } = inputs;
  const stat = String(extendedStatistic ?? statistic);
  checkStatistic(stat);
  const period = Number(inputs.period);
  checkPeriod(period);
  const metric = { MetricName: String(metricName), Namespace: String(namespace), Dimensions: dimensionsOf(inputs) };
  const MetricStat = { Metric: metric, Period: period, Stat: stat, ...(unit !== undefined && { Unit: String(unit) }) };
  return {
    ...metric,
    Statistic: stat,
    Period: period,
    ...(unit !== undefined && { Unit: String(unit) }),
    queries: new MetricQueries([{ Id: "m1", MetricStat }]),
    watched: "m1",
  };
}

function onQueries(inputs: readonly Inputs[]) {
  const Metrics = inputs.map(({ id, expression, label, returnData, period, accountId, metric }): MetricDataQuery => {
    if (accountId !== undefined) throw new Error("a metric of another account is not simulated");
    return {
      Id: String(id),
      ...(label !== undefined && { Label: String(label) }),
      ...(expression !== undefined && { Expression: String(expression) }),
      ...(period !== undefined && { Period: Number(period) }),
      ...(metric !== undefined && { MetricStat: metricStatOf(metric as Inputs) }),
      ReturnData: returnData === true,
    };
  });
  const read = Metrics.filter(({ MetricStat }) => MetricStat).length;
  if (read > MAX_METRICS) throw new Error(`the alarm reads ${read} metrics; CloudWatch allows ${MAX_METRICS}`);
  const [returned, ...others] = Metrics.filter(({ ReturnData }) => ReturnData);
  if (!returned || others.length > 0) throw new Error("exactly one of metricQueries must have returnData: true");
  return { Metrics, Dimensions: [], queries: new MetricQueries(Metrics), watched: returned.Id };
}

function metricStatOf(metric: Inputs): NonNullable<MetricDataQuery["MetricStat"]> {
  const { metricName, namespace, period, stat, unit } = metric;
  return {
    Metric: { MetricName: String(metricName), Namespace: String(namespace), Dimensions: dimensionsOf(metric) },
    Period: Number(period),
    Stat: String(stat),
    ...(unit !== undefined && { Unit: String(unit) }),
  };
}

function dimensionsOf({ dimensions }: Inputs): Dimension[] {
  return Object.entries((dimensions ?? {}) as Record<string, unknown>).map(([Name, value]) => ({
    Name,
    Value: String(value),
  }));
}

function actionsOf(property: string, inputs: Inputs): string[] {
  const actions = ((inputs[property] ?? []) as unknown[]).map(String);
  if (actions.length > MAX_ACTIONS)
    throw new Error(`${property} holds ${actions.length} actions; CloudWatch allows ${MAX_ACTIONS}`);
  return actions;
}

function datapointsOf({ datapointsToAlarm }: Inputs, evaluationPeriods: number): number {
  const datapoints = wholeNumber("datapointsToAlarm", datapointsToAlarm);
  if (datapoints <= evaluationPeriods) return datapoints;
  throw new Error(`datapointsToAlarm is ${datapoints}; use at most evaluationPeriods, ${evaluationPeriods}`);
}

function wholeNumber(property: string, value: unknown): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 1) return value;
  throw new Error(`${property} is ${JSON.stringify(value)}; use a whole number from 1`);
}

function oneOf(property: string, value: unknown, known: readonly string[]): string {
  if (known.includes(value as string)) return value as string;
  throw new Error(`${property} ${JSON.stringify(value)} is not simulated; use ${known.join(", ")}`);
}
