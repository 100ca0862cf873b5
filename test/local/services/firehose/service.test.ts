/** Firehose: buffers by size and time, transformation with retries, failed records, backup, permissions, and refusals. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { DescribeDeliveryStreamCommand, FirehoseClient, ListDeliveryStreamsCommand } from "@aws-sdk/client-firehose";
import { openDuckDb } from "../../../../local/duckdb/duckdb";
import { aggregate } from "../../../formats/support/aggregate";
import {
  converting,
  FirehoseWorld,
  inputs,
  processing,
  type Transform,
  upperCase,
  type WorldOptions,
} from "../../support/firehoseWorld";

let world: FirehoseWorld;
const start = async (options: WorldOptions = {}, s3: object = {}) => {
  world = await FirehoseWorld.start(options, s3);
  return world;
};
afterEach(() => world.end());

const textsOf = (bucket: string, folder = "") =>
  Object.entries(world.objects(bucket))
    .filter(([key]) => key.startsWith(folder))
    .map(([, body]) => body.toString());
const failedLines = () =>
  textsOf("lake", "errors").flatMap((text) =>
    text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  );
const NAME = /clicks-1-2026-11-20-\d\d-\d\d-\d\d-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

test("a batch is transformed, and an object delivered, when its time is over", async () => {
  await start();
  await world.put("a", "b");
  await world.advance(9_000);
  expect(world.events).toEqual([]);
  await world.advance(2_000);
  expect(world.events.map(({ records }) => records.length)).toEqual([2]);
  expect(world.objects("lake")).toEqual({});
  await world.advance(60_000);
  const [[key, body]] = Object.entries(world.objects("lake")) as [[string, Buffer]];
  expect(body.toString()).toBe("A\nB\n");
  expect(key).toMatch(/^rows\/2026-11-20\/10\//);
  expect(key).toMatch(NAME);
});

test("a batch and an object end when they are full; the prefix has the arrival of the oldest record", async () => {
  await start();
  const data = "x".repeat(150_000);
  await world.put(...Array.from({ length: 8 }, () => data));
  await world.advance(40_000);
  expect(world.events.length).toBeGreaterThanOrEqual(7);
  const full = Object.entries(world.objects("lake"));
  expect(full.map(([key, body]) => [key.slice(0, 19), body.length])).toEqual([["rows/2026-11-20/10/", 7 * 150_001]]);
  await world.put("late");
  await world.advance(120_000);
  expect(Object.keys(world.objects("lake")).map((key) => key.slice(0, 19))).toEqual([
    "rows/2026-11-20/10/",
    "rows/2026-11-20/10/",
  ]);
});

test("the function gets Firehose's event, with KPL records unpacked and the place of each in the stream", async () => {
  await start();
  const users = [
    { partitionKey: "x", payload: Buffer.from("one") },
    { partitionKey: "y", payload: Buffer.from("two") },
  ];
  await world.put("plain", aggregate(users));
  await world.drain();
  const [event] = world.events;
  expect(event).toMatchObject({
    invocationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    deliveryStreamArn: "arn:aws:firehose:eu-central-1:123456789012:deliverystream/clicks",
    sourceKinesisStreamArn: "arn:aws:kinesis:eu-central-1:123456789012:stream/clicks",
    region: "eu-central-1",
  });
  expect(event?.records.map(({ data }) => Buffer.from(data, "base64").toString())).toEqual(["plain", "one", "two"]);
  const places = event?.records.map(({ recordId, kinesisRecordMetadata }) => {
    const { sequenceNumber, subsequenceNumber, partitionKey, shardId } = kinesisRecordMetadata;
    expect(recordId).toBe(`${sequenceNumber}${String(subsequenceNumber || 0).padStart(6, "0")}`);
    return [subsequenceNumber, partitionKey, typeof shardId];
  });
  expect(places).toEqual([
    ["", "k", "string"],
    ["0", "x", "string"],
    ["1", "y", "string"],
  ]);
});

test("records from before the delivery stream are not delivered, and those of new shards are", async () => {
  await start();
  await world.put("before");
  await world.remove();
  await world.declare("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", "clicks", inputs());
  await world.put("after");
  await world.drain();
  const { Shards } = (await world.call("kinesis", "ListShards", { StreamName: "clicks" })) as {
    Shards: { ShardId: string; HashKeyRange: { StartingHashKey: string; EndingHashKey: string } }[];
  };
  for (const { ShardId, HashKeyRange } of Shards) {
    const middle = (BigInt(HashKeyRange.StartingHashKey) + BigInt(HashKeyRange.EndingHashKey)) / 2n;
    const split = { StreamName: "clicks", ShardToSplit: ShardId, NewStartingHashKey: String(middle) };
    await world.call("kinesis", "SplitShard", split);
  }
  await world.put("split");
  await world.drain();
  expect(textsOf("lake").sort()).toEqual(["AFTER\n", "SPLIT\n"]);
});

test("a failing function is tried again three times, then its records keep their bytes, and the log has the error", async () => {
  await start({
    transform: () => {
      throw new Error("no");
    },
  });
  await world.put("a", Buffer.from([0xff, 0x00]));
  await world.drain();
  expect(world.events).toHaveLength(4);
  expect(failedLines()).toEqual(
    ["YQ==", "/wA="].map((rawData) => ({
      rawData,
      errorCode: "Lambda.FunctionError",
      errorMessage: "The Lambda function was successfully invoked but it returned an error result.",
      attemptsMade: 4,
      arrivalTimestamp: expect.any(Number),
      attemptEndingTimestamp: expect.any(Number),
      lambdaARN: "arn:aws:lambda:eu-central-1:123456789012:function:transform",
    })),
  );
  expect(Object.keys(world.objects("lake"))[0]).toMatch(/^errors\/processing-failed\/clicks-1-/);
  expect(world.log()).toContain('"errorCode":"Lambda.FunctionError"');
});

test("a function that recovers has its batch delivered once", async () => {
  let calls = 0;
  await start({
    transform: (event) => {
      calls += 1;
      if (calls < 3) throw new Error("not yet");
      return upperCase(event);
    },
  });
  await world.put("a");
  await world.drain();
  expect([calls, textsOf("lake")]).toEqual([3, ["A\n"]]);
});

const answering =
  (change: (records: { recordId: string; data: string }[]) => unknown): Transform =>
  (event) => ({ records: change((upperCase(event) as { records: { recordId: string; data: string }[] }).records) });

test.each<[string, Transform, string]>([
  ["without a record", answering((records) => records.slice(1)), "Lambda.MissingRecordId"],
  ["with a record twice", answering((records) => [...records, records[0]]), "Lambda.DuplicatedRecordId"],
  ["without records", () => ({}), "Lambda.JsonProcessingException"],
  ["with null as a record", () => ({ records: [null, null] }), "Lambda.JsonProcessingException"],
  [
    "with another result",
    answering((records) => records.map((record) => ({ ...record, result: "Maybe" }))),
    "Lambda.JsonProcessingException",
  ],
])("an answer %s fails the batch", async (_what, transform, errorCode) => {
  await start({ transform }, { processingConfiguration: processing({ NumberOfRetries: "1" }) });
  await world.put("a", "b");
  await world.drain();
  expect(world.events).toHaveLength(2);
  expect(failedLines().map((line) => [line.errorCode, line.attemptsMade])).toEqual([
    [errorCode, 2],
    [errorCode, 2],
  ]);
});

test("records that the function drops are nowhere, and those that it fails are in the error prefix", async () => {
  const results = ["Ok", "Dropped", "ProcessingFailed"];
  await start({ transform: answering((records) => records.map((one, index) => ({ ...one, result: results[index] }))) });
  await world.put("ok", "dropped", "failed");
  await world.drain();
  expect(textsOf("lake", "rows")).toEqual(["OK\n"]);
  expect(failedLines()).toMatchObject([
    { rawData: "ZmFpbGVk", errorCode: "Lambda.ProcessingFailedStatus", attemptsMade: 1 },
  ]);
});

const PARTITIONED = {
  prefix: "rows/!{partitionKeyFromLambda:shop}/",
  bufferingSize: 64,
  dynamicPartitioningConfiguration: { enabled: true },
};

test("dynamic partitioning puts records into the prefix of their keys; without one they fail", async () => {
  const shops = ["north", "south", "north", ""];
  const transform = answering((records) =>
    records.map((one, index) => ({ ...one, metadata: { partitionKeys: { shop: shops[index] } } })),
  );
  await start({ transform }, PARTITIONED);
  await world.put("a", "b", "c", "d");
  await world.drain();
  expect([textsOf("lake", "rows/north"), textsOf("lake", "rows/south")]).toEqual([["A\nC\n"], ["B\n"]]);
  expect(failedLines()).toMatchObject([{ rawData: "ZA==", errorCode: "DynamicPartitioning.MetadataExtractionFailed" }]);
});

test("records beyond 500 active partitions fail, until objects are delivered", async () => {
  const transform = answering((records) =>
    records.map((one) => ({ ...one, metadata: { partitionKeys: { shop: atob(one.data).trim().toLowerCase() } } })),
  );
  await start({ transform }, PARTITIONED);
  const shops = Array.from({ length: 501 }, (_, shop) => `shop-${shop}`);
  await world.put(...shops.slice(0, 300));
  await world.put(...shops.slice(300), "shop-0");
  await world.drain();
  expect(textsOf("lake", "rows")).toHaveLength(500);
  expect(textsOf("lake", "rows/shop-0/")).toEqual(["SHOP-0\nSHOP-0\n"]);
  expect(failedLines()).toMatchObject([
    {
      rawData: btoa("shop-500"),
      errorCode: "DynamicPartitioning.ActivePartitionsLimitExceeded",
      errorMessage: "The number of active partitions has exceeded the configured limit",
    },
  ]);
  await world.put("shop-500");
  await world.drain();
  expect(textsOf("lake", "rows/shop-500/")).toEqual(["SHOP-500\n"]);
});

test("objects are compressed, and named, as declared", async () => {
  await start({}, { compressionFormat: "GZIP", fileExtension: ".rows.gz" });
  await world.put("a");
  await world.drain();
  const [[key, body]] = Object.entries(world.objects("lake")) as [[string, Buffer]];
  expect([key.endsWith(".rows.gz"), gunzipSync(body).toString()]).toEqual([true, "A\n"]);
});

test("the backup has the bytes of every record one after the other, also of those that fail", async () => {
  const s3BackupConfiguration = {
    bucketArn: "arn:aws:s3:::backup",
    roleArn: "arn:aws:iam::123456789012:role/delivery",
    prefix: "source/",
    compressionFormat: "GZIP",
  };
  const transform = answering((records) => records.map((one) => ({ ...one, result: "ProcessingFailed" })));
  await start({ transform }, { s3BackupMode: "Enabled", s3BackupConfiguration });
  await world.put(Buffer.from([0, 255]), "b\n");
  await world.drain();
  const [[key, body]] = Object.entries(world.objects("backup")) as [[string, Buffer]];
  expect(key).toMatch(/^source\/2026\/11\/20\/10\/clicks-1-.*\.gz$/);
  expect(gunzipSync(body)).toEqual(Buffer.from([0, 255, 0x62, 0x0a]));
});

/** The rows of Parquet objects, each object's in one list. */
async function parquetRows(): Promise<unknown[][]> {
  const folder = mkdtempSync(path.join(tmpdir(), "parquet-"));
  const db = await openDuckDb();
  try {
    const rows: unknown[][] = [];
    for (const [index, [key, body]] of Object.entries(world.objects("lake")).entries()) {
      if (!key.startsWith("rows/")) continue;
      expect(key).toMatch(/^rows\/.*\.parquet$/);
      const file = path.join(folder, `${index}.parquet`);
      writeFileSync(file, body);
      rows.push(await db.rows(`SELECT n FROM read_parquet('${file}') ORDER BY n`));
    }
    return rows;
  } finally {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Answers each record as it is. */
const asIs: Transform = ({ records }) => ({
  records: records.map(({ recordId, data }) => ({ recordId, result: "Ok", data })),
});

test("rows become Parquet with the table's columns; a record with a row that does not fit keeps the function's answer", async () => {
  await start({ transform: asIs }, converting());
  await world.put('{"n":1}\n{"N":"2","more":true}\n', '{"n":3}{"n":"three"}', "no JSON");
  await world.drain();
  expect(await parquetRows()).toEqual([[{ n: "1" }, { n: "2" }]]);
  const [key] = Object.keys(world.objects("lake"));
  expect(key).toMatch(/^errors\/format-conversion-failed\/clicks-1-/);
  expect(key).toMatch(NAME);
  const [mismatch, malformed] = failedLines();
  expect(mismatch).toEqual({
    attemptsMade: 1,
    arrivalTimestamp: expect.any(Number),
    lastErrorCode: "DataFormatConversion.MalformedData",
    lastErrorMessage: 'Data does not match the schema. For input string: "three"',
    attemptEndingTimestamp: expect.any(Number),
    rawData: Buffer.from('{"n":3}{"n":"three"}').toString("base64"),
    sequenceNumber: expect.stringMatching(/^\d+$/),
    subSequenceNumber: null,
    dataCatalogTable: {
      catalogId: "123456789012",
      databaseName: "shop",
      tableName: "rows",
      region: "eu-central-1",
      versionId: "LATEST",
      roleArn: "arn:aws:iam::123456789012:role/delivery",
    },
  });
  expect(malformed).toMatchObject({ lastErrorCode: "DataFormatConversion.ParseError", rawData: "bm8gSlNPTg==" });
});

test("with redelivery, converted rows are delivered twice, and so are objects of errors", async () => {
  await start({ transform: asIs, redeliver: true }, converting());
  for (let n = 0; n < 8; n++) await world.put(`{"n":${n}}`);
  await world.put("no JSON");
  await world.drain();
  const rows = (await parquetRows()).flat().map((row) => Number((row as { n: string }).n));
  expect(rows.sort()).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7]);
  expect(failedLines().map(({ rawData }) => rawData)).toEqual(["bm8gSlNPTg==", "bm8gSlNPTg=="]);
});

