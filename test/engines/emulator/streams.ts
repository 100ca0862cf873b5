/** Records in and out of a stream, by ordinary calls. */
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
  PutRecordsCommand,
} from "@aws-sdk/client-kinesis";
import { type KinesisEvent, kinesisEvent, type TestRecord } from "../../../local/testing";
import type { Record } from "./everyFormat";

/** Of PutRecords. */
const RECORDS_A_CALL = 500;

/** @throws where one is refused */
export async function putRecords(
  kinesis: KinesisClient,
  StreamName: string,
  records: readonly Record[],
): Promise<void> {
  for (let from = 0; from < records.length; from += RECORDS_A_CALL) {
    const some = records.slice(from, from + RECORDS_A_CALL);
    const Records = some.map(({ payload, partitionKey }) => ({ Data: payload, PartitionKey: partitionKey }));
    const { FailedRecordCount } = await kinesis.send(new PutRecordsCommand({ StreamName, Records }));
    if (FailedRecordCount) throw new Error(`${FailedRecordCount} of ${some.length} records were refused`);
  }
}

export interface ShardContent {
  readonly shard: string;
  readonly records: readonly TestRecord[];
}

/** Everything that the stream holds, shard by shard. */
export async function readStream(kinesis: KinesisClient, StreamName: string): Promise<ShardContent[]> {
  const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamName }));
  return Promise.all(
    Shards.map(async ({ ShardId: shard = "" }) => ({ shard, records: await readShard(kinesis, StreamName, shard) })),
  );
}

async function readShard(kinesis: KinesisClient, StreamName: string, ShardId: string): Promise<TestRecord[]> {
  const from = { StreamName, ShardId, ShardIteratorType: "TRIM_HORIZON" } as const;
  let { ShardIterator } = await kinesis.send(new GetShardIteratorCommand(from));
  const read: TestRecord[] = [];
  for (;;) {
    const { Records = [], NextShardIterator } = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
    if (Records.length === 0) return read;
    for (const { Data, PartitionKey, SequenceNumber, ApproximateArrivalTimestamp: arrived } of Records) {
      read.push({ data: Data as Uint8Array, partitionKey: PartitionKey, sequenceNumber: SequenceNumber, arrived });
    }
    ShardIterator = NextShardIterator;
  }
}

/** The records of a shard as Lambda would hand them to a function, at most so many an event. */
export function eventsOf(content: ShardContent, streamArn: string, recordsAnEvent: number): KinesisEvent[] {
  const events: KinesisEvent[] = [];
  for (let from = 0; from < content.records.length; from += recordsAnEvent) {
    const some = content.records.slice(from, from + recordsAnEvent);
    events.push(kinesisEvent(some, { shard: content.shard, streamArn }));
  }
  return events;
}
