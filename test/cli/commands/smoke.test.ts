/** The smoke test of a deployed stack, against a served cloud that it finds by AWS_ENDPOINT_URL. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

const ROOT = path.join(__dirname, "../../..");
const BIN = path.join(ROOT, "bin/streamlake.js");
const work = mkdtempSync(path.join(tmpdir(), "smoke-"));

let served: ChildProcess;
let endpoint: string;
let outputs: Record<string, string>;

beforeAll(async () => {
  writeFileSync(path.join(work, "Pulumi.yaml"), "name: lake\nruntime: nodejs\nmain: program.js\n");
  writeFileSync(path.join(work, "Pulumi.dev.yaml"), "config:\n  aws:region: us-east-1\n");
  const text = `
    const { output } = require(${JSON.stringify(require.resolve("@pulumi/pulumi"))});
    const { DataLake, FormatRouter, HourlyEtl, StreamIngest } = require(${JSON.stringify(path.join(ROOT, "index"))});
    const { sensorLayout } = require(${JSON.stringify(path.join(ROOT, "lake/sensorLayout"))});
    const stream = new StreamIngest("in");
    const lake = new DataLake("lake");
    const formats = { json: {}, ndjson: {}, csv: {}, binary: { layouts: [sensorLayout] } };
    new FormatRouter("router", { stream, lake, formats, batchWindowSeconds: 1 });
    const { stateMachineArn } = new HourlyEtl("etl", { lake });
    const { streamName } = stream;
    const { bucketName, databaseName, workgroupName } = lake;
    const outputs = { streamName, bucketName, databaseName, workgroupName, stateMachineArn };
    output({ ...outputs, resultsBucket: lake.nodes.results.bucket.id }).apply((values) =>
      require("node:fs").writeFileSync("outputs.json", JSON.stringify(values)));
  `;
  writeFileSync(path.join(work, "program.js"), text);
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  endpoint = `http://127.0.0.1:${port}`;
  const argv = ["local", "--records", "0", "--serve", "--port", String(port)];
  served = spawn(process.execPath, [BIN, ...argv], { cwd: work, stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  served.stdout?.on("data", (chunk) => (printed += chunk));
  served.stderr?.on("data", (chunk) => (printed += chunk));
  while (!printed.includes(`is served at ${endpoint}`)) {
    if (served.exitCode !== null) throw new Error(`ended with ${served.exitCode}:\n${printed}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  outputs = JSON.parse(readFileSync(path.join(work, "outputs.json"), "utf8"));
}, 240_000);

afterAll(async () => {
  if (served.exitCode === null) {
    served.kill("SIGINT");
    await once(served, "exit");
  }
  rmSync(work, { recursive: true, force: true });
});

function smoke(given: object, ...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const file = path.join(work, "given.json");
  writeFileSync(file, JSON.stringify(given));
  const env = { ...process.env, AWS_ENDPOINT_URL: endpoint };
  return new Promise((resolve) => {
    execFile(process.execPath, [BIN, "smoke", "--outputs", file, ...argv], { cwd: work, env }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

test("every step of a stack that works is checked, with a line each", async () => {
  const { code, out, err } = await smoke(outputs, "--records", "60", "--malformed", "0.2");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const lines = out.trimEnd().split("\n");
  expect(lines.map((line) => line.split(/ +/, 2).join(" "))).toEqual(
    expect.arrayContaining(["ok sent", "ok landed", "ok hour", "ok table", "ok ledger"]),
  );
  expect(lines[1]).toMatch(/^ok {2}landed {4}48 as \d+ rows, 12 unformatted$/);
  expect(lines.at(-1)).toMatch(
    /^ok {2}ledger {4}60 records in = 48 with rows \+ 12 unformatted; (\d+) rows in raw\/ = \1 in/,
  );
}, 240_000);

test("a database that is not the stack's fails with the table and the reason", async () => {
  const { code, err } = await smoke({ ...outputs, databaseName: "other" }, "--records", "5", "--malformed", "0");
  expect(code).toBe(1);
  expect(err).toMatch(/^streamlake smoke: SQL on the table records of other failed: .+\n$/);
}, 240_000);

test("records that do not land in the lake fail with their number", async () => {
  const elsewhere = { ...outputs, bucketName: outputs.resultsBucket };
  const { code, err } = await smoke(elsewhere, "--records", "3", "--timeout", "3");
  expect(code).toBe(1);
  expect(err).toMatch(
    /^streamlake smoke: 3 records of 3 did not land in lake-results-\w+ in time, the first is shardId-\d+\/\d+; /,
  );
}, 240_000);

test.each([
  ["not JSON", "{", "expected JSON"],
  ["no outputs", "{}", "has no output streamName, bucketName, databaseName, workgroupName, stateMachineArn; export it"],
])("a file with %s is refused", async (_, text, message) => {
  const file = path.join(work, "wrong.json");
  writeFileSync(file, text);
  const { stderr } = await new Promise<{ stderr: string }>((resolve) => {
    execFile(process.execPath, [BIN, "smoke", "--outputs", file], { cwd: work }, (_error, _out, stderr) =>
      resolve({ stderr }),
    );
  });
  expect(stderr).toContain(message);
});
