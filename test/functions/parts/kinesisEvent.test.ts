import { recordsOf } from "../../../functions/parts/kinesisEvent";
import { kinesisEvent } from "../support/kinesisEvents";

test("an event's records are read from the wire", () => {
  const sequenceNumber = "49590338271490256608559692538361571095921575989136588898";
  expect(recordsOf(kinesisEvent([{ sequenceNumber, data: "Hello, this is a test." }]))).toEqual([
    {
      shard: "shardId-000000000003",
      sequenceNumber,
      arrivedMillis: Date.UTC(2026, 10, 20, 10, 4, 9, 123),
      partitionKey: "u-17",
      payload: Buffer.from("Hello, this is a test."),
    },
  ]);
});

test("bytes that are not text arrive as they were sent", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  expect([...(recordsOf(kinesisEvent([{ sequenceNumber: "1", data: bytes }]))[0]?.payload ?? [])]).toEqual([...bytes]);
});

test.each([0.001, 0.999, 0.0005, 0.123456])("a fraction of %p s is rounded to the millisecond", (fraction) => {
  const event = kinesisEvent([{ sequenceNumber: "1", data: "", arrived: 1_700_000_000 + fraction }]);
  expect(recordsOf(event)[0]?.arrivedMillis).toBe(1_700_000_000_000 + Math.round(fraction * 1000 + 1e-4));
});

test.each([undefined, null, {}, { Records: {} }, { hour: "2026-11-20T10" }])(
  "%p is not an event of a stream",
  (event) => {
    expect(() => recordsOf(event)).toThrow('the event is not one of a Kinesis stream: it has no list "Records"');
  },
);

test.each([
  ["of a queue", { messageId: "1", body: "{}", eventSource: "aws:sqs" }],
  ["that is null", null],
  ["without a shard", { ...kinesisEvent([{ sequenceNumber: "1", data: "" }]).Records[0], eventID: "4965" }],
  ["whose data is not text", { eventID: "s:1", kinesis: { data: 5, sequenceNumber: "1", partitionKey: "" } }],
])("a record %s fails the event by its place", (_name, record) => {
  const [good] = kinesisEvent([{ sequenceNumber: "1", data: "" }]).Records;
  expect(() => recordsOf({ Records: [good, record] })).toThrow("Records[1] of the event is not a Kinesis record");
});
