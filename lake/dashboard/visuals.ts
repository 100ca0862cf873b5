/** The visuals of a dashboard as plain objects, and the functions that make them. */
import { createHash } from "node:crypto";
import { defaults } from "../defaults";

/** How a measure combines the values of a column. */
export type Aggregate = "sum" | "average" | "min" | "max" | "count" | "distinctCount";

export const AGGREGATES: readonly Aggregate[] = ["sum", "average", "min", "max", "count", "distinctCount"];

/** The periods that a column of dates is cut into. Weeks are left out: they begin on Sunday in QuickSight, on Monday in SQL. */
export type Period = "minute" | "hour" | "day" | "month" | "quarter" | "year";

export const PERIODS: readonly Period[] = ["minute", "hour", "day", "month", "quarter", "year"];

/** A column whose values are the groups of a visual. */
export interface Dimension {
  readonly column: string;
  /** For a date or a timestamp: the period of a group. @default "day" */
  readonly by?: Period;
}

/** One number for each group. */
export interface Measure {
  readonly aggregate: Aggregate;
  /** The column that is combined. @default none, for `count` of a lake's table: the number of rows */
  readonly column?: string;
}

interface Titled {
  /** Shown above the visual; unique in its dashboard. 1 to 512 characters. */
  readonly title: string;
  /** The table of the lake that is drawn: one with declared columns, its live view `<table>_live`, or `unformatted`. @default none: `dataSet` is given */
  readonly table?: string;
  /** The data set of the dashboard's `dataSets` that is drawn. @default none: `table` is given */
  readonly dataSet?: string;
}

interface Limited {
  /** How many groups are drawn, 1 to 1000: those with the highest first measure. Dates are never left out. @default `defaults.dashboard.groups` (20) */
  readonly limit?: number;
}

/** Bars or a line for each measure, or for each value of `color`. */
export interface SeriesVisual extends Titled, Limited {
  readonly kind: "bar" | "line";
  readonly x: Dimension;
  readonly y: readonly Measure[];
  /** Splits the only measure by the values of this column. @default none */
  readonly color?: Dimension;
}

export interface PieVisual extends Titled, Limited {
  readonly kind: "pie";
  readonly slices: Dimension;
  readonly value: Measure;
}

/** Rows of groups and their measures. */
export interface TableVisual extends Titled {
  readonly kind: "table";
  readonly groupBy: readonly Dimension[];
  readonly values: readonly Measure[];
}

/** One number. */
export interface KpiVisual extends Titled {
  readonly kind: "kpi";
  readonly value: Measure;
}

/** A point for each group. */
export interface ScatterVisual extends Titled, Limited {
  readonly kind: "scatter";
  readonly points: Dimension;
  readonly x: Measure;
  readonly y: Measure;
}

/** A cell for each pair of groups. */
export interface HeatMapVisual extends Titled {
  readonly kind: "heatMap";
  readonly rows: Dimension;
  readonly columns: Dimension;
  readonly value: Measure;
}

export type Visual = SeriesVisual | PieVisual | TableVisual | KpiVisual | ScatterVisual | HeatMapVisual;

export const VISUAL_KINDS: readonly Visual["kind"][] = ["bar", "line", "pie", "table", "kpi", "scatter", "heatMap"];

/** A column by its name, or by its name and a period. */
type Group = string | Dimension;

type SeriesOptions = Omit<SeriesVisual, "kind" | "x" | "y" | "color"> & {
  readonly x: Group;
  readonly y: Measure | readonly Measure[];
  readonly color?: Group;
};

/** @example bar({ title: "Sales by shop", table: "orders", x: "shop", y: sum("cents") }) */
export function bar(options: SeriesOptions): SeriesVisual {
  return series("bar", options);
}

/** @example line({ title: "Rows by hour", table: "orders", x: { column: "_arrived", by: "hour" }, y: count(), color: "_format" }) */
export function line(options: SeriesOptions): SeriesVisual {
  return series("line", options);
}

function series(kind: SeriesVisual["kind"], { x, y, color, ...rest }: SeriesOptions): SeriesVisual {
  // A value of another shape is refused by name when the component checks its visuals.
  const measures = typeof y === "object" && y !== null && "aggregate" in y ? [y] : y;
  return { kind, ...rest, x: group(x), y: measures, ...(color !== undefined && { color: group(color) }) };
}

/** @example pie({ title: "Formats", table: "orders", slices: "_format", value: count() }) */
export function pie({ slices, ...rest }: Omit<PieVisual, "kind" | "slices"> & { readonly slices: Group }): PieVisual {
  return { kind: "pie", ...rest, slices: group(slices) };
}

