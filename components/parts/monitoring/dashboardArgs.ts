/** The arguments of `PipelineDashboard` and their checks. */
import type * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as pulumi from "@pulumi/pulumi";
import type { PipelineAlarms } from "../../pipelineAlarms";
import { refuseProblems, wholeNumberProblem } from "../checks";
import type { Transform } from "../transform";
import type { Graph, Monitored } from "./monitoring";

export interface PipelineDashboardArgs {
  /**
   * The components to show, in their order.
   * @example components: [stream, router, lake, etl]
   */
  components: readonly Monitored[];
  /** The alarms to show, in addition to those that the components declare themselves. @default none */
  alarms?: PipelineAlarms;
  /** The time that the dashboard shows when it is opened, hours, 1 to 720. @default `defaults.pipelineDashboard.hours` (24) */
  hours?: number;
  /** Changes to the raw resource, just before it is declared. @default none */
  transform?: { dashboard?: Transform<cloudwatch.DashboardArgs> };
}

/** CloudWatch service quotas: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html */
const MAX_WIDGETS = 500;
const MAX_METRICS = 2500;
/** A graph in each section, the header and the alarms. */
const OTHER_WIDGETS = 20;
const MAX_NAME = 255;

/** @throws one error that names every problem */
export function checkPipelineDashboard(name: string, args: PipelineDashboardArgs): void {
  const { components } = args;
  refuseProblems("PipelineDashboard", name, [
    components.length === 0 ? "components is empty; give at least one." : undefined,
    ...components.map((component: Monitored | undefined, index) =>
      component?.monitoring
        ? undefined
        : `components[${index}] is not a component that has graphs; give components of this package, as a FormatRouter.`,
    ),
  ]);
  const graphs = components.flatMap(({ monitoring }): readonly Graph[] => monitoring.graphs);
  const metrics = graphs.reduce((sum, graph) => sum + graph.metrics.length, 0);
  const repeated = components.find((component, index) => components.indexOf(component) < index)?.monitoring;
  const length = `${pulumi.getProject()}-${pulumi.getStack()}-${name}`.length;
  refuseProblems("PipelineDashboard", name, [
    repeated && `components has ${repeated.component} "${repeated.name}" twice; give it once.`,
    graphs.length + OTHER_WIDGETS > MAX_WIDGETS
      ? `its ${components.length} components have ${graphs.length} graphs, and a dashboard has at most ${MAX_WIDGETS} widgets; use several dashboards.`
      : undefined,
    metrics > MAX_METRICS
      ? `its ${components.length} components have ${metrics} metrics, and a dashboard has at most ${MAX_METRICS}; use several dashboards.`
      : undefined,
    length > MAX_NAME
      ? `with project and stack, its dashboard's name has ${length} characters; CloudWatch allows ${MAX_NAME}.`
      : undefined,
    args.alarms && !args.alarms.nodes?.alarms
      ? "alarms is not a PipelineAlarms; give the component itself."
      : undefined,
    wholeNumberProblem("hours", args.hours, { min: 1, max: 720, unit: "hours" }),
  ]);
}
