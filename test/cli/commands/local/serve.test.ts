/** A served cloud from another terminal: browsers, the AWS SDK, `produce`, `flush`, and the lines that it prints. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import type { Greeting } from "../../../../cli/serve/greeting";

const ROOT = path.join(__dirname, "../../../..");
const BIN = path.join(ROOT, "bin/streamlake.js");

let dir: string;
let child: ChildProcess;
let out = "";
let endpoint: string;
let greeting: Greeting;

const until = async (holds: () => boolean, what: string) => {
  while (!holds()) {
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode} before ${what}:\n${out}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
const streamlake = (...argv: string[]): Promise<{ code: number; out: string; err: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [BIN, ...argv], { cwd: ROOT }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, out: stdout, err: stderr }),
    );
  });

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), "serve-"));
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const argv = ["local", "--records", "20", "--malformed", "0", "--serve", "--port", String(port), "--dir", dir];
  child = spawn(process.execPath, [BIN, ...argv], { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk) => {
      out += chunk;
    });
  }
  await until(() => out.includes("Times are UTC."), "it serves");
  endpoint = /is served at (\S+) until/.exec(out)?.[1] as string;
  greeting = (await (await fetch(endpoint, { headers: { accept: "application/json" } })).json()) as Greeting;
});
afterAll(async () => {
  if (child.exitCode === null) {
    child.kill("SIGINT");
    await once(child, "exit");
  }
  rmSync(dir, { recursive: true, force: true });
});

const clientConfig = () => ({
  endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
});

test("a browser is greeted with a page, and S3 still lists its buckets at the same address", async () => {
  const page = await fetch(endpoint, { headers: { accept: "text/html,application/xhtml+xml" } });
  expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(await page.text()).toContain(`<code>${greeting.streams[0]}</code>`);
  const s3 = new S3Client(clientConfig());
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  s3.destroy();
  expect(Buckets.map(({ Name }) => Name).sort()).toEqual([...greeting.buckets].sort());
});

test("a visit to another path is a call of S3", async () => {
  expect(await (await fetch(`${endpoint}/favicon.ico`)).text()).toContain("NoSuchBucket");
});

test("what is sent is flushed at once, and both terminals tell it", async () => {
  const stream = greeting.streams[0] as string;
  const sent = ["--records", "200", "--malformed", "0", "--formats", "json", "--endpoint-url", endpoint];
  expect((await streamlake("produce", "--stream", stream, ...sent)).code).toBe(0);
  const flushed = await streamlake("flush", "--dir", dir);
  expect(flushed.err).toBe("");
  expect(flushed.out).toMatch(/^1 hour: [\d,]+ rows in records \(\d{4}-\d\d-\d\dT\d\d\)\ntook /);
  await until(() => /flush: 1 hour: [\d,]+ rows in records/.test(out), "the flush is told");
  await until(() => out.includes(`  ${stream}: `), "the batches are told");
  const batches = [...out.matchAll(/: ([\d,]+) records?, ([\d,]+) rows?$/gm)].map(([, records, rows]) => [
    records,
    rows,
  ]);
  expect(batches.length).toBeGreaterThan(0);
  for (const [records, rows] of batches) expect(rows).toBe(records);
  const again = await streamlake("flush", "--dir", dir);
  expect(again.out).toMatch(/^nothing to do: every row that landed is in its table\ntook /);
});

test("the state machine accepts {} and tells that nothing was to do", async () => {
  const sfn = new SFNClient(clientConfig());
  const stateMachineArn = greeting.stateMachines[0];
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input: "{}" }));
  let end = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  while (end.status === "RUNNING") end = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  sfn.destroy();
  expect([end.status, JSON.parse(end.output ?? "")]).toEqual([
    "SUCCEEDED",
    { hour: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d$/), result: "nothing to do", hours: 0 },
  ]);
  await until(() => /workflow \S+: \S+ SUCCEEDED, nothing to do \(up to /.test(out), "the workflow is told");
});

test("the flush of a state machine by its ARN goes through the API of Step Functions", async () => {
  const [arn = ""] = greeting.stateMachines;
  const { code, out: text, err } = await streamlake("flush", "--workflow", arn, "--endpoint-url", endpoint);
  expect([code, err]).toEqual([0, ""]);
  expect(text).toMatch(/^nothing to do: every row that landed is in its table\ntook /);
});

test("Ctrl-C ends it, and a flush then finds no served run", async () => {
  child.kill("SIGINT");
  expect(await once(child, "exit")).toEqual([130, null]);
  const { code, err } = await streamlake("flush", "--dir", dir);
  expect(code).toBe(1);
  expect(err).toBe(`streamlake flush: no run in ${dir} is served; serve one with: streamlake local --serve\n`);
  expect(out).not.toContain("FAILED");
});
