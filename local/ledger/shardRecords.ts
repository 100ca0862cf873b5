/** Reads whole records from local's shard logs, some at a time. */
import { createReadStream } from "node:fs";
import { lineHeads } from "./lineHeads";

export interface LoggedRecord {
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  /** Milliseconds since the epoch. */
  readonly arrivedMillis: number;
  /** Base64. */
  readonly data: string;
}

/** A line of a log, in the wire format of GetRecords. */
interface Line {
  readonly SequenceNumber: string;
  /** Seconds since the epoch, with milliseconds. */
  readonly ApproximateArrivalTimestamp: number;
  readonly PartitionKey: string;
  readonly Data: string;
}

/** About the payload of the largest event (6 MB), because a view writes an item once for each event. */
const CHUNK_BYTES = 6 * 1024 * 1024;

export async function* shardRecords(path: string): AsyncGenerator<LoggedRecord[]> {
  const chunks = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  for await (const lines of lineHeads(chunks, Number.POSITIVE_INFINITY)) {
    yield lines.map((line) => {
      const { SequenceNumber, PartitionKey, ApproximateArrivalTimestamp, Data } = JSON.parse(String(line)) as Line;
      const arrivedMillis = Math.round(ApproximateArrivalTimestamp * 1000);
      return { sequenceNumber: SequenceNumber, partitionKey: PartitionKey, arrivedMillis, data: Data };
    });
  }
}
