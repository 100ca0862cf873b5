/** One schema of a table's rows, declared once: it gives the row's type, the router's check, and the table's columns. */
import type { Row } from "../../formats/row";
import { type AvroRecord, avroJsonSchema, type RowOfAvro } from "./avro";
import { type SchemaColumn, schemaColumns } from "./columns";
import { type Fields, fieldsJsonSchema, type RowOfFields } from "./fields";
import type { JsonSchema, RowOfJsonSchema } from "./json";
import { propertyNames, textNode } from "./texts";
import { compileValidator, type RowValidator } from "./validator";

/**
 * Plain data: it travels in the router's package as it is.
 *
 * @typeParam R what a row that matches looks like; read it with `RowOf<typeof schema>`
 */
export interface Schema<R extends object = Row> {
  /** For messages: `orders`. */
  readonly name: string;
  /** The JSON Schema that rows are checked against, whichever way the schema was declared. */
  readonly jsonSchema: JsonSchema;
  /** The table's own columns, in the declared order. */
  readonly columns: readonly SchemaColumn[];
  /** How the router checks a row. */
  readonly validator: RowValidator;
  /** Never there; it carries the row's type. */
  readonly row?: R;
}

/** The type of rows that match a schema: `RowOf<typeof orders>`. */
export type RowOf<S extends Schema<object>> = NonNullable<S["row"]>;

/** A schema in TypeScript: names of fields with the lake's types. */
export interface FieldsDeclaration<F extends Fields> {
  readonly name: string;
  /**
   * A name that ends with `?` may be absent or null; `{ … }` is an object, `[{ … }]` a list of objects.
   *
   * @example { order_id: "string", total: "double", "note?": "string", address: { city: "string" }, tags: "array<string>" }
   */
  readonly fields: F;
}

/** A schema as JSON Schema 2020-12, or draft-07 if `$schema` names it. The root is an object. */
export interface JsonSchemaDeclaration<S extends JsonSchema> {
  readonly name: string;
  readonly jsonSchema: S;
}

/** A schema as an Avro record. */
export interface AvroDeclaration<A extends AvroRecord> {
  /** @default the record's own name, lower-case */
  readonly name?: string;
  readonly avro: A;
}

/**
 * Declares a schema. Rows may have fields that it does not name, which stay in `raw/`, unless it forbids them
 * (`additionalProperties: false`).
 *
 * @throws for a declaration that cannot be checked or has no columns, naming the schema and what would be right
 * @example
 * const orders = defineSchema({ name: "orders", fields: { order_id: "string", total: "double", "note?": "string" } });
 * new DataLake("lake", { tables: { orders: { schema: orders } } });
 */
export function defineSchema<const F extends Fields>(declaration: FieldsDeclaration<F>): Schema<RowOfFields<F>>;
export function defineSchema<const S extends JsonSchema>(
  declaration: JsonSchemaDeclaration<S>,
): Schema<RowOfJsonSchema<S>>;
export function defineSchema<const A extends AvroRecord>(declaration: AvroDeclaration<A>): Schema<RowOfAvro<A>>;
export function defineSchema(
  declaration: FieldsDeclaration<Fields> | JsonSchemaDeclaration<JsonSchema> | AvroDeclaration<AvroRecord>,
): Schema<object> {
  const name = nameOf(declaration);
  try {
    const jsonSchema = jsonSchemaOf(declaration);
    const columns = schemaColumns(jsonSchema);
    if (columns.length === 0) throw new Error("it has no fields; name at least one");
    const validator = {
      code: compileValidator(jsonSchema),
      texts: textNode(jsonSchema),
      names: propertyNames(jsonSchema),
    };
    return { name, jsonSchema, columns, validator };
  } catch (cause) {
    throw new Error(`schema "${name}": ${(cause as Error).message}`, { cause });
  }
}

function nameOf(declaration: object): string {
  const { name, avro } = declaration as { name?: unknown; avro?: AvroRecord };
  if (typeof name === "string" && name !== "") return name;
  if (name === undefined && typeof avro?.name === "string") return avro.name.toLowerCase();
  throw new Error("a schema needs a name, such as orders");
}

/** A copy: what the caller changes later changes nothing here. */
function jsonSchemaOf(declaration: object): JsonSchema {
  const given = ["fields", "jsonSchema", "avro"].filter((key) => key in declaration);
  if (given.length !== 1) {
    throw new Error(`it is declared by ${given.join(" and ") || "nothing"}; use one of fields, jsonSchema and avro`);
  }
  if ("fields" in declaration) return fieldsJsonSchema(declaration.fields as Fields);
  if ("avro" in declaration) return avroJsonSchema(declaration.avro as AvroRecord);
  return structuredClone((declaration as JsonSchemaDeclaration<JsonSchema>).jsonSchema);
}
