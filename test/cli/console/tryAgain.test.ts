/** "Try again" of a console: the records of a run that is over, sent through a program that has learnt a format. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { serveConsole } from "../../../cli/console/serveConsole";
import { findRun } from "../../../cli/project/runs/listRuns";
import type { ReplayAnswer, UnformattedAnswer } from "../../../console/wire";
import { systemClock } from "../../../local/cloud/clock";

const ROOT = path.join(__dirname, "../../..");
let work: string;
let base: string;
const ending = new AbortController();

/** The stack's program with these formats. */
function program(formats: object): void {
  const text = `
    const { DataLake, FormatRouter, StreamIngest } = require(${JSON.stringify(path.join(ROOT, "index"))});
    const stream = new StreamIngest("in");
    const lake = new DataLake("lake");
    new FormatRouter("router", { stream, lake, batchWindowSeconds: 1, formats: ${JSON.stringify(formats)} });
    exports.streamName = stream.streamName;
  `;
  writeFileSync(path.join(work, "program.js"), text);
}

beforeAll(async () => {
  work = mkdtempSync(path.join(tmpdir(), "again-"));
  writeFileSync(path.join(work, "Pulumi.yaml"), "name: lake\nruntime: nodejs\nmain: program.js\n");
  writeFileSync(path.join(work, "Pulumi.dev.yaml"), "config:\n  aws:region: us-east-1\n");
  program({ json: {} });
  const argv = [
    path.join(ROOT, "bin/streamlake.js"),
    ..."local --records 40 --malformed 0 --formats json,csv --seed 3".split(" "),
  ];
  await promisify(execFile)(process.execPath, argv, { cwd: work });
  const run = findRun(path.join(work, ".streamlake"), { stack: undefined, run: undefined });
  const console = { port: 0, token: "t", clock: systemClock, signal: ending.signal };
  const { address, ended } = await serveConsole(run.run, { ...console, program: { cwd: work, env: process.env } });
  ended.catch(() => undefined);
  base = address.slice(0, address.indexOf("?"));
});
afterAll(() => {
  ending.abort(new Error("the test ends"));
  rmSync(work, { recursive: true, force: true });
});

async function ask<T>(name: string, body?: unknown): Promise<{ status: number; answer: T }> {
  const response = await fetch(`${base}api/${name}`, {
    headers: { "x-streamlake-token": "t" },
    ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
  });
  return { status: response.status, answer: (await response.json()) as T };
}

async function unformatted(): Promise<number> {
  const { answer } = await ask<UnformattedAnswer>("unformatted");
  return answer.groups.reduce((sum, { records }) => sum + records, 0);
}

test("a dry run writes nothing; the records then land, and leave the page", async () => {
  const before = await unformatted();
  expect(before).toBeGreaterThan(5);
  program({ json: {}, csv: {} });
  const dry = await ask<ReplayAnswer>("replay", { reasons: ["format"] });
  expect(dry).toMatchObject({ status: 200, answer: { isDryRun: true } });
  expect(dry.answer.text).toContain(
    `${before} records through the router: ${before} would land, 0 still cannot be used`,
  );
  expect(dry.answer.text).toMatch(/\n\nnothing was written$/);
  expect(await unformatted()).toBe(before);

  const { status, answer } = await ask<ReplayAnswer>("replay", { apply: true });
  expect([status, answer.isDryRun]).toEqual([200, false]);
  expect(answer.text).toContain(`${before} records through the router: ${before} landed, 0 still cannot be used`);
  expect(await unformatted()).toBe(0);
});

test.each([
  [
    { reasons: ["x; rm -rf /"] },
    /^console: "x; rm -rf \/" is no reason; the reasons are format, too-large, limits, checksum, empty, hook, rejected, schema$/,
  ],
  [{ reasons: "format" }, /^console: reasons is a list$/],
  [{ apply: "yes" }, /^console: apply is true or false$/],
])("the request %j is refused", async (body, error) => {
  expect(await ask("replay", body)).toEqual({ status: 400, answer: { error: expect.stringMatching(error) } });
});

test("the error of the replay itself is the answer", async () => {
  writeFileSync(path.join(work, "program.js"), "throw new Error('no program');");
  const { status, answer } = await ask<{ error: string }>("replay", {});
  expect([status, answer.error]).toEqual([400, expect.stringContaining("no program")]);
});
