/** UpdateShardCount with uniform scaling: splits and merges shards until they divide the hash keys into equal parts. */
import { ServiceError } from "../../cloud/service";
import { evenRanges } from "./hashKey";
import type { Shard, Stream } from "./stream";

/**
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html
 *
 * @throws ServiceError `LimitExceededException` for more than twice or less than half of the open shards
 */
export function checkShardCount(stream: Stream, target: number): void {
  const open = stream.openShards.length;
  const direction = target > 2 * open ? "up over double" : target < open / 2 ? "down below half" : undefined;
  if (direction === undefined) return;
  throw new ServiceError(
    "LimitExceededException",
    `UpdateShardCount cannot scale ${direction} your current open shard count. Current open shard count: ${open} Target shard count: ${target}`,
  );
}

/** Returns the new shards, including those that were split or merged again. */
export function scaleUniformly(stream: Stream, target: number, now: number): Shard[] {
  const before = stream.shards.length;
  const ranges = evenRanges(target);
  for (const { first } of ranges) {
    const shard = stream.shardFor(first);
    if (shard.range.first !== first) stream.split(shard, first, now);
  }
  for (const { first, last } of ranges) {
    const inside = () =>
      stream.openShards.filter(({ range }) => range.first >= first && range.last <= last).sort(byRange);
    for (let [low, next] = inside(); low && next; [low, next] = inside()) stream.merge(low, next, now);
  }
  return stream.shards.slice(before);
}

function byRange(a: Shard, b: Shard): number {
  return a.range.first < b.range.first ? -1 : 1;
}
