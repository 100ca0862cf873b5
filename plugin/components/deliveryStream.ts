/** Declares DeliveryStream for programs in any language, with its formats and without hooks. */
import * as pulumi from "@pulumi/pulumi";
import * as components from "../../components/dataLake";
import type { DeliveryStreamArgs } from "../../components/delivery/args";
import * as library from "../../components/deliveryStream";
import { SchemaRegistry as RegistryComponent } from "../../components/schemaRegistry";
import type { FormatsConfig } from "../../lake/formats";
import type { Alarms } from "./alarms";
import type { DataLake } from "./dataLake";
import { type ExistingStream, streamInput } from "./existing";
import type { RouterFormats } from "./formats";
import { made } from "./madeComponents";
import type { SchemaRegistry } from "./schemaRegistry";
import type { StreamIngest } from "./streamIngest";

export interface DeliveryAlarms extends Alarms {
  /** Age of the oldest record that is not delivered, beyond the time in buffers, at which an alarm goes off, minutes, 1 to 10080. @default 15 */
  freshnessMinutes?: number;
}

/** Hooks, and the settings that only hooks use. */
type TypeScriptOnly = "hooks" | "environment" | "permissions" | "secrets" | "transform";
type Restated = "stream" | "lake" | "schemaRegistry" | "formats" | "table" | "alarms";

export interface DeliveryStreamInputs extends Omit<DeliveryStreamArgs, TypeScriptOnly | Restated> {
  /** The stream that Firehose reads; required without `existingStream`. */
  stream?: pulumi.Input<StreamIngest>;
  /** A stream that exists, instead of `stream`; docs/existing-resources.md lists what its owner grants. @default none */
  existingStream?: ExistingStream;
  /** The lake that rows are delivered to. */
  lake: pulumi.Input<DataLake>;
  /** The registry of the schemas that records name by id in Glue's frame. @default none: only declared schemas are known */
  schemaRegistry?: pulumi.Input<SchemaRegistry>;
  /** The formats that are tried, each with its options. @default JSON, NDJSON and CSV */
  formats?: RouterFormats;
  /** The table of its rows, which no other delivery stream has. @default the lake's table, if it has only one */
  table?: string;
  /** Alarms on deliveries that are late, on reading that is behind, and on records that fail. @default none */
  alarms?: DeliveryAlarms;
}

/** A Firehose delivery stream from a Kinesis stream to a lake, and the function that transforms records to rows. */
export declare class DeliveryStream extends pulumi.ComponentResource {
  readonly deliveryStreamName: pulumi.Output<string>;
  readonly deliveryStreamArn: pulumi.Output<string>;
  constructor(name: string, args: DeliveryStreamInputs, opts?: pulumi.ComponentResourceOptions);
}

export function makeDeliveryStream(
  name: string,
  { stream, existingStream, lake, schemaRegistry, formats, ...inputs }: DeliveryStreamInputs,
  opts: pulumi.ComponentResourceOptions,
): DeliveryStream {
  const who = `DeliveryStream "${name}"`;
  const lakeComponent = made(`${who}: lake`, lake, components.DataLake);
  const tables = Object.keys(lakeComponent.tables);
  // The first table is not known here, because names arrive in any order.
  if (inputs.table === undefined && tables.length > 1) {
    throw new Error(`${who}: table is missing, and the lake has ${tables.join(", ")}; name one of them.`);
  }
  const args = {
    ...inputs,
    stream: streamInput(who, stream, existingStream),
    lake: lakeComponent,
    ...(schemaRegistry && { schemaRegistry: made(`${who}: schemaRegistry`, schemaRegistry, RegistryComponent) }),
    // As for a router: the component's own checks cover what the schema cannot express.
    formats: formats as FormatsConfig | undefined,
  };
  return new library.DeliveryStream(name, args, opts);
}
