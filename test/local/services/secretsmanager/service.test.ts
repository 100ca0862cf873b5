/** Secrets as AWS's client sees them: current and former values, permissions and keys, deletion. */
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Principal } from "../../../../local/cloud/iam/principal";
import { kmsService } from "../../../../local/services/kms/service";
import { secretsManagerService } from "../../../../local/services/secretsmanager/service";
import { type TestCloud, testCloud } from "../../support/testCloud";

const KEY = "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-0000-4000-8000-000000000001";

let local: TestCloud;
const clients: SecretsManagerClient[] = [];

beforeEach(async () => {
  local = await testCloud(secretsManagerService, kmsService);
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await local.close();
});

function clientOf(principal?: Principal): SecretsManagerClient {
  const client = new SecretsManagerClient(local.clientConfig(principal));
  clients.push(client);
  return client;
}

async function secret(name: string, value?: string, more: object = {}): Promise<string> {
  const { id } = await local.declare("aws:secretsmanager/secret:Secret", name, { name, ...more });
  if (value !== undefined) await version(id, value);
  return id;
}

const version = (secretId: string, secretString: string) =>
  local.declare("aws:secretsmanager/secretVersion:SecretVersion", "value", { secretId, secretString });

const simulationOf = (type: string) => {
  const simulation = local.cloud.service("secretsmanager").resources[type];
  if (!simulation) throw new Error(`there is no ${type}`);
  return simulation;
};

test("a declared value is the current version, found by ARN and by name", async () => {
  const arn = await secret("shop/salt", "pepper");
  expect(arn).toMatch(/^arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop\/salt-[A-Za-z0-9]{6}$/);
  for (const SecretId of [arn, "shop/salt"]) {
    const { $metadata, VersionId, ...answer } = await clientOf().send(new GetSecretValueCommand({ SecretId }));
    expect(answer).toEqual({
      ARN: arn,
      Name: "shop/salt",
      SecretString: "pepper",
      VersionStages: ["AWSCURRENT"],
      CreatedDate: new Date("2026-11-20T10:00:00.000Z"),
    });
    expect(VersionId).toMatch(/^[0-9a-f-]{36}$/);
  }
});

test("a new value is current, and the former one previous", async () => {
  const SecretId = await secret("salt", "one");
  const client = clientOf();
  const put = await client.send(new PutSecretValueCommand({ SecretId, SecretString: "two" }));
  expect(put.VersionStages).toEqual(["AWSCURRENT"]);
  const stringOf = async (more: object) =>
    (await client.send(new GetSecretValueCommand({ SecretId, ...more }))).SecretString;
  expect(await stringOf({})).toBe("two");
  expect(await stringOf({ VersionStage: "AWSPREVIOUS" })).toBe("one");
  expect(await stringOf({ VersionId: put.VersionId })).toBe("two");
  await expect(stringOf({ VersionStage: "AWSPENDING" })).rejects.toMatchObject({
    name: "ResourceNotFoundException",
    message: "Secrets Manager can't find the specified secret value for staging label: AWSPENDING",
  });
});

test("a binary value has no string", async () => {
  const SecretId = await secret("key");
  const inputs = { secretId: SecretId, secretBinary: Buffer.from("pepper").toString("base64") };
  await local.declare("aws:secretsmanager/secretVersion:SecretVersion", "value", inputs);
  const answer = await clientOf().send(new GetSecretValueCommand({ SecretId }));
  expect(answer.SecretString).toBeUndefined();
  expect(Buffer.from(answer.SecretBinary as Uint8Array).toString()).toBe("pepper");
});

test("a role reads the secrets that it may read, and no others", async () => {
  const mine = await secret("mine", "a");
  const other = await secret("other", "b");
  const role = await local.role("reader", [
    { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: mine },
  ]);
  const client = clientOf(role);
  expect((await client.send(new GetSecretValueCommand({ SecretId: mine }))).SecretString).toBe("a");
  for (const SecretId of [other, "nothing"]) {
    await expect(client.send(new GetSecretValueCommand({ SecretId }))).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining("is not authorized to perform: secretsmanager:GetSecretValue on resource:"),
    });
  }
});

