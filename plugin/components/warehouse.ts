/** Declares Warehouse for programs in any language. */
import * as pulumi from "@pulumi/pulumi";
import * as components from "../../components/dataLake";
import * as library from "../../components/warehouse";
import type { WarehouseArgs } from "../../components/warehouse/args";
import type { Alarms } from "./alarms";
import type { DataLake } from "./dataLake";
import type { ExistingStream, ExistingTopic } from "./existing";
import { made } from "./madeComponents";

export interface WarehouseInputs
  extends Omit<WarehouseArgs, "lake" | "streams" | "failureTopic" | "alarms" | "transform"> {
  /** The lake whose tables with declared columns are loaded. */
  lake: pulumi.Input<DataLake>;
  /**
   * Streams that are read within seconds, each by a materialized view of this name in `schema`, with AUTO REFRESH. Records
   * that are not JSON are left out. A stream that never rests costs the capacity of the workgroup around the clock.
   * @default none
   */
  streams?: { [view: string]: ExistingStream };
  /** A topic that exists, for failed executions. @default none: the component declares `<name>-failures` */
  failureTopic?: ExistingTopic;
  /** Alarms on failed executions, on missing ones, and on starts that never succeeded. @default none */
  alarms?: Alarms;
}

/**
 * A namespace and a workgroup of Redshift Serverless with a table for each declared table of a lake, and a state machine
 * that loads new raw objects, each row once.
 */
export declare class Warehouse extends pulumi.ComponentResource {
  readonly workgroupName: pulumi.Output<string>;
  readonly workgroupArn: pulumi.Output<string>;
  readonly databaseName: pulumi.Output<string>;
  /** The schema of the tables. */
  readonly schema: pulumi.Output<string>;
  /** ARN of the secret with the administrator's password, which AWS manages. */
  readonly adminSecretArn: pulumi.Output<string>;
  readonly stateMachineArn: pulumi.Output<string>;
  /** Notified of every failed execution; subscribe to it. */
  readonly failureTopicArn: pulumi.Output<string>;
  constructor(name: string, args: WarehouseInputs, opts?: pulumi.ComponentResourceOptions);
}

export function makeWarehouse(
  name: string,
  { lake, ...inputs }: WarehouseInputs,
  opts: pulumi.ComponentResourceOptions,
): Warehouse {
  const args = { ...inputs, lake: made(`Warehouse "${name}": lake`, lake, components.DataLake) };
  return new library.Warehouse(name, args, opts);
}
