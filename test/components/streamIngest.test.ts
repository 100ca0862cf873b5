/** StreamIngest: what it declares, what access to it is, and what it refuses. */
import * as pulumi from "@pulumi/pulumi";
import { type Permission, StreamIngest, type StreamIngestArgs } from "streamlake";
import { declare } from "streamlake/testing";
import { listed } from "./support/listed";

const KEY = "arn:aws:kms:us-east-1:123456789012:key/own";
const STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/clicks-stream";

const clicks = (args?: StreamIngestArgs) => () => new StreamIngest("clicks", args);

test("declares one stream: on demand, encrypted, kept for 168 hours", async () => {
  const declared = await declare(clicks());
  expect(listed(declared)).toEqual(["aws:kinesis/stream:Stream clicks-stream", "streamlake:index:StreamIngest clicks"]);
  expect(declared.one("clicks-stream").inputs).toEqual({
    encryptionType: "KMS",
    kmsKeyId: "alias/aws/kinesis",
    retentionPeriod: 168,
    streamModeDetails: { streamMode: "ON_DEMAND" },
  });
});

test("a provisioned stream has its shards", async () => {
  const args = { capacity: "provisioned", shards: 3, retentionHours: 24, maxRecordKibibytes: 2048 } as const;
  expect((await declare(clicks(args))).one("clicks-stream").inputs).toEqual({
    encryptionType: "KMS",
    kmsKeyId: "alias/aws/kinesis",
    maxRecordSizeInKib: 2048,
    retentionPeriod: 24,
    shardCount: 3,
    streamModeDetails: { streamMode: "PROVISIONED" },
  });
});

test("warm throughput and a key of one's own reach the stream", async () => {
  const args = { warmThroughputMebibytesPerSecond: 50, encryptionKeyArn: KEY };
  const { inputs } = (await declare(clicks(args))).one("clicks-stream");
  expect([inputs.warmThroughputMibPs, inputs.kmsKeyId]).toEqual([50, KEY]);
});

test("records that no Lambda event holds are warned of; those that one holds are not", async () => {
  const warn = jest.spyOn(pulumi.log, "warn").mockImplementation(async () => undefined);
  try {
    await declare(clicks({ maxRecordKibibytes: 4500 }), { preview: true });
    expect(warn.mock.calls).toEqual([]);
    await declare(clicks({ maxRecordKibibytes: 4501 }), { preview: true });
    expect(warn.mock.calls).toEqual([
      [
        'StreamIngest "clicks": maxRecordKibibytes is 4501, but Lambda\'s events hold records of about 4500 KiB at most; larger ones never reach a router and land in the bucket of failed batches.',
      ],
    ]);
  } finally {
    warn.mockRestore();
  }
});

test("each consumer is a resource named after it", async () => {
  const declared = await declare(clicks({ consumers: ["router", "audit"] }));
  expect(listed(declared)).toEqual([
    "aws:kinesis/stream:Stream clicks-stream",
    "aws:kinesis/streamConsumer:StreamConsumer clicks-consumer-audit",
    "aws:kinesis/streamConsumer:StreamConsumer clicks-consumer-router",
    "streamlake:index:StreamIngest clicks",
  ]);
  expect(declared.one("clicks-consumer-audit").inputs).toEqual({ streamArn: STREAM });
});

async function access(args: StreamIngestArgs, of: (stream: StreamIngest) => Permission[]): Promise<unknown> {
  return (await declare(() => of(new StreamIngest("clicks", args)))).outputs;
}

const READ = [
  "kinesis:DescribeStream",
  "kinesis:DescribeStreamSummary",
  "kinesis:GetRecords",
  "kinesis:GetShardIterator",
  "kinesis:ListShards",
];

test("producers may put records, readers may read them", async () => {
  expect(await access({}, (stream) => stream.writeAccess())).toEqual([
    { actions: ["kinesis:PutRecord", "kinesis:PutRecords"], resources: [STREAM] },
  ]);
  expect(await access({}, (stream) => stream.readAccess())).toEqual([{ actions: READ, resources: [STREAM] }]);
});

