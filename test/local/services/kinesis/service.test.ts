/** Kinesis through the SDK's client: put, read from every starting point, and AWS's own refusals. */
import {
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  MergeShardsCommand,
  PutRecordCommand,
  PutRecordsCommand,
  type ShardIteratorType,
  SplitShardCommand,
} from "@aws-sdk/client-kinesis";
import { type KinesisService, kinesisService } from "../../../../local/services/kinesis/service";
import { START, type TestCloud, testCloud } from "../../support/testCloud";

let local: TestCloud;
let client: KinesisClient;
beforeEach(async () => {
  local = await testCloud(kinesisService);
  client = new KinesisClient(local.clientConfig());
  await local.declare("aws:kinesis/stream:Stream", "clicks", {
    name: "clicks",
    streamModeDetails: { streamMode: "ON_DEMAND" },
    encryptionType: "KMS",
    kmsKeyId: "alias/aws/kinesis",
    retentionPeriod: 168,
  });
});
afterEach(async () => {
  client.destroy();
  await local.close();
});

const service = () => local.cloud.service("kinesis") as KinesisService;
const put = (data: string | Uint8Array, key = "k") =>
  client.send(new PutRecordCommand({ StreamName: "clicks", Data: Buffer.from(data), PartitionKey: key }));

async function read(type: ShardIteratorType, shard: string, more: object = {}, stream = "clicks") {
  const start = { StreamName: stream, ShardId: shard, ShardIteratorType: type, ...more };
  const { ShardIterator } = await client.send(new GetShardIteratorCommand(start));
  const { Records = [] } = await client.send(new GetRecordsCommand({ ShardIterator }));
  return Records.map(({ Data }) => Buffer.from(Data ?? []).toString());
}

test("an on-demand stream has four shards over the whole range of hash keys", async () => {
  const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName: "clicks" }));
  expect(
    Shards.map(({ ShardId, HashKeyRange }) => [ShardId, HashKeyRange?.StartingHashKey, HashKeyRange?.EndingHashKey]),
  ).toEqual([
    ["shardId-000000000000", "0", "85070591730234615865843651857942052863"],
    ["shardId-000000000001", "85070591730234615865843651857942052864", "170141183460469231731687303715884105727"],
    ["shardId-000000000002", "170141183460469231731687303715884105728", "255211775190703847597530955573826158591"],
    ["shardId-000000000003", "255211775190703847597530955573826158592", "340282366920938463463374607431768211455"],
  ]);
});

test("the summary tells what was declared", async () => {
  const { StreamDescriptionSummary: summary } = await client.send(
    new DescribeStreamSummaryCommand({ StreamName: "clicks" }),
  );
  expect(summary).toEqual({
    StreamName: "clicks",
    StreamARN: "arn:aws:kinesis:eu-central-1:123456789012:stream/clicks",
    StreamStatus: "ACTIVE",
    StreamModeDetails: { StreamMode: "ON_DEMAND" },
    StreamCreationTimestamp: new Date(START),
    RetentionPeriodHours: 168,
    EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
    EncryptionType: "KMS",
    KeyId: "alias/aws/kinesis",
    OpenShardCount: 4,
    ConsumerCount: 0,
    MaxRecordSizeInKiB: 1024,
  });
});

test("a record comes back byte for byte, on the shard of its key's MD5", async () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  const answer = await put(bytes, "a\tkey\n\u00e9\u{1F600}");
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({ StreamName: "clicks", ShardId: answer.ShardId, ShardIteratorType: "TRIM_HORIZON" }),
  );
  const { Records, MillisBehindLatest } = await client.send(new GetRecordsCommand({ ShardIterator }));
  expect(MillisBehindLatest).toBe(0);
  expect(Records).toEqual([
    {
      SequenceNumber: answer.SequenceNumber,
      ApproximateArrivalTimestamp: new Date(START),
      Data: bytes,
      PartitionKey: "a\tkey\n\u00e9\u{1F600}",
    },
  ]);
});

test("an explicit hash key decides the shard", async () => {
  const max = "340282366920938463463374607431768211455";
  const shards = await Promise.all(
    ["0", "85070591730234615865843651857942052864", max].map(async (ExplicitHashKey) => {
      const entry = { StreamName: "clicks", Data: Buffer.from("x"), PartitionKey: "k", ExplicitHashKey };
      return (await client.send(new PutRecordCommand(entry))).ShardId;
    }),
  );
  expect(shards).toEqual(["shardId-000000000000", "shardId-000000000001", "shardId-000000000003"]);
});

