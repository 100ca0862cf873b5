/** Rows to single Avro and Protobuf messages, with a fingerprint or in a schema registry's frame, as producers send them. */
import { avroFingerprint } from "../../../formats/avro/fingerprint";
import { type AvroSchema, parseAvroSchema } from "../../../formats/avro/schema";
import { writeAvro } from "../../../formats/avro/write";
import { encodeMessage } from "../../../formats/protobuf/encode";
import type { Row } from "../../../formats/row";

/** Single-object encoding: `C3 01`, the schema's fingerprint, the row. */
export function encodeSingleObject(row: Row, schema: AvroSchema): Buffer {
  const node = parseAvroSchema(schema);
  return Buffer.concat([Buffer.from("c301", "hex"), Buffer.from(avroFingerprint(node), "hex"), writeAvro(node, row)]);
}

/** The row in Avro, behind a registry's frame. @param id of the schema: a UUID for Glue, a whole number for Confluent */
export function encodeFramed(row: Row, schema: AvroSchema, id: string): Buffer {
  return Buffer.concat([registryFrame(id), writeAvro(parseAvroSchema(schema), row)]);
}

/**
 * The row in Protobuf, behind a registry's frame.
 *
 * @param id of the schema: a UUID for Glue, a whole number for Confluent
 * @param index the message's number (Glue), or its path behind its length, zigzag (Confluent), as bytes
 */
export function encodeFramedMessage(
  row: Row,
  { proto, message }: { proto: string; message?: string },
  id: string,
  index: Uint8Array,
): Buffer {
  return Buffer.concat([registryFrame(id), index, encodeMessage([row], { messages: [{ proto, message }] })]);
}

/** Glue: `03 00` and the UUID's 16 bytes. Confluent: `00` and the number in 4 bytes, big-endian. */
function registryFrame(id: string): Buffer {
  if (id.includes("-")) return Buffer.concat([Buffer.of(3, 0), Buffer.from(id.replaceAll("-", ""), "hex")]);
  const frame = Buffer.alloc(5);
  frame.writeUInt32BE(Number(id), 1);
  return frame;
}
