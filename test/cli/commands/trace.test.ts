/** A record's way, in a local run by its files and in a deployed stack by its outputs: both give the same answer. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { KinesisClient, PutRecordCommand } from "@aws-sdk/client-kinesis";
import { DeleteObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { beginRun, startRun } from "../../../cli/project/runs/startRun";
import { rawLineWriter } from "../../../lake/envelope";
import { type ServedStack, serveStack } from "../support/servedStack";

const LOCAL = { accessKeyId: "local", secretAccessKey: "local" };

let stack: ServedStack;
let kinesis: KinesisClient;
beforeAll(async () => {
  stack = await serveStack({ more: `outputs.idleStream = new StreamIngest("idle").streamName;` });
  writeFileSync(path.join(stack.work, "out.json"), JSON.stringify(stack.outputs));
  kinesis = new KinesisClient({ region: "us-east-1", endpoint: stack.endpoint, credentials: LOCAL });
}, 240_000);
afterAll(() => {
  kinesis.destroy();
  return stack.stop();
});

async function put(stream: string | undefined, PartitionKey: string, data: string): Promise<string> {
  const command = new PutRecordCommand({ StreamName: stream, PartitionKey, Data: Buffer.from(data) });
  const { ShardId, SequenceNumber } = await kinesis.send(command);
  return `${ShardId}/${SequenceNumber}`;
}

const there = (...argv: string[]) => stack.run(["trace", "--outputs", "out.json", ...argv]);
const here = (...argv: string[]) => stack.run(["trace", ...argv]);
/** S3 has the times of objects in seconds. */
const withoutTimes = (text: string) => text.replace(/sealed at [^:]+:\d\d:\d\d\.\d{3}Z/g, "sealed at …");

async function landed(record: string): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    const { code, out } = await there(record);
    if (code === 0) return out;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${record} did not land`);
}

test("a record is followed from the stream to its table, and a text finds it", async () => {
  const csv = await put(stack.outputs.streamName, "shop-7", "order,note\n4711,Zoë\n4712,b\n");
  const bad = await put(stack.outputs.streamName, "shop-8", '{"order":"4711');
  const way = await landed(csv);
  await landed(bad);
  const hour = /dt=(\S+)\/hour=(\d\d)/.exec(way);
  const [, dt, of] = hour ?? [];
  const lines = way.split("\n");
  expect(lines[0]).toBe(`record   ${csv}/0`);
  expect(lines[1]).toBe(`  stream   ${stack.outputs.streamName}, stream partition key shop-7`);
  expect(lines[2]).toMatch(/^ {2}arrived {2}\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(lines[3]).toBe("  format   csv");
  expect(lines[4]).toMatch(
    new RegExp(
      `^  landed   2 rows \\(0 to 1\\) in s3://${stack.outputs.bucketName}/raw/records/dt=${dt}/hour=${of}/shardId-\\S+$`,
    ),
  );
  expect(lines[6]).toBe(`hour     ${dt}T${of} of records`);
  expect(lines[7]).toMatch(/^ {2}state {4}pending: /);
  const sql = `SELECT * FROM "records" WHERE "dt" = '${dt}' AND "hour" = '${of}' AND "_id" IN ('${csv}/0.0', '${csv}/0.1')`;
  expect(lines[8]).toBe(`  query    ${sql}`);
  expect((await here(csv)).out).toBe(way);

  const refused = await there(bad);
  expect(refused.out).toContain(`  reason   format: `);
  expect(refused.out).toContain(`  landed   14 bytes in s3://${stack.outputs.bucketName}/unformatted/records/dt=`);
  expect(refused.out).toContain(`hour     ${dt}T${of} of unformatted records\n  state    answers SQL at once\n`);
  expect(refused.err).toMatch(/^listed \d+ objects?, read 1 \([\d.]+ k?B\)\n$/);

  expect((await stack.run(["flush"])).code).toBe(0);
  const sealed = await there(`${csv}/0.1`);
  expect(sealed.out).toMatch(/ {2}landed {3}1 row \(1\) in /);
  expect(sealed.out).toMatch(
    / {2}state {4}sealed at \S+: the table has every row\n {2}rows {5}1 row in the table records\n/,
  );
  expect(withoutTimes((await here(`${csv}/0.1`)).out)).toBe(withoutTimes(sealed.out));

  const found = JSON.parse((await there("4711", "--json")).out);
  expect(found.findings).toMatchObject([
    {
      area: "raw",
      record: `${csv}/0`,
      rowIds: [`${csv}/0.0`],
      format: "csv",
      partitionKey: "shop-7",
      table: "records",
    },
    { area: "unformatted", record: `${bad}/0`, rowIds: [], reason: "format", bytes: 14, partitionKey: "shop-8" },
  ]);
  expect(found.tables).toMatchObject([{ table: "records", rows: 1, state: { stage: "sealed" } }, { table: "records" }]);
  expect((await there("Zoë")).out).toContain(`record   ${csv}/0\n`);
  expect((await there("shop-8")).out).toContain(`record   ${bad}/0\n`);
  const { key, bucket } = found.findings[0];
  const whole = await there(`s3://${bucket}/${key}`);
  expect(whole.out).toContain(`record   ${csv}/0\n`);
  expect(whole.err).toMatch(/^listed 1 object, read 1 /);
  expect((await there(key, "--prefix", "clicks/")).code).toBe(1);
}, 240_000);