test("sequence numbers have 56 digits and grow, over seconds too", async () => {
  const first = await put("1");
  local.advance(5_000);
  const second = await put("2");
  expect(first.SequenceNumber).toMatch(/^49\d{54}$/);
  expect(BigInt(second.SequenceNumber ?? 0) > BigInt(first.SequenceNumber ?? 0)).toBe(true);
});

describe("a shard with the records 1, 2 and 3, a second apart", () => {
  let shard: string;
  let second: string;
  beforeEach(async () => {
    await put("1");
    local.advance(1000);
    const answer = await put("2");
    local.advance(1000);
    await put("3");
    shard = answer.ShardId ?? "";
    second = answer.SequenceNumber ?? "";
  });

  test.each<[ShardIteratorType, () => object, string[]]>([
    ["TRIM_HORIZON", () => ({}), ["1", "2", "3"]],
    ["LATEST", () => ({}), []],
    ["AT_SEQUENCE_NUMBER", () => ({ StartingSequenceNumber: second }), ["2", "3"]],
    ["AFTER_SEQUENCE_NUMBER", () => ({ StartingSequenceNumber: second }), ["3"]],
    ["AT_TIMESTAMP", () => ({ Timestamp: new Date(START + 500) }), ["2", "3"]],
    ["AT_TIMESTAMP", () => ({ Timestamp: new Date(START + 1000) }), ["2", "3"]],
    ["AT_TIMESTAMP", () => ({ Timestamp: new Date(START + 9000) }), []],
  ])("is read from %s", async (type, more, expected) => {
    expect(await read(type, shard, more())).toEqual(expected);
  });

  test("is read on where the last call ended", async () => {
    const start = { StreamName: "clicks", ShardId: shard, ShardIteratorType: "TRIM_HORIZON" as const };
    let { ShardIterator: iterator } = await client.send(new GetShardIteratorCommand(start));
    const pages: string[][] = [];
    for (let page = 0; page < 4; page++) {
      const answer = await client.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: 1 }));
      pages.push((answer.Records ?? []).map(({ Data }) => Buffer.from(Data ?? []).toString()));
      iterator = answer.NextShardIterator;
    }
    expect(pages).toEqual([["1"], ["2"], ["3"], []]);
  });

  test("tells how far behind a reader is", async () => {
    const start = { StreamName: "clicks", ShardId: shard, ShardIteratorType: "TRIM_HORIZON" as const };
    const { ShardIterator } = await client.send(new GetShardIteratorCommand(start));
    const answer = await client.send(new GetRecordsCommand({ ShardIterator, Limit: 1 }));
    expect(answer.MillisBehindLatest).toBe(2000);
  });

  test("forgets records past the retention", async () => {
    local.advance(168 * 3_600_000 - 1500);
    expect(await read("TRIM_HORIZON", shard)).toEqual(["2", "3"]);
    expect(await read("AT_SEQUENCE_NUMBER", shard, { StartingSequenceNumber: second })).toEqual(["2", "3"]);
    local.advance(600_000);
    expect(await read("AT_SEQUENCE_NUMBER", shard, { StartingSequenceNumber: second })).toEqual([]);
  });

  test("refuses an iterator after five minutes", async () => {
    const start = { StreamName: "clicks", ShardId: shard, ShardIteratorType: "TRIM_HORIZON" as const };
    const { ShardIterator } = await client.send(new GetShardIteratorCommand(start));
    local.advance(300_001);
    await expect(client.send(new GetRecordsCommand({ ShardIterator }))).rejects.toMatchObject({
      name: "ExpiredIteratorException",
    });
  });

  test("refuses a sequence number of another shard", async () => {
    const other = shard === "shardId-000000000000" ? "shardId-000000000001" : "shardId-000000000000";
    await expect(read("AT_SEQUENCE_NUMBER", other, { StartingSequenceNumber: second })).rejects.toThrow(
      `StartingSequenceNumber ${second} used in GetShardIterator on shard ${other} in stream clicks under account 123456789012 is invalid.`,
    );
  });
});

