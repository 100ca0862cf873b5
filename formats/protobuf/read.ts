/** Decodes Protobuf messages to rows, by one reader per message type, which is built once from the schema. */
import type { Field, MapField, Type } from "protobufjs";
import type { Row, Value } from "../row";
import { literalKey } from "../values/recordMaker";
import { type ProtobufBytes, Wire } from "./bytes";
import { readScalar, type ScalarReader } from "./scalars";
import { ProtobufSchemaError } from "./schema";
import { readWellKnown } from "./wellKnown";

/** Reads up to `end` into a new row, or into the row of an earlier part of the same message. */
export type ReadMessage = (bytes: ProtobufBytes, end: number, into?: Row) => Row;

interface FieldReader {
  readonly wire: number;
  read(bytes: ProtobufBytes, end: number, row: Row): void;
  /** Present if the field may also be packed: one run of values. */
  readPacked?(bytes: ProtobufBytes, end: number, row: Row): void;
}

/**
 * The reader of a message type. The row has every field of the message. An absent field is null if the schema distinguishes
 * absent from zero (`optional`, messages, members of a `oneof`, all of proto2); otherwise it is its type's zero, and lists and
 * maps are empty. Integers beyond ±(2^53 − 1) become bigints, numbers that are not finite null, bytes base64 text, and enums
 * their name.
 */
export function messageReader(type: Type): ReadMessage {
  return readerOf(type, new Map());
}

function readerOf(type: Type, known: Map<Type, ReadMessage>): ReadMessage {
  const made = known.get(type);
  if (made) return made;
  const byNumber: (FieldReader | undefined)[] = [];
  const others = new Map<number, FieldReader>();
  const fields = type.fieldsArray;
  const empty = emptyRow(fields);
  const characters = fields.map(({ name }) => name).join("").length;

  const read: ReadMessage = (bytes, end, into) => {
    bytes.enter();
    let row = into;
    if (!row) {
      bytes.budget.spend(fields.length + 1, characters);
      row = empty();
    }
    while (bytes.at < end) {
      const tag = bytes.tag(end);
      const number = tag >>> 3;
      const field = byNumber[number] ?? others.get(number);
      if (field?.wire === (tag & 7)) field.read(bytes, end, row);
      else if (field?.readPacked && (tag & 7) === Wire.bytes) field.readPacked(bytes, bytes.endOfBytes(end), row);
      else if (bytes.skipsUnknown) bytes.skipValue(tag & 7, end);
      else throw bytes.refuse("a field that the schema does not know");
    }
    bytes.depth -= 1;
    return row;
  };
  known.set(type, read);

  for (const field of fields) {
    const reader = fieldReader(field, known);
    if (field.id < 1_000) byNumber[field.id] = reader;
    else others.set(field.id, reader);
  }
  return read;
}

/** A compiled function that makes rows with every field absent; the names in its code are quoted as JSON. */
function emptyRow(fields: readonly Field[]): () => Row {
  const members = fields.map((field) => {
    const absent = field.repeated ? "[]" : field.map ? "{}" : JSON.stringify(zeroOf(field));
    return `${literalKey(field.name)}:${absent}`;
  });
  return new Function(`return {${members.join(",")}}`) as () => Row;
}

/** A compiled setter for one name; assignment by a variable name takes several times as long. */
function setter(name: string): (row: Row, value: Value) => void {
  return new Function("row", "value", `row[${JSON.stringify(name)}]=value`) as (row: Row, value: Value) => void;
}

/** The value of an absent field; lists and maps are made anew for each row. */
function zeroOf(field: Field): Value {
  if (field.repeated || field.map || field.hasPresence) return null;
  return zeroOfType(field);
}

function zeroOfType(field: Pick<Field, "type" | "resolvedType">): Value {
  if (field.resolvedType) return "values" in field.resolvedType ? (enumNames(field).get(0) ?? "0") : null;
  if (field.type === "string" || field.type === "bytes") return "";
  return field.type === "bool" ? false : 0;
}

