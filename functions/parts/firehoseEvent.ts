/** Reads the event by which Firehose asks for a transformation of records, and types the answer. */
import type { DeliveryPartition } from "../../lake/delivery/keys";
import type { IncomingRecord } from "../../lake/record";

/** https://docs.aws.amazon.com/lambda/latest/dg/services-kinesisfirehose.html */
export interface FirehoseEvent {
  readonly invocationId: string;
  readonly deliveryStreamArn: string;
  readonly records: readonly FirehoseEventRecord[];
}

export interface FirehoseEventRecord {
  readonly recordId: string;
  /** Base64. Firehose has unpacked records that a KPL producer aggregated. */
  readonly data: string;
  /** Only of a delivery stream whose source is a Kinesis stream. */
  readonly kinesisRecordMetadata?: {
    readonly shardId: string;
    readonly partitionKey: string;
    readonly sequenceNumber: string;
    /** Index among the user records of an aggregated record; empty for any other record. */
    readonly subsequenceNumber?: string | number;
    /** Milliseconds since the epoch; AWS's example has ISO 8601. */
    readonly approximateArrivalTimestamp: number | string;
  };
}

/** https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-status-model.html */
export interface FirehoseAnswer {
  readonly records: readonly TransformedRecord[];
}

export interface TransformedRecord {
  readonly recordId: string;
  readonly result: "Ok" | "Dropped" | "ProcessingFailed";
  /** Base64; only for `Ok`. */
  readonly data?: string;
  /** Only for `Ok`. https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning-partitioning-keys.html */
  readonly metadata?: { readonly partitionKeys: DeliveryPartition };
}

export interface DeliveryRecord {
  readonly recordId: string;
  readonly record: IncomingRecord;
}

/** The name in the ARN of the event's delivery stream. */
export function deliveryNameOf(event: unknown): string {
  const arn = String((event as Partial<FirehoseEvent> | null)?.deliveryStreamArn ?? "");
  return arn.slice(arn.lastIndexOf("/") + 1);
}

/** The records of an event. @throws Error for an event of any other source */
export function deliveryRecordsOf(event: unknown): DeliveryRecord[] {
  const records = (event as Partial<FirehoseEvent> | null)?.records;
  if (!Array.isArray(records)) throw new Error(`the event is not one of Firehose: it has no list "records"`);
  return records.map(recordOf);
}

function recordOf({ recordId, data, kinesisRecordMetadata: place }: FirehoseEventRecord, index: number) {
  if (typeof recordId !== "string" || typeof data !== "string") {
    throw new Error(`records[${index}] of the event is not a record of Firehose`);
  }
  const arrived = place?.approximateArrivalTimestamp;
  const arrivedMillis = typeof arrived === "string" ? Date.parse(arrived) : (arrived ?? Number.NaN);
  if (!place || typeof place.sequenceNumber !== "string" || Number.isNaN(arrivedMillis)) {
    throw new Error(
      `records[${index}] of the event has no place in a Kinesis stream; the source of the delivery stream must be one`,
    );
  }
  const { shardId, sequenceNumber, partitionKey, subsequenceNumber = "" } = place;
  const record: IncomingRecord = {
    shard: shardId,
    sequenceNumber,
    arrivedMillis,
    partitionKey,
    payload: Buffer.from(data, "base64"),
    ...(subsequenceNumber !== "" && { subSequence: Number(subsequenceNumber) }),
  };
  return { recordId, record };
}
