/** The MD5 that SQS gives of a message's attributes, for clients that check what arrived. */
import { createHash } from "node:crypto";

/** By name. Bytes are base64, as on the wire. */
export type MessageAttributes = Readonly<
  Record<string, { readonly DataType: string; readonly StringValue?: string; readonly BinaryValue?: string }>
>;

const IS_STRING = 1;
const IS_BINARY = 2;

/**
 * Names in their order; of each its name, its type, whether text or bytes, and its value, every part after its length.
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
