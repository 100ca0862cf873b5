/** A warehouse in local: records through the stream into Redshift's tables, by the packages and under the declared roles. */
import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { DeleteObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DataLake, FormatRouter, StreamIngest, Warehouse } from "streamlake";
import { dataApiDatabase } from "../../../functions/effects/warehouseDatabase";
import { systemClock } from "../../../local/cloud/clock";
import type { LocalCloud } from "../../../local/startLocal";
import { NOW, start, stopAll } from "../support/start";

afterAll(stopAll);

const credentials = { accessKeyId: "local", secretAccessKey: "local" };
const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

function program(more: { readonly hasView?: boolean } = {}) {
  const stream = new StreamIngest("in");
  const lake = new DataLake("lake", {
    tables: {
      orders: {
        columns: [
          { name: "invoiceno", type: "string" },
          { name: "total", type: "double" },
          { name: "at", type: "timestamp" },
          { name: "tags", type: "array<string>" },
        ],
      },
    },
  });
  new FormatRouter("router", { stream, lake, batchWindowSeconds: 0 });
  const warehouse = new Warehouse("wh", {
    lake,
    vpcId: "vpc-1",
    subnetIds: ["subnet-a", "subnet-b", "subnet-c"],
    ...(more.hasView && { streams: { live: stream } }),
  });
  const loads = warehouse.nodes.loads.bucket.id;
  return { loads, stream: stream.streamName, workgroup: warehouse.workgroupName, secret: warehouse.adminSecretArn };
}

async function send(cloud: LocalCloud, records: readonly (object | string)[]): Promise<void> {
  const kinesis = new KinesisClient({ region: cloud.region, endpoint: cloud.endpoint, credentials });
  const Records = records.map((record) => ({
    Data: Buffer.from(typeof record === "string" ? record : JSON.stringify(record)),
    PartitionKey: "k",
  }));
  try {
    await kinesis.send(new PutRecordsCommand({ StreamName: String(cloud.outputs.stream), Records }));
  } finally {
    kinesis.destroy();
  }
  await cloud.drain();
}

function databaseOf(cloud: LocalCloud) {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: cloud.endpoint,
    AWS_REGION: cloud.region,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  });
  const { workgroup, secret } = cloud.outputs;
  return dataApiDatabase({ workgroupName: String(workgroup), database: "lake", secretArn: String(secret) });
}

test("rows are in Redshift once after each start, late ones too, and nothing is denied", async () => {
  const cloud = await start(() => program(), { clock: systemClock });
  await send(cloud, [
    { InvoiceNo: "A-1", total: "2.5", at: "2026-11-20T10:00:00Z", tags: ["x", "y"] },
    { InvoiceNo: "A-2", total: "none", at: null },
  ]);
  const first = await cloud.fireSchedules(new Date(NOW));
  expect(first).toEqual([expect.objectContaining({ status: "SUCCEEDED" })]);
  const database = databaseOf(cloud);
  const rows = () => database.query("SELECT invoiceno, total, at, tags[1] FROM lake.orders ORDER BY 1");
  expect(await rows()).toEqual([
    ["A-1", "2.5", "2026-11-20 10:00:00", '"y"'],
    ["A-2", null, null, null],
  ]);
  await send(cloud, [{ InvoiceNo: "A-3", total: 7 }]);
  await cloud.fireSchedules(new Date(NOW + 300_000));
  await cloud.fireSchedules(new Date(NOW + 600_000));
  expect((await rows()).map(([invoice]) => invoice)).toEqual(["A-1", "A-2", "A-3"]);
  expect(
    await database.query(
      "SELECT table_name, object_count, row_count, changed_values FROM lake.streamlake_loads ORDER BY loaded_at, row_count",
    ),
  ).toEqual(
    expect.arrayContaining([
      ["orders", "1", "2", "1"],
      ["orders", "1", "1", "0"],
    ]),
  );
  expect(cloud.usage().denied).toEqual([]);
}, 60_000);