/** @example table({ title: "Shops", table: "orders", groupBy: ["shop"], values: [count(), sum("cents")] }) */
export function table({
  groupBy,
  ...rest
}: Omit<TableVisual, "kind" | "groupBy"> & { readonly groupBy: readonly Group[] }): TableVisual {
  const given: unknown = groupBy;
  return { kind: "table", ...rest, groupBy: (Array.isArray(given) ? given.map(group) : given) as Dimension[] };
}

/** @example kpi({ title: "Customers", table: "orders", value: distinctCount("customer") }) */
export function kpi(options: Omit<KpiVisual, "kind">): KpiVisual {
  return { kind: "kpi", ...options };
}

/** @example scatter({ title: "Size and price", table: "orders", points: "shop", x: average("items"), y: average("cents") }) */
export function scatter({
  points,
  ...rest
}: Omit<ScatterVisual, "kind" | "points"> & { readonly points: Group }): ScatterVisual {
  return { kind: "scatter", ...rest, points: group(points) };
}

/** @example heatMap({ title: "Hours", table: "orders", rows: "_format", columns: { column: "_arrived", by: "hour" }, value: count() }) */
export function heatMap({
  rows,
  columns,
  ...rest
}: Omit<HeatMapVisual, "kind" | "rows" | "columns"> & {
  readonly rows: Group;
  readonly columns: Group;
}): HeatMapVisual {
  return { kind: "heatMap", ...rest, rows: group(rows), columns: group(columns) };
}

function group(given: Group): Dimension {
  return typeof given === "string" ? { column: given } : given;
}

/** The sum of a column of numbers. */
export function sum(column: string): Measure {
  return { aggregate: "sum", column };
}

/** The mean of a column of numbers. */
export function average(column: string): Measure {
  return { aggregate: "average", column };
}

/** The smallest number of a column. */
export function min(column: string): Measure {
  return { aggregate: "min", column };
}

/** The largest number of a column. */
export function max(column: string): Measure {
  return { aggregate: "max", column };
}

/** The number of rows, or of the values of a column that are not null. */
export function count(column?: string): Measure {
  return { aggregate: "count", ...(column !== undefined && { column }) };
}

/** The number of different values of a column. */
export function distinctCount(column: string): Measure {
  return { aggregate: "distinctCount", column };
}

/** The dimensions and the measures of a visual, each with its place in it: `x`, `y0`, `color`. */
export function fieldsOf(visual: Visual): {
  readonly dimensions: readonly (readonly [place: string, Dimension])[];
  readonly measures: readonly (readonly [place: string, Measure])[];
} {
  switch (visual.kind) {
    case "bar":
    case "line":
      return {
        dimensions: [["x", visual.x], ...(visual.color ? [["color", visual.color] as const] : [])],
        measures: numbered("y", visual.y),
      };
    case "pie":
      return { dimensions: [["slices", visual.slices]], measures: [["value", visual.value]] };
    case "table":
      return { dimensions: numbered("groupBy", visual.groupBy), measures: numbered("values", visual.values) };
    case "kpi":
      return { dimensions: [], measures: [["value", visual.value]] };
    case "scatter":
      return {
        dimensions: [["points", visual.points]],
        measures: [
          ["x", visual.x],
          ["y", visual.y],
        ],
      };
    case "heatMap":
      return {
        dimensions: [
          ["rows", visual.rows],
          ["columns", visual.columns],
        ],
        measures: [["value", visual.value]],
      };
  }
}

function numbered<Field>(place: string, fields: readonly Field[]): [string, Field][] {
  return fields.map((field, index) => [`${place}${index}`, field]);
}

/** How many groups of a dimension are drawn; undefined for all. */
export function limitOf(visual: Visual, place: string): number | undefined {
  if (place === "color") return defaults.dashboard.colors;
  if (visual.kind === "table" || visual.kind === "kpi" || visual.kind === "heatMap") return undefined;
  return visual.limit ?? defaults.dashboard.groups;
}

/** The name of the visual's data set. */
export function dataSetOf({ table, dataSet }: Visual): string {
  return (table ?? dataSet) as string;
}

const MAX_ID = 200;
const DIGEST_LENGTH = 8;

/** The visual's id: its title in letters, digits and "-", with a digest if the title has other letters or is cut. */
export function visualId(title: string): string {
  const letters = title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "");
  const id = letters.replace(/[^\w-]/gu, "_");
  if (id === letters && id.length <= MAX_ID) return id || "visual";
  const digest = createHash("sha256").update(letters).digest("hex").slice(0, DIGEST_LENGTH);
  return `${id.slice(0, MAX_ID - DIGEST_LENGTH - 1)}-${digest}`;
}
