/** The metrics of a cloud: a statistic set for each metric and minute, from services and from functions' logs. */
import type { Clock } from "../clock";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_StatisticSet.html */
export interface StatisticSet {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

export interface MetricId {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface Datum extends MetricId {
  readonly values: StatisticSet;
  /** `"Count"`, `"Milliseconds"`, `"Bytes"` … @default "None" */
  readonly unit?: string;
  /** Milliseconds since the epoch. @default now */
  readonly at?: number;
}

export interface StatisticsQuery extends MetricId {
  /** Only values with this unit. @default values of every unit */
  readonly unit?: string | undefined;
  /** Milliseconds since the epoch: whole minutes; `to` is excluded. */
  readonly from: number;
  readonly to: number;
}

/** Adds one value of a metric of one resource. */
export type Publish = (name: string, value: number, unit: string, at?: number) => void;

export const MINUTE = 60_000;
/** A metric keeps a week of minutes; CloudWatch keeps them for 15 days (CloudWatch user guide, metrics retention). */
const MAX_MINUTES = 7 * 24 * 60;

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

/** The values of a metric with one unit, by the start of their minute. */
type Series = Map<number, Mutable<StatisticSet>>;

export class Metrics {
  private readonly metrics = new Map<string, { readonly id: MetricId; readonly units: Map<string, Series> }>();
  private readonly samplers: ((at: number) => void)[] = [];

  constructor(private readonly clock: Pick<Clock, "now">) {}

  /** For the metrics of one resource, which a service publishes often. */
  publisher(namespace: string, dimensions: Readonly<Record<string, string>>): Publish {
    const known = new Map<string, Series>();
    return (name, value, unit, at = this.clock.now()) => {
      let series = known.get(name);
      if (!series) {
        series = this.series({ namespace, name, dimensions }, unit);
        known.set(name, series);
      }
      merge(series, at, { count: 1, sum: value, min: value, max: value });
    };
  }

  add({ values, unit = "None", at = this.clock.now(), ...id }: Datum): void {
    merge(this.series(id, unit), at, values);
  }

  /** Called before metrics are read: publishes the present value of a gauge, or reads metrics from files. */
  onRead(sample: (at: number) => void): void {
    this.samplers.push(sample);
  }

  /** Brings the metrics up to date; gauges have their values at this time. */
  refresh(at = this.clock.now()): void {
    for (const sample of this.samplers) sample(at);
  }

  /** Every metric, in the order of their first values. */
  list(): MetricId[] {
    return [...this.metrics.values()].map(({ id }) => id);
  }

  /** The units of a metric's values; empty for a metric without values. */
  units(id: MetricId): string[] {
    return [...(this.metrics.get(keyOf(id))?.units.keys() ?? [])];
  }

  /** The values between two times in one set; undefined without values. */
  statistics({ unit, from, to, ...id }: StatisticsQuery): StatisticSet | undefined {
    const units = this.metrics.get(keyOf(id))?.units;
    if (!units) return undefined;
    const all = unit === undefined ? [...units.values()] : [units.get(unit) ?? new Map<number, StatisticSet>()];
    let found: StatisticSet | undefined;
    for (const series of all) {
      for (let minute = from; minute < to; minute += MINUTE) {
        const set = series.get(minute);
        if (set) found = found ? merged(found, set) : set;
      }
    }
    return found;
  }

  private series(id: MetricId, unit: string): Series {
    const key = keyOf(id);
    let metric = this.metrics.get(key);
    if (!metric) {
      metric = { id: { namespace: id.namespace, name: id.name, dimensions: { ...id.dimensions } }, units: new Map() };
      this.metrics.set(key, metric);
    }
    let series = metric.units.get(unit);
    if (!series) {
      series = new Map();
      metric.units.set(unit, series);
    }
    return series;
  }
}

/** One value as a set. */
export function single(value: number): StatisticSet {
  return { count: 1, sum: value, min: value, max: value };
}

export function merged(one: StatisticSet, other: StatisticSet): StatisticSet {
  return {
    count: one.count + other.count,
    sum: one.sum + other.sum,
    min: Math.min(one.min, other.min),
    max: Math.max(one.max, other.max),
  };
}

function merge(series: Series, at: number, values: StatisticSet): void {
  const minute = Math.floor(at / MINUTE) * MINUTE;
  const set = series.get(minute);
  if (set) {
    Object.assign(set, merged(set, values));
    return;
  }
  series.set(minute, { ...values });
  if (series.size > MAX_MINUTES) series.delete(series.keys().next().value as number);
}

/** Dimensions have no order. */
function keyOf({ namespace, name, dimensions }: MetricId): string {
  const sorted = Object.entries(dimensions).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([namespace, name, sorted]);
}
