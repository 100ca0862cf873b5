/** Hooks with secrets, from the declared value to the row: permissions, rotation, and batches that cannot have the value. */
import { createHmac } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import * as kms from "@pulumi/aws/kms";
import { Secret, SecretVersion } from "@pulumi/aws/secretsmanager";
import { Parameter } from "@pulumi/aws/ssm";
import * as pulumi from "@pulumi/pulumi";
import { DataLake, FormatRouter, type FormatRouterArgs, StreamIngest } from "streamlake";
import { systemClock } from "../../../local/cloud/clock";
import type { LambdaService } from "../../../local/services/lambda/service";
import type { LocalCloud } from "../../../local/startLocal";
import { start, stopAll } from "../support/start";
import { put } from "../support/streamAndSql";

afterEach(stopAll);

const program =
  (more: Partial<FormatRouterArgs> = {}) =>
  () => {
    const value = new pulumi.Config("shop").requireSecret("salt");
    const key = new kms.Key("secrets");
    const salt = new Secret("salt", { kmsKeyId: key.arn });
    new SecretVersion("salt-value", { secretId: salt.id, secretString: value });
    const name = new Parameter("name", { name: "/shop/name", type: "SecureString", value, keyId: key.arn });
    const stream = new StreamIngest("in");
    const lake = new DataLake("lake");
    new FormatRouter("router", {
      stream,
      lake,
      formats: { json: {} },
      batchWindowSeconds: 0,
      retryAttempts: 0,
      secrets: {
        SALT: { secretArn: salt.arn, keyArn: key.arn, maxAgeSeconds: 1 },
        NAME: { parameterArn: name.arn, keyArn: key.arn },
      },
      hooks: {
        transform: (row, { secret }) => {
          const { createHmac } = require("node:crypto") as typeof import("node:crypto");
          const hashed = (word: string) => createHmac("sha256", word).update(String(row.email)).digest("hex");
          return { salt: hashed(secret("SALT")), name: hashed(secret("NAME")) };
        },
      },
      ...more,
    });
    return { stream: stream.streamName, salt: salt.arn, bucket: lake.bucketName };
  };

const run = (more?: Partial<FormatRouterArgs>) =>
  start(program(more), { clock: systemClock, config: { "shop:salt": "a salt that no file has" } });

const hashed = (word: string, text: string) => createHmac("sha256", word).update(text).digest("hex");

async function rows(cloud: LocalCloud): Promise<unknown[]> {
  const Bucket = String(cloud.outputs.bucket);
  const { Contents = [] } = (await cloud.call("s3", "ListObjectsV2", { Bucket, Prefix: "raw/" })) as {
    Contents?: { Key: string }[];
  };
  const lines = await Promise.all(
    Contents.map(async ({ Key }) => {
      const { Body } = (await cloud.call("s3", "GetObject", { Bucket, Key })) as { Body: Uint8Array };
      return gunzipSync(Body).toString().trim().split("\n");
    }),
  );
  return lines.flat().map((line) => JSON.parse(line).data);
}

function files(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

test("rows have the values of both services, a rotated value follows, and no file of the run has one", async () => {
  const cloud = await run();
  await put(cloud, ['{"email":"ada@example.com"}']);
  const word = "a salt that no file has";
  const email = "ada@example.com";
  expect(await rows(cloud)).toEqual([{ salt: hashed(word, email), name: hashed(word, email) }]);

  await cloud.call("secretsmanager", "PutSecretValue", { SecretId: cloud.outputs.salt, SecretString: "another" });
  await systemClock.sleep(1100);
  await put(cloud, ['{"email":"ada@example.com"}']);
  expect(await rows(cloud)).toContainEqual({ salt: hashed("another", email), name: hashed(word, email) });

  expect(cloud.usage().denied).toEqual([]);
  const withValue = files(cloud.dataDir).filter((file) => readFileSync(file).includes(word));
  expect(withValue).toEqual([]);
});

test("without the permission on the key no record is taken: the batch fails by the secret's name and is kept", async () => {
  const cloud = await run({
    transform: {
      function: {
        policy: (args) => {
          args.policy = pulumi
            .output(args.policy)
            .apply((text) => String(text).replaceAll("kms:Decrypt", "kms:Encrypt"));
        },
      },
    },
  });
  await put(cloud, ['{"email":"ada@example.com"}']);
  expect(await rows(cloud)).toEqual([]);
  expect((cloud.service("lambda") as LambdaService).failedBatches()).toMatchObject([
    { records: 1, condition: "RetryAttemptsExhausted", destination: expect.stringContaining("aws/lambda/") },
  ]);
  const log = files(join(cloud.dataDir, "logs")).map((file) => readFileSync(file, "utf8"));
  expect(log.join("")).toMatch(/the secret \\?"(SALT|NAME)\\?" cannot be read: AccessDeniedException: .*kms:Decrypt/);
});
