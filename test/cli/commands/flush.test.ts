/** `streamlake flush`: what it is asked for wrongly, what is not there, and endpoints that are no served cloud. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { dispatch } from "../../../cli/dispatch";
import { changeMarker } from "../../../cli/project/runs/marker";
import { beginRun, endRun, startRun } from "../../../cli/project/runs/startRun";
import { testIo } from "../support/testIo";

const ARN = "arn:aws:states:us-east-1:000000000000:stateMachine:hourly";
let cwd: string;
let server: Server | undefined;
beforeEach(() => {
  cwd = mkdtempSync(path.join(tmpdir(), "flush-"));
});
afterEach(() => {
  server?.close();
  server = undefined;
  rmSync(cwd, { recursive: true, force: true });
});

async function run(...argv: string[]) {
  const io = testIo({ cwd });
  const code = await dispatch(["flush", ...argv], io);
  return { code, out: io.out().toString(), err: io.err() };
}

/** A server that answers everything with this; resolves to its endpoint. */
async function answering(status: number, body: string): Promise<string> {
  server = createServer((_request, response) => response.writeHead(status).end(body)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server?.once("listening", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The directory of a run with results whose process is this one. */
function runHere(startedAt = "2026-11-20T10:00:00.000Z"): string {
  const marker = { project: "lake", stack: "dev", seed: 7, startedAt, pid: process.pid };
  const directory = startRun(path.join(cwd, ".streamlake"), marker);
  beginRun(directory, 5);
  changeMarker(directory, { outcome: { records: 1, balanced: true } });
  return directory;
}

const servedNowhere = (of = "") =>
  `streamlake flush: no run${of} in ${path.join(cwd, ".streamlake")} is served; serve one with: streamlake local --serve\n`;

test.each([
  [
    ["--workflow", ARN, "--stack", "dev"],
    "streamlake flush: --workflow starts a state machine, and --stack names a local run; give only one\n",
  ],
  [["--workflow", "hourly"], 'streamlake flush: --workflow must be the ARN of a state machine, not "hourly"\n'],
  [["now"], 'streamlake flush: unexpected argument "now"; see --help\n'],
])("%j is wrong usage", async (argv, err) => {
  expect(await run(...argv)).toEqual({ code: 2, out: "", err });
});

test("without a run that is served there is nothing to flush", async () => {
  expect(await run()).toEqual({ code: 1, out: "", err: servedNowhere() });
  const directory = runHere();
  expect(await run("--stack", "dev")).toEqual({ code: 1, out: "", err: servedNowhere(' of the stack "dev"') });
  changeMarker(directory, { endpoint: "http://127.0.0.1:1" });
  endRun(directory, "stopped");
  expect(await run()).toEqual({ code: 1, out: "", err: servedNowhere() });
});

test("two served runs are named", async () => {
  changeMarker(runHere(), { endpoint: "http://127.0.0.1:1" });
  changeMarker(runHere("2026-11-20T11:00:00.000Z"), { endpoint: "http://127.0.0.1:2" });
  expect(await run()).toEqual({
    code: 1,
    out: "",
    err: "streamlake flush: 2 runs are served (20261120-110000 at http://127.0.0.1:2, 20261120-100000 at http://127.0.0.1:1); add --endpoint-url\n",
  });
});

test("the served run's endpoint is asked, and its answer printed", async () => {
  const flushed = [{ hour: "2026-11-20T10", table: "orders", rows: 5 }];
  changeMarker(runHere(), { endpoint: await answering(200, JSON.stringify({ flushed, isBehind: true })) });
  const { code, out, err } = await run();
  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatch(
    /^1 hour: 5 rows in orders \(2026-11-20T10\)\na function has not taken all records within 10 s; the others are left for the next flush\ntook \d+\.\d s\n$/,
  );
  expect(JSON.parse((await run("--json")).out)).toEqual({ flushed, isBehind: true });
});

test.each([
  [500, '{"error":"local/lambda: broken"}', () => "streamlake flush: local/lambda: broken"],
  [
    500,
    '{"error":"streamlake flush: the program declares no HourlyEtl"}',
    () => "streamlake flush: the program declares no HourlyEtl",
  ],
  [
    404,
    "<Error/>",
    (endpoint: string) =>
      `streamlake flush: ${endpoint} is not a served local cloud of this version; start one with: streamlake local --serve`,
  ],
])("the answer %i %s is an error", async (status, body, message) => {
  const endpoint = await answering(status, body);
  expect(await run("--endpoint-url", endpoint)).toEqual({ code: 1, out: "", err: `${message(endpoint)}\n` });
});

test("a cloud that ends in the middle is an error", async () => {
  server = createServer((request) => request.socket.destroy()).listen(0, "127.0.0.1");
  await new Promise((resolve) => server?.once("listening", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const err = `streamlake flush: ${endpoint} ended before the flush did (socket hang up)\n`;
  expect(await run("--endpoint-url", endpoint)).toEqual({ code: 1, out: "", err });
});

test.each([[[]], [["--workflow", ARN]]])("nothing listening is one line (%j)", async (argv) => {
  const endpoint = await answering(200, "");
  await new Promise((resolve) => server?.close(resolve));
  const { code, err } = await run(...argv, "--endpoint-url", endpoint);
  expect(code).toBe(1);
  expect(err).toBe(
    `streamlake: nothing listens at ${endpoint}; start a local cloud there with: streamlake local --serve --port ${new URL(endpoint).port}\n`,
  );
});
