/** One data stream: appends records to its shards, which have hash key ranges and logs, and splits and merges them. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import type { Publish } from "../../cloud/metrics/metrics";
import { evenRanges, type HashRange } from "./hashKey";
import { numbering, type ShardIdentity } from "./sequenceNumber";
import { ShardLog, type StoredRecord } from "./shardLog";

export interface StreamSettings {
  readonly name: string;
  readonly arn: string;
  readonly mode: "ON_DEMAND" | "PROVISIONED";
  /** The initial number of shards. */
  readonly shardCount: number;
  readonly retentionHours: number;
  readonly maxRecordBytes: number;
  readonly encryption: "KMS" | "NONE";
  readonly kmsKeyId?: string;
}

export interface Shard extends ShardIdentity {
  readonly id: string;
  readonly range: HashRange;
  readonly log: ShardLog;
  /** The shard that was split, or the first of the two that were merged. */
  readonly parent?: string;
  readonly adjacentParent?: string;
  closed: boolean;
}

export interface NewRecord {
  readonly partitionKey: string;
  /** Base64. */
  readonly data: string;
}

export class Stream {
  readonly shards: Shard[] = [];

  constructor(
    public settings: StreamSettings,
    readonly createdMillis: number,
    private readonly dir: string,
    /** https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html */
    readonly publish: Publish,
    /** The number of streams before it: streams of one second get different sequence numbers, as on AWS. */
    private readonly ordinal = 0,
  ) {
    mkdirSync(dir, { recursive: true });
    for (const range of evenRanges(settings.shardCount)) this.addShard(range, createdMillis);
  }

  /** The shards that accept records. */
  get openShards(): Shard[] {
    return this.shards.filter(({ closed }) => !closed);
  }

  shard(id: string): Shard | undefined {
    return this.shards.find((shard) => shard.id === id);
  }

  shardFor(hash: bigint): Shard {
    return this.shards.find(({ range, closed }) => !closed && hash >= range.first && hash <= range.last) as Shard;
  }

  /** Appends records in order, and returns their sequence numbers. */
  append(shard: Shard, records: readonly NewRecord[], arrivedMillis: number): string[] {
    const numberOf = numbering(shard, arrivedMillis);
    const first = shard.log.count + 1;
    const stored = records.map(
      ({ partitionKey, data }, index): StoredRecord => ({
        SequenceNumber: numberOf(first + index),
        ApproximateArrivalTimestamp: arrivedMillis / 1000,
        PartitionKey: partitionKey,
        Data: data,
      }),
    );
    shard.log.append(stored, arrivedMillis);
    return stored.map((record) => record.SequenceNumber);
  }

  /** Closes a shard and opens two in its place. */
  split(shard: Shard, secondStart: bigint, now: number): void {
    shard.closed = true;
    this.addShard({ first: shard.range.first, last: secondStart - 1n }, now, shard.id);
    this.addShard({ first: secondStart, last: shard.range.last }, now, shard.id);
  }

  /** Closes two adjacent shards and opens one in their place. */
  merge(shard: Shard, adjacent: Shard, now: number): void {
    shard.closed = true;
    adjacent.closed = true;
    const [low, high] = shard.range.first < adjacent.range.first ? [shard, adjacent] : [adjacent, shard];
    this.addShard({ first: low.range.first, last: high.range.last }, now, shard.id, adjacent.id);
  }

  childrenOf(shard: Shard): Shard[] {
    return this.shards.filter(({ parent, adjacentParent }) => parent === shard.id || adjacentParent === shard.id);
  }

  close(): void {
    for (const shard of this.shards) shard.log.close();
  }

  private addShard(range: HashRange, createdMillis: number, parent?: string, adjacentParent?: string): void {
    const index = this.shards.length;
    const id = `shardId-${String(index).padStart(12, "0")}`;
    const log = new ShardLog(path.join(this.dir, `${id}.ndjson`));
    this.shards.push({
      id,
      index,
      createdMillis: createdMillis + 1000 * this.ordinal,
      range,
      log,
      closed: false,
      ...(parent !== undefined && { parent }),
      ...(adjacentParent !== undefined && { adjacentParent }),
    });
  }
}
