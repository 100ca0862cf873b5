/** The event as Lambda words it, and its size known before it is built. */
import fc from "fast-check";
import {
  EVENT_FRAME_BYTES,
  eventJson,
  eventRecordMeter,
  type StreamRecord,
} from "../../../../../local/services/lambda/mapping/kinesisEvent";

const SOURCE = {
  streamArn: "arn:aws:kinesis:us-east-1:123456789012:stream/clicks",
  roleArn: "arn:aws:iam::123456789012:role/router",
  region: "us-east-1",
};
const SHARD = "shardId-000000000003";

test("an event has every field that AWS documents", () => {
  const record = { sequenceNumber: "4965", partitionKey: 'u-"1"', arrivedMillis: 1_545_084_650_987, data: "SGVsbG8=" };
  expect(
    JSON.parse(
      eventJson(SOURCE, SHARD, [record], EVENT_FRAME_BYTES + eventRecordMeter(SOURCE, SHARD)(record)).toString(),
    ),
  ).toEqual({
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

test("an event that does not have its measured size is a defect, said loudly", () => {
  const record = { sequenceNumber: "1", partitionKey: "k", arrivedMillis: 0, data: "" };
  expect(() => eventJson(SOURCE, SHARD, [record], 1_000)).toThrow("an event of 1000 bytes by its meter came out at");
});

test("the size of an event is known to the byte before it is built", () => {
  const record: fc.Arbitrary<StreamRecord> = fc.record({
    sequenceNumber: fc.bigInt({ min: 0n, max: 2n ** 200n }).map(String),
    partitionKey: fc.string({ unit: "binary", minLength: 1, maxLength: 40 }),
    arrivedMillis: fc.integer({ min: 0, max: 4_000_000_000_000 }),
    data: fc.base64String({ maxLength: 100 }),
  });
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 150 }), (records) => {
      const meter = eventRecordMeter(SOURCE, SHARD);
      const measured = records.reduce((sum, each) => sum + meter(each), EVENT_FRAME_BYTES);
      const event = JSON.parse(eventJson(SOURCE, SHARD, records, measured).toString());
      const numbers = event.Records.map((each: { kinesis: StreamRecord }) => each.kinesis.sequenceNumber);
      expect(numbers).toEqual(records.map((each) => each.sequenceNumber));
    }),
  );
});