test("a table that may not be read is refused when declared; later, rows wait until it may", async () => {
  await expect(start({ without: "glue:GetTableVersions" }, converting())).rejects.toThrow(
    /^local\/firehose: delivery stream "clicks": .*glue:GetTableVersions.*; the role's policy must allow it and be made before the delivery stream \(dependsOn\)$/,
  );
  await start({ transform: asIs }, converting());
  await world.allow("glue:GetTable");
  await world.put('{"n":1}');
  await expect(world.drain()).rejects.toThrow("is not authorized to perform: glue:GetTable");
  expect(world.objects("lake")).toEqual({});
  await world.allow();
  await world.drain();
  expect(await parquetRows()).toEqual([[{ n: "1" }]]);
});

test("a table with a type that is not simulated is refused by name", async () => {
  world = await FirehoseWorld.start({});
  await world.declare("aws:glue/catalogTable:CatalogTable", "maps", {
    name: "maps",
    databaseName: "shop",
    storageDescriptor: { location: "s3://lake/maps/", columns: [{ name: "m", type: "map<string,int>" }] },
  });
  const schemaConfiguration = {
    databaseName: "shop",
    tableName: "maps",
    roleArn: "arn:aws:iam::123456789012:role/delivery",
  };
  const declared = { ...inputs(converting({ schemaConfiguration })), name: "maps" };
  await expect(
    world.declare("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", "maps", declared),
  ).rejects.toThrow("the conversion of the column shop.maps.m to map<string,int> is not simulated");
});

