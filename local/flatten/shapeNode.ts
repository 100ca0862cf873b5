/** The shape of one path, which grows while rows are scanned. */
import type { Fields, Shape } from "../../lake/hourly/flattenShape";

export const NULL = 1;
export const BOOLEAN = 2;
export const INTEGER = 4;
export const DOUBLE = 8;
export const STRING = 16;

/** Rows of one source usually have one field order. Fields past this position are found by name only. */
const REMEMBERED_ORDER = 256;

interface Field {
  /** The name's bytes between its quotes, as written. */
  readonly written: Uint8Array;
  readonly node: ShapeNode;
}

export class ShapeNode {
  /** The scalar kinds at this path, as bits. */
  kinds = 0;
  #items: ShapeNode | undefined;
  #fields: Map<string, ShapeNode> | undefined;
  readonly #order: Field[] = [];

  /** Records an object at this path. */
  object(): this {
    this.#fields ??= new Map();
    return this;
  }

  /** Records an array at this path; returns the node of its elements. */
  array(): ShapeNode {
    this.#items ??= new ShapeNode();
    return this.#items;
  }

  /** The node of the field whose quoted name is at `start` to before `end`; `order` is its position in the object. */
  field(bytes: Uint8Array, start: number, end: number, hasEscape: boolean, order: number): ShapeNode {
    const expected = this.#order[order];
    if (expected && isSame(bytes, start + 1, end - 1, expected.written)) return expected.node;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
    const name = hasEscape ? (JSON.parse(text.toString("utf8")) as string) : text.toString("utf8", 1, text.length - 1);
    const fields = this.object().#fields as Map<string, ShapeNode>;
    let node = fields.get(name);
    if (!node) {
      node = new ShapeNode();
      fields.set(name, node);
    }
    if (order < REMEMBERED_ORDER) this.#order[order] = { written: Uint8Array.from(text.subarray(1, -1)), node };
    return node;
  }

  toShape(): Shape {
    const fields = this.#fields && toFields(this.#fields);
    const isNumber = (this.kinds & (INTEGER | DOUBLE)) !== 0;
    const seen = [this.kinds & BOOLEAN, isNumber, this.kinds & STRING, this.#items, fields].filter(Boolean).length;
    if (seen > 1) return fields ? { kind: "mixed", fields } : { kind: "mixed" };
    if (fields) return { kind: "object", fields };
    if (this.#items) return { kind: "array", items: this.#items.toShape() };
    if (isNumber) return { kind: this.kinds & DOUBLE ? "double" : "integer" };
    if (this.kinds & STRING) return { kind: "string" };
    return { kind: this.kinds & BOOLEAN ? "boolean" : "null" };
  }
}

function toFields(nodes: Map<string, ShapeNode>): Fields {
  return Object.fromEntries([...nodes].map(([name, node]) => [name, node.toShape()]));
}

function isSame(bytes: Uint8Array, start: number, end: number, expected: Uint8Array): boolean {
  if (end - start !== expected.length) return false;
  for (let index = 0; index < expected.length; index++) {
    if (bytes[start + index] !== expected[index]) return false;
  }
  return true;
}
