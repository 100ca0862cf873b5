/** Turns the rows of a result into what a chart draws: sums by place and series, or a point for each row. */
import { visible } from "./format";

export type Row = readonly (string | null)[];

/** Column numbers. */
export interface Axes {
  readonly along: number;
  readonly value: number;
  /** -1 for one series. */
  readonly by: number;
}

export interface PlotData {
  readonly places: readonly string[];
  readonly series: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
}

export interface PointData extends PlotData {
  /** Ascending: numbers of their own without `places`, otherwise numbers of places. */
  readonly positions: readonly number[];
}

interface Result {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly Row[];
}

/** Adds the column `dt hour` to a result with both, because hours of different days are different places. */
export function withHours({ columns, rows }: Result): Result {
  const [dt, hour] = ["dt", "hour"].map((name) => columns.findIndex((column) => column.name === name));
  if (dt === undefined || hour === undefined || dt < 0 || hour < 0) return { columns, rows };
  return {
    columns: [...columns, { name: "dt hour", type: "varchar" }],
    rows: rows.map((row) => [...row, `${row[dt] ?? "null"} ${row[hour] ?? "null"}`]),
  };
}

/** Values of the same place and series are added. */
export function sumsOf(rows: readonly Row[], { along, value, by }: Axes, title: string): PlotData {
  const places = [...new Set(rows.map((row) => row[along] ?? "null"))];
  const at = new Map(places.map((place, index) => [place, index]));
  const series = new Map<string, (number | null)[]>();
  for (const row of rows) {
    const name = by < 0 ? title : (row[by] ?? "null");
    const values = series.get(name) ?? places.map(() => null);
    series.set(name, values);
    const place = at.get(row[along] ?? "null") ?? 0;
    const number = numberOf(row[value]);
    if (number !== undefined) values[place] = (values[place] ?? 0) + number;
  }
  return {
    places: places.map(visible),
    series: [...series].map(([name, values]) => ({ name: visible(name), values })),
  };
}

/** A point for each row that has both values. */
export function pointsOf(
  rows: readonly Row[],
  { along, value, by }: Axes,
  { title, isNumeric }: { readonly title: string; readonly isNumeric: boolean },
): PointData {
  const places = isNumeric ? [] : [...new Set(rows.map((row) => row[along] ?? "null"))];
  const at = new Map(places.map((place, index) => [place, index]));
  const points = rows.flatMap((row) => {
    const x = isNumeric ? numberOf(row[along]) : at.get(row[along] ?? "null");
    const y = numberOf(row[value]);
    return x === undefined || y === undefined ? [] : [{ x, y, name: by < 0 ? title : (row[by] ?? "null") }];
  });
  points.sort((left, right) => left.x - right.x);
  const names = [...new Set(points.map(({ name }) => name))];
  return {
    places: places.map(visible),
    positions: points.map(({ x }) => x),
    series: names.map((name) => ({
      name: visible(name),
      values: points.map((point) => (point.name === name ? point.y : null)),
    })),
  };
}

export function numberOf(text: string | null | undefined): number | undefined {
  const number = text === null || text === undefined ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : undefined;
}
