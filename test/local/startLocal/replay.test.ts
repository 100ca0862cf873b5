/** The replay's state machine in this process: what a hook refused lands once the hook is mended, however often it is replayed. */
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { DataLake, FormatRouter, HourlyEtl, Replay, StreamIngest } from "streamlake";
import { unformattedLine } from "../../../lake/envelope";
import { hourOf } from "../../../lake/hour";
import { objectKey } from "../../../lake/objectKey";
import { systemClock } from "../../../local/cloud/clock";
import type { SnsService } from "../../../local/services/sns/service";
import { type LocalCloud, startLocal } from "../../../local/startLocal";
import { kinesisEvent } from "../../functions/support/kinesisEvents";
import { queryRows } from "../support/streamAndSql";

/** A router whose hook refuses what has no price, until it is mended. */
const program = (isMended: boolean) => () => {
  const stream = new StreamIngest("in");
  const lake = new DataLake("lake");
  const accept = isMended
    ? () => true as const
    : (row: { price?: unknown }) => row.price !== undefined || "has no price";
  const router = new FormatRouter("router", { stream, lake, batchWindowSeconds: 0, hooks: { accept } });
  new HourlyEtl("etl", { lake });
  // So few events that a handful of chunks needs a second execution.
  const replay = new Replay("replay", { router, eventsPerExecution: 260, retryAttempts: 10 });
  return {
    stream: stream.streamName,
    bucket: lake.bucketName,
    failed: lake.resources.failedBucketName,
    router: router.functionName,
    database: lake.databaseName,
    workgroup: lake.workgroupName,
    replay: replay.stateMachineArn,
    chunk: replay.nodes.chunk.nodes.function.name,
    topic: replay.failureTopicArn,
  };
};

const directories: string[] = [];
const clouds: LocalCloud[] = [];

/** The program over the buckets of an earlier run, as a deployment would leave them. */
async function deploy(isMended: boolean, earlier?: LocalCloud): Promise<LocalCloud> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "replay-"));
  directories.push(dataDir);
  if (earlier) {
    for (const kept of ["s3", "glue"]) symlinkSync(path.join(earlier.dataDir, kept), path.join(dataDir, kept), "dir");
  }
  const options = { project: "lake", stack: "dev", config: {}, dataDir, seed: 7, clock: systemClock };
  const cloud = await startLocal({ ...options, program: program(isMended) });
  clouds.push(cloud);
  return cloud;
}

