/** The ledger of a serving table finds each kind of wrong item, and names what it cannot check. */
import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { ServingTable, StreamIngest } from "streamlake";
import type { Attributes } from "../../../../lake/serving/attributes";
import { systemClock } from "../../../../local/cloud/clock";
import { readViewLedger } from "../../../../local/ledger/sinks/viewLedger";
import type { LocalCloud } from "../../../../local/startLocal";
import { tablesOf } from "../../../../local/tableFiles";
import { start, stopAll } from "../../support/start";

afterAll(stopAll);

const CUSTOMERS = ["ann", "bob", "cid", "dan"];
const credentials = { accessKeyId: "local", secretAccessKey: "local" };

let cloud: LocalCloud;
let table: string;

beforeAll(async () => {
  const program = () => {
    const stream = new StreamIngest("in", { capacity: "provisioned", shards: 2 });
    new ServingTable("customers", {
      stream,
      batchWindowSeconds: 0,
      key: (row) => {
        // A line in the log as it is, unlike console.log's; has what identifies a line of the fold function, and is no JSON.
        process.stdout.write(`read "message":"folded" of ${row.customer}\n`);
        return row.kind !== "click" && String(row.customer);
      },
      fold: { orders: { count: true }, spent: { sum: "amount" }, last: { latest: "order" } },
    });
    return { stream: stream.streamName, streamArn: stream.streamArn };
  };
  cloud = await start(program, { clock: systemClock, redeliver: true });
  table = String(cloud.resources.find(({ type }) => type === "aws:dynamodb/table:Table")?.outputs.name);
  const row = (order: number) => ({ customer: CUSTOMERS[order % 4], order, amount: order, kind: "order" });
  const rows = [...Array.from({ length: 40 }, (_, order) => row(order)), { ...row(1), kind: "click" }];
  // The rows of "dan" lie in both shards, those of another customer in one.
  const keyOf = ({ customer, order }: { customer?: string | undefined; order: number }) =>
    customer === "dan" ? `dan-${order}` : String(customer);
  const Records = [
    ...rows.map((each) => ({ Data: Buffer.from(JSON.stringify(each)), PartitionKey: keyOf(each) })),
    { Data: Buffer.from("\u0000"), PartitionKey: "ann" },
    { Data: Buffer.from('{"customer":"ann","amount":"much"}'), PartitionKey: "ann" },
  ];
  const kinesis = new KinesisClient({ region: cloud.region, endpoint: cloud.endpoint, credentials });
  await kinesis.send(new PutRecordsCommand({ StreamName: String(cloud.outputs.stream), Records }));
  kinesis.destroy();
  await cloud.drain();
});

function ledger(failed: string[] = []) {
  const [fold] = cloud.resources.filter(
    ({ type, inputs }) => type === "aws:lambda/function:Function" && JSON.stringify(inputs).includes("VIEW_TABLE"),
  );
  const view = {
    table,
    functionArn: String(fold?.outputs.arn),
    stream: String(cloud.outputs.stream),
    streamArn: String(cloud.outputs.streamArn),
    failed: new Set(failed),
  };
  return readViewLedger(cloud, view, cloud.dataDir);
}

async function itemOf(key: string): Promise<Attributes> {
  const input = { TableName: table, Key: { _key: { S: key } } };
  return ((await cloud.call("dynamodb", "GetItem", input)) as { Item: Attributes }).Item;
}

/** Runs the ledger while an item is another one. */
async function withItem<T>(item: Attributes, work: () => Promise<T>): Promise<T> {
  const former = await itemOf((item._key as { S: string }).S);
  await cloud.call("dynamodb", "PutItem", { TableName: table, Item: item });
  try {
    return await work();
  } finally {
    if (former) await cloud.call("dynamodb", "PutItem", { TableName: table, Item: former });
    else await cloud.call("dynamodb", "DeleteItem", { TableName: table, Key: { _key: item._key } });
  }
}

