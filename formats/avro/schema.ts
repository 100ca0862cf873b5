/** Parses Avro schemas from JSON to a tree in which every name is resolved. https://avro.apache.org/docs/1.12.0/specification/ */

/** A schema as plain data, or as the JSON text of it. */
export type AvroSchema = string | { readonly [name: string]: unknown } | readonly unknown[];

export type AvroPrimitive = "null" | "boolean" | "int" | "long" | "float" | "double" | "bytes" | "string";

/** A `logicalType` that fits its underlying type; any other is ignored, as the specification requires. */
export type AvroLogical =
  | { readonly type: "timestamp" | "local-timestamp"; readonly unit: "ms" | "us" | "ns" }
  | { readonly type: "time"; readonly unit: "ms" | "us" }
  | { readonly type: "date" | "uuid" }
  | { readonly type: "decimal"; readonly scale: number };

export type AvroNode =
  | { readonly kind: AvroPrimitive; readonly logical?: AvroLogical }
  | AvroRecord
  | { readonly kind: "enum"; readonly name: string; readonly symbols: readonly string[] }
  | { readonly kind: "fixed"; readonly name: string; readonly size: number; readonly logical?: AvroLogical }
  | { readonly kind: "array"; readonly items: AvroNode }
  | { readonly kind: "map"; readonly values: AvroNode }
  | { readonly kind: "union"; readonly branches: readonly AvroNode[] };

export interface AvroRecord {
  readonly kind: "record";
  readonly name: string;
  /** Filled after the record is named, because a record may contain itself. */
  readonly fields: { readonly name: string; readonly node: AvroNode }[];
}

/** A schema that is not valid; the message may quote names from the schema. */
export class AvroSchemaError extends Error {
  override readonly name = "AvroSchemaError";
}

const PRIMITIVES: readonly string[] = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"];
const NAME = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/;
/** Maximum nesting of types in the schema's text; the parser is recursive. */
const DEEPEST = 200;

/** @throws AvroSchemaError */
export function parseAvroSchema(schema: AvroSchema): AvroNode {
  const json = typeof schema === "string" && !PRIMITIVES.includes(schema) ? parseJson(schema) : schema;
  return parseType(json, { named: new Map(), namespace: "", depth: 0 });
}

interface Scope {
  readonly named: Map<string, AvroNode>;
  readonly namespace: string;
  readonly depth: number;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AvroSchemaError(`${text.length} characters are not JSON`, { cause });
  }
}

function parseType(schema: unknown, outer: Scope): AvroNode {
  if (outer.depth > DEEPEST) throw new AvroSchemaError(`it nests deeper than ${DEEPEST}`);
  const scope = { ...outer, depth: outer.depth + 1 };
  if (typeof schema === "string") return typeOfName(schema, scope);
  if (Array.isArray(schema)) return parseUnion(schema, scope);
  if (typeof schema !== "object" || schema === null) {
    throw new AvroSchemaError(`a type is ${schema === null ? "null" : typeof schema}; use a name, a list or an object`);
  }
  const definition = schema as Record<string, unknown>;
  switch (definition.type) {
    case "record":
    case "error":
      return parseRecord(definition, scope);
    case "enum":
      return parseEnum(definition, scope);
    case "fixed":
      return parseFixed(definition, scope);
    case "array":
      return { kind: "array", items: parseType(definition.items, scope) };
    case "map":
      return { kind: "map", values: parseType(definition.values, scope) };
    default: {
      const node = parseType(definition.type, scope);
      return PRIMITIVES.includes(node.kind) ? withLogical(node as { kind: AvroPrimitive }, definition) : node;
    }
  }
}

function typeOfName(name: string, { named, namespace }: Scope): AvroNode {
  if (PRIMITIVES.includes(name)) return { kind: name as AvroPrimitive };
  const found = named.get(fullName(name, namespace)) ?? named.get(name);
  if (!found) throw new AvroSchemaError(`the type "${name.slice(0, 80)}" is not defined before it is used`);
  return found;
}

function parseUnion(schemas: readonly unknown[], scope: Scope): AvroNode {
  if (schemas.length === 0) throw new AvroSchemaError("a union is empty");
  const branches = schemas.map((branch) => parseType(branch, scope));
  if (branches.some(({ kind }) => kind === "union")) throw new AvroSchemaError("a union holds a union");
  const kinds = branches.map((branch) => ("name" in branch ? branch.name : branch.kind));
  if (new Set(kinds).size < kinds.length) throw new AvroSchemaError("a union holds one type twice");
  return { kind: "union", branches };
}