afterAll(async () => {
  for (const cloud of clouds) await cloud.stop();
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

interface Ended {
  readonly status: string;
  readonly output?: { readonly dryRun: boolean; readonly executions: number; readonly totals: Record<string, unknown> };
  readonly error?: string;
  readonly cause?: string;
  /** Of each execution. */
  readonly events: readonly number[];
}

/** Starts the state machine, and follows it through the executions that go on from it. */
async function run(cloud: LocalCloud, input: object): Promise<Ended> {
  let { executionArn } = (await cloud.call("states", "StartExecution", {
    stateMachineArn: cloud.outputs.replay,
    input: JSON.stringify(input),
  })) as { executionArn: string };
  const events: number[] = [];
  for (;;) {
    const found = (await cloud.call("states", "DescribeExecution", { executionArn })) as {
      status: string;
      output?: string;
      error?: string;
      cause?: string;
    };
    if (found.status === "RUNNING") {
      await systemClock.sleep(20);
      continue;
    }
    const history = (await cloud.call("states", "GetExecutionHistory", { executionArn, maxResults: 1000 })) as {
      events: unknown[];
    };
    events.push(history.events.length);
    const output = found.output === undefined ? undefined : JSON.parse(found.output);
    if (output?.continuedBy === undefined) return { ...found, output, events };
    executionArn = output.continuedBy;
  }
}

async function keys(cloud: LocalCloud, ...prefixes: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const Prefix of prefixes) {
    const { Contents = [] } = (await cloud.call("s3", "ListObjectsV2", { Bucket: cloud.outputs.bucket, Prefix })) as {
      Contents?: { Key: string }[];
    };
    found.push(...Contents.map(({ Key }) => Key));
  }
  return found;
}

const REFUSED_BATCHES = 44;
const arrivedMillis = systemClock.now() - 1000;

/** Objects of one record each, as many small batches leave them. */
async function quarantine(cloud: LocalCloud): Promise<void> {
  for (let n = 1; n <= REFUSED_BATCHES; n++) {
    const sequenceNumber = String(1000 + n);
    const record = {
      shard: "shardId-000000000009",
      sequenceNumber,
      subSequence: 0,
      partitionKey: "k",
      arrivedMillis,
      payload: Buffer.from(`{"n":${1000 + n}}`),
    };
    const line = unformattedLine(record, String(cloud.outputs.stream), { reason: "rejected", detail: "has no price" });
    const range = { shard: record.shard, first: sequenceNumber, last: sequenceNumber, count: 1 };
    await cloud.call("s3", "PutObject", {
      Bucket: cloud.outputs.bucket,
      Key: objectKey("unformatted/", "records", hourOf(arrivedMillis), range),
      Body: gzipSync(line),
    });
  }
}

test("a dry run counts, a run lands each row once, a second run changes nothing", async () => {
  const strict = await deploy(false);
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new KinesisClient({ region: strict.region, endpoint: strict.endpoint, credentials });
  const texts = ['{"n":1,"price":5}', '{"n":2}', '{"n":3}', "{broken"];
  const Records = texts.map((text) => ({ Data: Buffer.from(text), PartitionKey: "k" }));
  await client.send(new PutRecordsCommand({ StreamName: String(strict.outputs.stream), Records }));
  client.destroy();
  await strict.drain();
  await quarantine(strict);
  await strict.stop();

  const cloud = await deploy(true, strict);
  const functionArn = `arn:aws:lambda:us-east-1:000000000000:function:${cloud.outputs.router}`;
  const batch = kinesisEvent([
    { sequenceNumber: "501", data: '{"n":501}', arrived: arrivedMillis / 1000 },
    { sequenceNumber: "502", data: "{", arrived: arrivedMillis / 1000 },
  ]);
  await cloud.call("s3", "PutObject", {
    Bucket: cloud.outputs.failed,
    Key: "aws/lambda/uuid/shardId-000000000003/2026/11/20/a",
    Body: Buffer.from(
      JSON.stringify({ requestContext: { functionArn }, version: "1.0", payload: JSON.stringify(batch) }),
    ),
  });
  const before = await keys(cloud, "raw/", "unformatted/", "replayed/");

  const hour = hourOf(arrivedMillis);
  const planned = await run(cloud, {});
  expect(planned).toMatchObject({ status: "SUCCEEDED", output: { dryRun: true, executions: 2 } });
  const counts = {
    records: REFUSED_BATCHES + 3 + 2,
    landed: REFUSED_BATCHES + 2 + 1,
    rows: REFUSED_BATCHES + 2 + 1,
    alreadyThere: 0,
    stays: { format: 2 },
    leftOut: {},
    failedObjects: 0,
    failures: [],
  };
  expect(planned.output?.totals).toMatchObject(counts);
  expect(await keys(cloud, "raw/", "unformatted/", "replayed/")).toEqual(before);
  for (const events of planned.events) expect(events).toBeLessThanOrEqual(260);

  const applied = await run(cloud, { dryRun: false });
  expect(applied).toMatchObject({ status: "SUCCEEDED", output: { dryRun: false, executions: 2 } });
  expect(applied.output?.totals).toMatchObject(counts);
  expect(applied.output?.totals.lastHour).toBe(hour);
  const after = await keys(cloud, "raw/", "unformatted/", "replayed/");
  const again = await run(cloud, { dryRun: false });
  expect(again.output?.totals).toMatchObject({ records: 2, landed: 0, stays: { format: 2 } });
  expect(again.output?.totals.leftOut).toEqual({ "a failed batch that was replayed before": 1 });
  expect(await keys(cloud, "raw/", "unformatted/", "replayed/")).toEqual(after);

  // The hourly step takes the hours up by itself.
  const next = Math.floor(systemClock.now() / 3_600_000 + 1) * 3_600_000 + 600_000;
  const fired = await cloud.fireSchedules(new Date(next));
  expect(fired.map(({ status, error }) => error ?? status)).toEqual(["SUCCEEDED", "SUCCEEDED"]);
  expect(
    await queryRows(cloud, 'SELECT count(*), count(DISTINCT "_id"), count(DISTINCT "n"), sum("n") FROM "records"'),
  ).toEqual([["48", "48", "48", String(1 + 2 + 3 + 501 + (1001 + 1044) * 22)]]);
  expect(await queryRows(cloud, 'SELECT "reason", count(*) FROM "unformatted" GROUP BY "reason"')).toEqual([
    ["format", "2"],
  ]);
}, 120_000);

test("a request that is none fails, and the topic is told", async () => {
  const cloud = clouds.at(-1) as LocalCloud;
  const refused = await run(cloud, { dryrun: false, reasons: ["bored"], from: "yesterday" });
  expect(refused).toMatchObject({ status: "FAILED", error: "ReplayFailed" });
  const problem =
    'the input of a replay: \\"dryrun\\" is not a field; use dryRun, sources, reasons, tables, from, to; reasons contains \\"bored\\"; use format, ';
  expect(refused.cause).toContain(JSON.stringify(problem).slice(1, -1));
  const topic = (cloud.service("sns") as SnsService).topics().find(({ arn }) => arn === cloud.outputs.topic);
  expect(topic?.messages.map(({ subject }) => subject)).toEqual(["Streamlake: a replay failed"]);
});

test("a choice of reasons leaves failed batches out, and hours outside the range are not read", async () => {
  const cloud = clouds.at(-1) as LocalCloud;
  const chosen = await run(cloud, { reasons: ["rejected"] });
  expect(chosen.output?.totals).toMatchObject({
    objects: 2,
    records: 0,
    leftOut: { "failed batches, which have no reason and no table yet": 1 },
  });
  expect((await run(cloud, { to: "2026-01-01T00" })).output?.totals).toMatchObject({ objects: 1, records: 0 });
});

test("a failed batch whose retention ended after it was listed is left out, by what the role may do", async () => {
  const cloud = clouds.at(-1) as LocalCloud;
  const request = { dryRun: false, sources: ["failed"], reasons: [], tables: [] };
  const { Payload, FunctionError } = (await cloud.call("lambda", "Invoke", {
    FunctionName: cloud.outputs.chunk,
    Payload: Buffer.from(JSON.stringify({ request, chunk: { source: "failed", keys: ["aws/lambda/uuid/expired"] } })),
  })) as { Payload: Uint8Array; FunctionError?: string };
  const answer = JSON.parse(Buffer.from(Payload).toString());
  expect([FunctionError, answer]).toEqual([
    undefined,
    { totals: expect.objectContaining({ objects: 1, leftOut: { "a failed batch whose retention has ended": 1 } }) },
  ]);
});

test("what its roles may do is what they did", () => {
  const cloud = clouds.at(-1) as LocalCloud;
  const { denied, unused } = cloud.usage();
  expect(denied).toEqual([]);
  expect(unused.filter(({ role, action }) => role.includes("replay") && !action.startsWith("logs:"))).toEqual([]);
});