test("a table with each record once is balanced after redelivery, and its refused rows are counted", async () => {
  const { unchecked, ...rest } = await ledger();
  expect(rest).toEqual({
    kind: "ServingTable",
    resource: table,
    stream: cloud.outputs.stream,
    counts: { items: 4, records: 43, rows: 40, leftOut: 1, undecoded: 1, unfolded: 1 },
    balanced: true,
    findings: [],
  });
  expect((await ledger()).counts).toEqual(rest.counts);
  // Either shard may be the first.
  expect(unchecked.flatMap(({ examples }) => examples).filter((key) => key !== "dan")).toEqual([]);
  expect(tablesOf(cloud.dataDir).map(({ name }) => name)).toEqual([table]);
});

test("a row that was folded twice, or not, is found by its item", async () => {
  const ann = await itemOf("ann");
  const twice = { ...ann, orders: { N: "11" } };
  expect(await withItem(twice, ledger)).toMatchObject({
    balanced: false,
    findings: [{ what: "items have other attributes than their records make", count: 1, examples: ["ann"] }],
  });
});

test("an item that is missing, one without records and one that misses its last record are found", async () => {
  const [bob, cid] = [await itemOf("bob"), await itemOf("cid")];
  const [[shard, position]] = Object.entries((cid._shards as { M: Attributes }).M) as [[string, { S: string }]];
  const behind = { ...cid, _shards: { M: { [shard]: { S: position.S.replace(/\d(?= )/, "x") } } } };
  await cloud.call("dynamodb", "DeleteItem", { TableName: table, Key: { _key: { S: "bob" } } });
  const { balanced, findings } = await withItem(behind, () => withItem({ _key: { S: "eve" } }, ledger));
  await cloud.call("dynamodb", "PutItem", { TableName: table, Item: bob });
  expect(balanced).toBe(false);
  expect(new Map(findings.map(({ what, count, examples }) => [what, [count, ...examples]]))).toEqual(
    new Map([
      ["items are missing in the table", [1, "bob"]],
      ["items have another last record of a shard than the stream", [1, "cid"]],
      ["items are in the table, and no record makes them", [1, "eve"]],
    ]),
  );
});

test("of an item with rows of several shards, sums are checked, and attributes that depend on their order are not", async () => {
  const dan = await itemOf("dan");
  expect(Object.keys((dan._shards as { M: Attributes }).M)).toHaveLength(2);

  const ofOrder = "items have attributes that depend on the order of their shards";
  expect(await withItem({ ...dan, last: { N: "3" } }, ledger)).toMatchObject({
    balanced: true,
    findings: [],
    unchecked: [{ what: ofOrder, count: 1, examples: ["dan"] }],
  });
  expect(await withItem({ ...dan, last: { N: "3" }, spent: { N: "1" } }, ledger)).toMatchObject({
    balanced: false,
    findings: [{ what: "items have other attributes than their records make", count: 1, examples: ["dan"] }],
    unchecked: [],
  });
});

/** The identity of the last record of a shard that is in the item. */
function lastRecordOf({ _shards }: Attributes): string {
  const [[shard, position]] = Object.entries((_shards as { M: Attributes }).M) as [[string, { S: string }]];
  return `${cloud.outputs.stream}/${shard}/${position.S.split(" ")[0]?.replace(/^0+/, "")}`;
}

test("of items that differ, those with records of failed batches are not checked, and the others are found", async () => {
  const [ann, bob] = [await itemOf("ann"), await itemOf("bob")];
  const { balanced, counts, unchecked } = await ledger([lastRecordOf(ann)]);
  expect({ balanced, records: counts.records }).toEqual({ balanced: true, records: 42 });
  const wrongBob = await withItem({ ...bob, spent: { N: "1" } }, () => ledger([lastRecordOf(ann)]));
  expect(wrongBob.findings).toEqual([
    { what: "items have other attributes than their records make", count: 1, examples: ["bob"] },
  ]);
  expect(await withItem({ ...bob, spent: { N: "1" } }, () => ledger([lastRecordOf(bob)]))).toMatchObject({
    balanced: true,
    findings: [],
  });
  expect(unchecked).toContainEqual({
    what: "items differ, and records of theirs are in failed batches of the function",
    count: 1,
    examples: ["ann"],
  });
});
