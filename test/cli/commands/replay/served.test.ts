/** Replays against a served cloud, each command a process of its own that finds it by AWS_ENDPOINT_URL. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { unformattedLine } from "../../../../lake/envelope";
import { objectKey } from "../../../../lake/objectKey";
import { kinesisEvent } from "../../../functions/support/kinesisEvents";

const ROOT = path.join(__dirname, "../../../..");
const BIN = path.join(ROOT, "bin/streamlake.js");
const work = mkdtempSync(path.join(tmpdir(), "replay-served-"));

interface Outputs {
  readonly stream: string;
  readonly bucket: string;
  readonly failed: string;
  readonly router: string;
  readonly machine: string;
}

let served: ChildProcess;
let endpoint: string;
let outputs: Outputs;
let s3: S3Client;

beforeAll(async () => {
  writeFileSync(path.join(work, "Pulumi.yaml"), "name: lake\nruntime: nodejs\nmain: program.js\n");
  writeFileSync(path.join(work, "Pulumi.dev.yaml"), "config:\n  aws:region: us-east-1\n");
  const text = `
    const { all } = require(${JSON.stringify(require.resolve("@pulumi/pulumi"))});
    const { DataLake, FormatRouter, HourlyEtl, Replay, StreamIngest } = require(${JSON.stringify(path.join(ROOT, "index"))});
    const stream = new StreamIngest("in");
    const lake = new DataLake("lake");
    const router = new FormatRouter("router", { stream, lake, batchWindowSeconds: 1 });
    new HourlyEtl("etl", { lake });
    const { stateMachineArn } = new Replay("replay", { router, retryAttempts: 0 });
    all([stream.streamName, lake.bucketName, lake.nodes.failed.bucket.id, router.functionName, stateMachineArn])
      .apply(([stream, bucket, failed, router, machine]) =>
        require("node:fs").writeFileSync("outputs.json", JSON.stringify({ stream, bucket, failed, router, machine })));
  `;
  writeFileSync(path.join(work, "program.js"), text);
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  endpoint = `http://127.0.0.1:${port}`;
  const argv = ["local", "--records", "20", "--malformed", "0", "--serve", "--port", String(port)];
  served = spawn(process.execPath, [BIN, ...argv], { cwd: work, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  served.stdout?.on("data", (chunk) => (said += chunk));
  served.stderr?.on("data", (chunk) => (said += chunk));
  while (!said.includes(`is served at ${endpoint}`)) {
    if (served.exitCode !== null) throw new Error(`ended with ${served.exitCode}:\n${said}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const file = path.join(work, "outputs.json");
  expect(existsSync(file)).toBe(true);
  outputs = JSON.parse(readFileSync(file, "utf8"));
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  s3 = new S3Client({ endpoint, region: "us-east-1", credentials });
}, 120_000);

afterAll(async () => {
  s3?.destroy();
  if (served.exitCode === null) {
    served.kill("SIGINT");
    await once(served, "exit");
  }
  rmSync(work, { recursive: true, force: true });
});

function streamlake(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const env = { ...process.env, AWS_ENDPOINT_URL: endpoint };
  return new Promise((resolve) => {
    execFile(process.execPath, [BIN, ...argv], { cwd: work, env }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

async function keys(...prefixes: string[]): Promise<string[]> {
  const pages = prefixes.map((Prefix) => s3.send(new ListObjectsV2Command({ Bucket: outputs.bucket, Prefix })));
  return (await Promise.all(pages)).flatMap(({ Contents = [] }) => Contents.map(({ Key = "" }) => Key));
}

/** A record that an earlier router could not use, and one that nobody can; resolves to their key. */
async function quarantine(shard: string, hour = "2026-11-20T10"): Promise<string> {
  const arrivedMillis = Date.parse(`${hour}:04:09.123Z`);
  const lines = ["a,b\n1,2\n", "{"].map((text, n) => {
    const record = {
      shard,
      sequenceNumber: `10${n}`,
      subSequence: 0,
      partitionKey: "k",
      arrivedMillis,
      payload: Buffer.from(text),
    };
    return unformattedLine(record, outputs.stream, { reason: "format", detail: "of old" });
  });
  const range = { shard, first: "100", last: "101", count: 2 };
  const Key = objectKey("unformatted/", "records", hour, range);
  await s3.send(new PutObjectCommand({ Bucket: outputs.bucket, Key, Body: gzipSync(lines.join("")) }));
  return Key;
}

