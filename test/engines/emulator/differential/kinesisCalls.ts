/** Calls of Kinesis: what producers and readers ask, and what they get wrong. */
import * as kinesis from "@aws-sdk/client-kinesis";
import type { Call } from "./compare";
import { STREAM as StreamName } from "./program";

const record = (bytes: number, PartitionKey = "k") => ({ Data: new Uint8Array(bytes), PartitionKey });
const putRecords =
  (Records: kinesis.PutRecordsRequestEntry[]): Call[1] =>
  (aws) =>
    aws.kinesis.send(new kinesis.PutRecordsCommand({ StreamName, Records }));

const iterator =
  (
    more: Omit<kinesis.GetShardIteratorCommandInput, "StreamName" | "ShardId">,
    ShardId = "shardId-000000000000",
  ): Call[1] =>
  async (aws, memory) => {
    const told = await aws.kinesis.send(new kinesis.GetShardIteratorCommand({ StreamName, ShardId, ...more }));
    memory.set("iterator", told.ShardIterator ?? "");
    return { hasIterator: told.ShardIterator !== undefined };
  };

/** What an iterator that was just taken reads. */
const read =
  (Limit?: number): Call[1] =>
  async (aws, memory) => {
    const { Records, MillisBehindLatest, NextShardIterator } = await aws.kinesis.send(
      new kinesis.GetRecordsCommand({ ShardIterator: memory.get("iterator"), Limit }),
    );
    memory.set("last", Records?.at(-1)?.SequenceNumber ?? memory.get("last") ?? "");
    const texts = Records?.map(({ Data, PartitionKey }) => `${PartitionKey} ${Buffer.from(Data ?? []).toString()}`);
    return { texts, atTip: MillisBehindLatest === 0, goesOn: NextShardIterator !== undefined };
  };

const KEYS = ["a", "b", "c", "d", "e"];

export const KINESIS_CALLS: readonly Call[] = [
  ["summary of a stream", (aws) => aws.kinesis.send(new kinesis.DescribeStreamSummaryCommand({ StreamName }))],
  [
    "describe a stream",
    async (aws) => {
      const { StreamDescription } = await aws.kinesis.send(new kinesis.DescribeStreamCommand({ StreamName }));
      return StreamDescription;
    },
  ],
  [
    "describe a missing stream",
    (aws) => aws.kinesis.send(new kinesis.DescribeStreamCommand({ StreamName: "nothing" })),
  ],
  ["list shards", (aws) => aws.kinesis.send(new kinesis.ListShardsCommand({ StreamName }))],
  [
    "list shards of a missing stream",
    (aws) => aws.kinesis.send(new kinesis.ListShardsCommand({ StreamName: "nothing" })),
  ],
  [
    "list shards, by name and token",
    (aws) => aws.kinesis.send(new kinesis.ListShardsCommand({ StreamName, NextToken: "x" })),
  ],
  ["list streams", (aws) => aws.kinesis.send(new kinesis.ListStreamsCommand({}))],
  [
    "put a record",
    (aws) =>
      aws.kinesis.send(new kinesis.PutRecordCommand({ StreamName, Data: Buffer.from("first"), PartitionKey: "a" })),
  ],
  [
    "put to a missing stream",
    (aws) =>
      aws.kinesis.send(
        new kinesis.PutRecordCommand({ StreamName: "nothing", Data: Buffer.from("x"), PartitionKey: "a" }),
      ),
  ],
  [
    "partition keys choose shards by MD5",
    putRecords(KEYS.map((key) => ({ Data: Buffer.from(key), PartitionKey: key }))),
  ],
  [
    "an explicit hash key chooses the shard",
    putRecords([
      { ...record(1), ExplicitHashKey: "0" },
      { ...record(1), ExplicitHashKey: "340282366920938463463374607431768211455" },
    ]),
  ],
  [
    "an explicit hash key out of range",
    putRecords([{ ...record(1), ExplicitHashKey: "340282366920938463463374607431768211456" }]),
  ],
  ["put no records", putRecords([])],
  ["put 501 records", putRecords(Array.from({ length: 501 }, () => record(1)))],
  ["put a record of a byte more than 1 MiB, its key counted", putRecords([record(1024 * 1024)])],
  [
    "put a record of just 1 MiB, its key counted",
    putRecords([
      {
        Data: new Uint8Array(1024 * 1024 - 1),
        PartitionKey: "\u0001",
        ExplicitHashKey: "340282366920938463463374607431768211455",
      },
    ]),
  ],
  ["put more than 10 MiB", putRecords(Array.from({ length: 11 }, () => record(1024 * 1024 - 1)))],
  ["an empty partition key", putRecords([record(1, "")])],
  ["a partition key of 257 characters", putRecords([record(1, "k".repeat(257))])],
  ["an empty payload", putRecords([{ Data: new Uint8Array(0), PartitionKey: "z" }])],
  ["an iterator from the oldest", iterator({ ShardIteratorType: "TRIM_HORIZON" })],
  ["read two", read(2)],
  [
    "an iterator at a sequence number",
    async (aws, memory) =>
      iterator({ ShardIteratorType: "AT_SEQUENCE_NUMBER", StartingSequenceNumber: memory.get("last") })(aws, memory),
  ],
  ["read from there", read(1)],
  [
    "an iterator after a sequence number",
    async (aws, memory) =>
      iterator({ ShardIteratorType: "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber: memory.get("last") })(aws, memory),
  ],
  ["read after it", read(1)],
  ["an iterator from now on", iterator({ ShardIteratorType: "LATEST" })],
  ["read nothing", read()],
  ["an iterator at a time", iterator({ ShardIteratorType: "AT_TIMESTAMP", Timestamp: new Date(0) })],
  ["read from a time", read(1)],
  [
    "an iterator at a sequence number that is none",
    iterator({ ShardIteratorType: "AT_SEQUENCE_NUMBER", StartingSequenceNumber: "x" }),
  ],
  ["an iterator at no sequence number", iterator({ ShardIteratorType: "AT_SEQUENCE_NUMBER" })],
  ["an iterator of a missing shard", iterator({ ShardIteratorType: "LATEST" }, "shardId-000000000009")],
  ["an iterator of a type that is none", iterator({ ShardIteratorType: "SOMEWHERE" as "LATEST" })],
  [
    "read with an iterator that is none",
    (aws) => aws.kinesis.send(new kinesis.GetRecordsCommand({ ShardIterator: "AAAA" })),
  ],
  [
    "read 10,001",
    async (aws, memory) => {
      await iterator({ ShardIteratorType: "LATEST" })(aws, memory);
      return read(10_001)(aws, memory);
    },
  ],
];
