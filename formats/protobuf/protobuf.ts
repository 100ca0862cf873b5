/** Protobuf: messages that are declared, and those in the frames of the Glue and Confluent registries. */
import type { Type } from "protobufjs";
import { Budget } from "../budget";
import type { Format, FormatReader } from "../format";
import { FormatError } from "../formatError";
import { startsLikeJson } from "../json/start";
import type { Limits } from "../limits";
import type { Payload } from "../payload";
import type { DecodedRow, Row } from "../row";
import type { SchemaLookup } from "../schemaIds/lookup";
import { type Framed, framedData, readFrame } from "../schemaIds/registryFrame";
import { SchemaCache } from "../schemaIds/schemaCache";
import { ProtobufBytes, Wire } from "./bytes";
import { encodeMessage } from "./encode";
import { checkProtobufOptions, type ProtobufOptions } from "./options";
import { messageReader, type ReadMessage } from "./read";
import { messageOf, messagesByName, nestedMessages, type ProtobufSchema, parseProtobufSchema } from "./schema";

/**
 * Claims payloads in a registry's frame whose id is declared or may be looked up, and payloads that are a declared
 * message from their first byte to their last. One message per payload, one row. It is tried before the text formats: a
 * message may begin like JSON, but no JSON text is a complete message.
 */
export const protobuf: Format<"protobuf", ProtobufOptions> = {
  name: "protobuf",
  check: checkProtobufOptions,
  open: (options, limits, schemas): FormatReader => new ProtobufFormatReader(options, limits, schemas),
  encode: encodeMessage,
};

/** A schema with the readers of its messages, which are made when they are first needed. */
interface OpenSchema {
  readonly schema: ProtobufSchema;
  readonly readers: Map<Type, ReadMessage>;
}

class ProtobufFormatReader implements FormatReader {
  private readonly messages: readonly { read: ReadMessage; firstTags: ReadonlySet<number> }[];
  private readonly byId: SchemaCache<OpenSchema>;
  /** The row that `detect` decoded, kept for `decode`: detection must read the whole payload. */
  private detected: { readonly bytes: Buffer; readonly row: Row | FormatError } | undefined;

  constructor(
    { messages = [], registered = {} }: ProtobufOptions,
    private readonly limits: Limits,
    lookup: SchemaLookup | undefined,
  ) {
    this.messages = messages.map(({ proto, message }) => {
      const type = messageOf(parseProtobufSchema(proto), message);
      return { read: messageReader(type), firstTags: new Set(type.fieldsArray.flatMap(firstBytes)) };
    });
    const declared = Object.entries(registered).map(([id, proto]) => [id, openSchema(proto)] as const);
    this.byId = new SchemaCache("protobuf", new Map(declared), openSchema, lookup);
  }

  detect(payload: Payload): boolean {
    const { bytes } = payload;
    this.detected = undefined;
    const first = bytes[0];
    if (first === undefined) return false;
    if (first === 0 || first === 3) {
      const frame = readFrame(bytes);
      if (frame && this.byId.mayKnow(frame.id)) return true;
    }
    for (const { read, firstTags } of this.messages) {
      if (!firstTags.has(first)) continue;
      const row = this.readWhole(payload, read);
      // White space before JSON may be a valid tag, and the next character a length that happens to be right.
      if (row === undefined || (isSpace(first) && isJson(payload))) continue;
      this.detected = { bytes, row };
      return true;
    }
    return false;
  }

  decode(payload: Payload): DecodedRow[] | undefined | Promise<DecodedRow[] | undefined> {
    const { bytes } = payload;
    const { detected } = this;
    this.detected = undefined;
    if (detected?.bytes === bytes) {
      if (detected.row instanceof FormatError) throw detected.row;
      return [{ row: detected.row }];
    }
    const frame = readFrame(bytes) as Framed;
    const decode = (schema: OpenSchema | undefined) => schema && [this.decodeFramed(payload, frame, schema)];
    const schema = this.byId.schemaOf(frame.id);
    return schema instanceof Promise ? schema.then(decode) : decode(schema);
  }

  /** Undefined for bytes that are not this message; an error for a message beyond the limits. */
  private readWhole(payload: Payload, read: ReadMessage): Row | FormatError | undefined {
    const { bytes } = payload;
    try {
      return read(new ProtobufBytes(bytes, 0, new Budget("protobuf", this.limits, payload), false), bytes.length);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      return error.reason === "format" ? undefined : error;
    }
  }

  private decodeFramed(payload: Payload, frame: Framed, { schema, readers }: OpenSchema): DecodedRow {
    const budget = new Budget("protobuf", this.limits, payload);
    const data = framedData(payload.bytes, frame, this.limits, budget);
    const message = new ProtobufBytes(data, 0, budget, true);
    const type = frame.id.registry === "glue" ? glueMessage(message, schema) : confluentMessage(message, schema);
    let read = readers.get(type);
    if (!read) {
      read = messageReader(type);
      readers.set(type, read);
    }
    return { row: read(message, data.length) };
  }
}

/** JSON's white space: blank, line feed, carriage return, tab. */
function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** True for a JSON document or an NDJSON first line; a message that is one text field is hardly ever valid JSON. */
function isJson(payload: Payload): boolean {
  if (!startsLikeJson(payload) || !payload.isText) return false;
  const text = payload.text.trim();
  return parses(text) || parses(text.split("\n", 1)[0] as string);
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // a SyntaxError, which has no other information
  }
}

function openSchema(proto: string): OpenSchema {
  return { schema: parseProtobufSchema(proto), readers: new Map() };
}

/** The first byte of each tag that a field may have. */
function firstBytes({ id }: { id: number }): number[] {
  return Object.values(Wire).map((wire) => (id > 15 ? ((id & 15) << 3) | wire | 0x80 : (id << 3) | wire));
}

/** AWS Glue's serializer writes one number before the message: its index among all messages, sorted by full name. */
function glueMessage(bytes: ProtobufBytes, schema: ProtobufSchema): Type {
  const index = Number(bytes.unsigned(bytes.bytes.length));
  return messagesByName(schema)[index] ?? unknownMessage(bytes, index);
}

/** Confluent's serializer writes a path of indexes, preceded by their count, in zigzag; a single 0 means the first message. */
function confluentMessage(bytes: ProtobufBytes, schema: ProtobufSchema): Type {
  const end = bytes.bytes.length;
  const count = Number(bytes.zigzag(end));
  let messages: readonly Type[] = schema.messages;
  if (count === 0) return messages[0] as Type;
  let found: Type | undefined;
  for (let left = count; left > 0; left--) {
    const index = Number(bytes.zigzag(end));
    found = messages[index] ?? unknownMessage(bytes, index);
    messages = nestedMessages(found);
  }
  return found ?? unknownMessage(bytes, count);
}

function unknownMessage(bytes: ProtobufBytes, index: number): never {
  throw bytes.refuse(`the schema has no message of the number ${index}`);
}