test("with redelivery the backup has each object twice", async () => {
  const s3BackupConfiguration = {
    bucketArn: "arn:aws:s3:::backup",
    roleArn: "arn:aws:iam::123456789012:role/delivery",
    prefix: "source/",
  };
  await start({ redeliver: true }, { s3BackupMode: "Enabled", s3BackupConfiguration });
  await world.put("a", "b");
  await world.drain();
  expect(textsOf("backup")).toEqual(["ab", "ab"]);
});

test("with redelivery every record is delivered twice, in other objects", async () => {
  await start({ redeliver: true });
  for (let batch = 0; batch < 10; batch++) {
    await world.put(...Array.from({ length: 10 }, (_, index) => `r${batch * 10 + index}`));
    await world.drain();
  }
  const lines = textsOf("lake").flatMap((text) => text.trim().split("\n"));
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  expect([counts.size, new Set(counts.values())]).toEqual([100, new Set([2])]);
  const sizes = textsOf("lake").map((text) => text.trim().split("\n").length);
  expect(new Set(sizes).size).toBeGreaterThan(3);
});

test.each([
  ["s3:PutObject", "is not authorized to perform: s3:PutObject"],
  ["s3:ListBucketMultipartUploads", "is not authorized to perform: s3:ListBucketMultipartUploads"],
  ["kinesis:GetRecords", "is not authorized to perform: kinesis:GetRecords"],
])("without %s the delivery ends with the error", async (without, message) => {
  await start({ without });
  await world.put("a");
  await expect(world.drain()).rejects.toThrow(message);
  expect(world.objects("lake")).toEqual({});
});