function parseRecord(definition: Record<string, unknown>, scope: Scope): AvroNode {
  const { name, namespace } = nameOf(definition, scope);
  if (!Array.isArray(definition.fields)) throw new AvroSchemaError(`record "${name}" has no list of fields`);
  const record: AvroRecord = { kind: "record", name, fields: [] };
  define(record, scope);
  const seen = new Set<string>();
  for (const field of definition.fields as (Record<string, unknown> | null)[]) {
    const fieldName = field?.name;
    if (typeof fieldName !== "string" || fieldName === "")
      throw new AvroSchemaError(`record "${name}" has a field without a name`);
    if (seen.has(fieldName))
      throw new AvroSchemaError(`record "${name}" has the field "${fieldName.slice(0, 80)}" twice`);
    seen.add(fieldName);
    record.fields.push({ name: fieldName, node: parseType(field?.type, { ...scope, namespace }) });
  }
  return record;
}

function parseEnum(definition: Record<string, unknown>, scope: Scope): AvroNode {
  const { name } = nameOf(definition, scope);
  const { symbols } = definition;
  if (!Array.isArray(symbols) || symbols.length === 0 || symbols.some((symbol) => typeof symbol !== "string")) {
    throw new AvroSchemaError(`enum "${name}" has no list of symbols`);
  }
  return define({ kind: "enum", name, symbols: symbols as string[] }, scope);
}

function parseFixed(definition: Record<string, unknown>, scope: Scope): AvroNode {
  const { name } = nameOf(definition, scope);
  const { size } = definition;
  if (!Number.isSafeInteger(size) || (size as number) < 0) throw new AvroSchemaError(`fixed "${name}" has no size`);
  return define(withLogical({ kind: "fixed", name, size: size as number }, definition), scope);
}

function define<Node extends AvroNode & { readonly name: string }>(node: Node, { named }: Scope): Node {
  if (named.has(node.name)) throw new AvroSchemaError(`"${node.name}" is defined twice`);
  named.set(node.name, node);
  return node;
}

function nameOf(definition: Record<string, unknown>, scope: Scope): { name: string; namespace: string } {
  const { name, namespace } = definition;
  if (typeof name !== "string" || name.length > 1_000 || !NAME.test(name)) {
    throw new AvroSchemaError(`a ${String(definition.type)} has no name, or one that is not letters, digits and "_"`);
  }
  const full = fullName(name, typeof namespace === "string" ? namespace : scope.namespace);
  return { name: full, namespace: full.slice(0, Math.max(0, full.lastIndexOf("."))) };
}

function fullName(name: string, namespace: string): string {
  return name.includes(".") || namespace === "" ? name : `${namespace}.${name}`;
}

function withLogical<Node extends { kind: AvroPrimitive } | { kind: "fixed"; size: number; name: string }>(
  node: Node,
  definition: Record<string, unknown>,
): Node {
  const logical = avroLogicalType(node, definition);
  return logical ? { ...node, logical } : node;
}

/** The logical type, if the annotated type allows it; any other annotation is ignored, as the specification requires. */
export function avroLogicalType(
  node: { kind: string; size?: number },
  definition: Record<string, unknown>,
): AvroLogical | undefined {
  const { kind } = node;
  switch (`${kind} ${String(definition.logicalType)}`) {
    case "int date":
      return { type: "date" };
    case "int time-millis":
      return { type: "time", unit: "ms" };
    case "long time-micros":
      return { type: "time", unit: "us" };
    case "long timestamp-millis":
      return { type: "timestamp", unit: "ms" };
    case "long timestamp-micros":
      return { type: "timestamp", unit: "us" };
    case "long timestamp-nanos":
      return { type: "timestamp", unit: "ns" };
    case "long local-timestamp-millis":
      return { type: "local-timestamp", unit: "ms" };
    case "long local-timestamp-micros":
      return { type: "local-timestamp", unit: "us" };
    case "long local-timestamp-nanos":
      return { type: "local-timestamp", unit: "ns" };
    case "fixed uuid":
      return node.size === 16 ? { type: "uuid" } : undefined;
    case "bytes decimal":
    case "fixed decimal":
      return decimalOf(definition);
    default:
      return undefined;
  }
}

/** A wrong precision or scale makes the logical type invalid; an invalid logical type is ignored. */
function decimalOf({ precision, scale = 0 }: Record<string, unknown>): AvroLogical | undefined {
  const isValid = Number.isSafeInteger(precision) && Number.isSafeInteger(scale);
  if (!isValid || (precision as number) < 1 || (scale as number) < 0 || (scale as number) > (precision as number)) {
    return undefined;
  }
  return (precision as number) > 1_000 ? undefined : { type: "decimal", scale: scale as number };
}
