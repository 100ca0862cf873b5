/** Reads the values of metrics and of metric math for periods of time, in the shapes of CloudWatch's API. */
import { type MetricId, type Metrics, MINUTE, type StatisticSet } from "../../cloud/metrics/metrics";
import { evaluateMath, type Series } from "./math/evaluateMath";
import { type MathNode, parseMath } from "./math/parseMath";

export interface Dimension {
  readonly Name: string;
  readonly Value: string;
}

export interface WireMetric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly Dimension[];
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html */
export interface MetricDataQuery {
  readonly Id: string;
  readonly Label?: string;
  readonly Expression?: string;
  readonly Period?: number;
  readonly ReturnData?: boolean;
  readonly MetricStat?: {
    readonly Metric: WireMetric;
    readonly Period: number;
    readonly Stat: string;
    readonly Unit?: string;
  };
}

/** A period: milliseconds since the epoch, `to` excluded. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

const STATISTICS: Readonly<Record<string, (set: StatisticSet) => number>> = {
  Average: ({ sum, count }) => sum / count,
  Maximum: ({ max }) => max,
  Minimum: ({ min }) => min,
  SampleCount: ({ count }) => count,
  Sum: ({ sum }) => sum,
};

/** Queries whose expressions are parsed and whose ids are all there. */
export class MetricQueries {
  private readonly byId = new Map<string, MetricDataQuery>();
  private readonly expressions = new Map<string, MathNode>();

  /** @throws Error that names the query, for what is wrong or not simulated */
  constructor(readonly queries: readonly MetricDataQuery[]) {
    for (const query of queries) {
      if (this.byId.has(query.Id)) throw new Error(`the id "${query.Id}" occurs twice`);
      this.byId.set(query.Id, query);
      if (query.Expression !== undefined) this.expressions.set(query.Id, parseMath(query.Expression));
      else checkMetric(query);
    }
    // Finds unknown ids, circles, and what the evaluation refuses.
    for (const { Id } of queries) this.evaluate(Id, 0, () => []);
  }

  /** Seconds: the period of the metrics of a query, which is the same for all. */
  period(id: string): number {
    const own = [...this.metricsOf(id)].map(({ MetricStat }) => MetricStat?.Period as number);
    const [first = this.byId.get(id)?.Period ?? MINUTE / 1000] = own;
    const other = own.find((period) => period !== first);
    if (other === undefined) return first;
    throw new Error(`metrics with the periods ${first} and ${other} in one expression are not simulated`);
  }

  values(id: string, metrics: Metrics, periods: readonly Period[]): Series {
    return this.evaluate(id, periods.length, ({ MetricStat }) => {
      const { Metric, Stat, Unit } = MetricStat as NonNullable<MetricDataQuery["MetricStat"]>;
      return periods.map((period) => {
        const set = metrics.statistics({ ...metricIdOf(Metric), unit: Unit, ...period });
        return set && statisticOf(set, Stat);
      });
    });
  }

  /** Whether a metric that the query reads has values in this period: FILL makes values where none are. */
  haveData(id: string, metrics: Metrics, period: Period): boolean {
    return [...this.metricsOf(id)].some(({ MetricStat }) => {
      const { Metric, Unit } = MetricStat as NonNullable<MetricDataQuery["MetricStat"]>;
      return metrics.statistics({ ...metricIdOf(Metric), unit: Unit, ...period }) !== undefined;
    });
  }

  /** The queries of metrics that a query reads. */
  metricsOf(id: string): Set<MetricDataQuery> {
    const read = new Set<MetricDataQuery>();
    this.evaluate(id, 0, (query) => {
      read.add(query);
      return [];
    });
    return read;
  }

  private evaluate(
    id: string,
    length: number,
    read: (query: MetricDataQuery) => Series,
    within: readonly string[] = [],
  ): Series {
    const query = this.byId.get(id);
    if (!query) throw new Error(`there is no metric or expression with the id "${id}"`);
    if (within.includes(id)) throw new Error(`the expressions ${[...within, id].join(", ")} form a circle`);
    const expression = this.expressions.get(id);
    if (!expression) return read(query);
    const seriesOf = (other: string) => this.evaluate(other, length, read, [...within, id]);
    return evaluateMath(expression, { length, seriesOf });
  }
}

export function statisticOf(set: StatisticSet, statistic: string): number {
  return (STATISTICS[statistic] as (set: StatisticSet) => number)(set);
}

/** @throws Error for a statistic that needs single values (percentiles) */
export function checkStatistic(statistic: string): void {
  if (Object.hasOwn(STATISTICS, statistic)) return;
  throw new Error(`the statistic "${statistic}" is not simulated; local has ${Object.keys(STATISTICS).join(", ")}`);
}

/** @throws Error for a period of less than a minute (high resolution) */
export function checkPeriod(seconds: number): void {
  if (Number.isInteger(seconds) && seconds >= 60 && seconds % 60 === 0) return;
  throw new Error(`the period ${seconds} is not simulated; use whole minutes: 60, 300, 3600 …`);
}

export function metricIdOf({ Namespace, MetricName, Dimensions = [] }: WireMetric): MetricId {
  const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
  return { namespace: Namespace, name: MetricName, dimensions };
}

function checkMetric({ Id, MetricStat }: MetricDataQuery): void {
  if (!MetricStat) throw new Error(`the query "${Id}" has neither a metric nor an expression`);
  checkStatistic(MetricStat.Stat);
  checkPeriod(MetricStat.Period);
}
