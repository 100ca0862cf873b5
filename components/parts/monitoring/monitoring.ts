/** Describes how a component is monitored: what `PipelineAlarms` and `PipelineDashboard` read of it. */
import type * as cloudwatch from "@pulumi/aws/cloudwatch";
import type * as pulumi from "@pulumi/pulumi";
import type { AlarmRoles } from "../alarm";

/** A component of this package that has alarms or graphs. */
export interface Monitored {
  readonly monitoring: Monitoring;
}

export interface Monitoring {
  /** The class, as `FormatRouter`. */
  readonly component: string;
  readonly name: string;
  /** ARN of one of its resources, for the partition, the Region and the account. */
  readonly arn: pulumi.Output<string>;
  /** By role; also those that the component does not declare. */
  readonly alarms: AlarmRoles;
  /** The alarms that the component declares itself, by role; empty without its argument `alarms`. */
  readonly declared: Readonly<Record<string, cloudwatch.MetricAlarm>>;
  readonly graphs: readonly Graph[];
  readonly links: readonly Link[];
}

/** The parts of a dashboard, in their order. */
export const SECTIONS = {
  flow: "Records and rows",
  lag: "Lag",
  errors: "Errors",
  hours: "Hours and the ledger",
  cost: "What costs",
} as const;

/** A chart of a dashboard. */
export interface Graph {
  readonly section: keyof typeof SECTIONS;
  readonly title: string;
  /** The label of the axis. */
  readonly unit: string;
  readonly metrics: readonly GraphMetric[];
  /** True draws the metrics on top of each other. @default false */
  readonly stacked?: boolean;
}

export interface GraphMetric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, pulumi.Input<string>>>;
  readonly statistic: "Sum" | "Maximum" | "Average";
  readonly label: string;
}

/** A link of a dashboard: to the logs of a group, or to the executions of a state machine. */
export type Link =
  | { readonly label: string; readonly logGroup: pulumi.Input<string> }
  | { readonly label: string; readonly stateMachineArn: pulumi.Input<string> };
