/** Declares LakeDashboard for programs in any language: visuals are plain objects of one type. */
import * as pulumi from "@pulumi/pulumi";
import type { LakeDashboardArgs } from "../../components/dashboard/args";
import * as components from "../../components/dataLake";
import * as library from "../../components/lakeDashboard";
import * as warehouses from "../../components/warehouse";
import type { DashboardQuery } from "../../lake/dashboard/dataSets";
import type { Visual } from "../../lake/dashboard/visuals";
import type { DataLake } from "./dataLake";
import { made } from "./madeComponents";
import type { Warehouse } from "./warehouse";

/** A column whose values are groups, or a measure of them: with `aggregate`. */
export interface DashboardField {
  /** The column; none with `aggregate: "count"` for the number of rows. @default none */
  column?: string;
  /** For a date or a timestamp: "minute", "hour", "day", "month", "quarter" or "year". @default "day" */
  by?: string;
  /** Of a measure: "sum", "average", "min", "max", "count" or "distinctCount". @default none: the values are groups */
  aggregate?: string;
}

/** One visual; each kind has its own members. */
export interface DashboardVisual {
  /** "bar", "line", "pie", "table", "kpi", "scatter" or "heatMap". */
  kind: string;
  /** Shown above the visual; unique in its dashboard. 1 to 512 characters. */
  title: string;
  /** The table of the lake that is drawn. @default none: `dataSet` is given */
  table?: string;
  /** The data set of `dataSets` that is drawn. @default none: `table` is given */
  dataSet?: string;
  /** The groups of "bar" and "line"; the measure on the horizontal axis of "scatter". @default none */
  x?: DashboardField;
  /** The measures of "bar" and "line"; the one on the vertical axis of "scatter". @default none */
  y?: DashboardField[];
  /** Splits the only measure of "bar" and "line". @default none */
  color?: DashboardField;
  /** The groups of "pie". @default none */
  slices?: DashboardField;
  /** The measure of "pie", "kpi" and "heatMap". @default none */
  value?: DashboardField;
  /** The groups of "table". @default none */
  groupBy?: DashboardField[];
  /** The measures of "table". @default none */
  values?: DashboardField[];
  /** The groups of "scatter", each a point. @default none */
  points?: DashboardField;
  /** The rows of "heatMap". @default none */
  rows?: DashboardField;
  /** The columns of "heatMap". @default none */
  columns?: DashboardField;
  /** How many groups of "bar", "line", "pie" and "scatter" are drawn, 1 to 1000. @default 20 */
  limit?: number;
}

export interface DashboardColumn {
  name: string;
  /** "boolean", "bigint", "double", "string", "timestamp" or "date". */
  type: string;
}

/** A query of the program, for what no table has as it is. */
export interface DashboardDataSet {
  /** One SELECT in the SQL of Athena, or of Redshift with a warehouse; tables with their database or schema. 1 to 168,000 characters. */
  sql: string;
  /** The names and types of its columns, as the query returns them; no lists. */
  columns: DashboardColumn[];
}

type Restated = "lake" | "warehouse" | "visuals" | "dataSets" | "importMode" | "transform";

export interface LakeDashboardInputs extends Omit<LakeDashboardArgs, Restated> {
  /** The lake whose tables are drawn. */
  lake: pulumi.Input<DataLake>;
  /** The visuals, 1 to 75, drawn in this order. Tables, columns and types are checked. */
  visuals: DashboardVisual[];
  /** Queries that visuals can draw as tables, by name. @default none */
  dataSets?: Record<string, DashboardDataSet>;
  /** "DIRECT_QUERY" or "SPICE". @default "DIRECT_QUERY" */
  importMode?: string;
  /** Draws the tables of this warehouse instead. @default none: Athena */
  warehouse?: pulumi.Input<Warehouse>;
}

/** A QuickSight dashboard over a lake: its data source, its data sets and its visuals. */
export declare class LakeDashboard extends pulumi.ComponentResource {
  readonly dashboardId: pulumi.Output<string>;
  readonly dashboardArn: pulumi.Output<string>;
  /** The address of the dashboard in QuickSight. */
  readonly url: pulumi.Output<string>;
  constructor(name: string, args: LakeDashboardInputs, opts?: pulumi.ComponentResourceOptions);
}

export function makeLakeDashboard(
  name: string,
  { lake, warehouse, visuals, dataSets, importMode, ...inputs }: LakeDashboardInputs,
  opts: pulumi.ComponentResourceOptions,
): LakeDashboard {
  const who = `LakeDashboard "${name}"`;
  const args: LakeDashboardArgs = {
    ...inputs,
    lake: made(`${who}: lake`, lake, components.DataLake),
    // The component's own checks cover what the schema cannot express.
    visuals: visuals.map(withAxes) as unknown as Visual[],
    ...(warehouse && { warehouse: made(`${who}: warehouse`, warehouse, warehouses.Warehouse) }),
    ...(dataSets && { dataSets: dataSets as Record<string, DashboardQuery> }),
    ...(importMode !== undefined && { importMode: importMode as LakeDashboardArgs["importMode"] }),
  };
  return new library.LakeDashboard(name, args, opts);
}

/** A scatter plot has one measure on its vertical axis; the schema has one type for each name. */
function withAxes({ y, ...visual }: DashboardVisual) {
  if (visual.kind !== "scatter") return { ...visual, ...(y && { y }) };
  if (y && y.length > 1) throw new pulumi.RunError(`visual "${visual.title}": y has ${y.length} measures; give one.`);
  return { ...visual, y: y?.[0] };
}
