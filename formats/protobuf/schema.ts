/** Parses the text of a `.proto` file to its messages, with every type resolved. */
import { common, parse, Root, Type } from "protobufjs";

export interface ProtobufSchema {
  /** The file's top-level messages, in the order of their declaration. */
  readonly messages: readonly Type[];
  readonly root: Root;
}

/** A schema that is not valid; the message may quote names from the schema. */
export class ProtobufSchemaError extends Error {
  override readonly name = "ProtobufSchemaError";
}

/** The files that every Protobuf compiler includes; other imports are not available. */
const COMMON = ["any", "duration", "empty", "field_mask", "struct", "timestamp", "wrappers"].map(
  (name) => `google/protobuf/${name}.proto`,
);

/** @throws ProtobufSchemaError */
export function parseProtobufSchema(text: string): ProtobufSchema {
  try {
    const root = new Root();
    const { imports = [], weakImports = [], package: packageName } = parse(text, root, { keepCase: true });
    for (const file of new Set([...imports, ...weakImports])) {
      const known = COMMON.includes(file) ? common.get(file) : null;
      if (!known?.nested)
        throw new ProtobufSchemaError(`it imports "${file}"; use one file, which imports ${COMMON.join(", ")} at most`);
      root.addJSON(known.nested);
    }
    root.resolveAll();
    const own = packageName === undefined ? root : root.lookup(packageName);
    const messages = own && "nestedArray" in own ? (own as Root).nestedArray.filter((one) => one instanceof Type) : [];
    if (messages.length === 0) throw new ProtobufSchemaError("it declares no message");
    return { messages, root };
  } catch (cause) {
    if (cause instanceof ProtobufSchemaError) throw cause;
    throw new ProtobufSchemaError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** A message by its name, with its package or without. @throws ProtobufSchemaError */
export function messageOf({ root, messages }: ProtobufSchema, name: string | undefined): Type {
  if (name === undefined) return messages[0] as Type;
  const found = messages.find((message) => message.name === name) ?? root.lookup(name, [Type]);
  if (!(found instanceof Type)) throw new ProtobufSchemaError(`it declares no message "${name}"`);
  return found;
}

/** All messages, nested ones included, sorted by full name, which is AWS Glue's numbering. */
export function messagesByName({ messages }: ProtobufSchema): Type[] {
  const all = messages.flatMap(withNested);
  return all.sort((left, right) => (left.fullName < right.fullName ? -1 : 1));
}

function withNested(message: Type): Type[] {
  return [message, ...nestedMessages(message).flatMap(withNested)];
}

export function nestedMessages(message: Type): Type[] {
  return message.nestedArray.filter((one) => one instanceof Type);
}
