/** Reads a Kinesis stream as an event source mapping does, with the permissions of the function's role. */
import type { Principal } from "../../../cloud/iam/principal";
import { type CloudContext, ServiceError } from "../../../cloud/service";
import { type EventSource, eventRecordMeter } from "./kinesisEvent";
import type { BufferedRecord, MappingInput, Position, ShardDescription } from "./mappingState";

interface WireRecord {
  readonly SequenceNumber: string;
  readonly PartitionKey: string;
  /** Base64. */
  readonly Data: string;
  readonly ApproximateArrivalTimestamp: Date | number;
}

/** Records per GetRecords call. AWS allows 10,000; fewer keep the memory of this process small. */
const READ_LIMIT = 2_000;
export class StreamReader {
  constructor(
    private readonly cloud: CloudContext,
    private readonly principal: Principal,
    private readonly source: EventSource,
  ) {}

  private kinesis<T>(operation: string, input: object): Promise<T> {
    const { cloud, principal, source } = this;
    return cloud.call(principal, "kinesis", operation, { StreamARN: source.streamArn, ...input }) as Promise<T>;
  }

  async listShards(): Promise<ShardDescription[]> {
    type Listed = { ShardId: string; ParentShardId?: string; AdjacentParentShardId?: string };
    const { Shards } = await this.kinesis<{ Shards: Listed[] }>("ListShards", { MaxResults: 10_000 });
    return Shards.map(({ ShardId, ParentShardId, AdjacentParentShardId }) => ({
      id: ShardId,
      parents: [ParentShardId, AdjacentParentShardId].filter((parent) => parent !== undefined),
    }));
  }

  async getIterator(shard: string, position: Position): Promise<string> {
    const { ShardIterator } = await this.kinesis<{ ShardIterator: string }>("GetShardIterator", {
      ShardId: shard,
      ShardIteratorType: position.type,
      ...("sequenceNumber" in position && { StartingSequenceNumber: position.sequenceNumber }),
      ...("timestamp" in position && { Timestamp: position.timestamp / 1000 }),
    });
    return ShardIterator;
  }

  async read(shard: string, iterator: string): Promise<MappingInput> {
    type Read = { Records: WireRecord[]; NextShardIterator?: string | null; MillisBehindLatest: number };
    try {
      const read = await this.kinesis<Read>("GetRecords", { ShardIterator: iterator, Limit: READ_LIMIT });
      const meter = eventRecordMeter(this.source, shard);
      const records = read.Records.map((record): BufferedRecord => {
        const arrived = record.ApproximateArrivalTimestamp;
        const plain = {
          sequenceNumber: record.SequenceNumber,
          partitionKey: record.PartitionKey,
          arrivedMillis: typeof arrived === "number" ? Math.round(arrived * 1000) : arrived.getTime(),
          data: record.Data,
        };
        return { ...plain, eventBytes: meter(plain) };
      });
      const nextIterator = read.NextShardIterator ?? undefined;
      // Records may be left at 0 milliseconds behind; only an empty read has reached the end.
      const caughtUp = records.length === 0 && read.MillisBehindLatest === 0;
      return { type: "records", shard, records, nextIterator, caughtUp };
    } catch (error) {
      const code = error instanceof ServiceError ? error.code : "";
      if (code === "ExpiredIteratorException") return { type: "iteratorExpired", shard };
      if (code === "ProvisionedThroughputExceededException") return { type: "readFailed", shard };
      throw error;
    }
  }
}
