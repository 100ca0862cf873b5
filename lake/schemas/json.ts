/** Reads JSON Schemas: the type of matching rows, and the parts from which columns and text readers derive. */
import type { Row, Value } from "../../formats/row";

/** A JSON Schema of an object; every keyword of its draft is allowed, and the formats of `SCHEMA_FORMATS`. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

type Simplify<T> = { [K in keyof T]: T[K] };

type RequiredNames<S> = S extends { readonly required: readonly (infer N)[] } ? N : never;

type ObjectOf<S> = S extends { readonly properties: infer P }
  ? Simplify<
      { -readonly [K in keyof P as K extends RequiredNames<S> ? K : never]: ValueOf<P[K]> } & {
        -readonly [K in keyof P as K extends RequiredNames<S> ? never : K]?: ValueOf<P[K]>;
      }
    >
  : Row;

type OfType<T, S> = T extends "string"
  ? string
  : T extends "integer" | "number"
    ? number | bigint
    : T extends "boolean"
      ? boolean
      : T extends "null"
        ? null
        : T extends "array"
          ? S extends { readonly items: infer I }
            ? ValueOf<I>[]
            : Value[]
          : T extends "object"
            ? ObjectOf<S>
            : Value;

/** The type of matching values; `Value` for keywords that types cannot express (`anyOf`, `$ref` …). */
type ValueOf<S> = S extends { readonly const: infer C }
  ? C
  : S extends { readonly enum: readonly (infer E)[] }
    ? E
    : S extends { readonly type: infer T }
      ? T extends readonly (infer U)[]
        ? OfType<U, S>
        : OfType<T, S>
      : Value;

export type RowOfJsonSchema<S> = ObjectOf<S> extends infer R extends object ? R : Row;

/** Follows local references to a value's schema; undefined if a reference is circular or does not resolve. */
export function resolve(root: JsonSchema, node: unknown, seen: readonly string[] = []): Resolved | undefined {
  if (typeof node !== "object" || node === null) return undefined;
  const { $ref: reference } = node as { $ref?: unknown };
  if (typeof reference !== "string") return { node: node as JsonSchema, seen };
  if (seen.includes(reference)) return undefined;
  return resolve(root, pointed(root, reference), [...seen, reference]);
}

/** A schema, and the references that led to it; repeating one would never end. */
export interface Resolved {
  readonly node: JsonSchema;
  readonly seen: readonly string[];
}

/** `#/$defs/address`; the validator refuses references to other documents. */
function pointed(root: JsonSchema, reference: string): unknown {
  if (!reference.startsWith("#")) return undefined;
  let found: unknown = root;
  for (const part of reference.slice(1).split("/").slice(1)) {
    const name = decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
    found = (found as Record<string, unknown> | undefined)?.[name];
  }
  return found;
}

/** The kinds of values that a schema allows, without `null`: `["integer"]`; empty if it has no such keyword. */
export function kindsOf(node: JsonSchema): string[] {
  const { type, enum: allowed } = node;
  const kinds =
    type !== undefined
      ? [type].flat().map(String)
      : "const" in node
        ? [kindOf(node.const)]
        : Array.isArray(allowed)
          ? allowed.map(kindOf)
          : [];
  return [...new Set(kinds)].filter((kind) => kind !== "null");
}

/** True if null matches `type`, `enum` and `const`. */
export function allowsNull(node: JsonSchema): boolean {
  if ("const" in node) return node.const === null;
  if (Array.isArray(node.enum)) return node.enum.includes(null);
  return node.type === undefined || [node.type].flat().includes("null");
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

/** The branches of `anyOf` or `oneOf` other than null; undefined without such a keyword. */
export function branchesOf(node: JsonSchema): unknown[] | undefined {
  const branches = node.anyOf ?? node.oneOf;
  if (!Array.isArray(branches)) return undefined;
  return branches.filter((branch: JsonSchema) => branch?.type !== "null");
}

export function propertiesOf(node: JsonSchema): [name: string, schema: unknown][] {
  return Object.entries((node.properties as object | undefined) ?? {});
}

export function requiredOf(node: JsonSchema): ReadonlySet<unknown> {
  return new Set(Array.isArray(node.required) ? node.required : []);
}
