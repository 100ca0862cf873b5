/** Creates, updates and deletes registries and schemas; a changed definition registers a new version. */

import { glueArn } from "../../../catalog/arns";
import { physicalName } from "../../../cloud/physicalName";
import type { CloudContext, DeclaredResource, Outputs, ResourceSimulation } from "../../../cloud/service";
import type { DataFormat } from "./compatibility";
import { DEFAULT_REGISTRY, registryNameOf } from "./operations";
import type { RegisteredSchema, SchemaRegistries } from "./schemaRegistry";

export function registryResources(
  cloud: CloudContext,
  registries: SchemaRegistries,
): Record<string, ResourceSimulation> {
  return {
    "aws:glue/registry:Registry": registryResource(cloud, registries),
    "aws:glue/schema:Schema": schemaResource(cloud, registries),
  };
}

function registryResource(cloud: CloudContext, registries: SchemaRegistries): ResourceSimulation {
  const nameOf = (resource: DeclaredResource) => physicalName(resource, "registryName");
  return {
    simulated: ["registryName"],
    withoutEffect: ["description", "tags"],
    replaceOn: ["registryName"],
    nameInput: "registryName",
    async create(resource) {
      const registryName = nameOf(resource);
      registries.createRegistry(registryName);
      const arn = glueArn(cloud, `registry/${registryName}`);
      return { id: arn, outputs: { arn, registryName } };
    },
    update: async (arn, resource) => ({ outputs: { arn, registryName: nameOf(resource) } }),
    delete: async (_arn, resource) => registries.removeRegistry(nameOf(resource)),
  };
}

function schemaResource(cloud: CloudContext, registries: SchemaRegistries): ResourceSimulation {
  const arnOf = (registry: string, name: string) => glueArn(cloud, `schema/${registry}/${name}`);
  const outputsOf = ({ registry, name, versions }: RegisteredSchema): Outputs => ({
    arn: arnOf(registry, name),
    schemaName: name,
    registryName: registry,
    latestSchemaVersion: versions.length,
    nextSchemaVersion: versions.length + 1,
    schemaCheckpoint: 1,
  });
  return {
    simulated: ["schemaName", "registryArn", "dataFormat", "compatibility", "schemaDefinition"],
    withoutEffect: ["description", "tags"],
    replaceOn: ["schemaName"],
    nameInput: "schemaName",
    async create(resource) {
      const { dataFormat, compatibility, schemaDefinition } = resource.inputs;
      const { registry, name } = placeOf(resource);
      const schema = registries.createSchema(
        { registry, name, format: dataFormat as DataFormat, compatibility: String(compatibility) },
        String(schemaDefinition),
      );
      return { id: arnOf(registry, name), outputs: outputsOf(schema) };
    },
    async update(_arn, resource, olds) {
      const { inputs } = resource;
      // AWS cannot change these, and the AWS provider does not replace the schema for them.
      const fixed = ["dataFormat", "registryArn"].find((property) => inputs[property] !== olds[property]);
      if (fixed !== undefined)
        throw new Error(
          `local/glue: ${fixed} of the schema "${resource.name}" cannot be changed; give it another name`,
        );
      const { registry, name } = placeOf(resource);
      if (inputs.compatibility !== olds.compatibility)
        registries.setCompatibility(registry, name, String(inputs.compatibility));
      if (inputs.schemaDefinition !== olds.schemaDefinition) {
        const { number, status } = registries.register(registry, name, String(inputs.schemaDefinition));
        if (status !== "AVAILABLE")
          throw new Error(
            `local/glue: version ${number} of the schema "${resource.name}" is ${status}: it is not ${inputs.compatibility} compatible with the earlier versions`,
          );
      }
      return { outputs: outputsOf(registries.schema(registry, name)) };
    },
    async delete(_arn, resource) {
      const { registry, name } = placeOf(resource);
      registries.removeSchema(registry, name);
    },
  };
}

function placeOf(resource: DeclaredResource): { registry: string; name: string } {
  const { registryArn } = resource.inputs;
  const registry = registryNameOf(typeof registryArn === "string" ? registryArn : undefined) ?? DEFAULT_REGISTRY;
  return { registry, name: physicalName(resource, "schemaName") };
}
