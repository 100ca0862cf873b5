/** Parameters as AWS's client sees them: names and ARNs, types, permissions and keys. */
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { Principal } from "../../../../local/cloud/iam/principal";
import { kmsService } from "../../../../local/services/kms/service";
import { ssmService } from "../../../../local/services/ssm/service";
import { type TestCloud, testCloud } from "../../support/testCloud";

const KEY = "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-0000-4000-8000-000000000001";
const ARN = "arn:aws:ssm:eu-central-1:123456789012:parameter/shop/salt";

let local: TestCloud;
const clients: SSMClient[] = [];

beforeEach(async () => {
  local = await testCloud(ssmService, kmsService);
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await local.close();
});

function clientOf(principal?: Principal): SSMClient {
  const client = new SSMClient(local.clientConfig(principal));
  clients.push(client);
  return client;
}

const parameter = (name: string, more: object = {}) =>
  local.declare("aws:ssm/parameter:Parameter", name, { name, type: "SecureString", value: "pepper", ...more });

test("a parameter is found by its name and by its ARN", async () => {
  const { id, outputs } = await parameter("/shop/salt");
  expect({ id, outputs }).toEqual({ id: "/shop/salt", outputs: { arn: ARN, name: "/shop/salt", version: 1 } });
  for (const Name of ["/shop/salt", ARN]) {
    const { Parameter } = await clientOf().send(new GetParameterCommand({ Name, WithDecryption: true }));
    expect(Parameter).toEqual({
      ARN,
      DataType: "text",
      LastModifiedDate: new Date("2026-11-20T10:00:00.000Z"),
      Name: "/shop/salt",
      Type: "SecureString",
      Value: "pepper",
      Version: 1,
    });
  }
});

test("a parameter outside a hierarchy has a slash in its ARN alone", async () => {
  const { outputs } = await parameter("salt", { type: "String", value: undefined, insecureValue: "sugar" });
  expect(outputs.arn).toBe("arn:aws:ssm:eu-central-1:123456789012:parameter/salt");
  const { Parameter } = await clientOf().send(new GetParameterCommand({ Name: "salt" }));
  expect(Parameter?.Value).toBe("sugar");
});

test("a new value is a new version", async () => {
  await parameter("salt");
  const client = clientOf();
  await expect(client.send(new PutParameterCommand({ Name: "salt", Value: "b" }))).rejects.toMatchObject({
    name: "ParameterAlreadyExists",
  });
  expect((await client.send(new PutParameterCommand({ Name: "salt", Value: "b", Overwrite: true }))).Version).toBe(2);
  const { Parameter } = await client.send(new GetParameterCommand({ Name: "salt", WithDecryption: true }));
  expect(Parameter).toMatchObject({ Value: "b", Version: 2 });
});

test("an update of the resource is a new version, and a deleted one is not found", async () => {
  const type = "aws:ssm/parameter:Parameter";
  await parameter("salt");
  const simulation = local.cloud.service("ssm").resources[type];
  const inputs = { name: "salt", type: "SecureString", value: "new" };
  expect(await simulation?.update?.("salt", { type, name: "salt", inputs }, {})).toEqual({
    outputs: { arn: "arn:aws:ssm:eu-central-1:123456789012:parameter/salt", name: "salt", version: 2 },
  });
  await simulation?.delete("salt", { type, name: "salt", inputs });
  const get = clientOf().send(new GetParameterCommand({ Name: "salt" }));
  await expect(get).rejects.toMatchObject({ name: "ParameterNotFound" });
});

