/** What the emulator cannot do, so that no test there stands for it; local's own tests hold each of these. */
import { CreateRegistryCommand } from "@aws-sdk/client-glue";
import { ListShardsCommand, PutRecordCommand } from "@aws-sdk/client-kinesis";
import { GetEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { systemClock } from "../../../local/cloud/clock";
import { type Deployment, deploy } from "./deploy/deploy";
import { type Emulator, startEmulator } from "./emulator";

jest.setTimeout(90_000);

/** Reports every record as failed, or throws. */
const CODE = `exports.handler = async ({ Records }) => {
  if (process.env.THROWS) throw new Error("no");
  return { batchItemFailures: Records.map(({ kinesis }) => ({ itemIdentifier: kinesis.sequenceNumber })) };
};`;
const trust = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
};

function program(): void {
  const stream = new aws.kinesis.Stream("stream", {
    name: "stream",
    streamModeDetails: { streamMode: "ON_DEMAND" },
  });
  const failed = new aws.s3.Bucket("failed", { bucket: "failed-batches" });
  const role = new aws.iam.Role("role", { assumeRolePolicy: JSON.stringify(trust) });
  const Statement = [{ Effect: "Allow", Action: ["kinesis:*", "s3:*"], Resource: "*" }];
  const policy = JSON.stringify({ Version: "2012-10-17", Statement });
  const made = new aws.iam.RolePolicy("policy", { role: role.name, policy });
  const code = new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset(CODE) });
  for (const [name, variables] of [
    ["reporting", {}],
    ["throwing", { THROWS: "1" }],
  ] as const) {
    const fn = new aws.lambda.Function(name, {
      role: role.arn,
      runtime: "nodejs24.x",
      handler: "index.handler",
      environment: { variables },
      code,
    });
    new aws.lambda.EventSourceMapping(
      `${name}-mapping`,
      {
        eventSourceArn: stream.arn,
        functionName: fn.arn,
        startingPosition: "TRIM_HORIZON",
        functionResponseTypes: ["ReportBatchItemFailures"],
        maximumRetryAttempts: 0,
        destinationConfig: { onFailure: { destinationArn: failed.arn } },
      },
      { dependsOn: made },
    );
  }
}

let emulator: Emulator;
let deployment: Deployment;
beforeAll(async () => {
  emulator = await startEmulator();
  deployment = await deploy(emulator, { project: "absent", config: { "aws:region": "us-east-1" }, program });
  const Data = Buffer.from("one");
  await emulator.clients.kinesis.send(new PutRecordCommand({ StreamName: "stream", Data, PartitionKey: "k" }));
});
afterAll(async () => {
  await emulator?.stop();
});

/** What the mapping says of its last batch, once there was one. */
async function resultOf(mapping: string): Promise<string> {
  for (const until = systemClock.now() + 30_000; systemClock.now() < until; await systemClock.sleep(100)) {
    const UUID = deployment.idOf(mapping);
    const told = await emulator.clients.lambda.send(new GetEventSourceMappingCommand({ UUID }));
    const { LastProcessingResult: result = "" } = told;
    if (result === "FAILED" || result.startsWith("OK")) return result;
  }
  throw new Error(`${mapping} handed over nothing in 30 s\n${emulator.log().slice(-3000)}`);
}

test("an on-demand stream has one shard; on AWS it has four", async () => {
  const { Shards = [] } = await emulator.clients.kinesis.send(new ListShardsCommand({ StreamName: "stream" }));
  expect(Shards).toHaveLength(1);
});

test("partial batch responses of Kinesis mappings are not read: what the function reports as failed counts as done", async () => {
  expect(await resultOf("reporting-mapping")).toBe("OK - 1 records");
});

test("retries have no end: nothing is given up, and no failed batch is in the on-failure destination", async () => {
  expect(await resultOf("throwing-mapping")).toBe("FAILED");
  const attempts = () => emulator.log().split("failed processing Kinesis batch").length - 1;
  for (const until = systemClock.now() + 30_000; systemClock.now() < until && attempts() < 3; )
    await systemClock.sleep(200);
  expect(attempts()).toBeGreaterThanOrEqual(3);
  const { KeyCount } = await emulator.clients.s3.send(new ListObjectsV2Command({ Bucket: "failed-batches" }));
  expect(KeyCount).toBe(0);
});

test("Glue's Schema Registry is refused by name", async () => {
  await expect(emulator.clients.glue.send(new CreateRegistryCommand({ RegistryName: "r" }))).rejects.toMatchObject({
    name: "InvalidAction",
    message: "Unknown Glue action: CreateRegistry",
  });
});
