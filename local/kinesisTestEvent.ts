/** Kinesis events as Lambda receives them: data in base64, times as numbers, sequence numbers as strings. */

/** A record of a test event. */
export interface TestRecord {
  /** Bytes, or a string that is sent as UTF-8. */
  readonly data: Uint8Array | string;
  /** @default "key" */
  readonly partitionKey?: string;
  /** @default the event's first sequence number plus the record's position */
  readonly sequenceNumber?: string;
  /** The arrival time. @default the event's `arrived` */
  readonly arrived?: Date;
}

export interface KinesisEventOptions {
  /** @default "shardId-000000000000" */
  readonly shard?: string;
  /** @default 2026-11-20T10:04:09.123Z */
  readonly arrived?: Date;
  /** @default "arn:aws:kinesis:us-east-1:123456789012:stream/stream" */
  readonly streamArn?: string;
  /** @default 49590338271490256608559692538361571095921575989136588898 */
  readonly firstSequenceNumber?: bigint;
}

/** The event in the form of the AWS Lambda developer guide. */
export interface KinesisEvent {
  readonly Records: readonly {
    readonly kinesis: {
      readonly kinesisSchemaVersion: "1.0";
      readonly partitionKey: string;
      readonly sequenceNumber: string;
      /** Base64. */
      readonly data: string;
      /** Seconds since the epoch, with milliseconds. */
      readonly approximateArrivalTimestamp: number;
    };
    readonly eventSource: "aws:kinesis";
    readonly eventVersion: "1.0";
    readonly eventID: string;
    readonly eventName: "aws:kinesis:record";
    readonly invokeIdentityArn: string;
    readonly awsRegion: string;
    readonly eventSourceARN: string;
  }[];
}

const FIRST_SEQUENCE_NUMBER = 49590338271490256608559692538361571095921575989136588898n;

/**
 * An event of one shard.
 *
 * @example await handler(kinesisEvent([{ data: '{"id":1}' }, { data: "id,name\n2,b\n" }]))
 */
export function kinesisEvent(records: readonly TestRecord[], options: KinesisEventOptions = {}): KinesisEvent {
  const shard = options.shard ?? "shardId-000000000000";
  const streamArn = options.streamArn ?? "arn:aws:kinesis:us-east-1:123456789012:stream/stream";
  const first = options.firstSequenceNumber ?? FIRST_SEQUENCE_NUMBER;
  const arrived = options.arrived ?? new Date("2026-11-20T10:04:09.123Z");
  return {
    Records: records.map((record, place) => {
      const sequenceNumber = record.sequenceNumber ?? String(first + BigInt(place));
      return {
        kinesis: {
          kinesisSchemaVersion: "1.0",
          partitionKey: record.partitionKey ?? "key",
          sequenceNumber,
          data: Buffer.from(record.data as Uint8Array).toString("base64"),
          approximateArrivalTimestamp: (record.arrived ?? arrived).getTime() / 1000,
        },
        eventSource: "aws:kinesis",
        eventVersion: "1.0",
        eventID: `${shard}:${sequenceNumber}`,
        eventName: "aws:kinesis:record",
        invokeIdentityArn: "arn:aws:iam::123456789012:role/role",
        awsRegion: streamArn.split(":")[3] ?? "",
        eventSourceARN: streamArn,
      };
    }),
  };
}
