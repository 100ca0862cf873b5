/** Encodes the event that a function receives for Kinesis records, and computes its exact size in advance. */

/** A record as read from a shard. */
export interface StreamRecord {
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  /** Milliseconds since the epoch. */
  readonly arrivedMillis: number;
  /** Base64. */
  readonly data: string;
}

/** The fields that are the same in every record of a mapping's events. */
export interface EventSource {
  readonly streamArn: string;
  /** The function's role. */
  readonly roleArn: string;
  readonly region: string;
}

const HEAD = '{"Records":[';
const TAIL = "]}";

/**
 * One record of the event.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html, "Example event"
 */
function eventRecordText(source: EventSource, shard: string, record: StreamRecord): string {
  return `{"kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":${JSON.stringify(record.partitionKey)},"sequenceNumber":"${record.sequenceNumber}","data":"${record.data}","approximateArrivalTimestamp":${record.arrivedMillis / 1000}},"eventSource":"aws:kinesis","eventVersion":"1.0","eventID":"${shard}:${record.sequenceNumber}","eventName":"aws:kinesis:record","invokeIdentityArn":"${source.roleArn}","awsRegion":"${source.region}","eventSourceARN":"${source.streamArn}"}`;
}

/** Records that are encoded at once: few, so that no long string is in memory beside its bytes. */
const RECORDS_A_WRITE = 64;

/**
 * The whole event in UTF-8.
 *
 * @param bytes the event's size, as computed by `eventRecordMeter`
 */
export function eventJson(source: EventSource, shard: string, records: readonly StreamRecord[], bytes: number): Buffer {
  const event = Buffer.allocUnsafe(bytes);
  let end = event.write(HEAD, "latin1");
  for (let from = 0; from < records.length; from += RECORDS_A_WRITE) {
    const some = records.slice(from, from + RECORDS_A_WRITE).map((record) => eventRecordText(source, shard, record));
    end += event.write((from > 0 ? "," : "") + some.join(","), end);
  }
  end += event.write(TAIL, end);
  if (end !== bytes) throw new RangeError(`an event of ${bytes} bytes by its meter came out at ${end}`);
  return event;
}

/** Returns a function that computes the bytes of a shard's record in an event, including the comma after it. */
export function eventRecordMeter(source: EventSource, shard: string): (record: StreamRecord) => number {
  const empty = { sequenceNumber: "", partitionKey: "", arrivedMillis: 0, data: "" };
  const fixed = Buffer.byteLength(eventRecordText(source, shard, empty)) - "0".length - '""'.length + ",".length;
  return (record) =>
    fixed +
    record.data.length +
    2 * record.sequenceNumber.length +
    Buffer.byteLength(JSON.stringify(record.partitionKey)) +
    String(record.arrivedMillis / 1000).length;
}

/** Bytes of an event besides its records, each of which is counted with a comma. */
export const EVENT_FRAME_BYTES = HEAD.length + TAIL.length - ",".length;
