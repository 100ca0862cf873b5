/** Declares one CloudWatch dashboard with the graphs, the alarms and the links of all components of a program. */
import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as pulumi from "@pulumi/pulumi";
import { defaults } from "../lake/defaults";
import { checkPipelineDashboard, type PipelineDashboardArgs } from "./parts/monitoring/dashboardArgs";
import { dashboardBody } from "./parts/monitoring/dashboardBody";
import { transformed } from "./parts/transform";

/** The raw resources. */
export interface PipelineDashboardNodes {
  readonly dashboard: cloudwatch.Dashboard;
}

/**
 * A CloudWatch dashboard: records and rows, lag, errors, hours and the ledger, what costs, the state of all alarms, and links to
 * logs and workflows. Each graph reads a metric of a given component.
 */
export class PipelineDashboard extends pulumi.ComponentResource {
  readonly dashboardName: pulumi.Output<string>;
  readonly nodes: PipelineDashboardNodes;

  constructor(name: string, args: PipelineDashboardArgs, opts?: pulumi.ComponentResourceOptions) {
    checkPipelineDashboard(name, args);
    super("streamlake:index:PipelineDashboard", name, {}, opts);

    const { components, alarms } = args;
    const monitored = components.map(({ monitoring }) => monitoring);
    const all = [...monitored.map(({ declared }) => declared), alarms?.nodes.alarms ?? {}].flatMap(Object.values);
    const body = pulumi
      .output({
        arn: (monitored[0] as (typeof monitored)[number]).arn,
        graphs: monitored.flatMap(({ graphs }) => graphs),
        links: monitored.flatMap(({ links }) => links),
        alarmArns: all.map((alarm: cloudwatch.MetricAlarm) => alarm.arn),
      })
      .apply((parts) => dashboardBody(name, { ...parts, hours: args.hours ?? defaults.pipelineDashboard.hours }));
    const dashboard = new cloudwatch.Dashboard(
      ...transformed<cloudwatch.DashboardArgs>(
        args.transform?.dashboard,
        `${name}-dashboard`,
        // The provider has no automatic name for it; CloudWatch takes letters, digits, "-" and "_".
        {
          dashboardName: `${pulumi.getProject()}-${pulumi.getStack()}-${name}`.replace(/[^A-Za-z0-9_-]/g, "-"),
          dashboardBody: body,
        },
        { parent: this },
      ),
    );
    this.nodes = { dashboard };
    this.dashboardName = dashboard.dashboardName;

    this.registerOutputs({ dashboardName: this.dashboardName });
  }
}
