/** The registries of a run: schemas, their versions, and the check that a new version passes before it is one. */
import { ServiceError } from "../service";
import { readProblems } from "./avroCompatibility";

export type DataFormat = "AVRO" | "JSON" | "PROTOBUF";

export interface SchemaVersion {
  readonly id: string;
  readonly number: number;
  readonly definition: string;
  readonly createdMillis: number;
}

export interface RegisteredSchema {
  readonly registry: string;
  readonly name: string;
  readonly format: DataFormat;
  readonly compatibility: string;
  readonly versions: SchemaVersion[];
}

const MODES = ["NONE", "DISABLED", "BACKWARD", "BACKWARD_ALL", "FORWARD", "FORWARD_ALL", "FULL", "FULL_ALL"];

export class SchemaRegistries {
  private readonly registries = new Set<string>();
  private readonly schemas = new Map<string, RegisteredSchema>();

  /** @param uuid ids of versions, from the run's seed */
  constructor(
    private readonly uuid: () => string,
    private readonly now: () => number,
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
    if (!MODES.includes(compatibility))
      throw invalid(`Compatibility "${compatibility}" is not one of ${MODES.join(", ")}`);
    const made: RegisteredSchema = { ...schema, versions: [] };
    this.addVersion(made, definition);
    this.schemas.set(`${registry}/${name}`, made);
    return made;
  }

  /** The version of this definition: the one that there is, or a new one once it is compatible. */
  register(registry: string, name: string, definition: string): SchemaVersion {
    const schema = this.schema(registry, name);
    const known = this.byDefinition(schema, definition);
    if (known) return known;
    if (schema.compatibility === "DISABLED") throw invalid("Compatibility DISABLED prevents versioning");
    const problems = incompatibilities(schema, definition);
    if (problems.length > 0)
      throw invalid(`Schema version is not compatible (${schema.compatibility}): ${problems.join("; ")}`);
    return this.addVersion(schema, definition);
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

  private addVersion(schema: RegisteredSchema, definition: string): SchemaVersion {
    canonical(schema.format, definition);
    const version = { id: this.uuid(), number: schema.versions.length + 1, definition, createdMillis: this.now() };
    schema.versions.push(version);
    return version;
  }
}

/** https://docs.aws.amazon.com/glue/latest/dg/schema-registry.html#schema-registry-compatibility */
function incompatibilities({ format, compatibility, versions }: RegisteredSchema, definition: string): string[] {
  if (compatibility === "NONE") return [];
  if (format !== "AVRO") {
    throw new ServiceError(
      "InvalidInputException",
      `local/glue: the compatibility check ${compatibility} of ${format} schemas is not simulated; use NONE, see docs/fidelity.md`,
    );
  }
  const [mode, all] = compatibility.split("_");
  const next = JSON.parse(definition);
  const earlier = (all === undefined ? versions.slice(-1) : versions).map((version) => JSON.parse(version.definition));
  return earlier.flatMap((before) => [
    ...(mode === "FORWARD" ? [] : readProblems(next, before)),
    ...(mode === "BACKWARD" ? [] : readProblems(before, next)),
  ]);
}

/** JSON texts that differ in white space only are the same definition. */
function canonical(format: DataFormat, definition: string): string {
  if (format === "PROTOBUF") return definition.trim();
  try {
    return JSON.stringify(JSON.parse(definition));
  } catch {
    // JSON.parse throws SyntaxError only, whose message would quote the definition.
    throw invalid(
      `Schema definition of ${format} format is invalid: ${definition.length} characters that are not JSON`,
    );
  }
}

function notFound(message: string): ServiceError {
  return new ServiceError("EntityNotFoundException", message);
}

function invalid(message: string): ServiceError {
  return new ServiceError("InvalidInputException", message);
}
