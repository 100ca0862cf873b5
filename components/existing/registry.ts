/** Takes a Glue Schema Registry of any owner, and gives components the permission to look up its schemas. */
import type * as pulumi from "@pulumi/pulumi";
import type { Permission } from "../parts/permission";

/** A `SchemaRegistry`, an `aws.glue.Registry`, or the ARN of a registry that another program or team owns. */
export type RegistrySource =
  | { readonly registryArn: pulumi.Input<string> }
  | { readonly arn: pulumi.Input<string>; readonly registryName: pulumi.Input<string> };

/**
 * Looking up a schema by the version id in a record. The service authorization reference lists registry and schema for
 * this action; they apply to requests that name a schema.
 */
export const registryReadAccess: Permission = {
  actions: ["glue:GetSchemaVersion"],
  resources: ["*"],
  reason:
    "a record has a version's id alone, and by id only * grants it (Glue developer guide, Getting started with schema registry, IAM examples for deserializers)",
};
