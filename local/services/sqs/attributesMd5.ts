/** Computes the MD5 that SQS returns for a message's attributes, which clients verify. */
import { createHash } from "node:crypto";

/** Keyed by name. Bytes are base64, as on the wire. */
export type MessageAttributes = Readonly<
  Record<string, { readonly DataType: string; readonly StringValue?: string; readonly BinaryValue?: string }>
>;

const IS_STRING = 1;
const IS_BINARY = 2;

/**
 * Hashes the attributes in the order of their names: name, type, kind of value (string or bytes) and value.
 * Each part except the kind follows its length.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html,
 * "Calculating the MD5 message digest for message attributes"
 */
export function attributesMd5(attributes: MessageAttributes): string {
  const digest = createHash("md5");
  const part = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    digest.update(length).update(bytes);
  };
  for (const name of Object.keys(attributes).sort()) {
    const { DataType, StringValue = "", BinaryValue } = attributes[name] as MessageAttributes[string];
    part(Buffer.from(name));
    part(Buffer.from(DataType));
    digest.update(Buffer.of(BinaryValue === undefined ? IS_STRING : IS_BINARY));
    part(BinaryValue === undefined ? Buffer.from(StringValue) : Buffer.from(BinaryValue, "base64"));
  }
  return digest.digest("hex");
}
