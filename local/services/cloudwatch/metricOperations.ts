/** The operations of metrics: put, list, statistics and data. */
import { type MetricId, type Metrics, MINUTE, type StatisticSet, single } from "../../cloud/metrics/metrics";
import { pageOf } from "../../cloud/pages";
import { type Access, type CloudContext, type Operation, ServiceError } from "../../cloud/service";
import {
  checkPeriod,
  checkStatistic,
  type Dimension,
  type MetricDataQuery,
  MetricQueries,
  metricIdOf,
  type Period,
  statisticOf,
  type WireMetric,
} from "./metricQueries";
import { newestFirst, timeOf } from "./requests";

type Time = number | string | Date;

interface PutInput {
  readonly Namespace: string;
  readonly MetricData?: readonly PutDatum[];
  readonly EntityMetricData?: unknown;
}

interface PutDatum {
  readonly MetricName: string;
  readonly Dimensions?: readonly Dimension[];
  readonly Timestamp?: Time;
  readonly Unit?: string;
  readonly Value?: number;
  readonly Values?: readonly number[];
  readonly Counts?: readonly number[];
  readonly StatisticValues?: {
    readonly SampleCount: number;
    readonly Sum: number;
    readonly Minimum: number;
    readonly Maximum: number;
  };
}

interface ListInput {
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value?: string }[];
  readonly NextToken?: string;
}

interface StatisticsInput extends WireMetric {
  readonly StartTime: Time;
  readonly EndTime: Time;
  readonly Period: number;
  readonly Statistics?: readonly string[];
  readonly ExtendedStatistics?: readonly string[];
  readonly Unit?: string;
}

interface DataInput {
  readonly MetricDataQueries: readonly MetricDataQuery[];
  readonly StartTime: Time;
  readonly EndTime: Time;
  readonly ScanBy?: "TimestampAscending" | "TimestampDescending";
}

/** API reference of ListMetrics. */
const MAX_LISTED = 500;
/** API reference of GetMetricStatistics. */
const MAX_DATAPOINTS = 1440;
/** API reference of PutMetricData. */
const MAX_PUT = 1000;
const MAX_AGE = 14 * 24 * 60 * MINUTE;
const MAX_AHEAD = 2 * 60 * MINUTE;