test.each([
  ["AWS's own key", undefined, [], "allowed"],
  ["AWS's own key by its alias", "alias/aws/ssm", [], "allowed"],
  ["a customer's key, without a permission on it", KEY, [], "denied"],
  ["a customer's key, for this parameter", KEY, [ARN], "allowed"],
  ["a customer's key, for another parameter", KEY, [`${ARN}2`], "denied"],
])("a role reads a SecureString with %s", async (_, keyId, contexts, verdict) => {
  await parameter("/shop/salt", { keyId });
  const role = await local.role("reader", [
    { Effect: "Allow", Action: "ssm:GetParameter", Resource: ARN },
    ...contexts.map((context) => ({
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: KEY,
      Condition: { StringEquals: { "kms:EncryptionContext:PARAMETER_ARN": context } },
    })),
  ]);
  const asked = clientOf(role).send(new GetParameterCommand({ Name: ARN, WithDecryption: true }));
  if (verdict === "allowed") expect((await asked).Parameter?.Value).toBe("pepper");
  else {
    await expect(asked).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining(`is not authorized to perform: kms:Decrypt on resource: ${KEY}`),
    });
  }
});

test.each([
  ["kms:Encrypt", "allowed"],
  ["kms:GenerateDataKey", "denied"],
])("a role that may %s writes a SecureString with a customer's key: %s", async (Action, verdict) => {
  await parameter("/shop/salt", { keyId: KEY });
  const role = await local.role("writer", [
    { Effect: "Allow", Action: "ssm:PutParameter", Resource: ARN },
    { Effect: "Allow", Action, Resource: KEY },
  ]);
  const put = new PutParameterCommand({ Name: "/shop/salt", Value: "b", Overwrite: true });
  if (verdict === "allowed") expect((await clientOf(role).send(put)).Version).toBe(2);
  else {
    await expect(clientOf(role).send(put)).rejects.toMatchObject({
      message: expect.stringContaining(`is not authorized to perform: kms:Encrypt on resource: ${KEY}`),
    });
  }
});

test("a role reads no parameter that it may not read", async () => {
  await parameter("/shop/salt");
  const role = await local.role("reader", [{ Effect: "Allow", Action: "ssm:GetParameter", Resource: `${ARN}2` }]);
  const asked = clientOf(role).send(new GetParameterCommand({ Name: "/shop/salt", WithDecryption: true }));
  await expect(asked).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: expect.stringContaining(`is not authorized to perform: ssm:GetParameter on resource: ${ARN}`),
  });
});

const REFUSED: [string, object, string][] = [
  ["encrypted values", { Name: "salt" }, "the encrypted value of a SecureString is not simulated; set WithDecryption"],
  ["versions", { Name: "salt:1", WithDecryption: true }, "labels and versions in names are not simulated"],
  ["versions by ARN", { Name: `${ARN}:1`, WithDecryption: true }, "labels and versions in names are not simulated"],
];

test.each(REFUSED)("%s are refused by name", async (_, input, problem) => {
  await parameter("salt");
  const asked = clientOf().send(new GetParameterCommand(input as { Name: string }));
  await expect(asked).rejects.toMatchObject({
    name: "ValidationException",
    message: expect.stringContaining(`local/ssm: ${problem}`),
  });
});

test.each([
  ["a type", { type: "Secret" }, 'type is "Secret"; use one of String, StringList, SecureString'],
  [
    "a key's alias",
    { keyId: "alias/mine" },
    'keyId "alias/mine" is an alias, which is not simulated; use the key\'s ARN',
  ],
  ["an empty value", { value: "" }, "the value has 0 bytes; a parameter has 1 to 8192"],
])("%s is refused when declared", async (_, more, message) => {
  await expect(parameter("salt", more)).rejects.toThrow(message);
});

test("names are checked, and are taken once", async () => {
  await expect(parameter("my salt")).rejects.toThrow(
    'the name "my salt" is not one; use letters, digits and "_.-", with "/" between levels',
  );
  await parameter("salt");
  await expect(parameter("salt")).rejects.toThrow('a parameter "salt" already exists');
});

test("the inputs that are simulated and that have no effect", () => {
  const { resources } = local.cloud.service("ssm");
  expect(
    Object.entries(resources).map(([type, { simulated, withoutEffect }]) => [type, simulated, withoutEffect]),
  ).toEqual([
    [
      "aws:ssm/parameter:Parameter",
      ["name", "type", "value", "insecureValue", "keyId"],
      ["description", "tags", "tier"],
    ],
  ]);
});
