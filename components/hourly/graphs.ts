/** Describes the graphs of the hourly step: its executions, the hours that it sealed, the ledger, and its cost. */
import type * as sfn from "@pulumi/aws/sfn";
import type { CallbackFunction } from "../callbackFunction";
import { functionTime } from "../parts/monitoring/functionGraphs";
import type { Graph } from "../parts/monitoring/monitoring";
import { workflowGraphs } from "../workflow/graphs";

export interface HourlyGraphsOptions {
  readonly machine: sfn.StateMachine;
  readonly plan: CallbackFunction;
  readonly reconcile: CallbackFunction;
}

/** The metrics of functions/planHours.ts and functions/reconcile.ts. */
export function hourlyGraphs(name: string, { machine, plan, reconcile }: HourlyGraphsOptions): Graph[] {
  const of = (handler: CallbackFunction, metricName: string, statistic: "Sum" | "Maximum", label: string) => ({
    namespace: "Streamlake",
    dimensions: { Function: handler.nodes.function.name },
    metricName,
    statistic,
    label,
  });
  return [
    {
      section: "hours",
      title: `${name}: hours that wait`,
      unit: "hours",
      metrics: [of(plan, "HoursOpen", "Maximum", "to be worked on"), of(plan, "HoursLate", "Maximum", "late")],
    },
    {
      section: "hours",
      title: `${name}: sealed tables of hours, and those whose counts differ`,
      unit: "tables",
      metrics: [of(reconcile, "SealedTables", "Sum", "sealed"), of(reconcile, "BrokenTables", "Sum", "broken")],
    },
    {
      section: "hours",
      title: `${name}: rows in the ledger`,
      unit: "rows",
      metrics: [of(reconcile, "RawRows", "Sum", "in raw objects"), of(reconcile, "ParquetRows", "Sum", "in Parquet")],
    },
    ...workflowGraphs(name, machine),
    functionTime(name, [
      [`${name}-plan`, plan],
      [`${name}-reconcile`, reconcile],
    ]),
  ];
}
