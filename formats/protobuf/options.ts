/** The options of Protobuf: the `.proto` files of messages, because a message does not identify its type. */

import { checkSchemaIds } from "../schemaIds/registryFrame";
import { messageReader } from "./read";
import { messageOf, ProtobufSchemaError, parseProtobufSchema } from "./schema";

export interface ProtobufMessage {
  /** The text of one `.proto` file, which may import only `google/protobuf/…`. */
  readonly proto: string;
  /** The message's name. @default the first message of the file */
  readonly message?: string;
}

export interface ProtobufOptions {
  /**
   * Messages without a frame. A payload is such a message if each of its fields is declared and has the right wire type,
   * so fields that the schema does not declare need a frame. The first message that fits is used. The first message of
   * the list also encodes rows. @default none
   * @example messages: [{ proto: 'syntax = "proto3"; message Reading { string sensor = 1; double celsius = 2; }' }]
   */
  readonly messages?: readonly ProtobufMessage[];
  /**
   * `.proto` files by their id in a registry, as for Avro. @default none: ids are looked up if the router has a
   * registry
   */
  readonly registered?: Readonly<Record<string, string>>;
}

/** The problems of the options, one sentence each. */
export function checkProtobufOptions(options: ProtobufOptions): string[] {
  const { messages = [], registered = {}, ...others } = options;
  const problems = Object.keys(others).map((name) => `protobuf.${name} is not an option; use messages or registered`);
  if (!Array.isArray(messages)) return [...problems, "protobuf.messages must be a list of messages"];
  if (typeof registered !== "object" || registered === null || Array.isArray(registered)) {
    return [...problems, "protobuf.registered must be an object of .proto texts by id"];
  }
  return [
    ...problems,
    ...(messages as readonly ProtobufMessage[]).flatMap((one, index) =>
      schemaProblem(one, `protobuf.messages, message ${index + 1}`),
    ),
    ...checkSchemaIds(Object.keys(registered), "protobuf.registered"),
    ...Object.entries(registered).flatMap(([id, proto]) => schemaProblem({ proto }, `protobuf.registered, "${id}"`)),
  ];
}

function schemaProblem({ proto, message }: ProtobufMessage, who: string): string[] {
  if (typeof proto !== "string") return [`${who}: proto is ${typeof proto}; use the text of a .proto file`];
  try {
    messageReader(messageOf(parseProtobufSchema(proto), message));
    return [];
  } catch (error) {
    if (!(error instanceof ProtobufSchemaError)) throw error;
    return [`${who}: ${error.message}`];
  }
}
