/** Declares DeliveryStream for programs in any language, with its formats and without hooks. */
import * as pulumi from "@pulumi/pulumi";
import type { DeliveryStreamArgs } from "../../components/delivery/args";
import * as library from "../../components/deliveryStream";
import type { Alarms } from "./alarms";
import type { DataLake } from "./dataLake";
import { type DecodingInputs, decodingArgs, landingLake } from "./decoding";

export interface DeliveryAlarms extends Alarms {
  /** Age of the oldest record that is not delivered, beyond the time in buffers, at which an alarm goes off, minutes, 1 to 10080. @default 15 */
  freshnessMinutes?: number;
}

/** Hooks, and the settings that only hooks use. */
type TypeScriptOnly = "hooks" | "environment" | "permissions" | "secrets" | "transform";
type Restated = keyof DecodingInputs | "lake" | "table" | "alarms";

export interface DeliveryStreamInputs extends DecodingInputs, Omit<DeliveryStreamArgs, TypeScriptOnly | Restated> {
  /** The lake that rows are delivered to. */
  lake: pulumi.Input<DataLake>;
  /** The table of its rows, which no other delivery stream has. @default the lake's table, if it has only one */
  table?: string;
  /**
   * Alarms on deliveries that are late, on reading that is behind, on records that fail, and with `parquet` on rows that Firehose
   * does not convert. @default none
   */
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
  const decoding = { stream, existingStream, schemaRegistry, formats };
  const args = { ...inputs, ...decodingArgs(who, decoding), lake: landingLake(who, lake, inputs.table) };
  return new library.DeliveryStream(name, args, opts);
}
