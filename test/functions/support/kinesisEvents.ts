/** Events as Lambda's event source mapping sends them for a Kinesis stream. */

export interface TestRecord {
  readonly sequenceNumber: string;
  readonly data: string | Uint8Array;
  readonly partitionKey?: string;
  /** Seconds since the epoch. */
  readonly arrived?: number;
  readonly shard?: string;
}

/** 2026-11-20T10:04:09.123Z */
export const ARRIVED_SECONDS = 1795169049.123;

export function kinesisEvent(records: readonly TestRecord[]) {
  return {
    Records: records.map(
      ({ sequenceNumber, data, partitionKey = "u-17", arrived = ARRIVED_SECONDS, shard = "shardId-000000000003" }) => ({
        kinesis: {
          kinesisSchemaVersion: "1.0",
          partitionKey,
          sequenceNumber,
          data: Buffer.from(data as string).toString("base64"),
          approximateArrivalTimestamp: arrived,
        },
        eventSource: "aws:kinesis",
        eventVersion: "1.0",
        eventID: `${shard}:${sequenceNumber}`,
        eventName: "aws:kinesis:record",
        invokeIdentityArn: "arn:aws:iam::123456789012:role/clicks-role",
        awsRegion: "eu-west-1",
        eventSourceARN: "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks",
      }),
    ),
  };
}
