/** Events as Firehose sends them to a function, for the records of a Kinesis stream. */

export interface FirehoseTestRecord {
  readonly sequenceNumber: string;
  readonly data: string | Uint8Array;
  readonly partitionKey?: string;
  readonly shard?: string;
  /** Milliseconds since the epoch. */
  readonly arrived?: number | string;
  /** The index of a user record that Firehose has unpacked. */
  readonly subsequenceNumber?: string;
}

/** 2026-11-20T10:04:09.123Z */
export const ARRIVED_MILLIS = 1795169049123;

/** The record ids are `r-0`, `r-1` … */
export function firehoseEvent(records: readonly FirehoseTestRecord[]) {
  return {
    invocationId: "b2a6e0f2-7c1d-4f7e-9b1e-7d1f5f2c7a11",
    deliveryStreamArn: "arn:aws:firehose:eu-west-1:123456789012:deliverystream/clicks-delivery-4f2a",
    sourceKinesisStreamArn: "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks",
    region: "eu-west-1",
    records: records.map(
      (
        {
          sequenceNumber,
          data,
          partitionKey = "u-17",
          shard = "shardId-000000000003",
          arrived = ARRIVED_MILLIS,
          subsequenceNumber = "",
        },
        index,
      ) => ({
        recordId: `r-${index}`,
        approximateArrivalTimestamp: arrived,
        data: Buffer.from(data as string).toString("base64"),
        kinesisRecordMetadata: {
          sequenceNumber,
          subsequenceNumber,
          partitionKey,
          shardId: shard,
          approximateArrivalTimestamp: arrived,
        },
      }),
    ),
  };
}
