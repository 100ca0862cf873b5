/** Encodes rows as Protobuf messages, for producers and tests: with protobufjs, so that a second implementation tests our reader. */
import type { Field, Type } from "protobufjs";
import type { Row, Value } from "../row";
import { timestampCount } from "../values/binaryTimestamp";
import type { ProtobufOptions } from "./options";
import { messageOf, parseProtobufSchema } from "./schema";

/** One message without a frame. @throws TypeError for several rows, without a declared message, or for a row that does not fit */
export function encodeMessage(rows: readonly Row[], { messages }: ProtobufOptions): Buffer {
  const [declared] = messages ?? [];
  if (!declared) throw new TypeError("protobuf needs a message to encode; give protobuf.messages");
  const [row] = rows;
  if (!row || rows.length > 1) throw new TypeError(`protobuf holds one row a payload, got ${rows.length}`);
  return encodeRow(row, messageOf(parseProtobufSchema(declared.proto), declared.message));
}

function encodeRow(row: Row, type: Type): Buffer {
  try {
    return Buffer.from(type.encode(type.fromObject(forMessage(row, type))).finish());
  } catch (cause) {
    throw new TypeError(`protobuf: message "${type.name}" cannot hold the row`, { cause });
  }
}

/** Converts values to protobufjs' form: no nulls, bigints as text, times in their parts. */
function forMessage(row: Row, type: Type): { [name: string]: unknown } {
  const entries = Object.entries(row).filter(([, value]) => value !== null);
  return Object.fromEntries(entries.map(([name, value]) => [name, forField(value, type.fields[name])]));
}

function forField(value: Value, field: Field | undefined): unknown {
  if (!field) throw new TypeError("a name that is not a field");
  if (field.repeated) return (value as Value[]).map((item) => forValue(item, field));
  if (!field.map) return forValue(value, field);
  return Object.fromEntries(Object.entries(value as Row).map(([key, item]) => [key, forValue(item, field)]));
}

function forValue(value: Value, { resolvedType, type }: Field): unknown {
  if (resolvedType && "fields" in resolvedType) {
    if (resolvedType.fullName === ".google.protobuf.Timestamp") return timestampParts(String(value));
    if (/^\.google\.protobuf\.\w+Value$/.test(resolvedType.fullName)) return { value: plain(value) };
    return forMessage(value as Row, resolvedType as Type);
  }
  if ((type === "float" || type === "double") && value === null) return Number.NaN;
  return plain(value);
}

function plain(value: Value): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}

function timestampParts(text: string): { seconds: string; nanos: number } {
  const [, whole, digits = ""] = /^(.{19})(?:\.(\d{1,9}))?Z$/.exec(text) ?? [];
  const seconds = timestampCount(`${whole}Z`, "s");
  if (seconds === undefined) throw new TypeError("a text that is not a time");
  return { seconds: seconds.toString(), nanos: Number(digits.padEnd(9, "0")) };
}
