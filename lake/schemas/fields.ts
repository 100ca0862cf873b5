/** Schemas declared in TypeScript: fields by name, with the lake's own types. */
import { elementType, isColumnType, SCALAR_TYPES, type ScalarType } from "../columns";
import type { JsonSchema } from "./json";

export type FieldType = ScalarType | `array<${ScalarType}>` | Fields | readonly [Fields];

/** A field whose name ends with `?` may be absent or null. */
export interface Fields {
  readonly [name: string]: FieldType;
}

type ScalarValue<T> = T extends "boolean" ? boolean : T extends "bigint" | "double" ? number | bigint : string;

type FieldValue<T> = T extends `array<${infer E}>`
  ? ScalarValue<E>[]
  : T extends readonly [infer F]
    ? RowOfFields<F>[]
    : T extends string
      ? ScalarValue<T>
      : RowOfFields<T>;

/** The row's type; timestamps and dates are strings, integers may be `bigint`. */
export type RowOfFields<F> = {
  -readonly [K in keyof F as K extends `${string}?` ? never : K]: FieldValue<F[K]>;
} & {
  -readonly [K in keyof F as K extends `${infer N}?` ? N : never]?: FieldValue<F[K]> | null;
} extends infer R extends object
  ? { [K in keyof R]: R[K] }
  : never;

export function fieldsJsonSchema(fields: Fields, above = ""): JsonSchema {
  if (typeof fields !== "object" || fields === null || Object.keys(fields).length === 0) {
    throw new Error(`${above === "" ? "it" : `field "${above}"`} has no fields; name at least one`);
  }
  const properties: [string, JsonSchema][] = [];
  const required: string[] = [];
  for (const [key, type] of Object.entries(fields)) {
    const isOptional = key.endsWith("?");
    const name = isOptional ? key.slice(0, -1) : key;
    if (properties.some(([other]) => other === name)) {
      throw new Error(`field "${above}${name}" is there twice, once as optional; keep one`);
    }
    const schema = valueSchema(type, `${above}${name}`);
    properties.push([name, isOptional ? { ...schema, type: [schema.type, "null"] } : schema]);
    if (!isOptional) required.push(name);
  }
  return { type: "object", properties: Object.fromEntries(properties), ...(required.length > 0 && { required }) };
}

function valueSchema(type: FieldType, name: string): JsonSchema {
  if (typeof type === "string") {
    if (!isColumnType(type)) {
      throw new Error(
        `field "${name}" has the type "${type}"; use ${SCALAR_TYPES.join(", ")}, array<…> of one, { … } or [{ … }]`,
      );
    }
    const element = elementType(type);
    return element ? { type: "array", items: nullable(SCALARS[element]) } : SCALARS[type as ScalarType];
  }
  if (Array.isArray(type)) {
    if (type.length !== 1) throw new Error(`field "${name}" is a list of ${type.length}; use [{ … }]`);
    return { type: "array", items: fieldsJsonSchema(type[0] as Fields, `${name}.`) };
  }
  return fieldsJsonSchema(type as Fields, `${name}.`);
}

/** Lists in the lake may contain nulls. */
function nullable(schema: JsonSchema): JsonSchema {
  return { ...schema, type: [schema.type, "null"] };
}

/** The next double after the largest 64-bit integer is 2^63 itself. */
export const BIGINT: JsonSchema = { type: "integer", minimum: -(2 ** 63), exclusiveMaximum: 2 ** 63 };

const SCALARS: Readonly<Record<ScalarType, JsonSchema>> = {
  boolean: { type: "boolean" },
  bigint: BIGINT,
  double: { type: "number" },
  string: { type: "string" },
  timestamp: { type: "string", format: "date-time" },
  date: { type: "string", format: "date" },
};
