/** Declares ServingTable for programs in any language, with declared keys and folds. */
import * as pulumi from "@pulumi/pulumi";
import * as components from "../../components/dataLake";
import type { ServingTableArgs } from "../../components/serving/args";
import * as library from "../../components/servingTable";
import type { FoldedAttribute } from "../../lake/serving/fold";
import type { Alarms } from "./alarms";
import type { DataLake } from "./dataLake";
import { type DecodingInputs, decodingArgs } from "./decoding";
import type { StartingPosition } from "./formatRouter";
import { made } from "./madeComponents";

export interface ServingAlarms extends Alarms {
  /** Age of the oldest record of a batch, beyond the batch window, at which an alarm goes off, minutes, 1 to 10080. @default 15 */
  iteratorAgeMinutes?: number;
}

/** Settings that only callbacks use. */
type TypeScriptOnly = "environment" | "permissions" | "secrets" | "transform";
type Restated = keyof DecodingInputs | "lake" | "key" | "fold" | "alarms" | "filters" | "startingPosition";

export interface ServingTableInputs extends DecodingInputs, Omit<ServingTableArgs, TypeScriptOnly | Restated> {
  /** The name of the member of the rows that is the key of their item. @default the stream partition key of the row's record */
  key?: string;
  /** The attributes of an item, each made of the rows of its key. @default the item is the newest row */
  fold?: Record<string, FoldedAttribute>;
  /** Keeps failed batches in this lake's bucket of failed batches. @default none: a bucket of its own */
  lake?: pulumi.Input<DataLake>;
  /** The starting position of a new mapping. @default "TRIM_HORIZON" */
  startingPosition?: StartingPosition;
  /** Event filter patterns, JSON, at most 5; Lambda permanently drops a record that matches none. @default none */
  filters?: string[];
  /** Alarms on records that wait, are not folded, are not written or are discarded. @default none */
  alarms?: ServingAlarms;
}

/** A DynamoDB table on demand, and a Lambda function on a stream that folds rows into its items, each record once. */
export declare class ServingTable extends pulumi.ComponentResource {
  /** The table that applications read by key. */
  readonly tableName: pulumi.Output<string>;
  readonly tableArn: pulumi.Output<string>;
  constructor(name: string, args: ServingTableInputs, opts?: pulumi.ComponentResourceOptions);
}

export function makeServingTable(
  name: string,
  { stream, existingStream, lake, schemaRegistry, formats, ...inputs }: ServingTableInputs,
  opts: pulumi.ComponentResourceOptions,
): ServingTable {
  const who = `ServingTable "${name}"`;
  const args = {
    ...inputs,
    ...decodingArgs(who, { stream, existingStream, schemaRegistry, formats }),
    ...(lake && { lake: made(`${who}: lake`, lake, components.DataLake) }),
  };
  return new library.ServingTable(name, args, opts);
}
