/** The API operations of Glue's Schema Registry; inputs and outputs have the fields of AWS's. */

import { glueArn } from "../../../catalog/arns";
import { type CloudContext, type Operation, ServiceError } from "../../../cloud/service";
import type { DataFormat } from "./compatibility";
import type { RegisteredSchema, SchemaRegistries, SchemaVersion } from "./schemaRegistry";

interface SchemaIdInput {
  readonly SchemaArn?: string;
  readonly RegistryName?: string;
  readonly SchemaName?: string;
}

export const DEFAULT_REGISTRY = "default-registry";

export function registryOperations(
  cloud: CloudContext,
  registries: SchemaRegistries,
): Record<string, Operation<never>> {
  const arnOf = ({ registry, name }: Pick<RegisteredSchema, "registry" | "name">) =>
    glueArn(cloud, `schema/${registry}/${name}`);
  const access = (action: string, { registry, name }: { registry: string; name?: string }) => [
    { action: `glue:${action}`, resource: glueArn(cloud, `registry/${registry}`) },
    ...(name === undefined ? [] : [{ action: `glue:${action}`, resource: arnOf({ registry, name }) }]),
  ];
  const versionOf = (schema: RegisteredSchema, version: SchemaVersion) => ({
    SchemaVersionId: version.id,
    VersionNumber: version.number,
    Status: version.status,
    SchemaArn: arnOf(schema),
    DataFormat: schema.format,
    CreatedTime: new Date(version.createdMillis).toISOString(),
  });
  return {
    CreateRegistry: {
      access: (input: { RegistryName: string }) => access("CreateRegistry", { registry: input.RegistryName }),
      run: (input: { RegistryName: string }) => {
        registries.createRegistry(input.RegistryName);
        return { RegistryName: input.RegistryName, RegistryArn: glueArn(cloud, `registry/${input.RegistryName}`) };
      },
    },
    CreateSchema: {
      access: (input: CreateSchemaInput) => access("CreateSchema", { registry: registryOf(input.RegistryId) }),
      run: (input: CreateSchemaInput) => {
        const registry = registryOf(input.RegistryId);
        const { SchemaName: name, DataFormat: format, Compatibility: compatibility = "BACKWARD" } = input;
        const schema = registries.createSchema({ registry, name, format, compatibility }, input.SchemaDefinition);
        const [version] = schema.versions as [SchemaVersion];
        return {
          RegistryName: registry,
          SchemaName: name,
          SchemaArn: arnOf(schema),
          DataFormat: format,
          Compatibility: compatibility,
          LatestSchemaVersion: 1,
          NextSchemaVersion: 2,
          SchemaCheckpoint: 1,
          SchemaStatus: "AVAILABLE",
          SchemaVersionId: version.id,
          SchemaVersionStatus: "AVAILABLE",
        };
      },
    },
    RegisterSchemaVersion: {
      access: (input: { SchemaId: SchemaIdInput }) => access("RegisterSchemaVersion", idOf(input.SchemaId)),
      run: (input: { SchemaId: SchemaIdInput; SchemaDefinition: string }) => {
        const { registry, name } = idOf(input.SchemaId);
        const { id, number, status } = registries.register(registry, name, input.SchemaDefinition);
        return { SchemaVersionId: id, VersionNumber: number, Status: status };
      },
    },
    GetSchemaVersion: {
      // A version id names neither schema nor registry, so only "*" allows it (source: SchemaRegistry.readAccess).
      access: (input: { SchemaVersionId?: string; SchemaId?: SchemaIdInput }) =>
        input.SchemaVersionId === undefined
          ? access("GetSchemaVersion", idOf(input.SchemaId))
          : [{ action: "glue:GetSchemaVersion", resource: "*" }],
      run: (input: GetSchemaVersionInput) => {
        const { schema, version } = found(registries, input);
        return { ...versionOf(schema, version), SchemaDefinition: version.definition };
      },
    },
    GetSchemaByDefinition: {
      access: (input: { SchemaId: SchemaIdInput }) => access("GetSchemaByDefinition", idOf(input.SchemaId)),
      run: (input: { SchemaId: SchemaIdInput; SchemaDefinition: string }) => {
        const { registry, name } = idOf(input.SchemaId);
        const schema = registries.schema(registry, name);
        const version = registries.byDefinition(schema, input.SchemaDefinition);
        if (!version) throw new ServiceError("EntityNotFoundException", "Schema version is not found.");
        return versionOf(schema, version);
      },
    },
  };
}

interface CreateSchemaInput {
  readonly RegistryId?: { readonly RegistryName?: string; readonly RegistryArn?: string };
  readonly SchemaName: string;
  readonly DataFormat: DataFormat;
  readonly Compatibility?: string;
  readonly SchemaDefinition: string;
}

interface GetSchemaVersionInput {
  readonly SchemaVersionId?: string;
  readonly SchemaId?: SchemaIdInput;
  readonly SchemaVersionNumber?: { readonly LatestVersion?: boolean; readonly VersionNumber?: number };
}

function found(registries: SchemaRegistries, input: GetSchemaVersionInput) {
  if (input.SchemaVersionId !== undefined) return registries.byId(input.SchemaVersionId);
  const { registry, name } = idOf(input.SchemaId);
  const schema = registries.schema(registry, name);
  const { VersionNumber: number, LatestVersion } = input.SchemaVersionNumber ?? {};
  const version = LatestVersion ? schema.versions.at(-1) : schema.versions.find((one) => one.number === number);
  if (!version) throw new ServiceError("EntityNotFoundException", "Schema version is not found.");
  return { schema, version };
}

function registryOf(id: CreateSchemaInput["RegistryId"]): string {
  return id?.RegistryName ?? registryNameOf(id?.RegistryArn) ?? DEFAULT_REGISTRY;
}

function idOf(id: SchemaIdInput = {}): { registry: string; name: string } {
  const [, registry, name] = /:schema\/([^/]+)\/([^/]+)$/.exec(id.SchemaArn ?? "") ?? [];
  return { registry: registry ?? id.RegistryName ?? DEFAULT_REGISTRY, name: name ?? id.SchemaName ?? "" };
}

export function registryNameOf(registryArn: string | undefined): string | undefined {
  return /:registry\/([^/]+)$/.exec(registryArn ?? "")?.[1];
}
