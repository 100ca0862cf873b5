/** The document at the on-failure destination, literally. */
import { failureKey, failureRecord } from "../../../../../local/services/lambda/mapping/failureRecord";
import { eventRecordMeter } from "../../../../../local/services/lambda/mapping/kinesisEvent";

const SOURCE = {
  streamArn: "arn:aws:kinesis:us-east-1:123456789012:stream/clicks",
  roleArn: "arn:aws:iam::123456789012:role/router",
  region: "us-east-1",
};
const NOW = Date.parse("2026-11-20T10:04:09.123Z");
const record = { sequenceNumber: "7", partitionKey: "k", arrivedMillis: NOW - 1_000, data: "YQ==" };
const eventBytes = eventRecordMeter(SOURCE, "shardId-000000000001")(record);
const batch = {
  id: 1,
  records: [{ ...record, eventBytes }],
  bytes: eventBytes,
  deliveredBefore: 0,
  failures: 0,
  invocations: 0,
  tries: 0,
  notBefore: 0,
};
const details = {
  shard: "shardId-000000000001",
  batch,
  condition: "RecordAgeExceeded" as const,
  functionArn: "arn:aws:lambda:us-east-1:123456789012:function:router",
  source: SOURCE,
  requestId: "made-up",
  now: NOW,
};

test("a batch that was never delivered has no response context", () => {
  expect(failureRecord(details)).toEqual({
    requestContext: {
      requestId: "made-up",
      functionArn: "arn:aws:lambda:us-east-1:123456789012:function:router",
      condition: "RecordAgeExceeded",
      approximateInvokeCount: 0,
    },
    version: "1.0",
    timestamp: "2026-11-20T10:04:09.123Z",
    KinesisBatchInfo: {
      shardId: "shardId-000000000001",
      startSequenceNumber: "7",
      endSequenceNumber: "7",
      approximateArrivalOfFirstRecord: "2026-11-20T10:04:08.123Z",
      approximateArrivalOfLastRecord: "2026-11-20T10:04:08.123Z",
      batchSize: 1,
      streamArn: "arn:aws:kinesis:us-east-1:123456789012:stream/clicks",
    },
    payload:
      '{"Records":[{"kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":"k","sequenceNumber":"7","data":"YQ==","approximateArrivalTimestamp":1795169048.123},"eventSource":"aws:kinesis","eventVersion":"1.0","eventID":"shardId-000000000001:7","eventName":"aws:kinesis:record","invokeIdentityArn":"arn:aws:iam::123456789012:role/router","awsRegion":"us-east-1","eventSourceARN":"arn:aws:kinesis:us-east-1:123456789012:stream/clicks"}]}',
  });
});

test("a batch that a partial response left over has the last request and no function error", () => {
  const tried = { ...batch, invocations: 3, last: { requestId: "r-3", functionError: null, reason: "" } };
  expect(failureRecord({ ...details, batch: tried, condition: "RetryAttemptsExhausted" })).toMatchObject({
    requestContext: { requestId: "r-3", condition: "RetryAttemptsExhausted", approximateInvokeCount: 3 },
    responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: null },
  });
});

test("the key is Lambda's: by mapping, shard and day", () => {
  expect(failureKey("0a1b", "shardId-000000000001", NOW, "ffff")).toBe(
    "aws/lambda/0a1b/shardId-000000000001/2026/11/20/2026-11-20T10.04.09-ffff",
  );
});
