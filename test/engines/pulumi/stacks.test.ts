/** The shipped program on Pulumi's engine, by the configuration of each environment: from nothing, through data, to its end. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { EngineRun } from "./eventLog";
import {
  countRows,
  existing,
  openStack,
  packageHash,
  packages,
  REPOSITORY,
  runHour,
  type StackOnLocalAws,
} from "./shippedStack";

const created = ({ steps }: EngineRun) =>
  steps
    .filter(({ op }) => op === "create")
    .map(({ urn }) => urn)
    .sort();
const touched = ({ steps }: EngineRun) => steps.filter(({ op }) => op !== "same" && op !== "refresh");

const DESTROYED: Record<string, string> = {
  dev: "destroy leaves nothing",
  staging: "destroy leaves what holds data, and nothing else",
  prod: "destroy refuses, and leaves everything",
};

/** An object of the lake's bucket that is the program's, not data. */
const SCRIPT = "aws:s3/bucketObjectv2:BucketObjectv2 etl-script";

const packagesOf: Record<string, Record<string, string>> = {};

describe.each(["dev", "staging", "prod"])("%s", (stackName) => {
  let stack: StackOnLocalAws;
  let previewed: EngineRun;
  let outputs: Record<string, unknown>;

  beforeAll(async () => {
    stack = await openStack({ stack: stackName });
  });
  afterAll(() => stack?.close());

  test("a preview from nothing does not know outputs, and makes nothing", async () => {
    previewed = await stack.engine.preview();
    expect(previewed).toMatchObject({ code: 0, errors: [], warnings: [] });
    expect(previewed.stdout).toMatch(/bucketName\s*: \[unknown\]/);
    expect(existing(stack)).toEqual([]);
  });

  test("up makes what the preview said", async () => {
    const up = await stack.engine.up();
    expect(up).toMatchObject({ code: 0, errors: [], warnings: [] });
    expect(created(up)).toEqual(created(previewed));
    expect(touched(up).map(({ op }) => op)).toEqual(created(up).map(() => "create"));
  });

  test("records go through, to SQL", async () => {
    outputs = await stack.engine.outputs();
    await runHour(stack, outputs.streamName);
    expect(await countRows(stack, outputs, ["records", "unformatted"])).toEqual({ records: 270, unformatted: 10 });
    expect(stack.cloud.usage().denied).toEqual([]);
  });

  test("a second up changes nothing", async () => {
    packagesOf[stackName] = packages(stack);
    const again = await stack.engine.up();
    expect(again).toMatchObject({ code: 0, errors: [], warnings: [] });
    expect(touched(again)).toEqual([]);
    expect(packages(stack)).toEqual(packagesOf[stackName]);
  });

  test("a refresh finds nothing changed", async () => {
    const refreshed = await stack.engine.refresh("--expect-no-changes");
    expect(refreshed).toMatchObject({ code: 0, errors: [] });
    expect(Object.keys(refreshed.changes)).toEqual(["same"]);
  });

  test(DESTROYED[stackName] as string, async () => {
    const before = existing(stack);
    const destroyed = await stack.engine.destroy();
    const left = existing(stack);
    if (stackName === "prod") {
      expect(destroyed.code).toBe(1);
      expect(destroyed.errors.join("")).toContain(
        `resource "urn:pulumi:prod::streamlake::streamlake:index:DataLake$aws:s3/bucketPolicy:BucketPolicy::lake-lake-policy" cannot be deleted\nbecause it is protected.`,
      );
      expect(left).toEqual(before);
      return;
    }
    expect(destroyed).toMatchObject({ code: 0, errors: [] });
    const holdsData = (resource: string) => /^aws:(s3\/|kinesis\/)/.test(resource) && resource !== SCRIPT;
    expect(left).toEqual(stackName === "dev" ? [] : before.filter(holdsData));
  });
});

test("every environment has the same packages", () => {
  const { dev, staging, prod } = packagesOf;
  expect(Object.keys(dev as object).sort()).toEqual([
    "etl-plan-function",
    "etl-reconcile-function",
    "router-router-function",
  ]);
  expect(staging).toEqual(dev);
  expect(prod).toEqual(dev);
});

test("the packages are those that local runs", () => {
  const dir = mkdtempSync(path.join(tmpdir(), "local-"));
  try {
    const args = ["bin/streamlake.js", "local", "--stack", "dev", "--records", "1", "--malformed", "0", "--dir", dir];
    execFileSync(process.execPath, args, { cwd: REPOSITORY, stdio: "pipe" });
    const runs = path.join(dir, "dev", "runs");
    const functions = path.join(runs, readdirSync(runs)[0] as string, "lambda");
    const ran = readdirSync(functions, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const hashes = ran.map(({ name }) => [name.replace(/-[0-9a-f]{7}$/, ""), packageHash(path.join(functions, name))]);
    expect(Object.fromEntries(hashes)).toEqual(packagesOf.dev);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