test.each([
  [
    "an unknown stream",
    { StreamName: "nope" },
    "ResourceNotFoundException",
    "Stream nope under account 123456789012 not found.",
  ],
  [
    "an empty partition key",
    { PartitionKey: "" },
    "ValidationException",
    "'records.1.member.partitionKey' failed to satisfy constraint: Member must have length greater than or equal to 1",
  ],
  [
    "a long partition key",
    { PartitionKey: "x".repeat(257) },
    "ValidationException",
    "Member must have length less than or equal to 256",
  ],
  [
    "a record past 1 MiB",
    { Data: Buffer.alloc(1024 * 1024) },
    "ValidationException",
    "'records.1.member.data' failed to satisfy constraint: Member must have length less than or equal to 1048576",
  ],
  [
    "a hash key past 2^128",
    { ExplicitHashKey: "340282366920938463463374607431768211456" },
    "InvalidArgumentException",
    "Invalid ExplicitHashKey",
  ],
])("%s refuses the whole call", async (_what, change, name, message) => {
  const { StreamName = "clicks", ...entry } = change as { StreamName?: string };
  const Records = [{ Data: Buffer.from("x"), PartitionKey: "k", ...entry }];
  const call = client.send(new PutRecordsCommand({ StreamName, Records }));
  await expect(call).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
  expect(
    service()
      .shardLogs("clicks")
      .map(({ records }) => records),
  ).toEqual([0, 0, 0, 0]);
});

test("a record of exactly 1 MiB, key included, is taken", async () => {
  await put(Buffer.alloc(1024 * 1024 - 1), "k");
  expect(
    service()
      .shardLogs("clicks")
      .reduce((sum, { records }) => sum + records, 0),
  ).toBe(1);
});

test.each([
  [501, 1, "Member must have length less than or equal to 500"],
  [12, 1_000_000, "Records size exceeds 10 MB limit"],
])("%d records of %d bytes are too many for one call", async (count, bytes, message) => {
  const Records = Array.from({ length: count }, () => ({ Data: Buffer.alloc(bytes), PartitionKey: "k" }));
  await expect(client.send(new PutRecordsCommand({ StreamName: "clicks", Records }))).rejects.toThrow(message);
});

test("text that is no base64 is refused", async () => {
  const call = local.cloud.call({ kind: "caller" }, "kinesis", "PutRecord", {
    StreamName: "clicks",
    Data: "a?==",
    PartitionKey: "k",
  });
  await expect(call).rejects.toMatchObject({ code: "SerializationException" });
});

test("an injected fault refuses every n-th record and keeps the others", async () => {
  service().setFaults({ putRecords: { failEveryNth: 3 } });
  const Records = Array.from({ length: 7 }, (_, index) => ({
    Data: Buffer.from(String(index)),
    PartitionKey: `k${index}`,
  }));
  const answer = await client.send(new PutRecordsCommand({ StreamName: "clicks", Records }));
  expect(answer.FailedRecordCount).toBe(2);
  expect(answer.Records?.map(({ ErrorCode }) => ErrorCode)).toEqual([
    undefined,
    undefined,
    "ProvisionedThroughputExceededException",
    undefined,
    undefined,
    "ProvisionedThroughputExceededException",
    undefined,
  ]);
  expect(
    service()
      .shardLogs("clicks")
      .reduce((sum, { records }) => sum + records, 0),
  ).toBe(5);
});

test("listeners hear of each append until they end", async () => {
  const heard: number[] = [];
  const end = service().onPut(({ records }) => heard.push(records));
  await client.send(
    new PutRecordsCommand({
      StreamName: "clicks",
      Records: [1, 2, 3].map(() => ({ Data: Buffer.from("x"), PartitionKey: "same" })),
    }),
  );
  end();
  await put("x");
  expect(heard).toEqual([3]);
});

test("a log of many chunks is read whole, in order, and found by number and time", async () => {
  const caller = { kind: "caller" } as const;
  const numbers: string[] = [];
  for (let call = 0; call < 40; call++) {
    const Records = Array.from({ length: 100 }, (_, index) => ({
      Data: Buffer.from(`${call * 100 + index} ${"x".repeat(600)}`).toString("base64"),
      PartitionKey: "same",
    }));
    const answer = (await local.cloud.call(caller, "kinesis", "PutRecords", { StreamName: "clicks", Records })) as {
      Records: { SequenceNumber: string }[];
    };
    numbers.push(...answer.Records.map(({ SequenceNumber }) => SequenceNumber));
    local.advance(1000);
  }
  const shard =
    service()
      .shardLogs("clicks")
      .find(({ records }) => records === 4000)?.shard ?? "";
  const first = async (type: ShardIteratorType, more: object) => (await read(type, shard, more))[0]?.split(" ")[0];
  expect((await read("TRIM_HORIZON", shard)).map((text) => Number(text.split(" ")[0]))).toEqual([
    ...Array(4000).keys(),
  ]);
  expect(await first("AFTER_SEQUENCE_NUMBER", { StartingSequenceNumber: numbers[3210] })).toBe("3211");
  expect(await first("AT_TIMESTAMP", { Timestamp: new Date(START + 17_500) })).toBe("1800");
});

