/** Decodes Avro values to row values, by one function per type, which is built once from the schema. */

import type { Row, Value } from "../row";
import { costOfNames } from "../values/costOfNames";
import { recordMaker } from "../values/recordMaker";
import type { AvroBytes } from "./bytes";
import { readLogical } from "./logical";
import type { AvroNode, AvroRecord } from "./schema";

/** Additional values that a list, a map or a logical type's text counts as: one byte here takes many times that in memory. */
const ROOM = 4;

export type ReadAvro = (bytes: AvroBytes) => Value;

/**
 * The reader of a type. `null`, booleans, strings and numbers keep their value. Longs beyond ±(2^53 − 1) become bigints, floats
 * that are not finite null, `bytes` and `fixed` base64 text, enums their symbol, unions the value of their branch, and logical
 * types the text that `readLogical` documents.
 */
export function avroReader(node: AvroNode): ReadAvro {
  return readerOf(node, new Map());
}

function readerOf(node: AvroNode, named: Map<AvroNode, ReadAvro>): ReadAvro {
  if ("logical" in node && node.logical) return logicalReader(readLogical(node, node.logical));
  switch (node.kind) {
    case "null":
      return () => null;
    case "boolean":
      return readBoolean;
    case "int":
      return (bytes) => bytes.int();
    case "long":
      return (bytes) => bytes.long();
    case "float":
      return (bytes) => finite(bytes.bytes.readFloatLE(bytes.skip(4)));
    case "double":
      return (bytes) => finite(bytes.bytes.readDoubleLE(bytes.skip(8)));
    case "string":
      return (bytes) => bytes.text();
    case "bytes":
      return (bytes) => bytes.base64(bytes.length());
    case "fixed": {
      const { size } = node;
      return (bytes) => bytes.base64(size);
    }
    case "enum":
      return enumReader(node.symbols);
    case "array":
      return arrayReader(readerOf(node.items, named));
    case "map":
      return mapReader(readerOf(node.values, named));
    case "union":
      return unionReader(node.branches.map((branch) => readerOf(branch, named)));
    case "record":
      return named.get(node) ?? recordReader(node, named);
  }
}

function logicalReader(read: (bytes: AvroBytes) => string): ReadAvro {
  return (bytes) => {
    bytes.budget.spend(ROOM, 0);
    return read(bytes);
  };
}

function readBoolean(bytes: AvroBytes): boolean {
  const byte = bytes.bytes[bytes.skip(1)] as number;
  if (byte > 1) throw bytes.refuse("a boolean is neither 0 nor 1");
  return byte === 1;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function recordReader(node: AvroRecord, named: Map<AvroNode, ReadAvro>): ReadAvro {
  let make: (bytes: AvroBytes) => Row;
  const count = node.fields.length;
  const names = node.fields.map(({ name }) => name);
  const characters = names.join("").length;
  const read = (bytes: AvroBytes): Row => {
    bytes.enter();
    bytes.budget.spend(count + 1, characters);
    const row = make(bytes);
    bytes.depth -= 1;
    return row;
  };
  named.set(node, read);
  make = recordMaker(
    names,
    node.fields.map((field) => readerOf(field.node, named)),
  );
  return read;
}

function enumReader(symbols: readonly string[]): ReadAvro {
  return (bytes) => {
    const symbol = symbols[bytes.int()];
    if (symbol === undefined) throw bytes.refuse(`an enum of ${symbols.length} symbols is beyond them`);
    bytes.budget.spend(0, symbol.length);
    return symbol;
  };
}

function unionReader(branches: readonly ReadAvro[]): ReadAvro {
  return (bytes) => {
    const branch = branches[bytes.int()];
    if (!branch) throw bytes.refuse(`a union of ${branches.length} branches is beyond them`);
    return branch(bytes);
  };
}

function arrayReader(item: ReadAvro): ReadAvro {
  return (bytes) => {
    bytes.enter();
    bytes.budget.spend(ROOM, 0);
    const values: Value[] = [];
    for (let count = blockCount(bytes); count > 0; count = blockCount(bytes)) {
      bytes.budget.spend(count, 0);
      for (let index = 0; index < count; index++) values.push(item(bytes));
    }
    bytes.depth -= 1;
    return values;
  };
}

function mapReader(value: ReadAvro): ReadAvro {
  return (bytes) => {
    bytes.enter();
    bytes.budget.spend(ROOM, 0);
    const values: Row = {};
    let entries = 0;
    for (let count = blockCount(bytes); count > 0; count = blockCount(bytes)) {
      entries += count;
      bytes.budget.columns(entries);
      bytes.budget.spend(count, 0);
      for (let index = 0; index < count; index++) setMember(values, bytes.text(), value(bytes));
    }
    bytes.budget.spendExtra(costOfNames(entries));
    bytes.depth -= 1;
    return values;
  };
}

/** A repeated name keeps its last value; `__proto__` is an ordinary name. */
function setMember(row: Row, name: string, value: Value): void {
  if (name !== "__proto__") row[name] = value;
  else Object.defineProperty(row, name, { value, writable: true, enumerable: true, configurable: true });
}

/** The number of items in the next block; the block's size in bytes follows a negative count. */
function blockCount(bytes: AvroBytes): number {
  const count = bytes.long();
  if (typeof count === "bigint") throw bytes.refuse("a block has far too many items");
  if (count >= 0) return count;
  bytes.length();
  return -count;
}
