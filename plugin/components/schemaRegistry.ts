/** SchemaRegistry, as programs in any language see it. */
import * as pulumi from "@pulumi/pulumi";
import * as library from "../../components/schemaRegistry";

/** What a new version must keep; `_ALL` against every earlier version, else against the last. */
export const SchemaCompatibility = {
  None: "NONE",
  Disabled: "DISABLED",
  Backward: "BACKWARD",
  BackwardAll: "BACKWARD_ALL",
  Forward: "FORWARD",
  ForwardAll: "FORWARD_ALL",
  Full: "FULL",
  FullAll: "FULL_ALL",
} as const;
export type SchemaCompatibility = (typeof SchemaCompatibility)[keyof typeof SchemaCompatibility];

export const SchemaFormat = { Avro: "avro", Json: "json", Protobuf: "protobuf" } as const;
export type SchemaFormat = (typeof SchemaFormat)[keyof typeof SchemaFormat];

export interface RegistrySchema {
  /** How the definition is written, and records are encoded. */
  format: SchemaFormat;
  /** The definition's text: Avro as JSON, JSON Schema, or a `.proto` file. A changed text becomes a new version. */
  definition: string;
  /** What a new version of this schema must keep. @default the registry's */
  compatibility?: SchemaCompatibility;
}

export interface SchemaRegistryInputs {
  /** By name: letters, digits, `-`, `_`, `$`, `#` and `.`. */
  schemas: Record<string, RegistrySchema>;
  /** What a new version of any schema must keep. @default "BACKWARD": readers of the new version read old records */
  compatibility?: SchemaCompatibility;
}

/** One registry with its schemas. Routers that are given it read records in its frames. */
export declare class SchemaRegistry extends pulumi.ComponentResource {
  readonly registryArn: pulumi.Output<string>;
  constructor(name: string, args: SchemaRegistryInputs, opts?: pulumi.ComponentResourceOptions);
}

export function makeSchemaRegistry(
  name: string,
  inputs: SchemaRegistryInputs,
  opts: pulumi.ComponentResourceOptions,
): SchemaRegistry {
  return new library.SchemaRegistry(name, inputs, opts);
}
