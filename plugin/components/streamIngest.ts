/** StreamIngest, as programs in any language see it. */
import * as pulumi from "@pulumi/pulumi";
import * as library from "../../components/streamIngest";

export const StreamCapacity = {
  /** AWS sets the number of shards, as load asks. */
  OnDemand: "on-demand",
  /** The program sets it, by `shards`. */
  Provisioned: "provisioned",
} as const;
export type StreamCapacity = (typeof StreamCapacity)[keyof typeof StreamCapacity];

export interface StreamIngestInputs extends Omit<library.StreamIngestArgs, "capacity" | "consumers" | "transform"> {
  /** Who sets the number of shards. @default "on-demand" */
  capacity?: StreamCapacity;
  /** Names of consumers with a throughput of their own (enhanced fan-out), 2 MB/s a shard each; at most 20. @default none */
  consumers?: string[];
}

/** One Kinesis data stream: encrypted, kept for 168 hours, growing on demand unless told otherwise. */
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