test("a record is found in what Firehose delivered", async () => {
  const { bucketName: Bucket = "" } = stack.outputs;
  const Key = "raw/sales/dt=2026-11-20/hour=10/sales-1-2026-11-20-10-15-00-0f0e1d2c.delivered.ndjson.gz";
  const record = { shard: "shardId-000000000003", sequenceNumber: "4711", partitionKey: "till-4" };
  const arrivedMillis = Date.parse("2026-11-20T10:14:00Z");
  const write = rawLineWriter({ ...record, arrivedMillis, payload: Buffer.from("{}") }, "sales-stream", "json");
  const s3 = new S3Client({ region: "us-east-1", endpoint: stack.endpoint, credentials: LOCAL });
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: gzipSync(write(0, '{"total":5}')) }));
  try {
    for (const subject of ["shardId-000000000003/4711", "till-4", `s3://${Bucket}/${Key}`]) {
      const { code, out } = await there(subject, "--hour", "2026-11-20T10");
      expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining(` in s3://${Bucket}/${Key}\n`) });
      expect(out).toContain("record   shardId-000000000003/4711/0\n");
    }
    expect((await there("shardId-000000000003/4712", "--hour", "2026-11-20T10")).code).toBe(1);
    expect((await here("till-4")).out).toContain(`s3://${Bucket}/${Key}\n`);
  } finally {
    await s3.send(new DeleteObjectCommand({ Bucket, Key }));
    s3.destroy();
  }
}, 240_000);

test("an hour that failed has the failure of its execution", async () => {
  const { bucketName: Bucket = "", streamName } = stack.outputs;
  const record = await put(streamName, "k", '{"late":"by far"}');
  const way = await landed(record);
  const key = /s3:\/\/[^/]+\/(\S+)/.exec(way)?.[1] ?? "";
  const broken = key.replace(/[^/]+$/, "shardId-000000000000-1-1-1.ndjson.gz");
  const s3 = new S3Client({ region: "us-east-1", endpoint: stack.endpoint, credentials: LOCAL });
  await s3.send(new PutObjectCommand({ Bucket, Key: broken, Body: "no gzip" }));
  try {
    expect((await stack.run(["flush"])).code).toBe(1);
    const failed = await there(record);
    expect(failed.out).not.toContain("the table has every row");
    expect(failed.out).toMatch(
      / {2}failed {3}\S+Z in arn:aws:states:\S+: flatten: States\.TaskFailed: .*CorruptObject: raw object .+\n/,
    );
  } finally {
    await s3.send(new DeleteObjectCommand({ Bucket, Key: broken }));
    s3.destroy();
  }
}, 240_000);

test("a record that has not landed has its place in the stream", async () => {
  const record = await put(stack.outputs.idleStream, "k", "{}");
  writeFileSync(
    path.join(stack.work, "idle.json"),
    JSON.stringify({ ...stack.outputs, streamName: stack.outputs.idleStream }),
  );
  const { code, out, err } = await stack.run(["trace", "--outputs", "idle.json", record]);
  expect(code).toBe(1);
  expect(out).toMatch(
    new RegExp(
      `^record   ${record}\n  stream   ${stack.outputs.idleStream}, stream partition key k, 2 bytes\n  arrived `,
    ),
  );
  expect(err).toMatch(
    /\nstreamlake trace: the record is in the stream, and in no object of the hour \S+ \(UTC\): the router has not written it yet, or it is in a failed batch \(see: streamlake replay --help\)\n$/,
  );
  expect((await here(record)).err).toContain(
    "streamlake trace: the record is in the stream, and in no object of the hour ",
  );
}, 240_000);

test.each([
  [
    ["nothing-like-it", "--hour", "2020-01-01T00"],
    '"nothing-like-it" is in no object of the hour 2020-01-01T00 (UTC); --since looks further back',
  ],
  [
    ["shardId-000000000009/1", "--hour", "2020-01-01T00"],
    '"shardId-000000000009/1" is in no object of the hour 2020-01-01T00 (UTC); --since looks further back',
  ],
])(
  "%j is not found",
  async (argv, message) => {
    const { code, out, err } = await there(...argv);
    expect({ code, out, err }).toEqual({
      code: 1,
      out: "",
      err: `listed 0 objects, read 0 (0 B)\nstreamlake trace: ${message}\n`,
    });
  },
  60_000,
);

test("a local run is searched as a whole", async () => {
  const { code, err } = await here("nothing-like-it");
  expect(code).toBe(1);
  expect(err).toMatch(/\nstreamlake trace: "nothing-like-it" is in no object of the run\n$/);
}, 60_000);

test("a run whose rows Firehose writes as Parquet names their view, and denies nothing", async () => {
  const directory = startRun(path.join(stack.work, "parquet"), {
    project: "lake",
    stack: "dev",
    seed: 1,
    startedAt: "2026-11-20T11:00:00.000Z",
  });
  beginRun(directory, 5);
  const folder = path.join(directory, "s3/lake/parquet-output/sales_delivered_files/dt=2026-11-20/hour=11");
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "a.parquet"), "");
  const { code, out, err } = await here("536365", "--dir", "parquet");
  expect({ code, out, err }).toEqual({
    code: 1,
    out: [
      "view     sales_delivered, Parquet of Firehose, 2026-11-20T11",
      "  rows     not searched: SQL finds them",
      `  query    SELECT * FROM "sales_delivered" WHERE "dt" = '2026-11-20' AND "hour" = '11'`,
      "\n",
    ].join("\n"),
    err: `listed 0 objects, read 0 (0 B)\nstreamlake trace: "536365" is in no object that was read of the run; rows that Firehose writes as Parquet are not searched for text: select them from sales_delivered by streamlake query\n`,
  });
}, 60_000);

test("an empty text is wrong usage", async () => {
  expect(await here("")).toEqual({ code: 2, out: "", err: "streamlake trace: the text is empty; see --help\n" });
}, 60_000);
