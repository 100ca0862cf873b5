/** The registries of a run with their schemas and versions; checks each new version for compatibility. */
import { ServiceError } from "../../../cloud/service";
import type { DataFormat } from "./compatibility";
import { UndecidedError } from "./undecidedError";

export interface SchemaVersion {
  readonly id: string;
  readonly number: number;
  readonly definition: string;
  readonly createdMillis: number;
  /** FAILURE for an incompatible version: it has an id and a number, but later versions are not compared with it. */
  readonly status: "AVAILABLE" | "FAILURE";
}

export interface RegisteredSchema {
  readonly registry: string;
  readonly name: string;
  readonly format: DataFormat;
  compatibility: string;
  readonly versions: SchemaVersion[];
}

const MODES = ["NONE", "DISABLED", "BACKWARD", "BACKWARD_ALL", "FORWARD", "FORWARD_ALL", "FULL", "FULL_ALL"];

export class SchemaRegistries {
  private readonly registries = new Set<string>();
  private readonly schemas = new Map<string, RegisteredSchema>();

  /**
   * @param uuid generates version ids from the run's seed
   * @param warn receives the reason why a version is FAILURE
   */
  constructor(
    private readonly uuid: () => string,
    private readonly now: () => number,
    private readonly warn: (message: string) => void,
  ) {}

  createRegistry(name: string): void {
    if (this.registries.has(name))
      throw new ServiceError("AlreadyExistsException", `Registry already exists. RegistryName: ${name}`);
    this.registries.add(name);
  }

  createSchema(schema: Omit<RegisteredSchema, "versions">, definition: string): RegisteredSchema {
    const { registry, name, format, compatibility } = schema;
    if (!this.registries.has(registry)) throw notFound(`Registry is not found. RegistryName: ${registry}`);
    if (this.schemas.has(`${registry}/${name}`))
      throw new ServiceError("AlreadyExistsException", `Schema already exists. SchemaName: ${name}`);
    if (!["AVRO", "JSON", "PROTOBUF"].includes(format))
      throw invalid(`DataFormat "${format}" is not one of AVRO, JSON, PROTOBUF`);
    checkMode(compatibility);
    const made: RegisteredSchema = { ...schema, versions: [] };
    this.addVersion(made, definition, []);
    this.schemas.set(`${registry}/${name}`, made);
    return made;
  }

  /** Removes a registry and all its schemas. https://docs.aws.amazon.com/glue/latest/webapi/API_DeleteRegistry.html */
  removeRegistry(name: string): void {
    this.registries.delete(name);
    for (const schema of this.schemas.values()) if (schema.registry === name) this.removeSchema(name, schema.name);
  }

  removeSchema(registry: string, name: string): void {
    this.schemas.delete(`${registry}/${name}`);
  }

  /** Applies to versions registered from now on. */
  setCompatibility(registry: string, name: string, compatibility: string): void {
    checkMode(compatibility);
    this.schema(registry, name).compatibility = compatibility;
  }

  /** Returns the version with this definition, or registers a new one: AVAILABLE if it is compatible, else FAILURE. */
  register(registry: string, name: string, definition: string): SchemaVersion {
    const schema = this.schema(registry, name);
    checkDefinition(schema.format, definition);
    const known = this.byDefinition(schema, definition);
    if (known) return known;
    if (schema.compatibility === "DISABLED") throw invalid("Compatibility DISABLED prevents versioning");
    return this.addVersion(schema, definition, incompatibilities(schema, definition));
  }

  schema(registry: string, name: string): RegisteredSchema {
    const found = this.schemas.get(`${registry}/${name}`);
    if (found) return found;
    throw notFound(`Schema is not found. RegistryName: ${registry}, SchemaName: ${name}`);
  }

  byDefinition({ format, versions }: RegisteredSchema, definition: string): SchemaVersion | undefined {
    const wanted = canonical(format, definition);
    return versions.find((version) => canonical(format, version.definition) === wanted);
  }

  byId(id: string): { schema: RegisteredSchema; version: SchemaVersion } {
    for (const schema of this.schemas.values()) {
      const version = schema.versions.find((candidate) => candidate.id === id);
      if (version) return { schema, version };
    }
    throw notFound(`Schema version is not found. SchemaVersionId: ${id}`);
  }

  private addVersion(schema: RegisteredSchema, definition: string, problems: readonly string[]): SchemaVersion {
    checkDefinition(schema.format, definition);
    const number = schema.versions.length + 1;
    const status = problems.length === 0 ? "AVAILABLE" : "FAILURE";
    schema.versions.push({ id: this.uuid(), number, definition, createdMillis: this.now(), status });
    // AWS reports only FAILURE, without the reasons.
    if (problems.length > 0)
      this.warn(
        `version ${number} of schema "${schema.name}" is not ${schema.compatibility} compatible: ${problems.join("; ")}`,
      );
    return schema.versions.at(-1) as SchemaVersion;
  }
}

function checkMode(compatibility: string): void {
  if (!MODES.includes(compatibility))
    throw invalid(`Compatibility "${compatibility}" is not one of ${MODES.join(", ")}`);
}

/** They parse schemas of three languages, and few programs register one. */
const checks = () => require("./compatibility") as typeof import("./compatibility");

function incompatibilities({ format, compatibility, versions }: RegisteredSchema, definition: string): string[] {
  const earlier = versions.filter(({ status }) => status === "AVAILABLE").map((version) => version.definition);
  try {
    return checks().compatibilityProblems(format, compatibility, earlier, definition);
  } catch (error) {
    if (!(error instanceof UndecidedError)) throw error;
    throw invalid(
      `local/glue: cannot decide whether this ${format} schema is ${compatibility} compatible (${error.message}); see docs/fidelity.md`,
    );
  }
}

function checkDefinition(format: DataFormat, definition: string): void {
  const problem = checks().definitionProblem(format, definition);
  if (problem) throw invalid(`Schema definition of ${format} format is invalid: ${problem}`);
}

/** JSON definitions that differ only in white space are the same definition. */
function canonical(format: DataFormat, definition: string): string {
  return format === "PROTOBUF" ? definition.trim() : JSON.stringify(JSON.parse(definition));
}

function notFound(message: string): ServiceError {
  return new ServiceError("EntityNotFoundException", message);
}

function invalid(message: string): ServiceError {
  return new ServiceError("InvalidInputException", message);
}
