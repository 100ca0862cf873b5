/** SplitShard and MergeShards of provisioned streams; both take effect at once. */
import { type Operation, ServiceError } from "../../../cloud/service";
import { explicitHash } from "../hashKey";
import type { Shard, Stream } from "../stream";
import { invalid, type StreamReference, type Streams } from "../streams";

type SplitInput = StreamReference & { readonly ShardToSplit: string; readonly NewStartingHashKey: string };
type MergeInput = StreamReference & { readonly ShardToMerge: string; readonly AdjacentShardToMerge: string };

export function reshardOperations(streams: Streams): Record<string, Operation<never>> {
  const splitShard: Operation<SplitInput> = {
    access: (input) => [{ action: "kinesis:SplitShard", resource: streams.arnOf(input) }],
    run(input) {
      const stream = provisioned(streams, input);
      const shard = open(streams, stream, input.ShardToSplit);
      const start = explicitHash(String(input.NewStartingHashKey));
      if (start === undefined || start <= shard.range.first || start > shard.range.last) {
        throw invalid(
          `NewStartingHashKey ${input.NewStartingHashKey} used in SplitShard() on shard ${shard.id} in stream ${stream.settings.name} is not both greater than one plus the shard's StartingHashKey and less than the shard's EndingHashKey.`,
        );
      }
      stream.split(shard, start, streams.cloud.clock.now());
      for (const child of stream.childrenOf(shard)) streams.tell(stream, child, 0);
      return {};
    },
  };

  const mergeShards: Operation<MergeInput> = {
    access: (input) => [{ action: "kinesis:MergeShards", resource: streams.arnOf(input) }],
    run(input) {
      const stream = provisioned(streams, input);
      const shard = open(streams, stream, input.ShardToMerge);
      const adjacent = open(streams, stream, input.AdjacentShardToMerge);
      const isAdjacent =
        shard.range.last + 1n === adjacent.range.first || adjacent.range.last + 1n === shard.range.first;
      if (!isAdjacent) {
        throw invalid(
          `Shards ${shard.id} and ${adjacent.id} in stream ${stream.settings.name} are not an adjacent pair of shards eligible for merging`,
        );
      }
      stream.merge(shard, adjacent, streams.cloud.clock.now());
      for (const child of stream.childrenOf(shard)) streams.tell(stream, child, 0);
      return {};
    },
  };

  return { SplitShard: splitShard as Operation<never>, MergeShards: mergeShards as Operation<never> };
}

function provisioned(streams: Streams, input: StreamReference): Stream {
  const stream = streams.get(input);
  if (stream.settings.mode === "PROVISIONED") return stream;
  throw new ServiceError(
    "ValidationException",
    `The stream ${stream.settings.name} is in on-demand mode; its shards are AWS's to split and merge.`,
  );
}

function open(streams: Streams, stream: Stream, id: string): Shard {
  const shard = streams.shard(stream, id);
  if (!shard.closed) return shard;
  throw new ServiceError("ResourceInUseException", `Shard ${id} in stream ${stream.settings.name} is closed.`);
}
