/** The ledger of a delivery stream finds what is missing and what is too much, in rows, failed records and the backup. */
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { DataLake, DeliveryStream, type DeliveryStreamArgs, StreamIngest } from "streamlake";
import { systemClock } from "../../../../local/cloud/clock";
import { filesBelow } from "../../../../local/duckdb/files";
import { type DeliverySources, readDeliveryLedger } from "../../../../local/ledger/sinks/deliveryLedger";
import type { S3Service } from "../../../../local/services/s3/service";
import type { LocalCloud } from "../../../../local/startLocal";
import { aggregate } from "../../../formats/support/aggregate";
import { start, stopAll } from "../../support/start";

afterAll(stopAll);

const user = (partitionKey: string, text: string) => ({ partitionKey, payload: Buffer.from(text) });
const RECORDS: [key: string, data: string | Uint8Array][] = [
  ["a", '{"n":1}'],
  ["b", '{"n":2}\n{"n":3,"test":true}\n{"n":4}\n'],
  ["c", '{"n":5,"test":true}'],
  ["d", aggregate([user("x", '{"n":6}'), user("y", "not a record")])],
  ["e", Buffer.from([0xff, 0x00, 0x81])],
];

async function delivered(
  redeliver: boolean,
  all: readonly (readonly [key: string, data: string | Uint8Array])[] = RECORDS,
  args: Partial<DeliveryStreamArgs> = {},
): Promise<{ cloud: LocalCloud; sources: DeliverySources; s3: S3Service; send: (more: typeof all) => Promise<void> }> {
  const program = () => {
    const stream = new StreamIngest("in", { capacity: "provisioned", shards: 2 });
    const lake = new DataLake("lake", {
      tables: { sales: args.parquet ? { columns: [{ name: "n", type: "bigint" }] } : {} },
    });
    const delivery = new DeliveryStream("shop", {
      stream,
      lake,
      sourceBackup: true,
      hooks: {
        transform: (row) => {
          if (row.exit === true) process.exit(3);
          return row.test === true ? undefined : row;
        },
      },
      ...args,
    });
    return {
      stream: stream.streamName,
      streamArn: stream.streamArn,
      bucket: lake.bucketName,
      database: lake.databaseName,
      backup: delivery.backupBucketName,
    };
  };
  const cloud = await start(program, { clock: systemClock, redeliver });
  const { stream, streamArn, bucket, backup, database } = cloud.outputs as Record<string, string>;
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const send = async (records: typeof all) => {
    const kinesis = new KinesisClient({ region: cloud.region, endpoint: cloud.endpoint, credentials });
    const Records = records.map(([PartitionKey, data]) => ({ PartitionKey, Data: Buffer.from(data as string) }));
    await kinesis.send(new PutRecordsCommand({ StreamName: String(stream), Records }));
    kinesis.destroy();
    await cloud.drain();
  };
  await send(all);
  const outputsOf = (type: string) => cloud.resources.find((resource) => resource.type === type)?.outputs ?? {};
  const made = outputsOf("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream");
  const [declared] = cloud.resources.filter(
    ({ type }) => type === "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
  );
  const sources = {
    deliveryStream: String(made.name),
    deliveryStreamArn: String(made.arn),
    functionArn: String(outputsOf("aws:lambda/function:Function").arn),
    stream: String(stream),
    streamArn: String(streamArn),
    bucket: String(bucket),
    prefix: String(Object(declared?.inputs.extendedS3Configuration).prefix),
    failedFolder: "failed-deliveries/shop/",
    backup: { bucket: String(backup), folder: "source/" },
    flattenedPrefix: undefined,
    view: args.parquet ? { database: String(database), name: "sales_delivered" } : undefined,
  };
  return { cloud, sources, s3: cloud.service("s3") as S3Service, send };
}

function ledgerOf({ cloud, sources }: { readonly cloud: LocalCloud; readonly sources: DeliverySources }) {
  return readDeliveryLedger(cloud, sources, { dataDir: cloud.dataDir, nowMillis: Date.now() });
}

