/** The event as Lambda words it, and its size known before it is built. */
import fc from "fast-check";
import { EVENT_FRAME_BYTES, eventRecordMeter, eventText, type StreamRecord } from "../../../local/mapping/kinesisEvent";

const SOURCE = {
  streamArn: "arn:aws:kinesis:us-east-1:123456789012:stream/clicks",
  roleArn: "arn:aws:iam::123456789012:role/router",
  region: "us-east-1",
};
const SHARD = "shardId-000000000003";

test("an event has every field that AWS documents", () => {
  const record = { sequenceNumber: "4965", partitionKey: 'u-"1"', arrivedMillis: 1_545_084_650_987, data: "SGVsbG8=" };
  expect(JSON.parse(eventText(SOURCE, SHARD, [record]))).toEqual({
    Records: [
      {
        kinesis: {
          kinesisSchemaVersion: "1.0",
          partitionKey: 'u-"1"',
          sequenceNumber: "4965",
          data: "SGVsbG8=",
          approximateArrivalTimestamp: 1545084650.987,
        },
        eventSource: "aws:kinesis",
        eventVersion: "1.0",
        eventID: "shardId-000000000003:4965",
        eventName: "aws:kinesis:record",
        invokeIdentityArn: "arn:aws:iam::123456789012:role/router",
        awsRegion: "us-east-1",
        eventSourceARN: "arn:aws:kinesis:us-east-1:123456789012:stream/clicks",
      },
    ],
  });
});

test("the size of an event is known to the byte before it is built", () => {
  const record: fc.Arbitrary<StreamRecord> = fc.record({
    sequenceNumber: fc.bigInt({ min: 0n, max: 2n ** 200n }).map(String),
    partitionKey: fc.string({ unit: "binary", minLength: 1, maxLength: 40 }),
    arrivedMillis: fc.integer({ min: 0, max: 4_000_000_000_000 }),
    data: fc.base64String({ maxLength: 100 }),
  });
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 5 }), (records) => {
      const meter = eventRecordMeter(SOURCE, SHARD);
      const measured = records.reduce((sum, each) => sum + meter(each), EVENT_FRAME_BYTES);
      expect(measured).toBe(Buffer.byteLength(eventText(SOURCE, SHARD, records)));
    }),
  );
});
