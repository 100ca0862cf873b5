/**
 * Normalizes one node of a JSON Schema (draft-04, -06 or -07).
 * Annotations are removed, `const` becomes `enum`, and exclusive bounds become numbers.
 */
import { isDeepStrictEqual } from "node:util";
import { UndecidedError } from "./undecidedError";

type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [name: string]: JsonValue };
export type Schema = boolean | Readonly<Record<string, unknown>>;
export type Node = Readonly<Record<string, unknown>>;

/** Compares the reader's and the writer's schema at one path. */
export type Compare = (path: string, reader: Schema, writer: Schema) => string[];

const ASSERTIONS = [
  ...["type", "enum", "allOf", "anyOf", "oneOf", "not", "if", "then", "else"],
  ...["properties", "patternProperties", "additionalProperties", "required"],
  ...["minProperties", "maxProperties", "propertyNames", "dependencies"],
  ...["items", "additionalItems", "minItems", "maxItems", "uniqueItems", "contains"],
  ...["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
  ...["minLength", "maxLength", "pattern", "format"],
];

/** Keywords that depend on each other. */
const GROUPS = [
  ["properties", "patternProperties", "additionalProperties"],
  ["items", "additionalItems"],
  ["if", "then", "else"],
];

/** The assertions of a schema, normalized. */
export function nodeOf(schema: Node): Node {
  const { const: only, ...all } = schema;
  const node: Record<string, unknown> = "const" in schema ? { ...all, enum: [only] } : all;
  // In draft-04 `exclusiveMinimum: true` excludes the value of `minimum`.
  for (const [exclusive, bound] of [
    ["exclusiveMinimum", "minimum"],
    ["exclusiveMaximum", "maximum"],
  ] as const) {
    if (typeof node[exclusive] !== "boolean") continue;
    const isOut = node[exclusive];
    delete node[exclusive];
    if (!isOut) continue;
    node[exclusive] = node[bound];
    delete node[bound];
  }
  const isConditional = "if" in node;
  const counts = (name: string) => name in node && (isConditional || (name !== "then" && name !== "else"));
  return Object.fromEntries(ASSERTIONS.filter(counts).map((name) => [name, node[name]]));
}

/** The schema that a `$ref` points to, within the same document. */
export function pointed(root: Schema, reference: string): Schema {
  let found: unknown = reference.startsWith("#") ? root : undefined;
  for (const part of reference.slice(1).split("/").slice(1)) {
    const name = decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
    found = (found as Record<string, unknown> | undefined)?.[name];
  }
  const isSchema = typeof found === "boolean" || (typeof found === "object" && found !== null);
  if (isSchema && /^#(\/|$)/.test(reference)) return found as Schema;
  throw new UndecidedError(`$ref "${reference}" does not point into the same schema`);
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

const KINDS = ["null", "boolean", "number", "string", "array", "object"];

/** Splits a schema into one per kind of values or per enum value; empty if it accepts nothing. */
export function casesOf(node: Node): Node[] {
  const kinds = node.type === undefined ? undefined : [node.type].flat().map(String);
  if (Array.isArray(node.enum)) {
    const values = (node.enum as JsonValue[]).filter((value) => !kinds || takes(kinds, kindOf(value)));
    return values.map((value) => ({ ...node, ...onlyValue(value) }));
  }
  const ofWhole = (kind: string) => (kind === "number" && Number.isInteger(node.multipleOf) ? "integer" : kind);
  return (kinds ?? KINDS).map((kind) => ({ ...node, type: [ofWhole(kind)] }));
}

export function takes(kinds: readonly string[], kind: string): boolean {
  return kinds.includes(kind) || (kind === "integer" && kinds.includes("number"));
}

/** A schema that accepts only one value, in the keywords of its kind. */
function onlyValue(value: JsonValue): Node {
  const kind = kindOf(value);
  const only = { type: [kind], enum: [value] };
  if (typeof value === "number") return { ...only, minimum: value, maximum: value, multipleOf: value };
  if (typeof value === "string") return { ...only, minLength: [...value].length, maxLength: [...value].length };
  if (kind === "array") {
    const items = value as readonly JsonValue[];
    const unique = items.every((item, at) => !items.slice(0, at).some((other) => isDeepStrictEqual(other, item)));
    const bounds = { minItems: items.length, maxItems: items.length, uniqueItems: unique };
    return { ...only, items: items.map((item) => ({ enum: [item] })), ...bounds };
  }
  if (kind !== "object") return only;
  const fields = Object.entries(value as object);
  const properties = Object.fromEntries(fields.map(([name, field]) => [name, { enum: [field] }]));
  const count = { minProperties: fields.length, maxProperties: fields.length };
  return { ...only, properties, required: Object.keys(properties), additionalProperties: false, ...count };
}

/** A schema of the values that both accept; undefined if one node cannot express it. */
export function both(left: Node, right: Node): Node | undefined {
  for (const group of GROUPS) {
    if (group.some((name) => name in left) && group.some((name) => name in right)) return undefined;
  }
  const merged: Record<string, unknown> = { ...left };
  for (const [name, value] of Object.entries(right)) {
    const other = left[name];
    if (other === undefined || isDeepStrictEqual(other, value)) merged[name] = value;
    else if (name === "required") merged[name] = [...new Set([...(other as string[]), ...(value as string[])])];
    else return undefined;
  }
  return merged;
}