/** Changes the SQL of the view of delivered Parquet, in the catalog's file. */
function changeView(dataDir: string, change: (sql: string) => string): void {
  const file = path.join(dataDir, "glue", "catalog.json");
  const changed = readFileSync(file, "utf8").replace(/Presto View: ([\w+/=]+)/g, (whole, text) => {
    const view = JSON.parse(Buffer.from(text, "base64").toString()) as { originalSql: string };
    if (!view.originalSql.includes("sales_delivered_files")) return whole;
    const json = JSON.stringify({ ...view, originalSql: change(view.originalSql) });
    return `Presto View: ${Buffer.from(json).toString("base64")}`;
  });
  writeFileSync(file, changed);
}

const COUNTS = { records: 5, rows: 4, leftOut: 1, failed: 2, backedUp: 6 };

test("each row is delivered, or left out, or its record failed; after redelivery, rows are repeated and nothing is wrong", async () => {
  const once = await delivered(false);
  expect(await ledgerOf(once)).toMatchObject({
    kind: "DeliveryStream",
    counts: { ...COUNTS, repeated: 0 },
    balanced: true,
    findings: [],
    repeated: [],
  });
  const twice = await delivered(true);
  const ledger = await ledgerOf(twice);
  expect(ledger).toMatchObject({ counts: { ...COUNTS, repeated: 4 }, balanced: true, findings: [] });
  expect(ledger.repeated).toEqual([
    { what: "rows are delivered more than once", count: 4, examples: expect.arrayContaining([expect.any(String)]) },
  ]);
}, 60_000);

