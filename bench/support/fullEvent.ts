/** Events as large as Lambda's event source mapping makes them for a Kinesis stream. */
import type { KinesisEvent } from "../../functions/parts/kinesisEvent";

/** https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html: 6 MB of JSON, and 10,000 records. */
const EVENT_BYTES = 6 * 1024 * 1024;
const MAX_RECORDS = 10_000;

/** A full event of one shard. @param payload returns the payload of the record at an index; undefined ends the event */
export function fullEvent(payload: (index: number) => Uint8Array | string | undefined): KinesisEvent {
  const Records: KinesisEvent["Records"][number][] = [];
  let bytes = '{"Records":[]}'.length;
  while (Records.length < MAX_RECORDS) {
    const data = payload(Records.length);
    if (data === undefined) break;
    const record = recordOf(Records.length, Buffer.from(data as Uint8Array).toString("base64"));
    bytes += JSON.stringify(record).length + 1;
    if (bytes > EVENT_BYTES) break;
    Records.push(record);
  }
  return { Records };
}

function recordOf(index: number, data: string) {
  const sequenceNumber = String(49590338271490256608559692538361571095921575989136588898n + BigInt(index));
  return {
    kinesis: {
      kinesisSchemaVersion: "1.0",
      partitionKey: `u-${index % 1000}`,
      sequenceNumber,
      data,
      approximateArrivalTimestamp: 1795169049 + index / 1000,
    },
    eventSource: "aws:kinesis",
    eventVersion: "1.0",
    eventID: `shardId-000000000003:${sequenceNumber}`,
    eventName: "aws:kinesis:record",
    invokeIdentityArn: "arn:aws:iam::123456789012:role/clicks-role",
    awsRegion: "eu-west-1",
    eventSourceARN: "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks",
  };
}
