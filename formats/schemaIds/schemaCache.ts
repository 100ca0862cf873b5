/** Caches schemas by the id in a record's frame: declared schemas, and those looked up in a registry, once each. */
import { FormatError } from "../formatError";
import type { SchemaDefinition, SchemaId, SchemaLookup } from "./lookup";

/** Maximum of looked-up schemas; the oldest is removed first. A hostile stream may use any number of ids. */
const KEPT = 500;

/** Returns undefined for a schema of another format. */
export class SchemaCache<Compiled> {
  /** Looked-up schemas by id; Glue's UUIDs and Confluent's numbers are never equal. */
  private readonly kept = new Map<string, Compiled | undefined>();

  /**
   * @param format the format of the schemas
   * @param declared declared schemas by id, which are never removed
   * @param compile @throws Error that describes the problem of the definition
   */
  constructor(
    private readonly format: SchemaDefinition["format"],
    private readonly declared: ReadonlyMap<string, Compiled>,
    private readonly compile: (definition: string) => Compiled,
    private readonly lookup: SchemaLookup | undefined,
  ) {}

  /** True if a record in this frame may belong to this format. */
  mayKnow({ id }: SchemaId): boolean {
    return this.declared.has(id) || this.lookup !== undefined;
  }

  /** @throws FormatError for an id without a schema, LookupError if the registry cannot answer */
  schemaOf(schema: SchemaId): Compiled | undefined | Promise<Compiled | undefined> {
    const declared = this.declared.get(schema.id);
    if (declared !== undefined) return declared;
    const kept = this.kept.get(schema.id);
    if (kept !== undefined || this.kept.has(schema.id)) return kept;
    const answer = this.lookup?.(schema);
    return answer instanceof Promise ? answer.then((found) => this.keep(schema, found)) : this.keep(schema, answer);
  }

  private keep({ registry, id }: SchemaId, found: SchemaDefinition | undefined): Compiled | undefined {
    if (!found) throw new FormatError(this.format, `${registry} has no schema of the id ${id}`);
    const compiled = found.format === this.format ? this.compiled(found.text, id) : undefined;
    if (this.kept.size >= KEPT) this.kept.delete(this.kept.keys().next().value as string);
    this.kept.set(id, compiled);
    return compiled;
  }

  private compiled(text: string, id: string): Compiled {
    try {
      return this.compile(text);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new FormatError(this.format, `the schema of the id ${id} cannot be used: ${why}`, "format", { cause });
    }
  }
}
