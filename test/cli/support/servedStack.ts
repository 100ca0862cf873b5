/** A program that is served by the command itself, with the outputs of its stack, as a deployed one has them. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

const ROOT = path.join(__dirname, "../../..");
const BIN = path.join(ROOT, "bin/streamlake.js");

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface ServedStack {
  /** The directory of the project. */
  readonly work: string;
  readonly endpoint: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** Runs the command there, with `AWS_ENDPOINT_URL`; a variable that is undefined is not set. */
  run(argv: readonly string[], env?: Readonly<Record<string, string | undefined>>): Promise<Ended>;
  stop(): Promise<void>;
}

/** @param more statements of the program after its lake; they may add to `outputs` */
export async function serveStack({ more = "", records = 0 } = {}): Promise<ServedStack> {
  const work = mkdtempSync(path.join(tmpdir(), "served-"));
  writeFileSync(path.join(work, "Pulumi.yaml"), "name: lake\nruntime: nodejs\nmain: program.js\n");
  writeFileSync(path.join(work, "Pulumi.dev.yaml"), "config:\n  aws:region: us-east-1\n");
  const text = `
    const pulumi = require(${JSON.stringify(require.resolve("@pulumi/pulumi"))});
    const aws = require(${JSON.stringify(require.resolve("@pulumi/aws"))});
    const { DataLake, FormatRouter, HourlyEtl, Replay, StreamIngest } = require(${JSON.stringify(path.join(ROOT, "index"))});
    const { sensorLayout } = require(${JSON.stringify(path.join(ROOT, "lake/sensorLayout"))});
    const stream = new StreamIngest("in");
    const lake = new DataLake("lake");
    const formats = { json: {}, ndjson: {}, csv: {}, binary: { layouts: [sensorLayout] } };
    const router = new FormatRouter("router", { stream, lake, formats, batchWindowSeconds: 1 });
    const { stateMachineArn } = new HourlyEtl("etl", { lake });
    const { streamName } = stream;
    const { bucketName, databaseName, workgroupName } = lake;
    const outputs = { streamName, bucketName, databaseName, workgroupName, stateMachineArn };
    outputs.resultsBucket = lake.nodes.results.bucket.id;
    ${more}
    pulumi.output(outputs).apply((values) =>
      require("node:fs").writeFileSync("outputs.json", JSON.stringify(values)));
  `;
  writeFileSync(path.join(work, "program.js"), text);
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const endpoint = `http://127.0.0.1:${port}`;
  const argv = ["local", "--records", String(records), "--serve", "--port", String(port)];
  const served = spawn(process.execPath, [BIN, ...argv], { cwd: work, stdio: ["ignore", "pipe", "pipe"] });
  await awaitText(served, `is served at ${endpoint}`);
  const outputs = JSON.parse(readFileSync(path.join(work, "outputs.json"), "utf8"));
  return {
    work,
    endpoint,
    outputs,
    run: (given, changes = {}) => {
      const env = { ...process.env, AWS_ENDPOINT_URL: endpoint, ...changes };
      return new Promise((resolve) => {
        execFile(process.execPath, [BIN, ...given], { cwd: work, env }, (error, out, err) =>
          resolve({ code: error ? Number(error.code) : 0, out, err }),
        );
      });
    },
    async stop() {
      if (served.exitCode === null) {
        served.kill("SIGINT");
        await once(served, "exit");
      }
      rmSync(work, { recursive: true, force: true });
    },
  };
}

async function awaitText(served: ChildProcess, text: string): Promise<void> {
  let printed = "";
  served.stdout?.on("data", (chunk) => (printed += chunk));
  served.stderr?.on("data", (chunk) => (printed += chunk));
  while (!printed.includes(text)) {
    if (served.exitCode !== null) throw new Error(`ended with ${served.exitCode}:\n${printed}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
