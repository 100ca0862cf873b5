/** Reads the records of an event that Lambda's event source mapping makes for a Kinesis stream. */
import type { IncomingRecord } from "../../lake/record";

/** https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html */
export interface KinesisEvent {
  readonly Records: readonly KinesisEventRecord[];
}

export interface KinesisEventRecord {
  readonly kinesis: {
    readonly partitionKey: string;
    readonly sequenceNumber: string;
    /** Base64. */
    readonly data: string;
    /** Seconds since the epoch, with a fraction. */
    readonly approximateArrivalTimestamp: number;
    /** Only in a replay: the index among the user records of an aggregated record. */
    readonly subSequence?: number;
    /** Only in a replay: the index of a single refused row in its record. */
    readonly row?: number;
  };
  /** `shardId-000000000003:4965…` */
  readonly eventID: string;
}

export interface BatchResponse {
  /** Lambda takes the lowest of these sequence numbers as its checkpoint and redelivers from there. */
  readonly batchItemFailures: { readonly itemIdentifier: string }[];
}

/** The records of an event, with payloads decoded from base64. @throws Error for an event of any other source */
export function recordsOf(event: unknown): IncomingRecord[] {
  const records = (event as Partial<KinesisEvent> | null)?.Records;
  if (!Array.isArray(records)) throw new Error(`the event is not one of a Kinesis stream: it has no list "Records"`);
  return records.map(recordOf);
}

function recordOf(record: Partial<KinesisEventRecord> | null, index: number): IncomingRecord {
  const { kinesis, eventID } = record ?? {};
  const colon = typeof eventID === "string" ? eventID.lastIndexOf(":") : -1;
  if (
    colon < 1 ||
    typeof kinesis?.data !== "string" ||
    typeof kinesis.sequenceNumber !== "string" ||
    typeof kinesis.partitionKey !== "string" ||
    typeof kinesis.approximateArrivalTimestamp !== "number"
  ) {
    throw new Error(`Records[${index}] of the event is not a Kinesis record`);
  }
  return {
    shard: (eventID as string).slice(0, colon),
    sequenceNumber: kinesis.sequenceNumber,
    arrivedMillis: Math.round(kinesis.approximateArrivalTimestamp * 1000),
    partitionKey: kinesis.partitionKey,
    payload: Buffer.from(kinesis.data, "base64"),
    ...(typeof kinesis.subSequence === "number" && { subSequence: kinesis.subSequence }),
    ...(typeof kinesis.row === "number" && { row: kinesis.row }),
  };
}
