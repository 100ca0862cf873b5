/** Reads a Kinesis stream as Firehose does: from the newest record on, and KPL records unpacked, with the role's permissions. */
import { isAggregated, unaggregate } from "../../../formats/aggregated";
import type { Principal } from "../../cloud/iam/principal";
import { type CloudContext, ServiceError } from "../../cloud/service";

export interface SourceRecord {
  readonly shard: string;
  readonly sequenceNumber: string;
  /** The index among the user records of an aggregated record; undefined for any other. */
  readonly subSequence: number | undefined;
  readonly partitionKey: string;
  /** Milliseconds since the epoch. */
  readonly arrivedMillis: number;
  readonly data: Uint8Array;
}

interface WireRecord {
  readonly SequenceNumber: string;
  readonly PartitionKey: string;
  /** Base64. */
  readonly Data: string;
  readonly ApproximateArrivalTimestamp: Date | number;
}

interface ListedShard {
  readonly ShardId: string;
  readonly SequenceNumberRange: { readonly EndingSequenceNumber?: string };
}

/** Records per GetRecords call; few keep the memory of this process small. */
const READ_LIMIT = 2_000;
/** Wait after a read that the stream's throughput does not allow. */
const THROTTLED_MILLIS = 200;

export class SourceReader {
  /** The next iterator of each shard that is not read to its end. */
  private readonly iterators = new Map<string, string>();
  private readonly known = new Set<string>();
  /** The last record of each shard that was read. */
  private readonly last = new Map<string, string>();
  private startedMillis = 0;

  constructor(
    private readonly cloud: CloudContext,
    private readonly principal: Principal,
    private readonly streamArn: string,
  ) {}

  /** Firehose begins at the newest record: https://docs.aws.amazon.com/firehose/latest/dev/writing-with-kinesis-streams.html */
  async start(): Promise<void> {
    this.startedMillis = this.cloud.clock.now();
    await this.kinesis("DescribeStream", {});
    for (const { ShardId, SequenceNumberRange } of await this.shards()) {
      this.known.add(ShardId);
      if (SequenceNumberRange.EndingSequenceNumber === undefined) await this.open(ShardId, "LATEST");
    }
  }

  /** Yields the records that have arrived, until each shard is read to its end. */
  async *records(): AsyncGenerator<SourceRecord[]> {
    for (let isNew = true; isNew; ) {
      for (const shard of [...this.iterators.keys()]) yield* this.read(shard);
      isNew = await this.openChildren();
    }
  }

  private async *read(shard: string): AsyncGenerator<SourceRecord[]> {
    for (let isMore = true; isMore; ) {
      const { Records, NextShardIterator } = await this.next(shard);
      if (NextShardIterator) this.iterators.set(shard, NextShardIterator);
      else this.iterators.delete(shard);
      const last = Records.at(-1);
      if (last) this.last.set(shard, last.SequenceNumber);
      if (last) yield Records.flatMap((record) => sourceRecords(shard, record));
      // Only an empty read has reached the end.
      isMore = last !== undefined && this.iterators.has(shard);
    }
  }

  private async next(shard: string): Promise<{ Records: WireRecord[]; NextShardIterator?: string | null }> {
    for (;;) {
      try {
        const ShardIterator = this.iterators.get(shard);
        return await this.kinesis("GetRecords", { ShardIterator, Limit: READ_LIMIT });
      } catch (error) {
        const code = error instanceof ServiceError ? error.code : "";
        if (code === "ExpiredIteratorException") await this.reopen(shard);
        else if (code === "ProvisionedThroughputExceededException") await this.cloud.clock.sleep(THROTTLED_MILLIS);
        else throw error;
      }
    }
  }

  /** An iterator expires five minutes after it was made. */
  private reopen(shard: string): Promise<void> {
    const StartingSequenceNumber = this.last.get(shard);
    if (StartingSequenceNumber !== undefined)
      return this.open(shard, "AFTER_SEQUENCE_NUMBER", { StartingSequenceNumber });
    return this.open(shard, "AT_TIMESTAMP", { Timestamp: this.startedMillis / 1000 });
  }

  /** Shards that a reshard has added are read from their first record. */
  private async openChildren(): Promise<boolean> {
    const added = (await this.shards()).filter(({ ShardId }) => !this.known.has(ShardId));
    for (const { ShardId } of added) {
      this.known.add(ShardId);
      await this.open(ShardId, "TRIM_HORIZON");
    }
    return added.length > 0;
  }

  private async shards(): Promise<ListedShard[]> {
    const { Shards } = await this.kinesis<{ Shards: ListedShard[] }>("ListShards", { MaxResults: 10_000 });
    return Shards;
  }

  private async open(ShardId: string, ShardIteratorType: string, start: object = {}): Promise<void> {
    const input = { ShardId, ShardIteratorType, ...start };
    const { ShardIterator } = await this.kinesis<{ ShardIterator: string }>("GetShardIterator", input);
    this.iterators.set(ShardId, ShardIterator);
  }

  private kinesis<T>(operation: string, input: object): Promise<T> {
    const { cloud, principal, streamArn } = this;
    const reference = operation === "GetRecords" ? {} : { StreamARN: streamArn };
    return cloud.call(principal, "kinesis", operation, { ...reference, ...input }) as Promise<T>;
  }
}

/**
 * Firehose unpacks records of KPL producers before it transforms them.
 * https://docs.aws.amazon.com/firehose/latest/dev/basic-deliver.html
 */
function sourceRecords(shard: string, record: WireRecord): SourceRecord[] {
  const arrived = record.ApproximateArrivalTimestamp;
  const common = {
    shard,
    sequenceNumber: record.SequenceNumber,
    arrivedMillis: typeof arrived === "number" ? Math.round(arrived * 1000) : arrived.getTime(),
  };
  const data = Buffer.from(record.Data, "base64");
  const users = isAggregated(data) ? unaggregate(data) : undefined;
  if (!users) return [{ ...common, subSequence: undefined, partitionKey: record.PartitionKey, data }];
  return users.map(({ partitionKey, payload }, subSequence) => ({
    ...common,
    subSequence,
    partitionKey,
    data: payload,
  }));
}
