/** Reads the records of a stream for a refresh, with the role of the external schema. */
import type { Principal } from "../../../cloud/iam/principal";
import { type CloudContext, ServiceError } from "../../../cloud/service";
import { RedshiftError } from "../sql/redshiftError";

export interface StreamRecord {
  readonly shard: string;
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  readonly arrivedMillis: number;
  readonly data: Buffer;
}

/** Calls `take` with the records after the sequence number of each shard, a page at a time. */
export type ReadStream = (
  stream: string,
  after: ReadonlyMap<string, string>,
  take: (records: readonly StreamRecord[]) => Promise<void> | void,
) => Promise<void>;

interface Page {
  readonly Records: readonly {
    readonly SequenceNumber: string;
    readonly PartitionKey: string;
    /** Seconds since the epoch. */
    readonly ApproximateArrivalTimestamp: number;
    /** Base64. */
    readonly Data: string;
  }[];
  readonly NextShardIterator?: string;
}

/**
 * AWS's list of permissions has ListStreams and DescribeStream, too; both are checked.
 * https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started.html
 */
export function streamReader(cloud: CloudContext, principal: Principal): ReadStream {
  const call = <T>(operation: string, input: object) =>
    cloud.call(principal, "kinesis", operation, input) as Promise<T>;

  async function shardsOf(StreamName: string): Promise<string[]> {
    const resource = `arn:aws:kinesis:${cloud.region}:${cloud.accountId}:stream/${StreamName}`;
    cloud.authorize(principal, [
      { action: "kinesis:ListStreams", resource: "*" },
      { action: "kinesis:DescribeStream", resource },
    ]);
    await call("DescribeStreamSummary", { StreamName });
    const shards: string[] = [];
    for (let input: object = { StreamName }; ; ) {
      const page = await call<{ Shards: { ShardId: string }[]; NextToken?: string }>("ListShards", input);
      shards.push(...page.Shards.map(({ ShardId }) => ShardId));
      if (page.NextToken === undefined) return shards;
      input = { NextToken: page.NextToken };
    }
  }

  return async (StreamName, after, take) => {
    try {
      for (const shard of await shardsOf(StreamName)) {
        const last = after.get(shard);
        const start =
          last === undefined
            ? { ShardIteratorType: "TRIM_HORIZON" }
            : { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber: last };
        const { ShardIterator } = await call<{ ShardIterator: string }>("GetShardIterator", {
          StreamName,
          ShardId: shard,
          ...start,
        });
        for (let iterator: string | undefined = ShardIterator; iterator !== undefined; ) {
          const page: Page = await call("GetRecords", { ShardIterator: iterator });
          if (page.Records.length === 0) break;
          await take(
            page.Records.map((record) => ({
              shard,
              sequenceNumber: record.SequenceNumber,
              partitionKey: record.PartitionKey,
              arrivedMillis: Math.round(record.ApproximateArrivalTimestamp * 1000),
              data: Buffer.from(record.Data, "base64"),
            })),
          );
          iterator = page.NextShardIterator;
        }
      }
    } catch (error) {
      if (error instanceof ServiceError) throw new RedshiftError(`${error.message} (stream "${StreamName}")`);
      throw error;
    }
  };
}
