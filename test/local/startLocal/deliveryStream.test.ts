/** A delivery stream in local: records through Firehose into the lake and its tables, by the package and under the declared roles. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { DataLake, DeliveryStream, type DeliveryStreamArgs, HourlyEtl, StreamIngest } from "streamlake";
import { systemClock } from "../../../local/cloud/clock";
import { filesBelow } from "../../../local/duckdb/files";
import type { LocalCloud } from "../../../local/startLocal";
import { aggregate } from "../../formats/support/aggregate";
import { start, stopAll } from "../support/start";
import { query } from "../support/streamAndSql";

afterAll(stopAll);

const program =
  (args: Partial<DeliveryStreamArgs> = {}) =>
  () => {
    const stream = new StreamIngest("in");
    const lake = new DataLake("lake", { tables: { sales: {} } });
    const delivery = new DeliveryStream("shop", { stream, lake, sourceBackup: true, ...args });
    new HourlyEtl("hourly", { lake });
    return {
      stream: stream.streamName,
      bucket: lake.bucketName,
      backup: delivery.backupBucketName,
      database: lake.databaseName,
      workgroup: lake.workgroupName,
    };
  };

const user = (partitionKey: string, text: string) => ({ partitionKey, payload: Buffer.from(text) });
const RECORDS: [key: string, data: string | Uint8Array][] = [
  ["a", '{"n":1,"shop":"north"}'],
  ["b", '{"n":2,"shop":"south"}\n{"n":3,"shop":"south"}\n'],
  ["c", gzipSync("n,shop\n4,east\n5,west\n")],
  ["d", aggregate([user("x", '{"n":6,"shop":"north"}'), user("y", "not a record")])],
  ["e", Buffer.from([0xff, 0x00, 0x81])],
];

async function send(cloud: LocalCloud, records = RECORDS): Promise<void> {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const kinesis = new KinesisClient({ region: cloud.region, endpoint: cloud.endpoint, credentials });
  const Records = records.map(([PartitionKey, data]) => ({ PartitionKey, Data: Buffer.from(data as string) }));
  await kinesis.send(new PutRecordsCommand({ StreamName: String(cloud.outputs.stream), Records }));
  kinesis.destroy();
  await cloud.drain();
}

function objects(cloud: LocalCloud, bucket: unknown, folder: string): { key: string; body: Buffer }[] {
  const root = path.join(cloud.dataDir, "s3", String(bucket));
  return filesBelow(path.join(root, folder)).map((file) => ({
    key: path.relative(root, file).split(path.sep).join("/"),
    body: readFileSync(file),
  }));
}

const DATE = String.raw`\d{4}-\d\d-\d\d`;
const SUFFIX = String.raw`shop-delivery-[0-9a-f]{7}-1-${DATE}-\d\d-\d\d-\d\d-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`;

test.each([false, true])(
  "rows land in the hour of their arrival and in SQL once each (redelivered: %s)",
  async (redeliver) => {
    const cloud = await start(program(), { clock: systemClock, redeliver });
    await send(cloud);
    const rows = objects(cloud, cloud.outputs.bucket, "raw");
    expect(rows.length).toBeGreaterThanOrEqual(redeliver ? 2 : 1);
    for (const { key } of rows) {
      expect(key).toMatch(new RegExp(`^raw/sales/dt=${DATE}/hour=\\d\\d/${SUFFIX}\\.delivered\\.ndjson\\.gz$`));
    }
    const lines = rows.flatMap(({ body }) => gunzipSync(body).toString().trim().split("\n"));
    expect(lines.length).toBe(redeliver ? 12 : 6);
    for (const line of lines) {
      const { _arrived } = JSON.parse(line) as { _arrived: string };
      expect(rows[0]?.key).toContain(`dt=${_arrived.slice(0, 10)}/hour=${_arrived.slice(11, 13)}/`);
    }

    const at = new Date(Math.floor(systemClock.now() / 3_600_000) * 3_600_000 + 4_200_000);
    const hours = ["SUCCEEDED", "SUCCEEDED"];
    // The schedule calls its target twice, and the second execution finds nothing to do.
    const expected = redeliver ? [...hours, "SUCCEEDED"] : hours;
    expect((await cloud.fireSchedules(at)).map(({ status }) => status)).toEqual(expected);
    expect(await query(cloud, "SELECT n, shop, _format FROM sales ORDER BY n")).toEqual([
      ["n", "shop", "_format"],
      ["1", "north", "json"],
      ["2", "south", "ndjson"],
      ["3", "south", "ndjson"],
      ["4", "east", "csv"],
      ["5", "west", "csv"],
      ["6", "north", "json"],
    ]);
    expect(cloud.usage().denied).toEqual([]);
  },
);

test("records that do not decode keep their bytes in failed-deliveries/, and the backup has every byte of the stream", async () => {
  const cloud = await start(program(), { clock: systemClock });
  await send(cloud);
  const [failed] = objects(cloud, cloud.outputs.bucket, "failed-deliveries");
  expect(failed?.key).toMatch(
    new RegExp(`^failed-deliveries/shop/processing-failed/dt=${DATE}/hour=\\d\\d/${SUFFIX}$`),
  );
  const lines = String(failed?.body)
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.map(({ rawData }) => Buffer.from(rawData, "base64").toString("latin1")).sort()).toEqual([
    "not a record",
    "\xff\x00\x81",
  ]);
  expect(lines[0]).toEqual({
    rawData: expect.any(String),
    errorCode: "Lambda.ProcessingFailedStatus",
    errorMessage: "ProcessingFailed status set for record",
    attemptsMade: 1,
    arrivalTimestamp: expect.any(Number),
    attemptEndingTimestamp: expect.any(Number),
    lambdaARN: expect.stringMatching(/:function:shop-transform-function-/),
  });

  const backups = objects(cloud, cloud.outputs.backup, "source");
  expect(backups.map(({ key }) => key)).toEqual([
    expect.stringMatching(new RegExp(`^source/\\d{4}/\\d\\d/\\d\\d/\\d\\d/${SUFFIX}\\.gz$`)),
  ]);
  const backedUp = gunzipSync(backups[0]?.body ?? "").toString("latin1");
  const sent = RECORDS.flatMap(([key, data]) =>
    key === "d" ? ['{"n":6,"shop":"north"}', "not a record"] : [Buffer.from(data as string).toString("latin1")],
  );
  expect(backedUp.length).toBe(sent.join("").length);
  for (const bytes of sent) expect(backedUp).toContain(bytes);
});

const CONVERTED: [key: string, data: string | Uint8Array][] = [
  ["a", '{"n":9007199254740993,"shop":"north","paid":"2026-11-20T10:30:00+01:00","tags":["x",7]}'],
  ["b", gzipSync("n,shop,paid\n4,east,2026-11-20\n5.0,west,\n")],
  ["c", '{"n":"six","shop":"south"}'],
  ["d", '{"N":6,"shop":{"id":1},"more":true}'],
  ["e", "not a record"],
];

test.each([false, true])(
  "with parquet, rows are in SQL without an hourly step, each once in the view (redelivered: %s)",
  async (redeliver) => {
    const cloud = await start(
      () => {
        const stream = new StreamIngest("in");
        const lake = new DataLake("lake", {
          tables: {
            sales: {
              columns: [
                { name: "n", type: "bigint" },
                { name: "shop", type: "string" },
                { name: "paid", type: "timestamp" },
                { name: "tags", type: "array<string>" },
              ],
            },
          },
        });
        new DeliveryStream("shop", { stream, lake, parquet: true });
        return {
          stream: stream.streamName,
          bucket: lake.bucketName,
          database: lake.databaseName,
          workgroup: lake.workgroupName,
        };
      },
      { clock: systemClock, redeliver },
    );
    await send(cloud, CONVERTED);
    const keys = objects(cloud, cloud.outputs.bucket, "").map(({ key }) => key);
    for (const key of keys.filter((key) => !key.startsWith("failed-deliveries/"))) {
      expect(key).toMatch(
        new RegExp(`^parquet-output/sales_delivered_files/dt=${DATE}/hour=\\d\\d/${SUFFIX}\\.parquet$`),
      );
    }
    expect(await query(cloud, "SELECT n, shop, paid, tags, _format FROM sales_delivered ORDER BY n")).toEqual([
      ["n", "shop", "paid", "tags", "_format"],
      ["4", "east", "2026-11-20 00:00:00.000", undefined, "csv"],
      ["5", "west", undefined, undefined, "csv"],
      ["6", '{"id":1}', undefined, undefined, "json"],
      ["9007199254740993", "north", "2026-11-20 09:30:00.000", "[x, 7]", "json"],
    ]);
    const counted = "SELECT count(*), count(DISTINCT _id), count(_arrived) FROM sales_delivered_files";
    expect((await query(cloud, counted))[1]).toEqual(redeliver ? ["8", "4", "8"] : ["4", "4", "4"]);
    const failed = objects(cloud, cloud.outputs.bucket, "failed-deliveries/shop/processing-failed").flatMap(
      ({ body }) =>
        String(body)
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line)),
    );
    const bytes = failed.map(({ rawData }) => Buffer.from(rawData, "base64").toString()).sort();
    expect(bytes).toEqual(
      redeliver
        ? ["not a record", "not a record", '{"n":"six","shop":"south"}', '{"n":"six","shop":"south"}']
        : ["not a record", '{"n":"six","shop":"south"}'],
    );
    expect(cloud.usage().denied).toEqual([]);
  },
);
