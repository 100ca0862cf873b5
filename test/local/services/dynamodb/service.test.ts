/** DynamoDB as AWS's client sees it: items, conditions, permissions, keys, tables, and what is refused by name. */
import { readFileSync } from "node:fs";
import path from "node:path";
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { Principal } from "../../../../local/cloud/iam/principal";
import { CALLER } from "../../../../local/cloud/iam/principal";
import { MINUTE } from "../../../../local/cloud/metrics/metrics";
import { type DynamoDbService, dynamodbService } from "../../../../local/services/dynamodb/service";
import { kmsService } from "../../../../local/services/kms/service";
import { type TestCloud, testCloud } from "../../support/testCloud";

const TYPE = "aws:dynamodb/table:Table";
const ARN = "arn:aws:dynamodb:eu-central-1:123456789012:table/customers";
const KEY = "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-0000-4000-8000-000000000001";
const BY_KEY = { hashKey: "_key", attributes: [{ name: "_key", type: "S" }], billingMode: "PAY_PER_REQUEST" };
const TableName = "customers";

let local: TestCloud;
const clients: DynamoDBClient[] = [];

beforeEach(async () => {
  local = await testCloud(dynamodbService, kmsService);
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await local.close();
});

function clientOf(principal?: Principal): DynamoDBClient {
  const client = new DynamoDBClient(local.clientConfig(principal));
  clients.push(client);
  return client;
}

const table = (inputs: object = {}) => local.declare(TYPE, "customers", { name: "customers", ...BY_KEY, ...inputs });
const put = (key: string, more: object = {}) =>
  new PutItemCommand({ TableName, Item: { _key: { S: key }, n: { N: "1" } }, ...more });
const get = (key: string) => new GetItemCommand({ TableName, Key: { _key: { S: key } }, ConsistentRead: true });
const simulation = () => {
  const found = local.cloud.service("dynamodb").resources[TYPE];
  if (!found) throw new Error("there are no tables");
  return found;
};
const fileOf = (name: string) => readFileSync(path.join(local.dataDir, "dynamodb", `${name}.ndjson`), "utf8");

test("a declared table has its name and ARN, and is described", async () => {
  expect(await table({ deletionProtectionEnabled: true })).toEqual({
    id: "customers",
    outputs: { arn: ARN, name: "customers" },
  });
  const { Table } = await clientOf().send(new DescribeTableCommand({ TableName }));
  expect(Table).toMatchObject({
    TableName,
    TableArn: ARN,
    TableStatus: "ACTIVE",
    DeletionProtectionEnabled: true,
    KeySchema: [{ AttributeName: "_key", KeyType: "HASH" }],
  });
  expect((await clientOf().send(new ListTablesCommand())).TableNames).toEqual(["customers"]);
});

test("items are put, read, updated, listed and deleted", async () => {
  await table();
  const client = clientOf();
  await client.send(put("ann"));
  await client.send(
    new UpdateItemCommand({
      TableName,
      Key: { _key: { S: "ann" } },
      UpdateExpression: "ADD n :one SET #tags = :tags",
      ExpressionAttributeNames: { "#tags": "tags" },
      ExpressionAttributeValues: { ":one": { N: "1" }, ":tags": { L: [{ S: "a" }] } },
    }),
  );
  const ann = { _key: { S: "ann" }, n: { N: "2" }, tags: { L: [{ S: "a" }] } };
  expect((await client.send(get("ann"))).Item).toEqual(ann);
  await client.send(
    new BatchWriteItemCommand({ RequestItems: { customers: [{ PutRequest: { Item: { _key: { S: "bob" } } } }] } }),
  );
  const read = await client.send(
    new BatchGetItemCommand({
      RequestItems: { customers: { Keys: ["ann", "bob", "cid"].map((key) => ({ _key: { S: key } })) } },
    }),
  );
  expect(read.Responses?.customers).toHaveLength(2);
  expect(read.UnprocessedKeys).toEqual({});
  expect((await client.send(new ScanCommand({ TableName }))).Count).toBe(2);
  const found = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: "#key = :key",
      ExpressionAttributeNames: { "#key": "_key" },
      ExpressionAttributeValues: { ":key": { S: "ann" } },
    }),
  );
  expect(found.Items).toEqual([ann]);
  await client.send(new DeleteItemCommand({ TableName, Key: { _key: { S: "ann" } } }));
  expect((await client.send(get("ann"))).Item).toBeUndefined();
});

test("of many conditional writes at once exactly one succeeds", async () => {
  await table();
  const client = clientOf();
  const once = { ConditionExpression: "attribute_not_exists(#key)", ExpressionAttributeNames: { "#key": "_key" } };
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => client.send(put("ann", once))));
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const refusals = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
  expect(new Set(refusals.map(({ name, message }) => `${name}: ${message}`))).toEqual(
    new Set(["ConditionalCheckFailedException: The conditional request failed"]),
  );
});

