/** A schema of a table's rows, from which the row's type, the router's check and the table's columns derive. */
import type { Row } from "../../formats/row";
import { type AvroRecord, avroJsonSchema, type RowOfAvro } from "./avro";
import { type SchemaColumn, schemaColumns } from "./columns";
import { type Fields, fieldsJsonSchema, type RowOfFields } from "./fields";
import type { JsonSchema, RowOfJsonSchema } from "./json";
import { propertyNames, textNode } from "./texts";
import { compileValidator, type RowValidator } from "./validator";

/**
 * A compiled schema: plain data, which becomes part of the router's package.
 *
 * @typeParam R the type of matching rows; read it with `RowOf<typeof schema>`
 */
export interface Schema<R extends object = Row> {
  /** For messages: `orders`. */
  readonly name: string;
  /** The JSON Schema that rows are checked against, for every kind of declaration. */
  readonly jsonSchema: JsonSchema;
  /** The table's own columns, in the declared order. */
  readonly columns: readonly SchemaColumn[];
  /** The router's check of a row. */
  readonly validator: RowValidator;
  /** Never present at run time; only carries the row's type. */
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
 * Declares a schema. Unless the schema forbids them (`additionalProperties: false`), rows may have other fields, which
 * stay in `raw/`.
 *
 * @throws Error for a declaration that cannot be checked or has no columns, with the schema's name and a correction
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

/** Returns a copy, so that the caller's later changes have no effect. */
function jsonSchemaOf(declaration: object): JsonSchema {
  const given = ["fields", "jsonSchema", "avro"].filter((key) => key in declaration);
  if (given.length !== 1) {
    throw new Error(`it is declared by ${given.join(" and ") || "nothing"}; use one of fields, jsonSchema and avro`);
  }
  if ("fields" in declaration) return fieldsJsonSchema(declaration.fields as Fields);
  if ("avro" in declaration) return avroJsonSchema(declaration.avro as AvroRecord);
  return structuredClone((declaration as JsonSchemaDeclaration<JsonSchema>).jsonSchema);
}