// biome-ignore lint/suspicious/noExplicitAny: one table holds operations with different inputs
export function metricOperations({ metrics, clock }: CloudContext): Record<string, Operation<any>> {
  const reading = (action: string) => (): Access[] => [{ action: `cloudwatch:${action}`, resource: "*" }];

  const putMetricData: Operation<PutInput> = {
    access: ({ Namespace }) => [
      { action: "cloudwatch:PutMetricData", resource: "*", context: { "cloudwatch:namespace": Namespace } },
    ],
    run: ({ Namespace: namespace, MetricData: data = [], EntityMetricData: entities }) => {
      if (entities !== undefined) throw invalid("local/cloudwatch: EntityMetricData is not simulated; use MetricData");
      if (/^AWS\//.test(namespace)) throw invalid(`The value ${namespace} for parameter Namespace is invalid.`);
      if (data.length > MAX_PUT)
        throw invalid(`The collection MetricData must not have a size greater than ${MAX_PUT}.`);
      const now = clock.now();
      const read = data.map((datum) => {
        const at = timeOf(datum.Timestamp) ?? now;
        if (at < now - MAX_AGE || at > now + MAX_AHEAD) {
          throw invalid("The parameter MetricData.member.Timestamp must be at most two weeks ago and two hours ahead.");
        }
        return { datum, at, values: valuesOf(datum) };
      });
      for (const { datum, at, values } of read) {
        const id = metricIdOf({ ...datum, Namespace: namespace });
        metrics.add({ ...id, values, at, ...(datum.Unit !== undefined && { unit: datum.Unit }) });
      }
      return {};
    },
  };

  const listMetrics: Operation<ListInput> = {
    access: reading("ListMetrics"),
    run: ({ Namespace, MetricName, Dimensions = [], NextToken }) => {
      metrics.refresh();
      const found = metrics
        .list()
        .filter(({ namespace }) => Namespace === undefined || namespace === Namespace)
        .filter(({ name }) => MetricName === undefined || name === MetricName)
        .filter(({ dimensions }) =>
          Dimensions.every(
            ({ Name, Value }) => Object.hasOwn(dimensions, Name) && (Value ?? dimensions[Name]) === dimensions[Name],
          ),
        );
      const { items, ...next } = pageOf(found, NextToken === undefined ? {} : { NextToken }, MAX_LISTED);
      return { Metrics: items.map(wireMetric), ...next };
    },
  };

  const getMetricStatistics: Operation<StatisticsInput> = {
    access: reading("GetMetricStatistics"),
    run: (input) => {
      const { Statistics: statistics = [], Period: seconds, Unit: unit, ExtendedStatistics: extended = [] } = input;
      const periods = refusing(() => {
        for (const statistic of [...statistics, ...extended]) checkStatistic(statistic);
        checkPeriod(seconds);
        return periodsOf(input, seconds);
      });
      if (statistics.length === 0)
        throw invalid(
          "At least one of the parameters Statistics must be specified.",
          "MissingRequiredParameterException",
        );
      if (periods.length > MAX_DATAPOINTS) {
        throw invalid(
          `You have requested up to ${periods.length} datapoints, which exceeds the limit of ${MAX_DATAPOINTS}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
          "InvalidParameterCombinationException",
        );
      }
      metrics.refresh();
      const id = metricIdOf(input);
      const [known = "None"] = metrics.units(id);
      const points = periods.flatMap((period) => {
        const set = metrics.statistics({ ...id, unit, ...period });
        if (!set) return [];
        const values = statistics.map((statistic) => [statistic, statisticOf(set, statistic)] as const);
        return [{ Timestamp: new Date(period.from), ...Object.fromEntries(values), Unit: unit ?? known }];
      });
      return { Label: input.MetricName, Datapoints: points };
    },
  };

  const getMetricData: Operation<DataInput> = {
    access: reading("GetMetricData"),
    run: (input) => {
      const queries = refusing(() => new MetricQueries(input.MetricDataQueries));
      metrics.refresh();
      const returned = input.MetricDataQueries.filter(({ ReturnData }) => ReturnData !== false);
      const results = returned.map((query) => dataOf(queries, query, metrics, input));
      return { MetricDataResults: results, Messages: [] };
    },
  };

  return {
    PutMetricData: putMetricData,
    ListMetrics: listMetrics,
    GetMetricStatistics: getMetricStatistics,
    GetMetricData: getMetricData,
  };
}

function dataOf(queries: MetricQueries, query: MetricDataQuery, metrics: Metrics, input: DataInput): object {
  const { Id, Label, Expression, MetricStat } = query;
  const periods = refusing(() => periodsOf(input, queries.period(Id)));
  const values = queries.values(Id, metrics, periods);
  const points = periods.flatMap(({ from }, index) => {
    const value = values[index];
    return value === undefined ? [] : [{ from, value }];
  });
  const ordered = newestFirst(points, ({ from }) => from, input.ScanBy);
  return {
    Id,
    Label: Label ?? MetricStat?.Metric.MetricName ?? (Expression === undefined ? Id : Id),
    Timestamps: ordered.map(({ from }) => new Date(from)),
    Values: ordered.map(({ value }) => value),
    StatusCode: "Complete",
  };
}

/** The periods that begin in a range of time, oldest first, each at a multiple of its length. */
function periodsOf({ StartTime, EndTime }: Pick<DataInput, "StartTime" | "EndTime">, seconds: number): Period[] {
  const length = seconds * 1000;
  const [start, end] = [timeOf(StartTime) as number, timeOf(EndTime) as number];
  if (!(start < end)) throw new Error("The parameter StartTime must be less than the parameter EndTime.");
  const first = Math.floor(start / length) * length;
  return Array.from({ length: Math.ceil((end - first) / length) }, (_, index) => {
    const from = first + index * length;
    return { from, to: from + length };
  });
}

function valuesOf({ Value, Values, Counts, StatisticValues }: PutDatum): StatisticSet {
  if (StatisticValues) {
    const { SampleCount: count, Sum: sum, Minimum: min, Maximum: max } = StatisticValues;
    return { count, sum, min, max };
  }
  if (Value !== undefined) return single(Value);
  if (!Values?.length) throw invalid("MetricData.member needs Value, Values or StatisticValues.");
  const counts = Values.map((_, index) => Counts?.[index] ?? 1);
  const sum = Values.reduce((total, value, index) => total + value * (counts[index] as number), 0);
  const count = counts.reduce((total, each) => total + each, 0);
  return { count, sum, min: Math.min(...Values), max: Math.max(...Values) };
}

function wireMetric({ namespace, name, dimensions }: MetricId): object {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  return { Namespace: namespace, MetricName: name, Dimensions };
}

function invalid(message: string, code = "InvalidParameterValueException"): ServiceError {
  return new ServiceError(code, message);
}

/** A refused query as AWS's `ValidationError`. */
function refusing<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw invalid(`local/cloudwatch: ${(error as Error).message}`, "ValidationError");
  }
}