test("a delivery that is denied is in the log, waits, and is tried again each minute", async () => {
  await start({ without: "s3:PutObject" }, { compressionFormat: "GZIP" });
  await world.put("a");
  await world.advance(71_000);
  expect(world.objects("lake")).toEqual({});
  const errors = () => world.log().match(/"errorCode":"AccessDenied[^"]*"/g);
  expect(errors()).toHaveLength(1);
  await world.put("b");
  await world.advance(120_000);
  expect([world.objects("lake"), errors()?.length]).toEqual([{}, 1]);
  await world.allow();
  await world.advance(61_000 + 71_000);
  const rows = Object.values(world.objects("lake")).map((body) => gunzipSync(body).toString());
  expect(rows.sort()).toEqual(["A\n", "B\n"]);
  await world.drain();
  expect(Object.keys(world.objects("lake"))).toHaveLength(2);
});

test("records that cannot be read are read when the role may", async () => {
  await start({ without: "kinesis:GetRecords" });
  await world.put("a");
  await expect(world.drain()).rejects.toThrow("is not authorized to perform: kinesis:GetRecords");
  await world.allow();
  await world.drain();
  expect(textsOf("lake")).toEqual(["A\n"]);
});

test("an update repairs a delivery stream, and delivers what the old settings could not", async () => {
  await start();
  await world.put("a");
  await world.remove();
  const type = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream";
  await world.declare(type, "clicks", inputs({ bucketArn: "arn:aws:s3:::absent" }));
  await world.put("b");
  await expect(world.drain()).rejects.toThrow("The specified bucket does not exist");
  await world.update({});
  expect(textsOf("lake")).toEqual(["B\n"]);
  await world.drain();
});

