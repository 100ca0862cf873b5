/** Declares SchemaRegistry for programs in any language. */
import * as pulumi from "@pulumi/pulumi";
import * as library from "../../components/schemaRegistry";

/** Compatibility of a new version: `_ALL` with every earlier version, else with the last one. */
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
  /** The format of the definition and of the records. */
  format: SchemaFormat;
  /**
   * The definition: Avro as JSON, JSON Schema, or the content of a `.proto` file. A changed definition becomes a new
   * version.
   */
  definition: string;
  /** Compatibility of new versions of this schema. @default the registry's */
  compatibility?: SchemaCompatibility;
}

export interface SchemaRegistryInputs {
  /** By name: letters, digits, `-`, `_`, `$`, `#` and `.`. */
  schemas: Record<string, RegistrySchema>;
  /** Compatibility of new versions, for schemas without their own. @default "BACKWARD": readers of the new version read old records */
  compatibility?: SchemaCompatibility;
}

/** One registry with its schemas. Routers with this registry decode records in Glue's frame. */
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