describe("a provisioned stream of two shards", () => {
  beforeEach(() => local.declare("aws:kinesis/stream:Stream", "two", { name: "two", shardCount: 2 }));

  test("splits: the parent ends and names its children, who take what comes", async () => {
    const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName: "two" }));
    const entry = { StreamName: "two", Data: Buffer.from("before"), PartitionKey: "k", ExplicitHashKey: "1" };
    await client.send(new PutRecordCommand(entry));
    await client.send(
      new SplitShardCommand({ StreamName: "two", ShardToSplit: Shards[0]?.ShardId, NewStartingHashKey: "1000" }),
    );
    const after = await client.send(new PutRecordCommand({ ...entry, Data: Buffer.from("after") }));
    expect(after.ShardId).toBe("shardId-000000000002");
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({
        StreamName: "two",
        ShardId: "shardId-000000000000",
        ShardIteratorType: "TRIM_HORIZON",
      }),
    );
    const answer = await client.send(new GetRecordsCommand({ ShardIterator }));
    expect(answer.Records?.length).toBe(1);
    expect(answer.NextShardIterator).toBeUndefined();
    expect(answer.ChildShards?.map(({ ShardId, ParentShards }) => [ShardId, ParentShards])).toEqual([
      ["shardId-000000000002", ["shardId-000000000000"]],
      ["shardId-000000000003", ["shardId-000000000000"]],
    ]);
  });

  test("merges into one shard over both ranges", async () => {
    const merge = {
      StreamName: "two",
      ShardToMerge: "shardId-000000000000",
      AdjacentShardToMerge: "shardId-000000000001",
    };
    await client.send(new MergeShardsCommand(merge));
    const { Shards = [] } = await client.send(
      new ListShardsCommand({ StreamName: "two", ShardFilter: { Type: "AT_LATEST" } }),
    );
    expect(
      Shards.map(({ ShardId, ParentShardId, AdjacentParentShardId }) => [
        ShardId,
        ParentShardId,
        AdjacentParentShardId,
      ]),
    ).toEqual([["shardId-000000000002", "shardId-000000000000", "shardId-000000000001"]]);
  });
});

test("enhanced fan-out is refused with the resource's name", async () => {
  await expect(local.declare("aws:kinesis/streamConsumer:StreamConsumer", "clicks-consumer", {})).rejects.toThrow(
    'local/kinesis: enhanced fan-out is not simulated; read the stream without a consumer (resource "clicks-consumer"); see docs/fidelity.md',
  );
});

test("a producer's role may put and not read", async () => {
  const arn = "arn:aws:kinesis:eu-central-1:123456789012:stream/clicks";
  const role = await local.role("producer", [{ Effect: "Allow", Action: "kinesis:PutRecord", Resource: arn }]);
  const producer = new KinesisClient(local.clientConfig(role));
  await producer.send(new PutRecordCommand({ StreamName: "clicks", Data: Buffer.from("x"), PartitionKey: "k" }));
  const start = { StreamName: "clicks", ShardId: "shardId-000000000000", ShardIteratorType: "LATEST" as const };
  await expect(producer.send(new GetShardIteratorCommand(start))).rejects.toMatchObject({
    name: "AccessDeniedException",
  });
  producer.destroy();
});

test("a stream with a key of one's own asks its producers for that key", async () => {
  const key = "arn:aws:kms:eu-central-1:123456789012:key/k1";
  await local.declare("aws:kinesis/stream:Stream", "own", {
    name: "own",
    shardCount: 1,
    encryptionType: "KMS",
    kmsKeyId: key,
  });
  const role = await local.role("producer", [{ Effect: "Allow", Action: "kinesis:PutRecord", Resource: "*" }]);
  const call = local.cloud.call(role, "kinesis", "PutRecord", { StreamName: "own", Data: "eA==", PartitionKey: "k" });
  await expect(call).rejects.toThrow(`kms:GenerateDataKey on resource: ${key}`);
});
