/** A stream of the model world: shards that records are put to, that split and merge, and that are read by iterators. */

import { compareSequence } from "../../../../lake/sequenceNumber";
import type { StreamRecord } from "../../../../local/services/lambda/mapping/kinesisEvent";
import type { Position, ShardDescription } from "../../../../local/services/lambda/mapping/mappingState";

export interface ModelRecord extends StreamRecord {
  readonly shard: string;
}

interface ModelShard extends ShardDescription {
  /** The stream partition keys whose records go here. */
  readonly keys: readonly string[];
  readonly records: ModelRecord[];
  isClosed: boolean;
}

export class ModelStream {
  private readonly shards = new Map<string, ModelShard>();
  /** Short on purpose, and growing in length, so that comparing as text would be wrong. */
  private lastSequence = 95;

  addShard(keys: readonly string[], parents: readonly string[] = []): void {
    const id = `shardId-${String(this.shards.size).padStart(12, "0")}`;
    this.shards.set(id, { id, parents, keys, records: [], isClosed: false });
  }

  describe(): ShardDescription[] {
    return [...this.shards.values()].map(({ id, parents }) => ({ id, parents }));
  }

  put(partitionKey: string, arrivedMillis: number, data: string): ModelRecord {
    const shard = this.open().find((candidate) => candidate.keys.includes(partitionKey)) as ModelShard;
    this.lastSequence += 1 + (this.lastSequence % 3);
    const record = { shard: shard.id, sequenceNumber: String(this.lastSequence), partitionKey, arrivedMillis, data };
    shard.records.push(record);
    return record;
  }

  all(): ModelRecord[] {
    return [...this.shards.values()].flatMap((shard) => shard.records);
  }

  open(): ModelShard[] {
    return [...this.shards.values()].filter((shard) => !shard.isClosed);
  }

  split(shard: ModelShard): void {
    const middle = Math.ceil(shard.keys.length / 2);
    shard.isClosed = true;
    this.addShard(shard.keys.slice(0, middle), [shard.id]);
    this.addShard(shard.keys.slice(middle), [shard.id]);
  }

  merge(left: ModelShard, right: ModelShard): void {
    left.isClosed = right.isClosed = true;
    this.addShard([...left.keys, ...right.keys], [left.id, right.id]);
  }

  /** The index of the first record at a position. */
  indexOf(shard: string, position: Position): number {
    const { records } = this.shards.get(shard) as ModelShard;
    if (position.type === "TRIM_HORIZON") return 0;
    if (position.type !== "AT_SEQUENCE_NUMBER" && position.type !== "AFTER_SEQUENCE_NUMBER") {
      throw new Error(`the model has no ${position.type}`);
    }
    const isAfter = position.type === "AFTER_SEQUENCE_NUMBER";
    const index = records.findIndex((record) => {
      const order = compareSequence(record.sequenceNumber, position.sequenceNumber);
      return isAfter ? order > 0 : order >= 0;
    });
    return index < 0 ? records.length : index;
  }

  read(shard: string, index: number, limit: number) {
    const { records, isClosed } = this.shards.get(shard) as ModelShard;
    const found = records.slice(index, index + limit);
    const isAtEnd = index + found.length === records.length;
    return { found, next: isAtEnd && isClosed ? undefined : index + found.length, caughtUp: isAtEnd };
  }

  /** Everything on a shard before a sequence number, and on the shards that it came from. */
  before(shard: string, sequenceNumber: string): ModelRecord[] {
    const { parents, records } = this.shards.get(shard) as ModelShard;
    const index = records.findIndex((record) => record.sequenceNumber === sequenceNumber);
    if (index < 0) throw new Error(`${sequenceNumber} is not on ${shard}`);
    return [...parents.flatMap((parent) => this.wholeOf(parent)), ...records.slice(0, index)];
  }

  private wholeOf(shard: string): ModelRecord[] {
    const { parents, records } = this.shards.get(shard) as ModelShard;
    return [...parents.flatMap((parent) => this.wholeOf(parent)), ...records];
  }
}