async function failBatch(name: string): Promise<void> {
  const functionArn = `arn:aws:lambda:us-east-1:000000000000:function:${outputs.router}`;
  const payload = JSON.stringify(kinesisEvent([{ sequenceNumber: "900", data: '{"n":900}', shard: name }]));
  const Body = JSON.stringify({ requestContext: { functionArn }, version: "1.0", payload });
  await s3.send(new PutObjectCommand({ Bucket: outputs.failed, Key: `aws/lambda/uuid/${name}/2026/11/20/x`, Body }));
}

test("the run that is served is not reopened", async () => {
  const { code, out, err } = await streamlake("replay");
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toMatch(
    /^streamlake replay: the process \d+ uses the run \d{8}-\d{6}; end it first, or replay through what it serves with --function and --endpoint-url\n$/,
  );
});

const ways: [string, () => string[], string][] = [
  ["this machine", () => ["--function", outputs.router, "--failed-bucket", outputs.failed], "shardId-000000000007"],
  ["the state machine", () => ["--workflow", outputs.machine], "shardId-000000000008"],
];

test.each(ways)(
  "by %s: a dry run, then the rows, then nothing any more",
  async (_, how, shard) => {
    const before = await keys("raw/");
    await quarantine(shard);
    await failBatch(shard);
    const only = ["--from", "2026-11-20T10", "--to", "2026-11-20T10"];

    const dry = await streamlake("replay", ...how(), ...only);
    expect(dry).toMatchObject({ code: 0, err: "" });
    expect(dry.out).toMatch(/\b[34] records through the router: 2 would land, [12] still cannot be used/);
    expect(dry.out).toContain("nothing was written; use --apply to write");
    expect(await keys("raw/")).toEqual(before);

    const applied = await streamlake("replay", ...how(), ...only, "--apply");
    expect(applied).toMatchObject({ code: 0, err: "" });
    expect(applied.out).toMatch(/\b[34] records through the router: 2 landed, [12] still cannot be used/);
    expect(applied.out).toMatch(
      /start it by hand for hours .*, so these cover all\)\n {2}\{"hour":"2026-11-20T10"\}\n$/,
    );
    const landed = (await keys("raw/")).filter((key) => !before.includes(key));
    expect(landed.map((key) => key.replace(/-r[0-9a-f]{16}/, "-r"))).toEqual([
      `raw/records/dt=2026-11-20/hour=10/${shard}-100-100-1-r.ndjson.gz`,
      `raw/records/dt=2026-11-20/hour=10/${shard}-900-900-1-r.ndjson.gz`,
    ]);

    const everything = await keys("raw/", "unformatted/", "replayed/");
    const again = await streamlake("replay", ...how(), ...only, "--apply");
    expect(again.out).toMatch(/\b[12] records? through the router: 0 landed, [12] still cannot be used/);
    expect(again.out).toContain("× a failed batch that was replayed before");
    expect(await keys("raw/", "unformatted/", "replayed/")).toEqual(everything);
  },
  120_000,
);

test("a state machine that is none, or refuses, is told by name", async () => {
  const other = await streamlake("replay", "--workflow", outputs.machine.replace("replay", "other"));
  expect(other.code).toBe(1);
  expect(other.err).toContain("State Machine Does Not Exist");
  const both = await streamlake("replay", "--workflow", outputs.machine, "--function", outputs.router);
  expect(both).toMatchObject({ code: 2 });
  expect(both.err).toContain("--function replays from this machine, --workflow on Step Functions; give one of them");
}, 60_000);

test("a replay that fails in part says what it landed, and which object failed", async () => {
  const range = { shard: "shardId-000000000009", first: "100", last: "101", count: 2 };
  const whole = await quarantine(range.shard, "2026-11-19T10");
  const Key = objectKey("unformatted/", "records", "2026-11-19T10", { ...range, first: "090" });
  await s3.send(new PutObjectCommand({ Bucket: outputs.bucket, Key, Body: "no gzip" }));
  const hour = ["--from", "2026-11-19T10", "--to", "2026-11-19T10", "--source", "unformatted"];
  const { code, out, err } = await streamlake("replay", "--workflow", outputs.machine, ...hour, "--apply");
  expect(out).toContain("2 records through the router: 1 landed, 1 still cannot be used");
  expect(out).toContain("failed: 1 object");
  expect(out).toContain('{"hour":"2026-11-19T10"}');
  expect(code).toBe(1);
  expect(err).toContain("ended as FAILED: ReplayFailed");
  expect(err).toContain(Key);
  expect(await keys("unformatted/records/dt=2026-11-19/")).not.toContain(whole);
}, 60_000);
