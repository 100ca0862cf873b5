/** Derives a schema's columns: its flattened fields, each with the path of its values. */
import type { Column, ColumnType, ScalarType } from "../columns";
import { comparePaths, uniqueNames } from "../hourly/flattenName";
import { MAX_COLUMNS, MAX_FIELDS } from "../hourly/flattenPlan";
import type { Path } from "../hourly/flattenShape";
import { allowsNull, branchesOf, type JsonSchema, kindsOf, propertiesOf, requiredOf, resolve } from "./json";

export interface SchemaColumn extends Column {
  /** The field names that lead to the value. */
  readonly path: Path;
  /** True if every matching row has a value there. */
  readonly required: boolean;
}

interface Leaf {
  readonly path: Path;
  readonly type: ColumnType;
  readonly required: boolean;
}

interface Place {
  readonly root: JsonSchema;
  readonly path: Path;
  readonly required: boolean;
  readonly seen: readonly string[];
}

/** In the declared order. Objects are flattened; lists of objects and values of several types become strings. */
export function schemaColumns(root: JsonSchema): SchemaColumn[] {
  const resolved = resolve(root, root);
  const isObject = resolved && kindsOf(resolved.node).join() === "object" && !allowsNull(resolved.node);
  if (!resolved || !isObject) throw new Error('its root is not an object; give it the type "object"');
  const leaves = fieldLeaves(resolved.node, { root, path: [], required: true, seen: resolved.seen });
  if (leaves.length > MAX_COLUMNS) {
    throw new Error(`it has ${leaves.length} columns; a table takes at most ${MAX_COLUMNS}`);
  }
  const sorted = leaves.map((leaf) => leaf.path).sort(comparePaths);
  const names = new Map(uniqueNames(sorted).map((name, index) => [sorted[index], name]));
  return leaves.map(({ path, type, required }) => ({ name: names.get(path) as string, type, path, required }));
}

function fieldLeaves(node: JsonSchema, place: Place): Leaf[] {
  const required = requiredOf(node);
  return propertiesOf(node).flatMap(([name, schema]) => {
    if (name === "__proto__") throw new Error('a field cannot be called "__proto__"');
    return leavesOf(schema, { ...place, path: [...place.path, name], required: place.required && required.has(name) });
  });
}

function leavesOf(schema: unknown, place: Place): Leaf[] {
  const resolved = resolve(place.root, schema, place.seen);
  if (!resolved) return [{ path: place.path, type: "string", required: place.required }];
  const { node, seen } = resolved;
  const branches = branchesOf(node);
  if (branches?.length === 1 && kindsOf(node).length === 0) {
    return leavesOf(branches[0], { ...place, required: false, seen });
  }
  const isRequired = place.required && !allowsNull(node) && branches === undefined;
  const fields = propertiesOf(node);
  if (kindsOf(node).join() === "object" && fields.length > 0 && fields.length <= MAX_FIELDS) {
    return fieldLeaves(node, { ...place, required: isRequired, seen });
  }
  return [{ path: place.path, type: columnType(place.root, node, seen), required: isRequired }];
}

function columnType(root: JsonSchema, node: JsonSchema, seen: readonly string[]): ColumnType {
  if (kindsOf(node).join() !== "array") return scalarType(root, node, seen) ?? "string";
  const items = resolve(root, node.items, seen);
  const element = items && scalarType(root, items.node, items.seen);
  return element ? `array<${element}>` : "string";
}

/** Undefined if the value is not a scalar or has several types: its column holds strings. */
function scalarType(root: JsonSchema, node: JsonSchema, seen: readonly string[]): ScalarType | undefined {
  const branches = branchesOf(node);
  if (branches && node.type === undefined) {
    const types = branches.map((branch) => {
      const resolved = resolve(root, branch, seen);
      return resolved && scalarType(root, resolved.node, resolved.seen);
    });
    return commonType(types);
  }
  return commonType(kindsOf(node).map((kind) => typeOfKind(kind, node.format)));
}

function typeOfKind(kind: string, format: unknown): ScalarType | undefined {
  if (kind === "integer") return "bigint";
  if (kind === "number") return "double";
  if (kind === "boolean") return "boolean";
  if (kind !== "string") return undefined;
  if (format === "date-time") return "timestamp";
  return format === "date" ? "date" : "string";
}

function commonType(types: readonly (ScalarType | undefined)[]): ScalarType | undefined {
  const [first, ...others] = new Set(types);
  if (others.length === 0) return first;
  return [first, ...others].every((type) => type === "bigint" || type === "double") ? "double" : undefined;
}