test("records that arrive during an update are delivered", async () => {
  await start();
  for (let round = 0; round < 20; round++) {
    await world.put(`a${round}`);
    const updating = world.update({ prefix: `round-${round}/` });
    await world.put(`b${round}`);
    const draining = world.drain();
    await world.put(`c${round}`);
    await Promise.all([updating, draining]);
  }
  await world.drain();
  const lines = textsOf("lake").flatMap((text) => text.trim().split("\n"));
  expect(lines.sort()).toEqual(
    ["A", "B", "C"].flatMap((letter) => Array.from({ length: 20 }, (_, round) => `${letter}${round}`)).sort(),
  );
});

test("a function that the role may not call fails the records, as on AWS", async () => {
  await start({ without: "lambda:InvokeFunction" }, { processingConfiguration: processing({ NumberOfRetries: "0" }) });
  await world.put("a");
  await world.drain();
  expect(failedLines()).toMatchObject([{ rawData: "YQ==", errorCode: "Lambda.InvokeAccessDenied" }]);
});

test("a role that cannot read the stream is refused when the delivery stream is declared", async () => {
  const declared = FirehoseWorld.start({ without: "kinesis:DescribeStream" });
  await expect(declared).rejects.toThrow(
    /^local\/firehose: delivery stream "clicks": .*kinesis:DescribeStream.*; the role's policy must allow it and be made before the delivery stream \(dependsOn\)$/,
  );
  world = new FirehoseWorld();
});

test("an update delivers what is buffered, and raises the version", async () => {
  await start();
  await world.put("a");
  await world.update({ prefix: "new/", bufferingInterval: 0 });
  await world.put("b");
  await world.drain();
  const keys = Object.keys(world.objects("lake"));
  expect(keys).toEqual([
    expect.stringMatching(/^new\/2026\/11\/20\/10\/clicks-2-/),
    expect.stringMatching(/^rows\/2026-11-20\/10\/clicks-1-/),
  ]);
});

