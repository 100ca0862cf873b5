/** The packaged router on an emulator of other people and here, with the same records: the same rows, the same objects. */
import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { DeleteRolePolicyCommand, GetRolePolicyCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { InvokeCommand, UpdateEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import { systemClock } from "../../../local/cloud/clock";
import type { LocalCloud } from "../../../local/startLocal";
import type { KinesisEvent } from "../../../local/testing";
import { start, stopAll } from "../../local/support/start";
import { awsClients, type Clients } from "./clients";
import { type Deployment, deploy } from "./deploy/deploy";
import { type Emulator, startEmulator } from "./emulator";
import { EVERY_FORMAT, everyFormatProgram, records } from "./everyFormat";
import { countVersions, keysBelow, objectsBelow } from "./objects";
import { eventsOf, putRecords, readStream, type ShardContent } from "./streams";

jest.setTimeout(120_000);

const OPTIONS = { project: "lake", stack: "dev", config: { "aws:region": "us-east-1" }, program: everyFormatProgram };
const SENT = records(1500, 11);
const PREFIXES = ["raw/", "unformatted/"];

let emulator: Emulator;
let deployment: Deployment;
let cloud: LocalCloud;
let local: Clients;
let stream: string;
let bucket: string;
let routerName: string;
let streamArn: string;
let contents: ShardContent[];

beforeAll(async () => {
  emulator = await startEmulator();
  deployment = await deploy(emulator, OPTIONS);
  cloud = await start(everyFormatProgram, { ...OPTIONS, clock: systemClock });
  local = awsClients(cloud);
  ({ stream, bucket } = deployment.outputs as { stream: string; bucket: string });
  routerName = deployment.idOf("router-router-function");
  streamArn = deployment.idOf("ingest-stream");
  await putRecords(emulator.clients.kinesis, stream, SENT);
  contents = await readStream(emulator.clients.kinesis, stream);
  await allLanded();
});
afterAll(async () => {
  for (const client of Object.values(local ?? {})) client.destroy();
  await stopAll();
  await emulator?.stop();
});

/** The ids in a lake's object: of a row, or of a record that could not be used. */
function identities(lines: readonly string[]): Set<string> {
  const ids = lines.map((line) => JSON.parse(line) as { _id?: string; id?: string });
  return new Set(ids.map(({ _id, id }) => (_id ?? id ?? "").split(".")[0] ?? ""));
}

/** Waits until each record that was sent is in the emulator's lake. */
async function allLanded(): Promise<void> {
  const until = systemClock.now() + 60_000;
  let landed = 0;
  while (systemClock.now() < until) {
    landed = identities(await linesOf(emulator.clients)).size;
    if (landed === SENT.length) return;
    await systemClock.sleep(500);
  }
  throw new Error(`${landed} of ${SENT.length} records landed\n${emulator.log().slice(-3000)}`);
}

async function linesOf({ s3 }: Clients): Promise<string[]> {
  const bodies = await Promise.all(PREFIXES.map((prefix) => objectsBelow(s3, bucket, prefix)));
  const texts = bodies.flatMap((found) => [...found.values()].map((body) => gunzipSync(body).toString()));
  return texts.flatMap((text) => text.split("\n").filter((line) => line !== "")).sort();
}

async function invoke({ lambda }: Clients, event: KinesisEvent): Promise<unknown> {
  const Payload = Buffer.from(JSON.stringify(event));
  const answer = await lambda.send(new InvokeCommand({ FunctionName: routerName, Payload }));
  return JSON.parse(Buffer.from(answer.Payload ?? []).toString());
}

const events = () => contents.flatMap((content) => eventsOf(content, streamArn, 250));
const sha256 = (body: Buffer) => `${body.length} bytes, ${createHash("sha256").update(body).digest("hex")}`;

test("what PutRecords took is what GetRecords gives: every payload, byte for byte", () => {
  const read = contents.flatMap((content) =>
    content.records.map(({ data }) => sha256(Buffer.from(data as Uint8Array))),
  );
  expect(read.sort()).toEqual(SENT.map(({ payload }) => sha256(Buffer.from(payload))).sort());
});

test("its own event source mapping lands the very lines that local's router makes of the same records", async () => {
  for (const event of contents.flatMap((content) => eventsOf(content, streamArn, 10_000))) {
    expect(await invoke(local, event)).toEqual({ batchItemFailures: [] });
  }
  const lines = await linesOf(local);
  expect(identities(lines).size).toBe(SENT.length);
  expect(await linesOf(emulator.clients)).toEqual(lines);
  const formats = lines.map((line) => (JSON.parse(line) as { _format?: string })._format);
  expect(Object.keys(EVERY_FORMAT).filter((format) => !formats.includes(format))).toEqual([]);
  expect(emulator.log()).not.toContain("failed processing Kinesis batch");
});

test("the same event makes the same objects: keys, bytes and SHA-256", async () => {
  const before = await keysBelow(local.s3, bucket, "");
  for (const event of events()) {
    expect(await invoke(emulator.clients, event)).toEqual({ batchItemFailures: [] });
    expect(await invoke(local, event)).toEqual({ batchItemFailures: [] });
  }
  const made = (await keysBelow(local.s3, bucket, "")).filter((key) => !before.includes(key));
  expect(made.length).toBeGreaterThan(8);
  const [there, here] = await Promise.all(
    [emulator.clients, local].map(async ({ s3 }) => {
      const found = await Promise.all(PREFIXES.map((prefix) => objectsBelow(s3, bucket, prefix)));
      return new Map(found.flatMap((each) => [...each]));
    }),
  );
  const digests = (of: Map<string, Buffer> | undefined) =>
    made.map((key) => [key, sha256(of?.get(key) ?? Buffer.alloc(0))]);
  expect(digests(there)).toEqual(digests(here));
});

test("a batch that is delivered again is 412 to the router: no second object, no second version", async () => {
  const { s3 } = emulator.clients;
  const versions = () => Promise.all(PREFIXES.map((prefix) => countVersions(s3, bucket, prefix)));
  const [event] = events();
  const before = await versions();
  expect(await invoke(emulator.clients, event as KinesisEvent)).toEqual({ batchItemFailures: [] });
  expect(await versions()).toEqual(before);
});

test("without its policy the router may write nothing: the emulator enforces what the program declares", async () => {
  const { iam, lambda } = emulator.clients;
  const [RoleName = "", PolicyName = ""] = deployment.idOf("router-router-policy").split(":");
  const policy = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID: deployment.idOf("router-mapping"), Enabled: false }));
  await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
  const [event] = contents.flatMap((content) => eventsOf(content, streamArn, 10));
  expect(await invoke(emulator.clients, event as KinesisEvent)).toMatchObject({
    batchItemFailures: [{ itemIdentifier: (event as KinesisEvent).Records[0]?.kinesis.sequenceNumber }],
  });
  const PolicyDocument = decodeURIComponent(policy.PolicyDocument ?? "");
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
  expect(await invoke(emulator.clients, event as KinesisEvent)).toEqual({ batchItemFailures: [] });
});
