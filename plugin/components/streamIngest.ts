/** Declares StreamIngest for programs in any language. */
import * as pulumi from "@pulumi/pulumi";
import * as library from "../../components/streamIngest";

export const StreamCapacity = {
  /** AWS sets the number of shards by load. */
  OnDemand: "on-demand",
  /** The program sets the number of shards by `shards`. */
  Provisioned: "provisioned",
} as const;
export type StreamCapacity = (typeof StreamCapacity)[keyof typeof StreamCapacity];

export interface StreamIngestInputs extends Omit<library.StreamIngestArgs, "capacity" | "consumers" | "transform"> {
  /** Whether AWS or the program sets the number of shards. @default "on-demand" */
  capacity?: StreamCapacity;
  /** Names of consumers with dedicated throughput (enhanced fan-out), 2 MB/s per shard each; at most 20. @default none */
  consumers?: string[];
}

/** One encrypted Kinesis data stream; by default, it is on demand and keeps records for 168 hours. */
export declare class StreamIngest extends pulumi.ComponentResource {
  /** The stream that producers write. */
  readonly streamName: pulumi.Output<string>;
  readonly streamArn: pulumi.Output<string>;
  constructor(name: string, args: StreamIngestInputs, opts?: pulumi.ComponentResourceOptions);
}

export function makeStreamIngest(
  name: string,
  inputs: StreamIngestInputs,
  opts: pulumi.ComponentResourceOptions,
): StreamIngest {
  return new library.StreamIngest(name, inputs, opts);
}
