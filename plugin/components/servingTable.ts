/** Declares ServingTable for programs in any language, with declared keys and folds. */
import * as pulumi from "@pulumi/pulumi";
import * as components from "../../components/dataLake";
import { SchemaRegistry as RegistryComponent } from "../../components/schemaRegistry";
import type { ServingTableArgs } from "../../components/serving/args";
import * as library from "../../components/servingTable";
import type { FormatsConfig } from "../../lake/formats";
import type { FoldedAttribute } from "../../lake/serving/fold";
import type { Alarms } from "./alarms";
import type { DataLake } from "./dataLake";
import { type ExistingStream, streamInput } from "./existing";
import type { StartingPosition } from "./formatRouter";
import type { RouterFormats } from "./formats";
import { made } from "./madeComponents";
import type { SchemaRegistry } from "./schemaRegistry";
import type { StreamIngest } from "./streamIngest";

export interface ServingAlarms extends Alarms {
  /** Age of the oldest record of a batch, beyond the batch window, at which an alarm goes off, minutes, 1 to 10080. @default 15 */
  iteratorAgeMinutes?: number;
}

/** Settings that only callbacks use. */
type TypeScriptOnly = "environment" | "permissions" | "secrets" | "transform";
type Restated =
  | "stream"
  | "lake"
  | "schemaRegistry"
  | "key"
  | "fold"
  | "formats"
  | "alarms"
  | "filters"
  | "startingPosition";

export interface ServingTableInputs extends Omit<ServingTableArgs, TypeScriptOnly | Restated> {
  /** The stream whose records it reads; required without `existingStream`. */
  stream?: pulumi.Input<StreamIngest>;
  /** A stream that exists, instead of `stream`; docs/existing-resources.md lists what its owner grants. @default none */
  existingStream?: ExistingStream;
  /** The name of the member of the rows that is the key of their item. @default the stream partition key of the row's record */
  key?: string;
  /** The attributes of an item, each made of the rows of its key. @default the item is the newest row */
  fold?: Record<string, FoldedAttribute>;
  /** The formats that are tried, each with its options. @default JSON, NDJSON and CSV */
  formats?: RouterFormats;
  /** The registry of the schemas that records name by id in Glue's frame. @default none: only declared schemas are known */
  schemaRegistry?: pulumi.Input<SchemaRegistry>;
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
    stream: streamInput(who, stream, existingStream),
    ...(lake && { lake: made(`${who}: lake`, lake, components.DataLake) }),
    ...(schemaRegistry && { schemaRegistry: made(`${who}: schemaRegistry`, schemaRegistry, RegistryComponent) }),
    // As for a router: the component's own checks cover what the schema cannot express.
    formats: formats as FormatsConfig | undefined,
  };
  return new library.ServingTable(name, args, opts);
}
