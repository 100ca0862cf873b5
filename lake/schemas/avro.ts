/** Schemas declared as Avro records: converts them to the JSON Schema and the TypeScript type of decoded rows. */
import { avroLogicalType } from "../../formats/avro/schema";
import type { Value } from "../../formats/row";
import { BIGINT } from "./fields";
import type { JsonSchema } from "./json";

/** An Avro schema (https://avro.apache.org/docs/1.12.0/specification/): a name, an object, or a union. */
export type AvroSchema =
  | string
  | readonly AvroSchema[]
  | { readonly type: unknown; readonly [attribute: string]: unknown };

export interface AvroField {
  readonly name: string;
  readonly type: AvroSchema;
  readonly default?: unknown;
  readonly [attribute: string]: unknown;
}

export interface AvroRecord {
  readonly type: "record";
  readonly name: string;
  readonly namespace?: string;
  readonly fields: readonly AvroField[];
  readonly [attribute: string]: unknown;
}

type Simplify<T> = { [K in keyof T]: T[K] };

type AvroValue<T> = T extends "string" | "bytes"
  ? string
  : T extends "int" | "long" | "float" | "double"
    ? number | bigint
    : T extends "boolean"
      ? boolean
      : T extends "null"
        ? null
        : T extends readonly (infer U)[]
          ? AvroValue<U>
          : T extends { readonly type: "record" }
            ? RowOfAvro<T>
            : T extends { readonly type: "enum"; readonly symbols: readonly (infer S)[] }
              ? S
              : T extends { readonly type: "array"; readonly items: infer I }
                ? AvroValue<I>[]
                : T extends { readonly logicalType: LogicalText } | { readonly type: "fixed" }
                  ? string
                  : T extends { readonly type: infer U extends string }
                    ? AvroValue<U>
                    : Value;

/** Logical types of numbers that are strings in a row. */
type LogicalText = "date" | `time-${string}` | `timestamp-${string}` | `local-timestamp-${string}`;

export type RowOfAvro<A> = A extends { readonly fields: readonly (infer F)[] }
  ? Simplify<{
      -readonly [E in F as E extends { readonly name: infer N extends string } ? N : never]: E extends {
        readonly type: infer T;
      }
        ? AvroValue<T>
        : never;
    }>
  : never;

/** Every named type becomes a definition, so that types may refer to themselves. */
export function avroJsonSchema(record: AvroRecord): JsonSchema {
  if (record?.type !== "record") throw new Error("its Avro schema is not a record; rows are records");
  const definitions = new Map<string, JsonSchema>();
  const root = new AvroReader(definitions).read(record, record.namespace ?? "");
  return { ...root, $defs: Object.fromEntries(definitions) };
}

class AvroReader {
  readonly #definitions: Map<string, JsonSchema>;

  constructor(definitions: Map<string, JsonSchema>) {
    this.#definitions = definitions;
  }

  read(schema: unknown, namespace: string): JsonSchema {
    if (typeof schema === "string") return this.#named(schema, namespace);
    if (Array.isArray(schema)) return this.#union(schema, namespace);
    const { type } = schema as { type?: unknown };
    if (typeof type === "object") return this.read(type, namespace);
    const node = schema as Record<string, unknown>;
    switch (type) {
      case "record":
      case "error":
        return this.#define(node, namespace, (inside) => this.#record(node, inside));
      case "enum":
        return this.#define(node, namespace, () => ({ type: "string", enum: node.symbols }));
      case "fixed":
        return this.#define(node, namespace, () => logical(node) ?? { type: "string" });
      case "array":
        return { type: "array", items: this.read(node.items, namespace) };
      case "map":
        return { type: "object", additionalProperties: this.read(node.values, namespace) };
      default:
        return logical(node) ?? this.#named(String(type), namespace);
    }
  }

  #record(node: Record<string, unknown>, namespace: string): JsonSchema {
    const fields = (node.fields ?? []) as readonly AvroField[];
    const properties = fields.map(({ name, type }) => [name, this.read(type, namespace)] as const);
    const required = fields
      .filter((field) => !(Array.isArray(field.type) && field.type.includes("null")) && !("default" in field))
      .map((field) => field.name);
    return { type: "object", properties: Object.fromEntries(properties), ...(required.length > 0 && { required }) };
  }

  #union(branches: readonly unknown[], namespace: string): JsonSchema {
    const read = branches.map((branch) => this.read(branch, namespace));
    return { anyOf: read };
  }

  #define(node: Record<string, unknown>, above: string, make: (namespace: string) => JsonSchema): JsonSchema {
    const full = fullName(String(node.name), String(node.namespace ?? above));
    const isRoot = this.#definitions.size === 0;
    if (this.#definitions.has(full)) throw new Error(`Avro type "${full}" is there twice`);
    this.#definitions.set(full, {});
    const made = make(full.split(".").slice(0, -1).join("."));
    this.#definitions.set(full, made);
    return isRoot ? made : { $ref: `#/$defs/${full}` };
  }

  #named(name: string, namespace: string): JsonSchema {
    const primitive = PRIMITIVES[name];
    if (primitive) return primitive;
    const full = fullName(name, namespace);
    if (this.#definitions.has(full)) return { $ref: `#/$defs/${full}` };
    throw new Error(`Avro type "${name}" is not known; name it before it is used`);
  }
}

function fullName(name: string, namespace: string): string {
  return name.includes(".") || namespace === "" ? name : `${namespace}.${name}`;
}

const PRIMITIVES: Readonly<Record<string, JsonSchema>> = {
  null: { type: "null" },
  boolean: { type: "boolean" },
  int: { type: "integer", minimum: -(2 ** 31), maximum: 2 ** 31 - 1 },
  long: BIGINT,
  float: { type: "number" },
  double: { type: "number" },
  bytes: { type: "string" },
  string: { type: "string" },
};

/** The schema of a logical type's values in a decoded row; undefined if they have the form of the plain type. */
function logical(node: Record<string, unknown>): JsonSchema | undefined {
  const { type, size } = node;
  switch (avroLogicalType({ kind: String(type), size: size as number }, node)?.type) {
    case "date":
      return { type: "string", format: "date" };
    case "timestamp":
    case "local-timestamp":
      return { type: "string", format: "date-time" };
    case "time":
    case "decimal":
    case "uuid":
      return { type: "string" };
    default:
      return undefined;
  }
}