test("a consumer's reader may subscribe through it", async () => {
  expect(await access({ consumers: ["audit"] }, (stream) => stream.readAccess("audit"))).toEqual([
    { actions: READ, resources: [STREAM] },
    { actions: ["kinesis:SubscribeToShard"], resources: [`${STREAM}/consumer/clicks-consumer-audit:1`] },
  ]);
});

test("with a key of one's own, writers may use it to encrypt and readers to decrypt", async () => {
  const args = { encryptionKeyArn: KEY };
  expect(await access(args, (stream) => stream.writeAccess())).toEqual([
    { actions: ["kinesis:PutRecord", "kinesis:PutRecords"], resources: [STREAM] },
    { actions: ["kms:GenerateDataKey"], resources: [KEY] },
  ]);
  expect(await access(args, (stream) => stream.readAccess())).toEqual([
    { actions: READ, resources: [STREAM] },
    { actions: ["kms:Decrypt"], resources: [KEY] },
  ]);
});

test("an unknown consumer is refused by name", async () => {
  const program = () => new StreamIngest("clicks", { consumers: ["audit"] }).readAccess("router");
  await expect(declare(program)).rejects.toThrow('StreamIngest has no consumer "router"; its consumers are: audit.');
});

/** Options as a transform sees them, in the order of the resources. */
async function retained(args: StreamIngestArgs, config: Record<string, string>): Promise<unknown[]> {
  const seen: unknown[] = [];
  const transform: StreamIngestArgs["transform"] = { stream: (_, opts) => seen.push(opts.retainOnDelete) };
  await declare(clicks({ ...args, transform }), { config });
  return seen;
}

test("the stream is deleted with the stack only when component and stack both say so", async () => {
  const allowed = { "streamlake:allowDataDeletion": "true" };
  expect(await retained({}, {})).toEqual([true]);
  expect(await retained({ deleteDataOnDestroy: true }, {})).toEqual([true]);
  expect(await retained({}, allowed)).toEqual([true]);
  expect(await retained({ deleteDataOnDestroy: true }, allowed)).toEqual([false]);
});

const wrong: [StreamIngestArgs, string][] = [
  [{ retentionHours: 23 }, "retentionHours is 23; use a whole number from 24 to 8760 hours."],
  [{ retentionHours: 8761 }, "retentionHours is 8761; use a whole number from 24 to 8760 hours."],
  [{ retentionHours: 24.5 }, "retentionHours is 24.5; use a whole number from 24 to 8760 hours."],
  [{ shards: 2 }, 'shards is 2, but on-demand streams set their own; use capacity "provisioned", or leave shards out.'],
  [{ capacity: "provisioned" }, 'capacity is "provisioned" without shards; say how many.'],
  [{ capacity: "provisioned", shards: 0 }, "shards is 0; use a whole number from 1 to 100000 shards."],
  [{ capacity: "serverless" as never }, 'capacity is "serverless"; use one of "on-demand", "provisioned".'],
  [{ maxRecordKibibytes: 512 }, "maxRecordKibibytes is 512; use a whole number from 1024 to 10240 KiB."],
  [
    { capacity: "provisioned", shards: 1, warmThroughputMebibytesPerSecond: 5 },
    "warmThroughputMebibytesPerSecond is for on-demand streams; a provisioned one has its shards.",
  ],
  [{ consumers: ["a b"] }, 'consumer "a b" is not a name; use letters, digits, "_", "." and "-".'],
  [{ consumers: ["a", "a"] }, "consumers names one twice (a, a)."],
  [
    { consumers: Array.from({ length: 21 }, (_, index) => `c${index}`) },
    "consumers has 21 names; a stream takes at most 20.",
  ],
];

test.each(wrong)("refuses %j", async (args, message) => {
  await expect(declare(clicks(args))).rejects.toThrow(`StreamIngest "clicks": ${message}`);
});

test("several problems are one error", async () => {
  await expect(declare(clicks({ retentionHours: 1, maxRecordKibibytes: 1 }))).rejects.toThrow(
    'StreamIngest "clicks": retentionHours is 1; use a whole number from 24 to 8760 hours. maxRecordKibibytes is 1; use a whole number from 1024 to 10240 KiB.',
  );
});
