/** Declares PipelineDashboard for programs in any language. */
import * as pulumi from "@pulumi/pulumi";
import type { PipelineDashboardArgs } from "../../components/parts/monitoring/dashboardArgs";
import * as alarmsLibrary from "../../components/pipelineAlarms";
import * as library from "../../components/pipelineDashboard";
import { made } from "./madeComponents";
import { type MonitoredComponents, monitoredComponents, otherInputs } from "./monitored";
import type { PipelineAlarms } from "./pipelineAlarms";

type Restated = "components" | "alarms" | "transform";

export interface PipelineDashboardInputs extends MonitoredComponents, Omit<PipelineDashboardArgs, Restated> {
  /** The alarms to show, in addition to those that the components declare themselves. @default none */
  alarms?: pulumi.Input<PipelineAlarms>;
}

/** A CloudWatch dashboard: records and rows, lag, errors, hours and the ledger, what costs, and the state of all alarms. */
export declare class PipelineDashboard extends pulumi.ComponentResource {
  readonly dashboardName: pulumi.Output<string>;
  constructor(name: string, args: PipelineDashboardInputs, opts?: pulumi.ComponentResourceOptions);
}

export function makePipelineDashboard(
  name: string,
  inputs: PipelineDashboardInputs,
  opts: pulumi.ComponentResourceOptions,
): PipelineDashboard {
  const who = `PipelineDashboard "${name}"`;
  const { alarms, ...others } = otherInputs(inputs);
  const args = {
    ...others,
    components: monitoredComponents(who, inputs),
    ...(alarms && { alarms: made(`${who}: alarms`, alarms, alarmsLibrary.PipelineAlarms) }),
  };
  return new library.PipelineDashboard(name, args, opts);
}