test("a deleted delivery stream delivers nothing, and is not found", async () => {
  await start();
  await world.remove();
  await world.put("a");
  await world.advance(100_000);
  expect([world.events, world.objects("lake")]).toEqual([[], {}]);
  const describe = world.call("firehose", "DescribeDeliveryStream", { DeliveryStreamName: "clicks" });
  await expect(describe).rejects.toThrow("Firehose clicks under account 123456789012 not found.");
});

test("AWS's client describes and lists what is declared", async () => {
  await start({}, { compressionFormat: "GZIP" });
  const endpoint = await world.cloud.listen(0);
  const credentials = world.cloud.credentialsFor({ kind: "caller" });
  const client = new FirehoseClient({ endpoint, region: "eu-central-1", credentials });
  const described = await client.send(new DescribeDeliveryStreamCommand({ DeliveryStreamName: "clicks" }));
  const listed = await client.send(new ListDeliveryStreamsCommand({}));
  client.destroy();
  expect(listed).toMatchObject({ DeliveryStreamNames: ["clicks"], HasMoreDeliveryStreams: false });
  expect(described.DeliveryStreamDescription).toMatchObject({
    DeliveryStreamStatus: "ACTIVE",
    DeliveryStreamType: "KinesisStreamAsSource",
    VersionId: "1",
    Destinations: [
      {
        ExtendedS3DestinationDescription: {
          BucketARN: "arn:aws:s3:::lake",
          CompressionFormat: "GZIP",
          BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 60 },
          S3BackupMode: "Disabled",
        },
      },
    ],
  });
});

test.each(["PutRecord", "PutRecordBatch"])(
  "%s is refused as on AWS, because the source is a Kinesis stream",
  async (operation) => {
    await start();
    const put = world.call("firehose", operation, { DeliveryStreamName: "clicks", Record: { Data: "YQ==" } });
    await expect(put).rejects.toThrow("This operation is not permitted on KinesisStreamAsSource delivery stream type.");
  },
);

test("a name that is taken, and a change of dynamic partitioning, are refused", async () => {
  await start();
  const type = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream";
  await expect(world.declare(type, "again", inputs())).rejects.toThrow(
    "Firehose clicks under accountId 123456789012 already exists",
  );
  await expect(world.update(PARTITIONED)).rejects.toThrow(
    "a change of dynamicPartitioningConfiguration is not simulated; replace the delivery stream",
  );
});

const DIRECT = { kinesisSourceConfiguration: undefined };
const lambdaAnd = (type: string) => ({
  processingConfiguration: { enabled: true, processors: [...processing().processors, { type }] },
});

test.each<[string, object, string]>([
  [
    "records by API",
    DIRECT,
    "a source other than a Kinesis stream is not simulated; declare kinesisSourceConfiguration",
  ],
  ["another destination", { destination: "redshift" }, 'destination "redshift" is not simulated; use "extended_s3"'],
])("%s are refused by name", async (_what, changes, problem) => {
  world = new FirehoseWorld();
  const type = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream";
  await expect(world.declare(type, "clicks", { ...inputs(), ...changes })).rejects.toThrow(
    `local/firehose: delivery stream "clicks": ${problem}; see docs/fidelity.md`,
  );
});

