/** A disabled key stops whatever it encrypts: the stream's producers, the router's objects and the failed batches. */
import { DisableKeyCommand, EnableKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { Key } from "@pulumi/aws/kms";
import { DataLake, FormatRouter, StreamIngest } from "streamlake";
import { systemClock } from "../../../../local/cloud/clock";
import type { LambdaService } from "../../../../local/services/lambda/service";
import type { LocalCloud } from "../../../../local/startLocal";
import { start, stopAll } from "../../support/start";
import { put } from "../../support/streamAndSql";

function program() {
  const key = new Key("lake-key");
  const stream = new StreamIngest("clicks");
  const lake = new DataLake("lake", { encryptionKeyArn: key.arn });
  new FormatRouter("router", { stream, lake, batchWindowSeconds: 0, retryAttempts: 1 });
  return { stream: stream.streamName, keyId: key.keyId };
}

let cloud: LocalCloud;
let kms: KMSClient;

beforeAll(async () => {
  cloud = await start(program, { clock: systemClock });
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  kms = new KMSClient({ region: cloud.region, endpoint: cloud.endpoint, credentials });
});
afterAll(async () => {
  kms.destroy();
  await stopAll();
});

const failedBatches = () => (cloud.service("lambda") as LambdaService).failedBatches();

test("a router whose lake's key is disabled loses its records: raw objects and failed batches need the same key", async () => {
  await put(cloud, ['{"n":1}']);
  expect(failedBatches()).toEqual([]);

  await kms.send(new DisableKeyCommand({ KeyId: String(cloud.outputs.keyId) }));
  await put(cloud, ['{"n":2}']);
  expect(failedBatches()).toMatchObject([
    {
      records: 1,
      condition: "RetryAttemptsExhausted",
      undelivered: expect.stringMatching(/ is disabled\.$/),
    },
  ]);

  expect(failedBatches()[0]).not.toHaveProperty("destination");

  await kms.send(new EnableKeyCommand({ KeyId: String(cloud.outputs.keyId) }));
  await put(cloud, ['{"n":3}']);
  expect(failedBatches()).toHaveLength(1);
});

test("a disabled key refuses S3 by S3's own code", async () => {
  await kms.send(new DisableKeyCommand({ KeyId: String(cloud.outputs.keyId) }));
  const bucket = cloud.resources.find(({ name, type }) => type === "aws:s3/bucket:Bucket" && name.startsWith("lake"));
  const Bucket = String(bucket?.outputs.bucket);
  const put = cloud.call("s3", "PutObject", { Bucket, Key: "raw/a", Body: Buffer.from("a") });
  await expect(put).rejects.toMatchObject({
    code: "KMS.DisabledException",
    message: expect.stringMatching(/^arn:aws:kms:.* is disabled\.$/),
  });
  await kms.send(new EnableKeyCommand({ KeyId: String(cloud.outputs.keyId) }));
});
