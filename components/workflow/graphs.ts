/** Describes the graphs of a state machine: how its executions end, and how long they take. */
import type * as sfn from "@pulumi/aws/sfn";
import type { Graph } from "../parts/monitoring/monitoring";

/** https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html */
export function workflowGraphs(name: string, machine: sfn.StateMachine): Graph[] {
  const ofMachine = { namespace: "AWS/States", dimensions: { StateMachineArn: machine.arn } } as const;
  const count = (metricName: string, label: string) => ({ ...ofMachine, metricName, statistic: "Sum", label }) as const;
  return [
    {
      section: "hours",
      title: `${name}: executions`,
      unit: "executions",
      metrics: [
        count("ExecutionsStarted", "started"),
        count("ExecutionsSucceeded", "succeeded"),
        count("ExecutionsFailed", "failed"),
      ],
    },
    {
      section: "cost",
      title: `${name}: longest execution`,
      unit: "ms",
      metrics: [{ ...ofMachine, metricName: "ExecutionTime", statistic: "Maximum", label: name }],
    },
  ];
}
