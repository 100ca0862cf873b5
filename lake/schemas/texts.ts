/** Reads the strings of CSV and XML rows as the schema's types, so that their values can be checked. */
import type { Row, Value } from "../../formats/row";
import { allowsNull, branchesOf, type JsonSchema, kindsOf, propertiesOf, requiredOf, resolve } from "./json";

/** The meaning of strings at one place of a row; plain data. */
export interface TextNode {
  readonly kind: "integer" | "number" | "boolean" | "string" | "instant" | "object" | "array" | "other";
  /** The meaning of an empty string. @default an empty string */
  readonly empty?: "null" | "absent";
  readonly fields?: Readonly<Record<string, TextNode>>;
  readonly items?: TextNode;
}

/** Formats whose scalars are all strings. */
export const TEXT_FORMATS: ReadonlySet<string> = new Set(["csv", "xml"]);

const OTHER: TextNode = { kind: "other" };

export function textNode(root: JsonSchema, schema: unknown = root, above: readonly string[] = []): TextNode {
  const resolved = resolve(root, schema, above);
  if (!resolved) return OTHER;
  const { node, seen } = resolved;
  const branches = branchesOf(node);
  if (branches?.length === 1 && kindsOf(node).length === 0) {
    return { ...textNode(root, branches[0], seen), empty: "null" };
  }
  const kinds = kindsOf(node);
  const kind = kinds.length === 1 ? kinds[0] : undefined;
  const empty = node.type !== undefined && allowsNull(node) ? ({ empty: "null" } as const) : {};
  switch (kind) {
    case "integer":
    case "number":
    case "boolean":
      return { kind, ...empty };
    case "string":
      return { kind: node.format === "date" || node.format === "date-time" ? "instant" : "string", ...empty };
    case "object": {
      const required = requiredOf(node);
      const fields = propertiesOf(node).map(([name, field]) => {
        const known = textNode(root, field, seen);
        const mayGo = known.empty === undefined && !required.has(name) && known.kind !== "string";
        return [name, mayGo ? { ...known, empty: "absent" as const } : known];
      });
      return { kind, ...empty, fields: Object.fromEntries(fields) };
    }
    case "array":
      return { kind, ...empty, items: textNode(root, node.items, seen) };
    default:
      return OTHER;
  }
}

/** Names of all properties in the schema: a failing path may contain these; all other names are data. */
export function propertyNames(schema: unknown): string[] {
  const names = new Set<string>();
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const { properties } = node as JsonSchema;
    if (typeof properties === "object" && properties !== null) {
      for (const name of Object.keys(properties)) names.add(name);
    }
    Object.values(node).forEach(visit);
  };
  visit(schema);
  return [...names].sort();
}

/**
 * Returns a copy in which strings that parse as the schema's type have that type; others stay, and the check reports
 * them.
 */
export function readTexts(row: Row, node: TextNode): Row {
  return readFields(row, node);
}

function readFields(fields: { [name: string]: Value }, node: TextNode): { [name: string]: Value } {
  // Without a prototype, a field may have the name `__proto__`.
  const read = Object.create(null) as { [name: string]: Value };
  for (const name of Object.keys(fields)) {
    const value = fields[name] as Value;
    const known = node.fields && Object.hasOwn(node.fields, name) ? node.fields[name] : undefined;
    if (known?.empty === "absent" && typeof value === "string" && trimmed(value) === "") continue;
    read[name] = known ? readValue(value, known) : value;
  }
  return read;
}

function readValue(value: Value, node: TextNode): Value {
  if (typeof value === "string") return readText(value, node);
  if (Array.isArray(value)) return node.items ? value.map((item) => readValue(item, node.items as TextNode)) : value;
  return typeof value === "object" && value !== null ? readFields(value, node) : value;
}

const INTEGER = /^[+-]?\d+(\.0*)?$/;
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

/** Follows the casts of the flatten job: surrounding white space is ignored, and numbers are decimal. */
function readText(text: string, node: TextNode): Value {
  const value = trimmed(text);
  if (value === "" && node.empty === "null") return null;
  if (node.kind === "integer") return INTEGER.test(value) ? integerOf(value) : text;
  if (node.kind === "number") return NUMBER.test(value) ? Number(value) : text;
  if (node.kind === "boolean" && /^(true|false)$/i.test(value)) return value.length === 4;
  return node.kind === "instant" ? value : text;
}

function trimmed(text: string): string {
  return /^[ \t]|[ \t]$/.test(text) ? text.replace(/^[ \t]+|[ \t]+$/g, "") : text;
}

function integerOf(text: string): Value {
  const value = Number(text);
  return Number.isSafeInteger(value) || text.length > 1000 ? value : BigInt(text.replace(/^\+|\..*$/g, ""));
}