test("100,000 rows that are copied twice are 100,000 rows", async () => {
  const cloud = await start(() => program(), { clock: systemClock });
  const row = (index: number) => `I-${index},${index / 4},2026-11-20 10:00:00`;
  const csv = (first: number) => Array.from({ length: 1000 }, (_, index) => row(first + index)).join("\n");
  await send(
    cloud,
    Array.from({ length: 100 }, (_, index) => `InvoiceNo,total,at\n${csv(1000 * index)}\n`),
  );
  const database = databaseOf(cloud);
  const counts = () => database.query("SELECT count(*), count(DISTINCT _id), sum(total) FROM lake.orders");
  await cloud.fireSchedules(new Date(NOW));
  expect(await counts()).toEqual([["100000", "100000", "1249987500"]]);
  // The table of loads is lost: every row is copied and merged again.
  await database.run(["DELETE FROM lake.streamlake_loads"]);
  const s3 = new S3Client({ region: cloud.region, endpoint: cloud.endpoint, credentials });
  await s3.send(new DeleteObjectCommand({ Bucket: String(cloud.outputs.loads), Key: "last-seen.json" }));
  s3.destroy();
  const [again] = await cloud.fireSchedules(new Date(NOW + 300_000));
  expect(again).toMatchObject({ status: "SUCCEEDED" });
  expect(await database.query("SELECT sum(row_count) FROM lake.streamlake_loads")).toEqual([["100000"]]);
  expect(await counts()).toEqual([["100000", "100000", "1249987500"]]);
}, 120_000);

test("with redelivery executions overlap: every load is copied and merged twice, and the rows are those of a run without", async () => {
  const records = Array.from({ length: 40 }, (_, index) => ({
    InvoiceNo: `A-${index % 30}`,
    total: index,
    tags: [index],
  }));
  const loadsQuery = "SELECT load, hour, count(*) FROM lake.streamlake_loads GROUP BY 1, 2 ORDER BY 1, 2";
  async function run(redeliver: boolean) {
    const cloud = await start(() => program(), { clock: systemClock, redeliver });
    const statuses: string[] = [];
    for (const [index, part] of [records.slice(0, 25), records.slice(25)].entries()) {
      await send(cloud, part);
      const fired = await cloud.fireSchedules(new Date(NOW + 300_000 * index));
      statuses.push(...fired.map(({ status }) => status));
    }
    const database = databaseOf(cloud);
    const rows = await database.query("SELECT invoiceno, total, tags[0] FROM lake.orders ORDER BY 2");
    const loads = await database.query(loadsQuery);
    expect(cloud.usage().denied).toEqual([]);
    return { rows, statuses, times: loads.map(([, , times]) => times) };
  }
  const once = await run(false);
  expect(once).toEqual({
    rows: records.map(({ InvoiceNo, total }) => [InvoiceNo, String(total), `"${total}"`]),
    statuses: ["SUCCEEDED", "SUCCEEDED"],
    times: ["1", "1"],
  });
  const twice = await run(true);
  expect(twice.rows).toEqual(once.rows);
  expect(twice.statuses).toEqual(["SUCCEEDED", "SUCCEEDED", "SUCCEEDED", "SUCCEEDED"]);
  expect(twice.times.length).toBeGreaterThanOrEqual(2);
  expect([...new Set(twice.times)]).toEqual(["2"]);
}, 120_000);

test("a view of the stream has each JSON record before it is loaded, under the role of the namespace", async () => {
  const cloud = await start(() => program({ hasView: true }), { clock: systemClock, redeliver: true });
  await cloud.fireSchedules(new Date(NOW));
  const database = databaseOf(cloud);
  expect(await database.query("SELECT count(*) FROM lake.live")).toEqual([["0"]]);
  await send(cloud, [{ invoiceno: "A-1", total: 2 }, "a,b\n1,2\n", { invoiceno: "A-2", total: 3 }]);
  const live = "SELECT data.invoiceno, data.total FROM lake.live ORDER BY sequence_number";
  const rows = [
    ['"A-1"', "2"],
    ['"A-2"', "3"],
  ];
  expect(await database.query(live)).toEqual(rows);
  expect(await database.query("SELECT count(*) FROM lake.orders")).toEqual([["0"]]);
  const fired = await cloud.fireSchedules(new Date(NOW + 300_000));
  expect(fired.map(({ status }) => status)).toEqual(["SUCCEEDED", "SUCCEEDED"]);
  expect(await database.query(live)).toEqual(rows);
  expect(cloud.usage().denied).toEqual([]);
}, 60_000);
