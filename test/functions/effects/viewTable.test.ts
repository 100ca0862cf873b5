/** The view's table over the wire: signed calls of AWS's JSON protocol 1.0. */
import { jsonCalls } from "../../../functions/effects/jsonCalls";
import { dynamoTable } from "../../../functions/effects/viewTable";
import { type ScriptedService, scriptedService } from "../support/scriptedService";

let service: ScriptedService;
const before = { ...process.env };

beforeEach(async () => {
  service = await scriptedService();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: service.url,
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "AKIAEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "secret",
  });
});
afterEach(async () => {
  process.env = { ...before };
  await service.stop();
});

const table = () => dynamoTable("customers", jsonCalls("dynamodb", { sleep: async () => undefined }));
const ok = (body: object) => ({ status: 200, body: JSON.stringify(body) });
const refused = (code: string) => ({
  status: 400,
  body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${code}`, message: "no" }),
});
const bodies = () => service.requests.map(({ body }) => JSON.parse(body));

test("items are read consistently, with the keys that are left", async () => {
  const ann = { _key: { S: "ann" }, n: { N: "1" } };
  service.answers = [
    ok({
      Responses: { customers: [ann] },
      UnprocessedKeys: { customers: { Keys: [{ _key: { S: "bob" } }], ConsistentRead: true } },
    }),
  ];
  const read = await table().read(["ann", "bob", "cid"]);
  expect([...read.items]).toEqual([["ann", ann]]);
  expect(read.unread).toEqual(["bob"]);
  const [request] = service.requests;
  expect(request?.headers).toMatchObject({
    "content-type": "application/x-amz-json-1.0",
    "x-amz-target": "DynamoDB_20120810.BatchGetItem",
    authorization: expect.stringContaining("/eu-west-1/dynamodb/aws4_request"),
  });
  const Keys = ["ann", "bob", "cid"].map((key) => ({ _key: { S: key } }));
  expect(bodies()).toEqual([{ RequestItems: { customers: { Keys, ConsistentRead: true } } }]);
});

test("an item is written if there is none, or if the stored one is the one that was read", async () => {
  service.answers = [ok({}), ok({})];
  const item = { _key: { S: "ann" }, _last: { S: "shardId-000000000001/2" } };
  expect(await table().write(item, undefined)).toBe(true);
  expect(await table().write(item, "shardId-000000000001/1")).toBe(true);
  expect(bodies()).toEqual([
    {
      TableName: "customers",
      Item: item,
      ConditionExpression: "attribute_not_exists(#name)",
      ExpressionAttributeNames: { "#name": "_key" },
    },
    {
      TableName: "customers",
      Item: item,
      ConditionExpression: "#name = :former",
      ExpressionAttributeNames: { "#name": "_last" },
      ExpressionAttributeValues: { ":former": { S: "shardId-000000000001/1" } },
    },
  ]);
});

test("another write that came first is no error, and is not tried again", async () => {
  service.answers = [refused("ConditionalCheckFailedException")];
  expect(await table().write({ _key: { S: "ann" } }, undefined)).toBe(false);
  expect(service.requests).toHaveLength(1);
});

test.each(["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"])(
  "%s is tried again",
  async (code) => {
    service.answers = [refused(code), ok({})];
    expect(await table().write({ _key: { S: "ann" } }, undefined)).toBe(true);
    expect(service.requests).toHaveLength(2);
  },
);

test("a denied write is an error", async () => {
  service.answers = [refused("AccessDeniedException")];
  await expect(table().write({ _key: { S: "ann" } }, undefined)).rejects.toMatchObject({
    name: "AccessDeniedException",
  });
});