function fieldReader(field: Field, known: Map<Type, ReadMessage>): FieldReader {
  const { name } = field;
  if (field.map) return mapReader(field as unknown as MapField, known);
  if (field.delimited)
    throw new ProtobufSchemaError(`"${name}" of ${field.parent?.name} is a group; groups are not read`);
  const value = valueReader(field, known);
  const isPackable = field.repeated && value.wire !== Wire.bytes;
  const siblings = field.partOf?.fieldsArray.filter((one) => one !== field).map((one) => one.name) ?? [];
  if (!field.repeated) return { wire: value.wire, read: singleReader(name, value, siblings) };
  const append = (bytes: ProtobufBytes, end: number, row: Row) => {
    bytes.budget.spend(1, 0);
    (row[name] as Value[]).push(value.read(bytes, end, null));
  };
  if (!isPackable) return { wire: value.wire, read: append };
  return {
    wire: value.wire,
    read: append,
    readPacked(bytes, end, row) {
      while (bytes.at < end) append(bytes, end, row);
    },
  };
}

function singleReader(name: string, value: ValueReader, siblings: readonly string[]): FieldReader["read"] {
  const set = setter(name);
  if (siblings.length === 0 && !value.merges) return (bytes, end, row) => set(row, value.read(bytes, end, null));
  return (bytes, end, row) => {
    for (const sibling of siblings) row[sibling] = null;
    set(row, value.read(bytes, end, row[name] as Value));
  };
}

interface ValueReader {
  /** True if a later value is merged into the earlier one, as for messages. */
  readonly merges?: boolean;
  readonly wire: number;
  /** @param before the field's earlier value, into which a message is merged */
  read(bytes: ProtobufBytes, end: number, before: Value): Value;
}

function valueReader(field: Pick<Field, "type" | "resolvedType">, known: Map<Type, ReadMessage>): ValueReader {
  const { resolvedType } = field;
  if (!resolvedType) return scalar(readScalar(field.type));
  if ("values" in resolvedType) return enumReader(field);
  const wellKnown = readWellKnown(resolvedType.fullName);
  if (wellKnown) {
    return { wire: Wire.bytes, read: (bytes, end) => wellKnown(bytes, bytes.endOfBytes(end)) };
  }
  let read: ReadMessage | undefined;
  return {
    wire: Wire.bytes,
    merges: true,
    read(bytes, end, before) {
      // Resolved at the first read, because a message may contain itself.
      read ??= readerOf(resolvedType as Type, known);
      return read(bytes, bytes.endOfBytes(end), before === null ? undefined : (before as Row));
    },
  };
}

function scalar({ wire, read }: ScalarReader): ValueReader {
  return { wire, read };
}

function enumReader(field: Pick<Field, "resolvedType">): ValueReader {
  const names = enumNames(field);
  return {
    wire: Wire.varint,
    read(bytes, end) {
      const number = bytes.int32(end);
      const name = names.get(number) ?? String(number);
      bytes.budget.spend(0, name.length);
      return name;
    },
  };
}

/** The first name of each number; the reader returns a number without a name as text. */
function enumNames(field: Pick<Field, "resolvedType">): Map<number, string> {
  const { values } = field.resolvedType as unknown as { values: Record<string, number> };
  const names = new Map<number, string>();
  for (const [name, number] of Object.entries(values)) if (!names.has(number)) names.set(number, name);
  return names;
}

/** A map is a list of messages with the key as field 1 and the value as field 2. */
function mapReader(field: MapField, known: Map<Type, ReadMessage>): FieldReader {
  const { name } = field;
  const key = readScalar(field.keyType);
  const value = valueReader(field, known);
  const keyZero = zeroOfType({ type: field.keyType, resolvedType: null });
  const zero = zeroOfType(field);
  return {
    wire: Wire.bytes,
    read(bytes, end, row) {
      bytes.enter();
      bytes.budget.spend(1, 0);
      const entryEnd = bytes.endOfBytes(end);
      let entryKey: Value | undefined;
      let entryValue: Value | undefined;
      while (bytes.at < entryEnd) {
        const tag = bytes.tag(entryEnd);
        if (tag === 8 + key.wire) entryKey = key.read(bytes, entryEnd);
        else if (tag === 16 + value.wire) entryValue = value.read(bytes, entryEnd, null);
        else if (bytes.skipsUnknown) bytes.skipValue(tag & 7, entryEnd);
        else throw bytes.refuse("a field that a map's entry does not have");
      }
      bytes.depth -= 1;
      const keyText = String(entryKey ?? keyZero);
      Object.defineProperty(row[name], keyText, {
        value: entryValue ?? zero,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    },
  };
}
