/** Streams through the provider: settings that change while records flow, shards that are scaled, and their end. */
import { existsSync } from "node:fs";
import path from "node:path";
import { type ProviderWorld, providerWorld } from "../../support/provider/world";

let world: ProviderWorld;
beforeEach(async () => {
  world = await providerWorld();
});
afterEach(() => world.close());

const STREAM = "aws:kinesis/stream:Stream";
const ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/s";

interface Shard {
  readonly ShardId: string;
  readonly ParentShardId?: string;
  readonly AdjacentParentShardId?: string;
  readonly HashKeyRange: { readonly StartingHashKey: string; readonly EndingHashKey: string };
}

const make = (inputs: object) => world.make(STREAM, "s", { name: "s", ...inputs });
const update = (inputs: object) => world.provider.update(STREAM, ARN, { name: "s", ...inputs });
const summary = async () =>
  (await world.call<{ StreamDescriptionSummary: object }>("kinesis", "DescribeStreamSummary", { StreamName: "s" }))
    .StreamDescriptionSummary;
const shards = async (Type = "AT_LATEST") =>
  (await world.call<{ Shards: Shard[] }>("kinesis", "ListShards", { StreamName: "s", ShardFilter: { Type } })).Shards;
const put = (PartitionKey: string, bytes = 3) =>
  world.call("kinesis", "PutRecord", { StreamName: "s", PartitionKey, Data: Buffer.alloc(bytes) });

test("retention, record size and encryption are what they are changed to", async () => {
  await make({ shardCount: 1 });
  await expect(put("a", 2_000_000)).rejects.toThrow("have length less than or equal to 1048576");
  await update({
    shardCount: 1,
    retentionPeriod: 168,
    maxRecordSizeInKib: 10_240,
    encryptionType: "KMS",
    kmsKeyId: "alias/aws/kinesis",
  });
  expect(await summary()).toMatchObject({
    RetentionPeriodHours: 168,
    MaxRecordSizeInKiB: 10_240,
    EncryptionType: "KMS",
    KeyId: "alias/aws/kinesis",
    OpenShardCount: 1,
  });
  await put("a", 2_000_000);
});

test.each([
  [2, 4],
  [4, 2],
  [2, 3],
  [3, 2],
])("%i shards become %i equal ones", async (before, after) => {
  await make({ shardCount: before });
  expect((await update({ shardCount: after })).shardCount).toBe(after);
  const size = 2n ** 128n / BigInt(after);
  expect((await shards()).map(({ HashKeyRange }) => HashKeyRange.StartingHashKey).sort()).toEqual(
    Array.from({ length: after }, (_, index) => String(size * BigInt(index))).sort(),
  );
});

test("what is scaled keeps its records, and each new shard names its parents", async () => {
  await make({ shardCount: 1 });
  await put("a");
  await update({ shardCount: 2 });
  expect((await shards("FROM_TRIM_HORIZON")).map(({ ShardId, ParentShardId }) => [ShardId, ParentShardId])).toEqual([
    ["shardId-000000000000", undefined],
    ["shardId-000000000001", "shardId-000000000000"],
    ["shardId-000000000002", "shardId-000000000000"],
  ]);
  await update({ shardCount: 1 });
  expect((await shards()).map(({ HashKeyRange: _range, ...shard }) => shard)).toEqual([
    expect.objectContaining({
      ShardId: "shardId-000000000003",
      ParentShardId: "shardId-000000000001",
      AdjacentParentShardId: "shardId-000000000002",
    }),
  ]);
  const { ShardIterator } = await world.call<{ ShardIterator: string }>("kinesis", "GetShardIterator", {
    StreamName: "s",
    ShardId: "shardId-000000000000",
    ShardIteratorType: "TRIM_HORIZON",
  });
  const { Records } = await world.call<{ Records: object[] }>("kinesis", "GetRecords", { ShardIterator });
  expect(Records).toHaveLength(1);
});

test.each([
  [
    1,
    3,
    "UpdateShardCount cannot scale up over double your current open shard count. Current open shard count: 1 Target shard count: 3",
  ],
  [
    4,
    1,
    "UpdateShardCount cannot scale down below half your current open shard count. Current open shard count: 4 Target shard count: 1",
  ],
])("%i shards do not become %i, and nothing else changes", async (before, after, message) => {
  await make({ shardCount: before });
  await expect(update({ shardCount: after, retentionPeriod: 48 })).rejects.toThrow(message);
  expect(await summary()).toMatchObject({ OpenShardCount: before, RetentionPeriodHours: 24 });
});

test("another mode keeps the shards", async () => {
  await make({ shardCount: 2 });
  expect((await update({ streamModeDetails: { streamMode: "ON_DEMAND" } })).shardCount).toBe(2);
  expect(await summary()).toMatchObject({ StreamModeDetails: { StreamMode: "ON_DEMAND" }, OpenShardCount: 2 });
  expect((await update({ shardCount: 4 })).shardCount).toBe(4);
});

test("a stream that is deleted is gone with its records, and its name is free", async () => {
  await make({ shardCount: 1 });
  await put("a");
  await world.provider.delete(STREAM, ARN);
  await expect(put("a")).rejects.toMatchObject({
    code: "ResourceNotFoundException",
    message: "Stream s under account 000000000000 not found.",
  });
  expect(existsSync(path.join(world.cloud.dataDir, "kinesis", "s"))).toBe(false);
  await make({ shardCount: 2 });
  expect(await summary()).toMatchObject({ OpenShardCount: 2 });
});

test("a retention that Kinesis does not have is refused", async () => {
  await expect(make({ shardCount: 1, retentionPeriod: 12 })).rejects.toThrow(
    'local/kinesis: the retentionPeriod 12 is not one of 24 to 8760 hours (resource "s")',
  );
});
