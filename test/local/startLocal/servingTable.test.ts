/** A serving table in local: records through the stream into items, by the package and under the declared roles. */
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { Sha256 } from "@smithy/core/checksum";
import { SignatureV4 } from "@smithy/signature-v4";
import { ServingTable, StreamIngest } from "streamlake";
import { FORMATS } from "../../../formats/registry";
import { jsonCalls } from "../../../functions/effects/jsonCalls";
import { dynamoTable } from "../../../functions/effects/viewTable";
import { createServing } from "../../../functions/serving";
import { rowOf } from "../../../lake/serving/attributes";
import { systemClock } from "../../../local/cloud/clock";
import { seededRandom } from "../../../local/cloud/random";
import { itemOf, tablesOf } from "../../../local/tableFiles";
import { kinesisEvent } from "../../functions/support/kinesisEvents";
import { start, stopAll } from "../support/start";

afterAll(stopAll);

const credentials = { accessKeyId: "local", secretAccessKey: "local" };
const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

function program() {
  const stream = new StreamIngest("in");
  const orders = new ServingTable("orders", {
    stream,
    batchWindowSeconds: 0,
    key: (row) => row.kind !== "click" && String(row.customer),
    fold: { orders: { count: true }, spent: { sum: "amount" }, last: { latest: "order" } },
  });
  const newest = new ServingTable("newest", { stream, batchWindowSeconds: 0, parallelizationFactor: 2 });
  return { stream: stream.streamName, orders: orders.tableName, newest: newest.tableName };
}

test("rows are in their items, and nothing is denied", async () => {
  const cloud = await start(program, { clock: systemClock });
  const options = { region: cloud.region, endpoint: cloud.endpoint, credentials };
  const kinesis = new KinesisClient(options);
  const dynamodb = new DynamoDBClient(options);
  try {
    const row = (customer: string, order: number, more: object = {}) => ({
      Data: Buffer.from(JSON.stringify({ customer, order, amount: 0.1 * order, ...more })),
      PartitionKey: customer,
    });
    const csv = { Data: Buffer.from("customer,order,amount\nann,5,1.5\nbob,6,2\n"), PartitionKey: "file" };
    const Records = [row("ann", 1), row("bob", 2), row("ann", 3), row("ann", 4, { kind: "click" }), csv];
    await kinesis.send(new PutRecordsCommand({ StreamName: String(cloud.outputs.stream), Records }));
    await cloud.drain();

    const item = async (table: unknown, key: string) => {
      const answer = await dynamodb.send(
        new GetItemCommand({ TableName: String(table), Key: { _key: { S: key } }, ConsistentRead: true }),
      );
      const { _last, _shards, ...row } = rowOf((answer.Item ?? {}) as never);
      return row;
    };
    const ann = await item(cloud.outputs.orders, "ann");
    expect(ann).toMatchObject({ _key: "ann", orders: 3 });
    // 0.1 × 3 is not 0.3 in the producer's arithmetic.
    expect(ann.spent).toBeCloseTo(1.9, 10);
    expect(await item(cloud.outputs.orders, "bob")).toMatchObject({ _key: "bob", orders: 2, spent: 2.2 });
    expect(await item(cloud.outputs.newest, "ann")).toMatchObject({ _key: "ann", order: 4, kind: "click" });
    expect(await item(cloud.outputs.newest, "file")).toMatchObject({ _key: "file", customer: "bob" });
  } finally {
    kinesis.destroy();
    dynamodb.destroy();
  }
  expect(cloud.usage().denied).toEqual([]);
  expect(cloud.usage().unused.filter(({ action }) => action.startsWith("dynamodb:"))).toEqual([]);
  const [, orders] = tablesOf(cloud.dataDir);
  expect(rowOf(itemOf(cloud.dataDir, orders as never, "bob") ?? {})).toMatchObject({ orders: 2 });
});

