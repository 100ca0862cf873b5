/** Declares HourlyEtl for programs in any language. */
import * as pulumi from "@pulumi/pulumi";
import * as components from "../../components/dataLake";
import type { HourlyEtlArgs } from "../../components/hourly/args";
import * as library from "../../components/hourlyEtl";
import type { Alarms } from "./alarms";
import type { DataLake } from "./dataLake";
import type { ExistingTopic } from "./existing";
import { made } from "./madeComponents";

export const WorkerType = {
  G1X: "G.1X",
  G2X: "G.2X",
  G4X: "G.4X",
  G8X: "G.8X",
  G12X: "G.12X",
  G16X: "G.16X",
  R1X: "R.1X",
  R2X: "R.2X",
  R4X: "R.4X",
  R8X: "R.8X",
} as const;
export type WorkerType = (typeof WorkerType)[keyof typeof WorkerType];

export interface HourlyEtlInputs
  extends Omit<HourlyEtlArgs, "lake" | "workerType" | "failureTopic" | "alarms" | "transform"> {
  /** The lake whose raw rows become Parquet. */
  lake: pulumi.Input<DataLake>;
  /** The worker type, as Glue names it. @default "G.1X" */
  workerType?: WorkerType;
  /** A topic that exists, for failed executions. @default none: the component declares `<name>-failures` */
  failureTopic?: ExistingTopic;
  /** Alarms on failed executions, on missing executions, and on starts that never succeeded. @default none */
  alarms?: Alarms;
}

/**
 * A schedule, a state machine, a Glue job and two functions. They process each hour, missed hours, and hours with late
 * records.
 */
export declare class HourlyEtl extends pulumi.ComponentResource {
  readonly stateMachineArn: pulumi.Output<string>;
  /** Notified of every failed execution; subscribe to it. */
  readonly failureTopicArn: pulumi.Output<string>;
  constructor(name: string, args: HourlyEtlInputs, opts?: pulumi.ComponentResourceOptions);
}

export function makeHourlyEtl(
  name: string,
  { lake, ...inputs }: HourlyEtlInputs,
  opts: pulumi.ComponentResourceOptions,
): HourlyEtl {
  const args = { ...inputs, lake: made(`HourlyEtl "${name}": lake`, lake, components.DataLake) };
  return new library.HourlyEtl(name, args, opts);
}
