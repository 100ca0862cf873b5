/** Describes Protobuf fields by their wire format and checks that one field can be read as another. */
import { Enum, type Field, MapField, Type } from "protobufjs";
import { UndecidedError } from "./undecidedError";

/** Types with the same wire format; numbers that do not fit are truncated (protobuf.dev, "Updating A Message Type"). */
const WIRE_FORMATS: Readonly<Record<string, string>> = {
  ...{ int32: "varint", int64: "varint", uint32: "varint", uint64: "varint", bool: "varint", enum: "varint" },
  ...{ sint32: "zigzag", sint64: "zigzag" },
  ...{ fixed32: "fixed32", sfixed32: "fixed32", fixed64: "fixed64", sfixed64: "fixed64" },
};

interface WireField {
  readonly name: string;
  readonly isRequired: boolean;
  readonly isRepeated: boolean;
  readonly isPacked: boolean;
  /** The scalar type, `enum`, or `message`. */
  readonly type: string;
  readonly message?: WireMessage;
}

interface WireMessage {
  /** Undefined for the entries of a map. */
  readonly name?: string;
  readonly fields: () => WireFields;
}

/** Keyed by field number. */
type WireFields = ReadonlyMap<number, WireField>;

export function fieldsOf(message: Type): WireFields {
  return new Map(message.fieldsArray.map((field) => [field.id, wireField(field)]));
}

/** @param open pairs of messages under comparison, so that a recursive message is compared once */
export function fieldProblems(
  path: string,
  read: WireFields,
  written: WireFields,
  open: ReadonlySet<string>,
): string[] {
  return [...read].flatMap(([number, ours]) => {
    const theirs = written.get(number);
    const at = `${path}.${ours.name}`;
    if (!theirs) return ours.isRequired ? [`${at}: is required and new`] : [];
    const required = ours.isRequired && !theirs.isRequired ? [`${at}: is required, but may be missing`] : [];
    return [...required, ...labelProblems(at, ours, theirs), ...typeProblems(at, ours, theirs, open)];
  });
}

/** A single field reads the last of repeated values unless they are packed; a repeated field reads a single value. */
function labelProblems(at: string, ours: WireField, theirs: WireField): string[] {
  const isLost = !ours.isRepeated && theirs.isRepeated && theirs.isPacked;
  return isLost ? [`${at}: a single value cannot read packed values`] : [];
}

function typeProblems(at: string, ours: WireField, theirs: WireField, open: ReadonlySet<string>): string[] {
  if (ours.message && theirs.message) return messageProblems(at, ours.message, theirs.message, open);
  const [read, written] = [ours.type, theirs.type];
  if (read === written || (WIRE_FORMATS[read] !== undefined && WIRE_FORMATS[read] === WIRE_FORMATS[written])) return [];
  if (read === "bytes" && (written === "string" || written === "message")) return [];
  if (written === "bytes" && (read === "string" || read === "message")) {
    throw new UndecidedError(`${at}: cannot decide whether all bytes are a valid ${read}`);
  }
  return [`${at}: ${read} cannot read ${written}`];
}

/** Skips messages of the same name: they are compared at their declarations. */
function messageProblems(at: string, ours: WireMessage, theirs: WireMessage, open: ReadonlySet<string>): string[] {
  const pair = `${ours.name} ${theirs.name}`;
  if ((ours.name !== undefined && ours.name === theirs.name) || open.has(pair)) return [];
  return fieldProblems(at, ours.fields(), theirs.fields(), new Set([...open, pair]));
}

function wireField(field: Field): WireField {
  const { name, required: isRequired, repeated, packed } = field;
  // On the wire a map is a repeated entry with the fields 1 and 2.
  if (field instanceof MapField) {
    const value = { ...ofType(field), name: "value", isRequired: false, isRepeated: false, isPacked: false };
    const key = { name: "key", isRequired: false, isRepeated: false, isPacked: false, type: field.keyType };
    const entry = new Map<number, WireField>([
      [1, key],
      [2, value],
    ]);
    return { name, isRequired, isRepeated: true, isPacked: false, type: "message", message: { fields: () => entry } };
  }
  const wire = ofType(field);
  const isPacked = repeated && packed && !["string", "bytes", "message"].includes(wire.type);
  return { name, isRequired, isRepeated: repeated, isPacked, ...wire };
}

function ofType({ type, resolvedType }: Field): Pick<WireField, "type" | "message"> {
  if (resolvedType instanceof Enum) return { type: "enum" };
  if (!(resolvedType instanceof Type)) return { type };
  return { type: "message", message: { name: resolvedType.fullName, fields: () => fieldsOf(resolvedType) } };
}