test.each([
  ["without a permission on the key", [], "denied"],
  ["for this secret", [{ "kms:EncryptionContext:SecretARN": "mine" }], "allowed"],
  ["for another secret", [{ "kms:EncryptionContext:SecretARN": "other" }], "denied"],
])("a customer's key %s", async (_, contexts, verdict) => {
  const arns: Record<string, string> = {
    mine: await secret("mine", "a", { kmsKeyId: KEY }),
    other: await secret("other", "b"),
  };
  const statements = contexts.map((context) => ({
    Effect: "Allow",
    Action: "kms:Decrypt",
    Resource: KEY,
    Condition: { StringEquals: Object.fromEntries(Object.entries(context).map(([key, name]) => [key, arns[name]])) },
  }));
  const read = { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: arns.mine };
  const role = await local.role("reader", [read, ...statements]);
  const asked = clientOf(role).send(new GetSecretValueCommand({ SecretId: arns.mine }));
  if (verdict === "allowed") expect((await asked).SecretString).toBe("a");
  else {
    await expect(asked).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining(`is not authorized to perform: kms:Decrypt on resource: ${KEY}`),
    });
  }
});

test("a secret without a value, and one that does not exist, are not found", async () => {
  const empty = await secret("empty");
  const get = (SecretId: string) => clientOf().send(new GetSecretValueCommand({ SecretId }));
  await expect(get(empty)).rejects.toMatchObject({
    name: "ResourceNotFoundException",
    message: "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
  });
  await expect(get("nothing")).rejects.toMatchObject({
    name: "ResourceNotFoundException",
    message: "Secrets Manager can't find the specified secret.",
  });
});

test("a deleted secret keeps its name for its recovery window, and without one is gone", async () => {
  const type = "aws:secretsmanager/secret:Secret";
  const kept = await secret("kept", "a");
  await simulationOf(type).delete(kept, { type, name: "kept", inputs: { name: "kept" } });
  await expect(clientOf().send(new GetSecretValueCommand({ SecretId: kept }))).rejects.toMatchObject({
    name: "InvalidRequestException",
    message: "You can't perform this operation on the secret because it was marked for deletion.",
  });
  await expect(secret("kept")).rejects.toThrow('a secret "kept" is scheduled for deletion');

  const gone = await secret("gone", "a");
  await simulationOf(type).delete(gone, { type, name: "gone", inputs: { name: "gone", recoveryWindowInDays: 0 } });
  expect(await secret("gone", "b")).not.toBe(gone.slice(0, -7));
});

test("a former version is deleted, and the current one stays", async () => {
  const type = "aws:secretsmanager/secretVersion:SecretVersion";
  const SecretId = await secret("salt");
  const one = await version(SecretId, "one");
  const two = await version(SecretId, "two");
  for (const { id } of [one, two]) await simulationOf(type).delete(id, { type, name: "value", inputs: {} });
  const client = clientOf();
  expect((await client.send(new GetSecretValueCommand({ SecretId }))).SecretString).toBe("two");
  const former = new GetSecretValueCommand({ SecretId, VersionStage: "AWSPREVIOUS" });
  await expect(client.send(former)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});

test.each([
  ["an empty value", "", "the value has 0 bytes; a secret has 1 to 65536"],
  ["a large value", "x".repeat(65_537), "the value has 65537 bytes; a secret has 1 to 65536"],
])("%s is refused", async (_, value, message) => {
  await expect(secret("salt", value)).rejects.toThrow(message);
});

test("an alias of a customer's key, a wrong name and a put with labels are refused by name", async () => {
  await expect(secret("salt", undefined, { kmsKeyId: "alias/mine" })).rejects.toThrow(
    'kmsKeyId "alias/mine" is an alias, which is not simulated; use the key\'s ARN',
  );
  await expect(secret("a salt")).rejects.toThrow('the name "a salt" is not one; use letters, digits and /_+=.@-');
  const SecretId = await secret("salt", "a");
  const put = new PutSecretValueCommand({ SecretId, SecretString: "b", VersionStages: ["AWSPENDING"] });
  await expect(clientOf().send(put)).rejects.toMatchObject({
    name: "InvalidParameterException",
    message: "local/secretsmanager: PutSecretValue is simulated with SecretString alone; see docs/fidelity.md",
  });
});

test("the inputs that are simulated and that have no effect", () => {
  const { resources } = local.cloud.service("secretsmanager");
  expect(
    Object.entries(resources).map(([type, { simulated, withoutEffect }]) => [type, simulated, withoutEffect]),
  ).toEqual([
    [
      "aws:secretsmanager/secret:Secret",
      ["name", "namePrefix", "kmsKeyId", "recoveryWindowInDays"],
      ["description", "tags"],
    ],
    ["aws:secretsmanager/secretVersion:SecretVersion", ["secretId", "secretString", "secretBinary"], undefined],
  ]);
});
