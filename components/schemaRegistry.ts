/** Declares a Glue Schema Registry, whose schemas producers name by id in each record, and its compatibility rules. */
import * as glue from "@pulumi/aws/glue";
import * as pulumi from "@pulumi/pulumi";
import { type RegistrySource, registryReadAccess } from "./existing/registry";
import { choiceProblem, refuseProblems } from "./parts/checks";
import { firstName } from "./parts/firstName";
import type { Permission } from "./parts/permission";
import { type TagsArgs, withTags } from "./parts/tags";
import { type Transform, transformed } from "./parts/transform";

/** Compatibility of a new version: `_ALL` with every earlier version, else with the last one. */
export type SchemaCompatibility =
  | "NONE"
  | "DISABLED"
  | "BACKWARD"
  | "BACKWARD_ALL"
  | "FORWARD"
  | "FORWARD_ALL"
  | "FULL"
  | "FULL_ALL";

export interface RegistrySchema {
  /** The format of the definition and of the records. */
  format: "avro" | "json" | "protobuf";
  /**
   * The definition: Avro as JSON, JSON Schema, or the content of a `.proto` file. A changed definition becomes a new
   * version.
   */
  definition: string;
  /** @default the registry's */
  compatibility?: SchemaCompatibility;
}

export interface SchemaRegistryArgs extends TagsArgs {
  /** By name: letters, digits, `-`, `_`, `$`, `#` and `.`. */
  schemas: Readonly<Record<string, RegistrySchema>>;
  /** Compatibility of new versions, for schemas without their own. @default "BACKWARD": readers of the new version read old records */
  compatibility?: SchemaCompatibility;
  /** Changes to the raw resources, just before they are declared. @default none */
  transform?: { registry?: Transform<glue.RegistryArgs>; schema?: Transform<glue.SchemaArgs> };
}

/** The raw resources. */
export interface SchemaRegistryNodes {
  readonly registry: glue.Registry;
  /** By the schema's name. */
  readonly schemas: Readonly<Record<string, glue.Schema>>;
}

const MODES = ["NONE", "DISABLED", "BACKWARD", "BACKWARD_ALL", "FORWARD", "FORWARD_ALL", "FULL", "FULL_ALL"];

/** One registry with its schemas. Routers with this registry decode records in Glue's frame. */
export class SchemaRegistry extends pulumi.ComponentResource {
  readonly registryArn: pulumi.Output<string>;
  readonly nodes: SchemaRegistryNodes;

  constructor(name: string, args: SchemaRegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    check(name, args, registryNameOf(name, opts));
    super("streamlake:index:SchemaRegistry", name, {}, withTags("SchemaRegistry", name, args, opts));

    const registry = this.registry(name, args, opts);
    this.nodes = { registry, schemas: this.schemas(name, args, registry) };
    this.registryArn = registry.arn;

    this.registerOutputs({ registryArn: this.registryArn });
  }

  /** For decoders of records, which look schemas up by the ids in the records. */
  readAccess(): Permission {
    return registryReadAccess;
  }

  /** For producers, which find the id of a definition and register new versions. */
  writeAccess(): Permission {
    return {
      actions: ["glue:GetSchemaByDefinition", "glue:RegisterSchemaVersion"],
      resources: [this.registryArn, ...Object.values(this.nodes.schemas).map(({ arn }) => arn)],
    };
  }

  private registry(name: string, args: SchemaRegistryArgs, opts?: pulumi.ComponentResourceOptions): glue.Registry {
    const registryName = registryNameOf(name, opts);
    return new glue.Registry(
      ...transformed<glue.RegistryArgs>(
        args.transform?.registry,
        `${name}-registry`,
        { registryName },
        { parent: this },
      ),
    );
  }

  private schemas(name: string, args: SchemaRegistryArgs, registry: glue.Registry): Record<string, glue.Schema> {
    const declare = (schemaName: string, { format, definition, compatibility }: RegistrySchema) =>
      new glue.Schema(
        ...transformed<glue.SchemaArgs>(
          args.transform?.schema,
          `${name}-schema-${schemaName}`,
          {
            schemaName,
            registryArn: registry.arn,
            dataFormat: format.toUpperCase(),
            compatibility: compatibility ?? args.compatibility ?? "BACKWARD",
            schemaDefinition: definition,
          },
          { parent: this },
        ),
      );
    return Object.fromEntries(Object.entries(args.schemas).map(([key, schema]) => [key, declare(key, schema)]));
  }
}

function registryNameOf(name: string, opts?: pulumi.ComponentResourceOptions): string {
  return `${pulumi.getProject()}-${pulumi.getStack()}-${firstName(name, opts)}`;
}

/** Of registries and schemas: https://docs.aws.amazon.com/glue/latest/webapi/API_CreateRegistry.html */
const NAME = /^[A-Za-z0-9_$#.-]+$/;
const MAX_NAME = 255;

function registryNameProblem(name: string, registryName: string): string | undefined {
  if (!NAME.test(registryName)) {
    return `its registry would be named "${registryName}", which AWS refuses; name the component with letters, digits, "-", "_", "$", "#" and ".".`;
  }
  const excess = registryName.length - MAX_NAME;
  if (excess <= 0) return undefined;
  return `its name has ${name.length} characters, and with project and stack its registry would have more than ${MAX_NAME}; use at most ${name.length - excess}.`;
}

function check(name: string, { schemas, compatibility }: SchemaRegistryArgs, registryName: string): void {
  refuseProblems("SchemaRegistry", name, [
    registryNameProblem(name, registryName),
    Object.keys(schemas).length === 0 ? "schemas is empty; give at least one." : undefined,
    choiceProblem("compatibility", compatibility, MODES),
    ...Object.entries(schemas).flatMap(([schema, { format, definition, compatibility: own }]) => [
      NAME.test(schema) && schema.length <= MAX_NAME
        ? undefined
        : `schema "${schema}" is not a name; use letters, digits, "-", "_", "$", "#" and ".".`,
      choiceProblem(`format of schema "${schema}"`, format, ["avro", "json", "protobuf"]),
      choiceProblem(`compatibility of schema "${schema}"`, own, MODES),
      format === "protobuf" || isJson(definition) ? undefined : `the definition of schema "${schema}" is not JSON.`,
    ]),
  ]);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // JSON.parse throws SyntaxError only; the caller names the definition
  }
}

/**
 * Returns a function that a handler's factory captures; undefined without a registry, so that the package contains no
 * Glue code.
 */
export function schemaLookup(registry: RegistrySource | undefined) {
  if (!registry) return undefined;
  return () => {
    const { glueSchemas } =
      require("../functions/effects/glueSchemas") as typeof import("../functions/effects/glueSchemas");
    return glueSchemas();
  };
}
