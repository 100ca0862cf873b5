/** Schemas by the id that a record's frame carries: declared ones, and those that a registry is asked for, once each. */
import { FormatError } from "../formatError";
import type { SchemaDefinition, SchemaId, SchemaLookup } from "./lookup";

/** Looked-up schemas that are kept; the oldest makes way. A stream has a few, a hostile one as many ids as it likes. */
const KEPT = 500;

/** `undefined` is the answer for a schema of another format. */
export class SchemaCache<Compiled> {
  /** By id: Glue's UUIDs and Confluent's numbers are never the same. */
  private readonly kept = new Map<string, Compiled | undefined>();

  /**
   * @param format whose schemas these are
   * @param declared by id; never forgotten
   * @param compile @throws Error with what is wrong with the definition
   */
  constructor(
    private readonly format: SchemaDefinition["format"],
    private readonly declared: ReadonlyMap<string, Compiled>,
    private readonly compile: (definition: string) => Compiled,
    private readonly lookup: SchemaLookup | undefined,
  ) {}

  /** Whether a record in this frame may be one of this format's. */
  mayKnow({ id }: SchemaId): boolean {
    return this.declared.has(id) || this.lookup !== undefined;
  }

  /** @throws FormatError for an id that no schema has, LookupError where that cannot be told */
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