test("200 updates that are delivered again in overlapping pieces count 200", async () => {
  await table();
  const client = clientOf();
  const sequence = (at: number) => String(at).padStart(56, "0");
  const update = async (at: number) => {
    const command = new UpdateItemCommand({
      TableName,
      Key: { _key: { S: "ann" } },
      UpdateExpression: "ADD n :one SET seq = :seq",
      ConditionExpression: "attribute_not_exists(seq) OR seq < :seq",
      ExpressionAttributeValues: { ":one": { N: "1" }, ":seq": { S: sequence(at) } },
    });
    await client.send(command).catch((error: Error) => {
      if (error.name !== "ConditionalCheckFailedException") throw error;
    });
  };
  for (let from = 0; from < 200; from += 20)
    for (let at = Math.max(0, from - 15); at < from + 20; at += 1) await update(at);
  expect((await client.send(get("ann"))).Item?.n).toEqual({ N: "200" });
});

test("an item beyond 400 KB is refused as on AWS", async () => {
  await table();
  const Item = { _key: { S: "ann" }, text: { S: "x".repeat(410_000) } };
  await expect(clientOf().send(new PutItemCommand({ TableName, Item }))).rejects.toMatchObject({
    name: "ValidationException",
    message: "Item size has exceeded the maximum allowed size",
  });
});

test("a role may do what its policy allows, on its tables", async () => {
  await table();
  const reader = await local.role("reader", [
    { Effect: "Allow", Action: ["dynamodb:GetItem", "dynamodb:BatchGetItem"], Resource: ARN },
  ]);
  const client = clientOf(reader);
  expect((await client.send(get("ann"))).Item).toBeUndefined();
  await expect(client.send(put("ann"))).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: expect.stringContaining(`is not authorized to perform: dynamodb:PutItem on resource: ${ARN}`),
  });
  await expect(client.send(new ScanCommand({ TableName }))).rejects.toMatchObject({ name: "AccessDeniedException" });
  const other = new BatchGetItemCommand({ RequestItems: { other: { Keys: [{ _key: { S: "ann" } }] } } });
  await expect(client.send(other)).rejects.toMatchObject({ name: "AccessDeniedException" });
});

test.each([
  ["without a permission on the key", [], "denied"],
  ["with kms:Decrypt", [{ Effect: "Allow", Action: "kms:Decrypt", Resource: KEY }], "allowed"],
  [
    "with kms:Decrypt for another table",
    [
      {
        Effect: "Allow",
        Action: "kms:Decrypt",
        Resource: KEY,
        Condition: { StringEquals: { "kms:EncryptionContext:aws:dynamodb:tableName": "other" } },
      },
    ],
    "denied",
  ],
])("a table with a customer's key, %s", async (_, statements, verdict) => {
  await table({ serverSideEncryption: { enabled: true, kmsKeyArn: KEY } });
  const role = await local.role("reader", [
    { Effect: "Allow", Action: "dynamodb:GetItem", Resource: ARN },
    ...statements,
  ]);
  const answer = clientOf(role).send(get("ann"));
  if (verdict === "allowed") await expect(answer).resolves.toBeDefined();
  else await expect(answer).rejects.toMatchObject({ name: "AccessDeniedException" });
});

test("what is written is in a file, in order, also by updates and deletions", async () => {
  await table();
  const client = clientOf();
  await client.send(put("ann"));
  const add = () =>
    new UpdateItemCommand({
      TableName,
      Key: { _key: { S: "ann" } },
      UpdateExpression: "ADD n :one",
      ExpressionAttributeValues: { ":one": { N: "1" } },
    });
  await Promise.all([client.send(add()), client.send(add())]);
  await client.send(new DeleteItemCommand({ TableName, Key: { _key: { S: "ann" } } }));
  const key = '{"key":{"_key":{"S":"ann"}},"item":';
  expect(fileOf("customers").split("\n")).toEqual([
    '{"keys":["_key"]}',
    ...["1", "2", "3"].map((n) => `${key}{"_key":{"S":"ann"},"n":{"N":"${n}"}}}`),
    `${key}null}`,
    "",
  ]);
});

test("a time to live is described; expired items stay", async () => {
  await table({ ttl: { enabled: true, attributeName: "_expires" } });
  const client = clientOf();
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
  expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: "ENABLED", AttributeName: "_expires" });
  await client.send(new PutItemCommand({ TableName, Item: { _key: { S: "old" }, _expires: { N: "1" } } }));
  expect((await client.send(get("old"))).Item).toBeDefined();
});

test("a protected table is not deleted; one that is not is gone with its items", async () => {
  const { id } = await table({ deletionProtectionEnabled: true });
  const resource = (inputs: object) => ({ type: TYPE, name: "customers", inputs: { ...BY_KEY, ...inputs } });
  await clientOf().send(put("ann"));
  await expect(simulation().delete(id, resource({}))).rejects.toThrow(
    "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
  );
  await simulation().update?.(id, resource({ deletionProtectionEnabled: false }), BY_KEY);
  await simulation().delete(id, resource({}));
  await expect(clientOf().send(get("ann"))).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  await table();
  expect((await clientOf().send(get("ann"))).Item).toBeUndefined();
});

