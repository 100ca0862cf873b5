/** ListStreams, DescribeStream, DescribeStreamSummary and ListShards. */
import type { Operation } from "../../../cloud/service";
import { numbering } from "../sequenceNumber";
import type { Shard, Stream } from "../stream";
import { invalid, type StreamReference, type Streams } from "../streams";

interface ListStreamsInput {
  readonly ExclusiveStartStreamName?: string;
  readonly NextToken?: string;
  readonly Limit?: number;
}

interface DescribeStreamInput extends StreamReference {
  readonly ExclusiveStartShardId?: string;
  readonly Limit?: number;
}

interface ListShardsInput extends StreamReference {
  readonly NextToken?: string;
  readonly ExclusiveStartShardId?: string;
  readonly MaxResults?: number;
  readonly ShardFilter?: { readonly Type: string; readonly ShardId?: string };
}

interface ShardDescription {
  readonly ShardId: string;
  readonly ParentShardId?: string;
  readonly AdjacentParentShardId?: string;
  readonly HashKeyRange: { readonly StartingHashKey: string; readonly EndingHashKey: string };
  readonly SequenceNumberRange: { readonly StartingSequenceNumber: string; readonly EndingSequenceNumber?: string };
}

export function describeOperations(streams: Streams): Record<string, Operation<never>> {
  const on = (action: string) => (input: StreamReference) => [{ action, resource: streams.arnOf(input) }];

  const listStreams: Operation<ListStreamsInput> = {
    access: () => [{ action: "kinesis:ListStreams", resource: "*" }],
    run(input) {
      const after = input.ExclusiveStartStreamName ?? input.NextToken ?? "";
      const names = [...streams.byName.keys()].sort().filter((name) => name > after);
      const page = names.slice(0, input.Limit ?? 100);
      const hasMore = page.length < names.length;
      return {
        StreamNames: page,
        HasMoreStreams: hasMore,
        ...(hasMore && { NextToken: page.at(-1) }),
        StreamSummaries: page.map((name) => summaryOf(streams.get({ StreamName: name }))),
      };
    },
  };

  const describeStream: Operation<DescribeStreamInput> = {
    access: on("kinesis:DescribeStream"),
    run(input) {
      const stream = streams.get(input);
      const { page, hasMore } = pageOf(stream.shards, input.ExclusiveStartShardId, input.Limit ?? 100);
      return {
        StreamDescription: { ...descriptionOf(stream), Shards: page.map(shardDescription), HasMoreShards: hasMore },
      };
    },
  };

  const describeStreamSummary: Operation<StreamReference> = {
    access: on("kinesis:DescribeStreamSummary"),
    run(input) {
      const stream = streams.get(input);
      return {
        StreamDescriptionSummary: {
          ...descriptionOf(stream),
          OpenShardCount: stream.openShards.length,
          ConsumerCount: 0,
          MaxRecordSizeInKiB: stream.settings.maxRecordBytes / 1024,
        },
      };
    },
  };

  const listShards: Operation<ListShardsInput> = {
    access: (input) =>
      on("kinesis:ListShards")(input.NextToken === undefined ? input : tokenOf(input.NextToken).stream),
    run(input) {
      const token = input.NextToken === undefined ? undefined : tokenOf(input.NextToken);
      const stream = streams.get(token?.stream ?? input);
      const filter = token?.filter ?? input.ShardFilter;
      const shards = filtered(stream, filter);
      const { page, hasMore } = pageOf(shards, token?.after ?? input.ExclusiveStartShardId, input.MaxResults ?? 1000);
      const next = { stream: { StreamName: stream.settings.name }, after: page.at(-1)?.id, filter };
      return {
        Shards: page.map(shardDescription),
        ...(hasMore && { NextToken: Buffer.from(JSON.stringify(next)).toString("base64url") }),
      };
    },
  };

  return {
    ListStreams: listStreams as Operation<never>,
    DescribeStream: describeStream as Operation<never>,
    DescribeStreamSummary: describeStreamSummary as Operation<never>,
    ListShards: listShards as Operation<never>,
  };
}

export function shardDescription(shard: Shard): ShardDescription {
  const { parent, adjacentParent, range } = shard;
  const atCreation = numbering(shard, shard.createdMillis);
  return {
    ShardId: shard.id,
    ...(parent !== undefined && { ParentShardId: parent }),
    ...(adjacentParent !== undefined && { AdjacentParentShardId: adjacentParent }),
    HashKeyRange: { StartingHashKey: range.first.toString(), EndingHashKey: range.last.toString() },
    SequenceNumberRange: {
      StartingSequenceNumber: atCreation(0),
      ...(shard.closed && { EndingSequenceNumber: atCreation(shard.log.count + 1) }),
    },
  };
}

function summaryOf(stream: Stream): object {
  const { name, arn, mode } = stream.settings;
  return {
    StreamName: name,
    StreamARN: arn,
    StreamStatus: "ACTIVE",
    StreamModeDetails: { StreamMode: mode },
    StreamCreationTimestamp: new Date(stream.createdMillis),
  };
}

function descriptionOf(stream: Stream): object {
  const { retentionHours, encryption, kmsKeyId } = stream.settings;
  return {
    ...summaryOf(stream),
    RetentionPeriodHours: retentionHours,
    EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
    EncryptionType: encryption,
    ...(kmsKeyId !== undefined && { KeyId: kmsKeyId }),
  };
}

function filtered(stream: Stream, filter: ListShardsInput["ShardFilter"]): Shard[] {
  switch (filter?.Type) {
    case undefined:
    case "AT_TRIM_HORIZON":
    case "FROM_TRIM_HORIZON":
      return stream.shards;
    case "AT_LATEST":
      return stream.shards.filter((shard) => !shard.closed);
    case "AFTER_SHARD_ID":
      return stream.shards.filter((shard) => shard.id > String(filter?.ShardId));
    default:
      throw invalid(`local/kinesis: the ShardFilter "${filter?.Type}" is not simulated; see docs/fidelity.md`);
  }
}

function pageOf(
  shards: readonly Shard[],
  after: string | undefined,
  limit: number,
): { page: Shard[]; hasMore: boolean } {
  const rest = shards.filter((shard) => after === undefined || shard.id > after);
  return { page: rest.slice(0, limit), hasMore: rest.length > limit };
}

function tokenOf(token: string): { stream: StreamReference; after?: string; filter?: ListShardsInput["ShardFilter"] } {
  try {
    return JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
  } catch {
    throw invalid("Invalid NextToken.");
  }
}