test("a lost object, an unknown row, a lost failed record and a changed backup are found", async () => {
  const { cloud, sources, s3 } = await delivered(false);
  const lakeDir = s3.bucketDir(sources.bucket);
  const ledger = () => ledgerOf({ cloud, sources });
  const whats = async () => (await ledger()).findings.map(({ what, count }) => [what, count]);
  const [object = ""] = filesBelow(path.join(lakeDir, "raw"), ".ndjson.gz");
  const kept = path.join(cloud.dataDir, "kept");
  copyFileSync(object, kept);

  const lines = gunzipSync(readFileSync(object)).toString().trimEnd().split("\n");
  writeFileSync(object, gzipSync(`${lines.slice(1).join("\n")}\n`));
  expect(await whats()).toEqual([["rows are neither in raw/ nor, as their record, in failed-deliveries/", 1]]);

  const strange = (lines[0] as string)
    .replace(/\/0\.0"/, '/0.9"')
    .replace(/^\{"_id":"shardId-\d+\//, '{"_id":"shardId-000000000009/');
  writeFileSync(object, gzipSync(`${[...lines, strange].join("\n")}\n`));
  expect(await whats()).toEqual([["rows in raw/ are of no record", 1]]);
  copyFileSync(kept, object);
  expect(await whats()).toEqual([]);

  const [failed = ""] = filesBelow(path.join(lakeDir, sources.failedFolder));
  const failures = readFileSync(failed, "utf8").trimEnd().split("\n");
  writeFileSync(failed, `${failures[0]}\n`);
  expect(await whats()).toEqual([["records that are not transformed are missing in failed-deliveries/", 1]]);
  writeFileSync(failed, `${[...failures, JSON.stringify({ rawData: "AAAA" })].join("\n")}\n`);
  expect(await whats()).toEqual([["bytes in failed-deliveries/ are of no record", 1]]);
  writeFileSync(failed, `${failures.join("\n")}\n`);

  const [backup = ""] = filesBelow(s3.bucketDir(String(sources.backup?.bucket)));
  const bytes = gunzipSync(readFileSync(backup));
  bytes[0] = 0x21;
  writeFileSync(backup, gzipSync(bytes));
  const changed = await whats();
  expect(changed[0]).toEqual(["backup objects have bytes that are not those of the next record of a shard", 1]);
  rmSync(backup);
  expect(await whats()).toEqual([["records are missing in the backup", 6]]);
}, 60_000);

test("a row that lies in another table, or in another hour, is found", async () => {
  const { cloud, sources, s3 } = await delivered(false, [["a", '{"n":1}']]);
  const lakeDir = s3.bucketDir(sources.bucket);
  const [object = ""] = filesBelow(path.join(lakeDir, "raw"), ".ndjson.gz");
  const findings = async () => (await ledgerOf({ cloud, sources })).findings;
  expect(await findings()).toEqual([]);
  for (const [from, to] of [
    [/\/sales\//, "/others/"],
    [/\/hour=\d\d\//, object.includes("/hour=07/") ? "/hour=08/" : "/hour=07/"],
  ] as const) {
    const moved = object.replace(from, to);
    mkdirSync(path.dirname(moved), { recursive: true });
    renameSync(object, moved);
    expect(await findings()).toEqual([
      {
        what: "rows in raw/ are in another table or hour than their record's",
        count: 1,
        examples: [expect.stringMatching(/^shardId-/)],
      },
    ]);
    renameSync(moved, object);
  }
}, 60_000);

test("rows that the function has written itself are there, also in a table that Firehose delivers nothing to", async () => {
  const rows = Array.from({ length: 30_000 }, (_, n) => JSON.stringify({ n, text: "x".repeat(200) }));
  const { cloud, sources, s3 } = await delivered(false, [["a", gzipSync(`${rows.join("\n")}\n`)]]);
  const objects = filesBelow(path.join(s3.bucketDir(sources.bucket), "raw"), ".ndjson.gz");
  expect(objects.map((file) => path.basename(file).startsWith(sources.deliveryStream))).toEqual([false]);
  expect(await ledgerOf({ cloud, sources })).toMatchObject({
    counts: { records: 1, rows: 30_000, leftOut: 0, failed: 0 },
    balanced: true,
    findings: [],
  });
}, 60_000);

test("the bytes of one failed record stand for one of the records with these bytes", async () => {
  const same = '{"n":1}\n{"n":2}';
  const { cloud, sources, s3 } = await delivered(false, [
    ["a", same],
    ["b", same],
  ]);
  const lakeDir = s3.bucketDir(sources.bucket);
  const failed = path.join(lakeDir, sources.failedFolder, "processing-failed", "object");
  mkdirSync(path.dirname(failed), { recursive: true });
  const line = `${JSON.stringify({ rawData: Buffer.from(same).toString("base64") })}\n`;
  const findings = async () => (await ledgerOf({ cloud, sources })).findings;
  writeFileSync(failed, line);
  for (const object of filesBelow(path.join(lakeDir, "raw"), ".ndjson.gz")) rmSync(object);
  expect(await findings()).toEqual([
    {
      what: "rows are neither in raw/ nor, as their record, in failed-deliveries/",
      count: 2,
      examples: [expect.any(String), expect.any(String)],
    },
  ]);
  writeFileSync(failed, line + line);
  expect(await findings()).toEqual([]);
}, 60_000);

test("rows that Firehose converts are in the delivered Parquet, or in failed-deliveries/ if they do not convert", async () => {
  const counts = { records: 5, rows: 4, leftOut: 1, failed: 2, backedUp: 6 };
  for (const redeliver of [false, true]) {
    const { cloud, sources } = await delivered(redeliver, RECORDS, { parquet: true });
    const ledger = await ledgerOf({ cloud, sources: { ...sources, flattenedPrefix: "parquet-output/" } });
    const inView = { repeated: redeliver ? 4 : 0, inView: 4 };
    expect(ledger).toMatchObject({ counts: { ...counts, ...inView }, balanced: true, findings: [] });
    expect(ledger.tables?.sales_delivered_files?.rows).toBe(redeliver ? 8 : 4);
  }

  const { cloud, sources, s3 } = await delivered(false, RECORDS, { parquet: true });
  const lakeDir = s3.bucketDir(sources.bucket);
  const findings = async () => (await ledgerOf({ cloud, sources })).findings;
  for (const file of filesBelow(path.join(lakeDir, "parquet-output"))) rmSync(file);
  const lost = { count: 4, examples: expect.arrayContaining([expect.any(String)]) };
  expect(await findings()).toEqual([
    { what: "rows are neither in the delivered Parquet nor, as their record, in failed-deliveries/", ...lost },
  ]);

  const { findings: lostRows } = await ledgerOf({ cloud, sources });
  const line = `{"_id":"${lostRows[0]?.examples[0]}"}\n{"_id":"shardId-000000000009/1/0.0"}\n`;
  const object = path.join(lakeDir, sources.failedFolder, "format-conversion-failed", "object");
  mkdirSync(path.dirname(object), { recursive: true });
  writeFileSync(object, `${JSON.stringify({ rawData: Buffer.from(line).toString("base64") })}\n`);
  expect((await findings()).map(({ what, count }) => [what, count])).toEqual([
    ["rows are neither in the delivered Parquet nor, as their record, in failed-deliveries/", 3],
    ["rows in failed-deliveries/ are of no record", 1],
  ]);
}, 90_000);

test("each delivered row is in what the view answers, once", async () => {
  const { cloud, sources } = await delivered(true, RECORDS, { parquet: true });
  const found = async (change: (sql: string) => string) => {
    changeView(cloud.dataDir, change);
    const { counts, findings } = await ledgerOf({ cloud, sources });
    return [counts.inView, ...findings.map(({ what, count }) => [what, count])];
  };
  expect(await found((sql) => sql.replace(/ WHERE \S+ = 1$/, ""))).toEqual([
    8,
    ["rows are in the view sales_delivered more than once", 4],
  ]);
  expect(await found((sql) => `${sql} WHERE "n" < 4`)).toEqual([
    4,
    ["delivered rows are missing in the view sales_delivered", 2],
    ["rows are in the view sales_delivered more than once", 2],
  ]);
  expect(await found((sql) => sql.replace(/SELECT "_id"/, `SELECT 'x' || "_id" AS "_id"`))).toEqual([
    4,
    ["delivered rows are missing in the view sales_delivered", 4],
    ["rows of the view sales_delivered are not delivered", 2],
    ["rows are in the view sales_delivered more than once", 2],
  ]);
}, 60_000);

test("a row that the view answers in another hour, or in two hours, is found", async () => {
  const { cloud, sources } = await delivered(false, RECORDS, { parquet: true });
  const found = async (change: (sql: string) => string) => {
    changeView(cloud.dataDir, change);
    const { counts, balanced, findings } = await ledgerOf({ cloud, sources });
    return [counts.inView, balanced, ...findings.map(({ what, count }) => [what, count])];
  };
  let once = "";
  const columns = () => String(/^SELECT (.*?) FROM/.exec(once)?.[1]);
  const otherHour = () => `SELECT ${columns().replace('"hour"', `'99' AS "hour"`)} FROM (${once})`;
  const twice = (sql: string) => {
    once = sql;
    return `SELECT ${columns()} FROM (${sql}) UNION ALL ${otherHour()}`;
  };
  const elsewhere = ["rows of the view sales_delivered are in another hour than delivered", 4];
  expect(await found(twice)).toEqual([8, false, ["rows are in the view sales_delivered more than once", 4], elsewhere]);
  expect(await found(otherHour)).toEqual([4, false, elsewhere]);
}, 60_000);

test("behind many records that end the function's process, those of failed batches are not checked", async () => {
  const numbered = (count: number, row: (n: number) => object): [string, string][] =>
    Array.from({ length: count }, (_, n) => ["a", JSON.stringify(row(n))]);
  const { cloud, sources, send } = await delivered(
    false,
    numbered(55, (n) => ({ exit: true, n })),
    { retryAttempts: 0 },
  );
  await send(numbered(73, (n) => ({ n })));
  const { balanced, findings, unchecked, counts } = await ledgerOf({ cloud, sources });
  expect({ balanced, findings }).toEqual({ balanced: true, findings: [] });
  expect([counts.rows, counts.failed]).toEqual([73, 55]);
  expect(unchecked.map(({ what }) => what)).toEqual([
    "records in batches on which the function fails, behind many that it fails on alone, are not asked for alone",
  ]);
}, 120_000);

test("a record that ends the function's process fails, and the other records are compared", async () => {
  const { cloud, sources } = await delivered(false, [
    ["a", '{"n":1}'],
    ["b", '{"n":2}'],
    ["b", '{"exit":true}'],
    ["b", '{"n":3}'],
  ]);
  const { balanced, findings, counts } = await ledgerOf({ cloud, sources });
  expect({ balanced, findings, records: counts.records }).toEqual({ balanced: true, findings: [], records: 4 });
  // Firehose keeps the bytes of the whole batch; the keys may be in one shard.
  expect(Number(counts.rows) + Number(counts.failed)).toBe(4);
  expect(counts.failed).toBeGreaterThanOrEqual(3);
}, 60_000);
