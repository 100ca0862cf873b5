/** Describes how late a warehouse is: the alarm on objects that wait too long to be loaded, and the graphs of its loads. */
import type * as sfn from "@pulumi/aws/sfn";
import * as pulumi from "@pulumi/pulumi";
import { defaults } from "../../lake/defaults";
import type { CallbackFunction } from "../callbackFunction";
import type { AlarmOptions } from "../parts/alarm";
import { functionTime } from "../parts/monitoring/functionGraphs";
import type { Graph } from "../parts/monitoring/monitoring";
import { AT_ONCE } from "../stream/alarms";
import { workflowGraphs } from "../workflow/graphs";

const NAMESPACE = "Streamlake";

/** The metric of functions/loadWarehouse.ts. */
export function loadLag(name: string, everyMinutes: number, plan: CallbackFunction): AlarmOptions {
  return {
    ...AT_ONCE,
    namespace: NAMESPACE,
    dimension: ["Function", plan.nodes.function.name],
    metricName: "LoadLagSeconds",
    statistic: "Maximum",
    periodSeconds: 60 * Math.max(5, everyMinutes),
    periods: 3,
    threshold: 60 * (2 * everyMinutes + defaults.warehouse.alarms.lagMinutes),
    description: ({ threshold }) =>
      pulumi.interpolate`Objects wait ${pulumi.output(threshold).apply((seconds) => Math.round(seconds / 60))} minutes until ${name} loads them; its log names the table`,
  };
}

export function warehouseGraphs(
  name: string,
  { machine, plan }: { readonly machine: sfn.StateMachine; readonly plan: CallbackFunction },
): Graph[] {
  const own = { namespace: NAMESPACE, dimensions: { Function: plan.nodes.function.name } } as const;
  return [
    {
      section: "flow",
      title: `${name}: rows that are given to Redshift`,
      unit: "rows",
      metrics: [{ ...own, metricName: "LoadedRows", statistic: "Sum", label: name }],
    },
    {
      section: "lag",
      title: `${name}: age of the oldest object that is not loaded`,
      unit: "s",
      metrics: [{ ...own, metricName: "LoadLagSeconds", statistic: "Maximum", label: name }],
    },
    ...workflowGraphs(name, machine),
    functionTime(name, [[`${name}-plan`, plan]]),
  ];
}
