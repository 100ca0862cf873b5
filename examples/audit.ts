/** A handler of its own on a stream: retries end, failed batches are kept whole, and alarms report both. */
import { StreamFunction, StreamIngest } from "streamlake";

const stream = new StreamIngest("shop");

const audit = new StreamFunction("audit", {
  stream,
  handler: async ({ Records }) => {
    for (const { kinesis } of Records) console.log(kinesis.partitionKey, Buffer.from(kinesis.data, "base64").length);
  },
});

export const streamName = stream.streamName;
export const failedBucketName = audit.failedBucketName;
