/** Failed batches through a router behind a served endpoint, by the clients that would speak to AWS. */
import { DataLake, FormatRouter, StreamIngest } from "streamlake";
import { replayFromHere } from "../../../cli/replay/fromHere";
import { findingsLines } from "../../../cli/replay/report";
import { type AwsTarget, awsTarget } from "../../../cli/replay/target";
import type { ReplayRequest } from "../../../lake/replay/request";
import type { ReplayTarget } from "../../../lake/replay/run";
import { systemClock } from "../../../local/cloud/clock";
import type { LocalCloud } from "../../../local/startLocal";
import type { WorkStep } from "../../../local/workStep";
import { kinesisEvent } from "../../functions/support/kinesisEvents";
import { start, stopAll } from "../../local/support/start";

function program() {
  const stream = new StreamIngest("in");
  const lake = new DataLake("lake");
  const { functionName } = new FormatRouter("router", { stream, lake });
  return { functionName, failed: lake.resources.failedBucketName, bucket: lake.bucketName, stream: stream.streamName };
}

let cloud: LocalCloud;
let target: AwsTarget;
const output = (name: string) => String(cloud.outputs[name]);

function open(functionName: string): AwsTarget {
  return awsTarget({ functionName, env: {}, endpointUrl: cloud.endpoint, signal: new AbortController().signal });
}

beforeAll(async () => {
  cloud = await start(program, { clock: systemClock });
  target = open(output("functionName"));
});
afterAll(async () => {
  target.close();
  await stopAll();
});

/** As Lambda leaves it, of a function with this name. */
async function fail(name: string, functionName: string, payload: object): Promise<void> {
  const functionArn = `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`;
  const document = { requestContext: { functionArn }, version: "1.0", payload: JSON.stringify(payload) };
  await cloud.call("s3", "PutObject", {
    Bucket: output("failed"),
    Key: `aws/lambda/uuid/shardId-000000000003/2026/11/20/${name}`,
    Body: Buffer.from(JSON.stringify(document)),
  });
}

async function keys(prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of target.bucket(output("bucket")).list(prefix)) found.push(key);
  return found;
}

async function replay(dryRun: boolean, from?: string): Promise<string[]> {
  const request: ReplayRequest = {
    dryRun,
    sources: ["failed"],
    reasons: [],
    tables: [],
    ...(from !== undefined && { from }),
  };
  const origin = { functionName: output("functionName"), failedBuckets: [output("failed")] };
  return findingsLines(await replayFromHere(target, request, origin), dryRun, {});
}

test("a failed batch lands whole, usable or not, once; batches of other functions are left alone", async () => {
  const event = kinesisEvent([
    { sequenceNumber: "101", data: '{"n":1}' },
    { sequenceNumber: "102", data: '{"n":' },
  ]);
  await fail("a", output("functionName"), event);
  await fail("b", "another", event);
  expect((await replay(true, "2026-11-20T11"))[0]).toBe(
    "0 records through the router: 0 would land, 0 still cannot be used",
  );
  const planned = await replay(true);
  expect(planned[0]).toBe("2 records through the router: 1 would land, 1 still cannot be used");
  expect(planned.at(-1)).toBe("left out: 1 × a failed batch of another function");
  expect([...(await keys("raw/")), ...(await keys("unformatted/")), ...(await keys("replayed/"))]).toEqual([]);

  expect((await replay(false))[0]).toBe("2 records through the router: 1 landed, 1 still cannot be used");
  const landed = [...(await keys("raw/")), ...(await keys("unformatted/"))];
  expect(landed.map((key) => key.replace(/-r[0-9a-f]{16}/, "-r"))).toEqual([
    "raw/records/dt=2026-11-20/hour=10/shardId-000000000003-101-101-1-r.ndjson.gz",
    "unformatted/records/dt=2026-11-20/hour=10/shardId-000000000003-102-102-1-r.ndjson.gz",
  ]);

  const again = await replay(false);
  expect(again[0]).toBe("0 records through the router: 0 landed, 0 still cannot be used");
  expect(again).toContain("left out: 1 × a failed batch that was replayed before");
  expect([...(await keys("raw/")), ...(await keys("unformatted/"))]).toEqual(landed);
});

test("a function that is not there, and one that fails, are told by name", async () => {
  const strange = open("nobody");
  const replay = { dryRun: true, source: "failed" } as const;
  try {
    await expect(strange.invoke({ Records: [], replay })).rejects.toThrow("Function not found");
  } finally {
    strange.close();
  }
  await expect(target.invoke({ Records: [{ no: "record" }], replay })).rejects.toThrow(
    `streamlake replay: ${output("functionName")} failed: Error: Records[0] of the event is not a Kinesis record`,
  );
});

test("the steps have the bytes of the objects that the request takes", async () => {
  const at = (hour: string) => `unformatted/clicks/dt=2026-11-20/hour=${hour}/shardId-000000000000-1-2-2.ndjson.gz`;
  const listed = [
    { key: at("08"), size: 100 },
    { key: at("09"), size: 300 },
    { key: at("10"), size: 500 },
    { key: "unformatted/other", size: 700 },
  ];
  const bucket = {
    async *list() {
      yield* listed;
    },
    get: async () => undefined,
    put: () => Promise.reject(new Error("a dry run writes nothing")),
    delete: () => Promise.reject(new Error("a dry run deletes nothing")),
  };
  const answer = { stream: "clicks", bucket: "lake", prefixes: { unformatted: "unformatted/" } };
  const invoke = async () => answer as unknown as Awaited<ReturnType<ReplayTarget["invoke"]>>;
  const steps: WorkStep[] = [];
  await replayFromHere(
    { invoke, bucket: () => bucket },
    { dryRun: true, sources: ["unformatted"], reasons: [], tables: [], from: "2026-11-20T09" },
    { functionName: "router", failedBuckets: [] },
    (step) => steps.push(step),
  );
  expect(steps).toEqual([
    { what: "listing unformatted records" },
    { what: "replaying unformatted records", bytes: 0, ofBytes: 800 },
    { what: "replaying unformatted records", bytes: 300, ofBytes: 800 },
  ]);
});