test("a name that is taken, and provisioned capacity, are refused when declared", async () => {
  await table();
  await expect(table()).rejects.toThrow('a table "customers" already exists');
  const refusal = 'billingMode "PROVISIONED" is not simulated; use "PAY_PER_REQUEST"';
  await expect(local.declare(TYPE, "other", { ...BY_KEY, billingMode: "PROVISIONED" })).rejects.toThrow(refusal);
  const changed = (inputs: object) =>
    simulation().update?.("customers", { type: TYPE, name: "customers", inputs: { ...BY_KEY, ...inputs } }, BY_KEY);
  await expect(changed({ billingMode: "PROVISIONED" })).rejects.toThrow(refusal);
  await expect(changed({ attributes: [{ name: "_key", type: "N" }] })).rejects.toThrow(
    "a change of attributes is not simulated; replace the table",
  );
});

test("the inputs that are simulated and that have no effect", () => {
  const { simulated, withoutEffect, replaceOn } = simulation();
  expect(simulated).toEqual([
    "name",
    "hashKey",
    "rangeKey",
    "attributes",
    "billingMode",
    "ttl",
    "deletionProtectionEnabled",
    "serverSideEncryption",
  ]);
  expect(withoutEffect).toEqual(["pointInTimeRecovery", "tableClass", "tags"]);
  expect(replaceOn).toEqual(["name", "hashKey", "rangeKey"]);
});

test("operations that are not simulated are refused by name", async () => {
  const client = clientOf();
  const transact = new TransactWriteItemsCommand({
    TransactItems: [{ Delete: { TableName, Key: { _key: { S: "a" } } } }],
  });
  for (const [command, name] of [
    [transact, "TransactWriteItems"],
    [new CreateTableCommand({ TableName, KeySchema: [], AttributeDefinitions: [] }), "CreateTable"],
  ] as const) {
    await expect(client.send(command as never)).rejects.toMatchObject({
      message: `local/dynamodb: the operation ${name} is not simulated; see docs/fidelity.md`,
    });
  }
});

test("members that are not simulated, and comparisons of maps and lists, are refused by name", async () => {
  await table();
  const client = clientOf();
  await expect(client.send(put("a", { ReturnValuesOnConditionCheckFailure: "ALL_OLD" }))).rejects.toMatchObject({
    message: "local/dynamodb: PutItem with ReturnValuesOnConditionCheckFailure is not simulated; see docs/fidelity.md",
  });
  const compared = {
    ConditionExpression: "n = :map",
    ExpressionAttributeValues: { ":map": { M: { a: { N: "1" } } } },
  };
  await expect(client.send(put("a", compared))).rejects.toMatchObject({
    message:
      "local/dynamodb: PutItem with :map, a map or a list that is compared is not simulated; see docs/fidelity.md",
  });
});

test("publishes the request units of each table, and the throttles of an injected fault", async () => {
  await table();
  const client = clientOf();
  await client.send(put("a"));
  const item = new GetItemCommand({ TableName, Key: { _key: { S: "a" } }, ConsistentRead: true });
  expect(await client.send(item)).not.toHaveProperty("ConsumedCapacity");
  const asked = new PutItemCommand({ TableName, Item: { _key: { S: "b" } }, ReturnConsumedCapacity: "TOTAL" });
  expect((await client.send(asked)).ConsumedCapacity).toEqual({ CapacityUnits: 1, TableName });
  const service = local.cloud.service("dynamodb") as DynamoDbService;
  service.setFaults({ throttleEveryNth: 2 });
  await client.send(item);
  await expect(
    local.cloud.call(CALLER, "dynamodb", "GetItem", { TableName, Key: { _key: { S: "a" } } }),
  ).rejects.toThrow("Throughput exceeds the current capacity of your table or index.");
  service.setFaults({});
  await client.send(item);
  const minute = Math.floor(local.cloud.clock.now() / MINUTE) * MINUTE;
  const sumOf = (name: string) =>
    local.cloud.metrics.statistics({
      namespace: "AWS/DynamoDB",
      name,
      dimensions: { TableName },
      from: minute,
      to: minute + MINUTE,
    })?.sum;
  expect(local.cloud.metrics.list().map(({ name }) => name)).toEqual([
    "ConsumedWriteCapacityUnits",
    "ConsumedReadCapacityUnits",
    "ReadThrottleEvents",
  ]);
  expect(["ConsumedWriteCapacityUnits", "ConsumedReadCapacityUnits", "ReadThrottleEvents"].map(sumOf)).toEqual([
    2, 3, 1,
  ]);
});
