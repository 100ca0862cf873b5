/** Declares PipelineAlarms for programs in any language. */
import * as pulumi from "@pulumi/pulumi";
import type { PipelineAlarmsArgs } from "../../components/parts/monitoring/alarmsArgs";
import type { AlarmChange } from "../../components/parts/monitoring/pipelineAlarms";
import * as library from "../../components/pipelineAlarms";
import { type MonitoredComponents, monitoredComponents, otherInputs } from "./monitored";

/** Changes of one alarm. */
export interface ChangedAlarm {
  /** The value at which it goes off, in the unit of its metric. @default the component's own */
  threshold?: number;
  /** Consecutive periods beyond the threshold, at least 1. @default the component's own */
  periods?: number;
  /** The description in its messages. @default the component's own */
  description?: string;
}

type Restated = "components" | "emails" | "change" | "without" | "transform";

export interface PipelineAlarmsInputs extends MonitoredComponents, Omit<PipelineAlarmsArgs, Restated> {
  /** E-mail addresses that get a message when an alarm goes off and when it is over. Not with `topicArn`. @default none */
  emails?: string[];
  /** Changes by role, or by the component's name and the role: `router/unformatted`. @default none */
  change?: Record<string, ChangedAlarm>;
  /** Alarms that are left out: by role, or by the component's name and the role. @default none */
  without?: string[];
}

/** The alarms of components that have no input `alarms`, derived from their configuration, and an encrypted SNS topic. */
export declare class PipelineAlarms extends pulumi.ComponentResource {
  /** Notified when an alarm goes off and when it is over. */
  readonly topicArn: pulumi.Output<string>;
  constructor(name: string, args: PipelineAlarmsInputs, opts?: pulumi.ComponentResourceOptions);
}

export function makePipelineAlarms(
  name: string,
  inputs: PipelineAlarmsInputs,
  opts: pulumi.ComponentResourceOptions,
): PipelineAlarms {
  const components = monitoredComponents(`PipelineAlarms "${name}"`, inputs);
  const args = { ...otherInputs(inputs), change: inputs.change as Record<string, AlarmChange> | undefined };
  return new library.PipelineAlarms(name, { ...args, components }, opts);
}
