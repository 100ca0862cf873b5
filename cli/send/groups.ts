/**
 * Groups records into PutRecords calls: at most 500 records and 5 MiB, stream partition keys included
 * (https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html).
 * Larger calls need a stream with larger records.
 */
import type { OutgoingRecord } from "./outgoingRecord";

export const PUT_RECORDS_LIMITS = { records: 500, bytes: 5 * 1024 * 1024 } as const;

/** A record larger than the limit is sent alone, and the stream accepts or refuses it. */
export async function* groups(
  records: Iterable<OutgoingRecord> | AsyncIterable<OutgoingRecord>,
  limits: { records: number; bytes: number } = PUT_RECORDS_LIMITS,
): AsyncGenerator<OutgoingRecord[]> {
  let group: OutgoingRecord[] = [];
  let bytes = 0;
  for await (const record of records) {
    const size = record.payload.byteLength + Buffer.byteLength(record.partitionKey);
    if (group.length > 0 && (group.length >= limits.records || bytes + size > limits.bytes)) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(record);
    bytes += size;
  }
  if (group.length > 0) yield group;
}