test.each<[string, object, string]>([
  [
    "conversion of Hive's JSON",
    converting({ inputFormatConfiguration: { deserializer: { hiveJsonSerDe: {} } } }),
    "dataFormatConversionConfiguration.inputFormatConfiguration is not simulated but with openXJsonSerDe",
  ],
  [
    "conversion to ORC",
    converting({ outputFormatConfiguration: { serializer: { orcSerDe: {} } } }),
    "dataFormatConversionConfiguration.outputFormatConfiguration is not simulated but with parquetSerDe",
  ],
  [
    "an option of OpenX",
    converting({ inputFormatConfiguration: { deserializer: { openXJsonSerDe: { caseInsensitive: false } } } }),
    "dataFormatConversionConfiguration.inputFormatConfiguration.deserializer.openXJsonSerDe.caseInsensitive is not simulated",
  ],
  [
    "an option of Parquet",
    converting({ outputFormatConfiguration: { serializer: { parquetSerDe: { pageSizeBytes: 65536 } } } }),
    "dataFormatConversionConfiguration.outputFormatConfiguration.serializer.parquetSerDe.pageSizeBytes is not simulated",
  ],
  [
    "a compression of Parquet",
    converting({ outputFormatConfiguration: { serializer: { parquetSerDe: { compression: "LZO" } } } }),
    "dataFormatConversionConfiguration.outputFormatConfiguration.serializer.parquetSerDe.compression is none of SNAPPY, GZIP, UNCOMPRESSED",
  ],
  [
    "a version of the table",
    converting({ schemaConfiguration: { databaseName: "shop", tableName: "rows", roleArn: "r", versionId: "3" } }),
    "dataFormatConversionConfiguration.schemaConfiguration.versionId is not simulated but with LATEST",
  ],
  [
    "a conversion without a table",
    converting({ schemaConfiguration: { databaseName: "shop", roleArn: "r" } }),
    "dataFormatConversionConfiguration.schemaConfiguration.tableName is missing",
  ],
  [
    "compressed Parquet",
    { ...converting(), compressionFormat: "GZIP" },
    'compressionFormat must be "UNCOMPRESSED" with a conversion, which compresses Parquet itself',
  ],
  [
    "a conversion in a small buffer",
    { ...converting(), bufferingSize: 63 },
    "a conversion needs a bufferingSize of at least 64",
  ],
  [
    "a conversion of records as they are",
    { ...converting(), processingConfiguration: { enabled: false } },
    "a conversion without a Lambda processor is not simulated",
  ],
  ["a time zone", { customTimeZone: "Asia/Tokyo" }, "extendedS3Configuration.customTimeZone is not simulated"],
  ["ZIP", { compressionFormat: "ZIP" }, 'compressionFormat "ZIP" is not simulated; use "GZIP" or "UNCOMPRESSED"'],
  ["a key", { kmsKeyArn: "k" }, "kmsKeyArn is not simulated; the bucket's own encryption applies without it"],
  [
    "JQ",
    lambdaAnd("MetadataExtraction"),
    "the processors Lambda, MetadataExtraction are not simulated; use one of the type Lambda",
  ],
  ["a week", { prefix: "rows/!{timestamp:ww}/" }, "the expression !{timestamp:ww} is not simulated"],
  [
    "a query",
    { prefix: "rows/!{partitionKeyFromQuery:a}/" },
    "the expression !{partitionKeyFromQuery:a} is not simulated",
  ],
  [
    "an error prefix without its type",
    { errorOutputPrefix: "errors/" },
    "errorOutputPrefix must contain !{firehose:error-output-type} when prefix has expressions",
  ],
  [
    "partitions in a small buffer",
    { ...PARTITIONED, bufferingSize: 5 },
    "dynamic partitioning needs a bufferingSize of at least 64, a Lambda processor and its partition keys in prefix",
  ],
  [
    "partitions without a buffer",
    { ...PARTITIONED, bufferingInterval: 0 },
    "dynamic partitioning needs a bufferingInterval of at least 60",
  ],
  [
    "a backup without a buffer",
    {
      s3BackupMode: "Enabled",
      s3BackupConfiguration: { bucketArn: "arn:aws:s3:::backup", roleArn: "r", bufferingInterval: 0 },
    },
    "a backup needs a bufferingInterval of at least 60",
  ],
  [
    "partition keys alone",
    { prefix: PARTITIONED.prefix },
    "prefix has partition keys, and dynamicPartitioningConfiguration is not enabled",
  ],
  ["a backup nowhere", { s3BackupMode: "Enabled" }, "s3BackupMode is Enabled without s3BackupConfiguration"],
])("%s is refused when declared", async (_what, s3, problem) => {
  world = new FirehoseWorld();
  const type = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream";
  await expect(world.declare(type, "clicks", inputs(s3))).rejects.toThrow(
    `local/firehose: delivery stream "clicks": ${problem}; see docs/fidelity.md`,
  );
});