test("records that are redelivered in overlapping pieces to handlers at the same time are in their items once", async () => {
  const cloud = await start(program, { clock: systemClock });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: cloud.endpoint,
    AWS_REGION: cloud.region,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  });
  const view = String(cloud.outputs.orders);
  const table = dynamoTable(view, jsonCalls("dynamodb"));
  const handler = () =>
    createServing(
      { formats: { json: {} } },
      {
        formats: FORMATS,
        key: "customer",
        fold: (item, row) => ({ ids: [...((item?.ids as number[]) ?? []), Number(row.id)] }),
        effects: { view, table, log: () => undefined },
      },
    );
  const customers = ["ann", "bob", "cid"];
  const shards = ["shardId-000000000001", "shardId-000000000002"].map((shard, family) =>
    Array.from({ length: 60 }, (_, index) => ({
      shard,
      sequenceNumber: String(1000 + index),
      data: JSON.stringify({ customer: customers[index % 3], id: family * 1000 + index }),
    })),
  );
  const random = seededRandom(11);
  const deliver = async (records: (typeof shards)[number]) => {
    for (let from = 0; from < records.length; ) {
      const back = Math.floor(random() * Math.min(from, 10));
      const to = Math.min(records.length, from + 1 + Math.floor(random() * 12));
      const answer = await handler()(kinesisEvent(records.slice(from - back, to)));
      const failed = answer.batchItemFailures[0]?.itemIdentifier;
      from = failed === undefined ? to : records.findIndex(({ sequenceNumber }) => sequenceNumber === failed);
    }
  };
  // Two pollers of each shard.
  await Promise.all([...shards, ...shards].map(deliver));
  const { items } = await table.read(customers);
  for (const [at, customer] of customers.entries()) {
    const ids = rowOf(items.get(customer) ?? {}).ids as number[];
    for (const family of [0, 1]) {
      const expected = Array.from({ length: 20 }, (_, index) => family * 1000 + index * 3 + at);
      expect(ids.filter((id) => Math.floor(id / 1000) === family)).toEqual(expected);
    }
    expect(ids).toHaveLength(40);
  }
});

test("the example's items are those of its rows, and its API answers with them", async () => {
  const example = () => require("../../../examples/serving") as { customersTable: unknown };
  const cloud = await start(example, { clock: systemClock });
  const kinesis = new KinesisClient({ region: cloud.region, endpoint: cloud.endpoint, credentials });
  const rows = [
    { customer: { id: "ann" }, transaction_id: "t-1", total: 10.1, currency: "GBP" },
    { customer: { id: "ann" }, transaction_id: "t-2", total: "20.2" },
    { customer: null, transaction_id: "t-3", total: 1 },
    { customer: { id: "ann" }, transaction_id: "t-4", currency: "EUR" },
    { customer: { id: "ann" }, transaction_id: "t-5", total: null },
  ];
  const [stream] = cloud.resources.filter(({ type }) => type === "aws:kinesis/stream:Stream");
  const Records = rows.map((row) => ({ Data: Buffer.from(JSON.stringify(row)), PartitionKey: "one" }));
  await kinesis.send(new PutRecordsCommand({ StreamName: String(stream?.outputs.name), Records }));
  kinesis.destroy();
  await cloud.drain();

  const [table] = tablesOf(cloud.dataDir);
  expect(table?.name).toBe(cloud.outputs.customersTable);
  const { _last, _shards, _expires, ...item } = rowOf(itemOf(cloud.dataDir, table as never, "ann") ?? {});
  expect(item).toEqual({ _key: "ann", orders: 4, spent: 30.3, currency: "EUR", recent: ["t-2", "t-4", "t-5"] });

  const get = async (target: string, search = "") => {
    const url = new URL(String(cloud.outputs.apiUrl));
    const query = Object.fromEntries(new URLSearchParams(search));
    const request = { method: "GET", protocol: url.protocol, hostname: url.hostname, path: target, query };
    const signer = new SignatureV4({ credentials, region: cloud.region, service: "execute-api", sha256: Sha256 });
    const { headers } = await signer.sign({ ...request, headers: { host: url.host } });
    const { host: _host, ...sent } = headers;
    const response = await fetch(`${url.origin}${target}${search && `?${search}`}`, { headers: sent });
    return [response.status, (await response.json()) as object];
  };
  expect(await get("/customers/ann")).toEqual([200, { ...item, _expires }]);
  expect(await get("/customers", "key=%61nn")).toEqual([200, { ...item, _expires }]);
  expect(await get("/customers/b%2Fob")).toEqual([
    404,
    {
      type: "about:blank",
      title: "Not Found",
      status: 404,
      detail: "The view customers has no item with this key.",
    },
  ]);
  expect(cloud.usage().denied).toEqual([]);
  const handler = cloud.usage().unused.filter(({ role }) => role.includes("api-handler"));
  expect(handler.map(({ action }) => action)).toEqual(["kinesis:PutRecord", "kinesis:PutRecords"]);
});
