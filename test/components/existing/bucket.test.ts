/** Lakes on buckets that exist: what is declared, what each role may do, and what is refused. */
import * as s3 from "@pulumi/aws/s3";
import { DataLake, type DataLakeArgs, FormatRouter, HourlyEtl, Replay, StreamIngest } from "streamlake";
import { declare } from "streamlake/testing";
import { bucketOf } from "../../../components/existing/bucket";
import { listed, statements } from "../support/listed";
import { outputFailure } from "../support/outputFailure";

const OWN = "arn:aws:kms:us-east-1:123456789012:key/own";
const TEAM = "arn:aws:kms:us-east-1:123456789012:key/team";
const DATABASE = "arn:aws:glue:us-east-1:123456789012:database/shop";
const TEAM_BUCKETS = {
  bucket: { bucketName: "team", encryptionKeyArn: TEAM },
  resultsBucket: { bucketName: "team" },
  failedBucket: { bucketName: "team-failed" },
};

const lake = (args: DataLakeArgs) => () => new DataLake("lake", args);

test("on a bucket that exists, a lake declares neither the bucket nor any setting of it", async () => {
  const program = () =>
    new DataLake("lake", { ...TEAM_BUCKETS, tables: { orders: { columns: [{ name: "total", type: "double" }] } } });
  const update = listed(await declare(program));
  expect(update).toEqual([
    "aws:athena/namedQuery:NamedQuery lake-query-count-orders",
    "aws:athena/namedQuery:NamedQuery lake-query-latest-orders",
    "aws:athena/namedQuery:NamedQuery lake-query-unformatted",
    "aws:athena/workgroup:Workgroup lake-workgroup",
    "aws:glue/catalogDatabase:CatalogDatabase lake-database",
    "aws:glue/catalogTable:CatalogTable lake-table-orders",
    "aws:glue/catalogTable:CatalogTable lake-table-orders_live",
    "aws:glue/catalogTable:CatalogTable lake-table-orders_raw",
    "aws:glue/catalogTable:CatalogTable lake-table-unformatted",
    "streamlake:index:DataLake lake",
  ]);
  expect(listed(await declare(program, { preview: true }))).toEqual(update);
});

test("a bucket declared in the same program is only used", async () => {
  const declared = await declare(() => {
    const bucket = new s3.Bucket("team");
    return new DataLake("lake", { bucket, encryptionKeyArn: TEAM }).bucketName;
  });
  expect(declared.outputs).toBe("team");
  expect(listed(declared).filter((line) => line.startsWith("aws:s3/") && !/ lake-(results|failed)/.test(line))).toEqual(
    ["aws:s3/bucket:Bucket team"],
  );
});

test("each role reaches the prefixes of the lake in the bucket, with the keys of the buckets' owners", async () => {
  const declared = await declare(() => {
    const stream = new StreamIngest("in");
    const shared = new DataLake("lake", { ...TEAM_BUCKETS, prefix: "shop/", encryptionKeyArn: OWN });
    const router = new FormatRouter("r", { stream, lake: shared });
    new Replay("again", { router });
  });
  expect(statements(declared.one("r-router-policy")).slice(2)).toEqual([
    {
      Effect: "Allow",
      Action: ["s3:PutObject"],
      Resource: ["arn:aws:s3:::team/shop/raw/*", "arn:aws:s3:::team/shop/unformatted/*"],
    },
    { Effect: "Allow", Action: ["kms:GenerateDataKey"], Resource: [TEAM] },
    {
      Effect: "Allow",
      Action: ["s3:PutObject"],
      Resource: ["arn:aws:s3:::team-failed/aws/lambda/*"],
      Condition: { StringEquals: { "s3:ResourceAccount": "123456789012" } },
    },
    {
      Effect: "Allow",
      Action: ["s3:ListBucket"],
      Resource: ["arn:aws:s3:::team-failed"],
      Condition: { StringEquals: { "s3:ResourceAccount": "123456789012" } },
    },
    { Effect: "Allow", Action: ["kms:GenerateDataKey"], Resource: [OWN] },
  ]);
  expect(statements(declared.one("again-chunk-policy")).slice(3)).toEqual([
    {
      Effect: "Allow",
      Action: ["s3:GetObject"],
      Resource: ["arn:aws:s3:::team/shop/unformatted/*", "arn:aws:s3:::team-failed/aws/lambda/*"],
    },
    { Effect: "Allow", Action: ["s3:PutObject"], Resource: ["arn:aws:s3:::team/shop/replayed/*"] },
    { Effect: "Allow", Action: ["s3:DeleteObject"], Resource: ["arn:aws:s3:::team/shop/unformatted/*"] },
    { Effect: "Allow", Action: ["s3:ListBucket"], Resource: ["arn:aws:s3:::team", "arn:aws:s3:::team-failed"] },
    { Effect: "Allow", Action: ["kms:Decrypt"], Resource: [TEAM] },
    { Effect: "Allow", Action: ["kms:Decrypt"], Resource: [OWN] },
  ]);
  expect(declared.one("lake-workgroup").inputs.configuration.resultConfiguration).toEqual({
    outputLocation: "s3://team/shop/athena-results/",
    encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKeyArn: OWN },
  });
});

test("the hourly step puts its script below the lake's prefix", async () => {
  const declared = await declare(() => {
    new HourlyEtl("hourly", { lake: new DataLake("lake", { bucket: { bucketName: "team" }, prefix: "shop/" }) });
  });
  expect(declared.one("hourly-script").inputs).toMatchObject({ bucket: "team", key: "shop/jobs/flatten_hour.py" });
  expect(declared.one("hourly-job").inputs.defaultArguments).toMatchObject({
    "--BUCKET": "team",
    "--RAW_PREFIX": "shop/raw/",
    "--PARQUET_PREFIX": "shop/parquet-output/",
    "--LEDGER_PREFIX": "shop/ledger/",
  });
});

test("the lifecycle of the bucket is its owner's, who adds the rules of the lake", async () => {
  const { outputs } = await declare(
    () =>
      new DataLake("lake", { bucket: { bucketName: "team" }, prefix: "shop/", retentionDays: { raw: 30 } })
        .lifecycleRules,
  );
  expect(outputs).toEqual([
    { id: "raw", status: "Enabled", filter: { prefix: "shop/raw/" }, expiration: { days: 30 } },
    { id: "ledger", status: "Enabled", filter: { prefix: "shop/ledger/" }, expiration: { days: 400 } },
    { id: "alerts", status: "Enabled", filter: { prefix: "shop/alerts/" }, expiration: { days: 30 } },
  ]);
});

test.each<[string, Partial<DataLakeArgs>, Partial<DataLakeArgs>, string]>([
  [
    "below the raw rows of the other",
    { prefix: "a/" },
    { prefix: "a/raw/" },
    'raw "a/raw/" is not apart from prefix raw "a/raw/raw/"',
  ],
  ["around the other", { prefix: "raw/b/" }, {}, 'raw "raw/b/raw/" is not apart from prefix raw "raw/"'],
  [
    "at the other's place",
    { prefix: "a/" },
    { prefixes: { jobs: "a/raw/" } },
    'raw "a/raw/" is not apart from prefix jobs "a/raw/"',
  ],
])("a lake %s in a bucket is refused", async (_, one, two, problem) => {
  const program = () => {
    const bucket = new s3.Bucket("team");
    new DataLake("one", { bucket, ...one });
    new DataLake("two", { bucket, ...two });
  };
  await expect(declare(program)).rejects.toThrow(
    `DataLake "two": bucket is also that of another lake, whose prefix ${problem}; give each lake its own prefix, as prefix: "orders/".`,
  );
});

test("two lakes in a bucket that is given by its name are refused without prefixes, and another program may have one, too", async () => {
  const program = (prefix?: string) => () => {
    new DataLake("one", { bucket: { bucketName: "team" } });
    new DataLake("two", { bucket: { bucketName: "team" }, prefix });
  };
  await declare(program("two/"));
  await expect(declare(program())).rejects.toThrow(
    'DataLake "two": bucket is also that of another lake, whose prefix "" is the same; give each lake its own prefix, as prefix: "orders/".',
  );
  await declare(() => new DataLake("two", { bucket: { bucketName: "team" } }));
});

test("two lakes share a bucket by prefixes, and are refused without", async () => {
  const two = (prefix?: string) => () => {
    const bucket = new s3.Bucket("team");
    new DataLake("one", { bucket });
    new DataLake("two", { bucket, prefix });
  };
  await expect(declare(two())).rejects.toThrow(
    'DataLake "two": bucket is also that of another lake, whose prefix "" is the same; give each lake its own prefix, as prefix: "orders/".',
  );
  expect((await declare(two("two/"))).one("two-table-unformatted").inputs.storageDescriptor.location).toBe(
    "s3://team/two/unformatted/",
  );
});

const bucket = { bucketName: "team" };
const none = () => undefined;
const refused: [DataLakeArgs, string][] = [
  [{ bucket: "team" as never }, "bucket is not a bucket; give an aws.s3.Bucket, or { bucketName } of one that exists."],
  [
    { bucket: { ...bucket, encryptionKeyArn: "alias/team" } },
    'bucket.encryptionKeyArn is "alias/team"; use the ARN of a key, as "arn:aws:kms:us-east-1:123456789012:key/1234abcd".',
  ],
  [
    { bucket, transform: { lake: { bucket: none } } },
    "transform.lake is for a resource that the lake declares, and its bucket exists; leave transform.lake out.",
  ],
  [
    { resultsBucket: bucket, retentionDays: { results: 7 } },
    "retentionDays.results is for a resource that the lake declares, and its place of query results exists; leave retentionDays.results out.",
  ],
  [
    { failedBucket: bucket, retentionDays: { failedBatches: 7 } },
    "retentionDays.failedBatches is for a resource that the lake declares, and its bucket of failed batches exists; leave retentionDays.failedBatches out.",
  ],
  [
    { ...TEAM_BUCKETS, accessLogs: true },
    "accessLogs is true, but the lake declares no bucket; its owner logs the requests to an existing one.",
  ],
  [{ prefix: "shop" }, 'prefix is "shop"; use letters, digits, "_", "." and "-", ending with one "/".'],
];

test.each(refused)("refuses %j", async (args, message) => {
  await expect(declare(lake(args))).rejects.toThrow(`DataLake "lake": ${message}`);
});

/** What the engine reads of the bucket. */
const read = (...[source, how]: Parameters<typeof bucketOf>) => {
  const { name, arn } = bucketOf(source, how);
  return outputFailure(name, arn);
};
const use = { who: 'DataLake "lake"', option: "bucket", neighbour: DATABASE };
const attributes = { id: "team", arn: "arn:aws:s3:::team" };

test("refuses a bucket of another Region by name", async () => {
  const message =
    'DataLake "lake": bucket: the bucket "team" is in eu-west-1, but the lake is in us-east-1; give a bucket in us-east-1.';
  expect(await read({ ...attributes, bucketRegion: "eu-west-1" }, use)).toBe(message);
  expect(await read({ bucketName: "team", region: "eu-west-1" }, use)).toBe(message);
});

test("refuses a bucket that encrypts with a customer's key that is not given", async () => {
  const serverSideEncryptionConfiguration = {
    rule: { applyServerSideEncryptionByDefault: { kmsMasterKeyId: TEAM } },
  };
  const source = { ...attributes, bucketRegion: "us-east-1", serverSideEncryptionConfiguration };
  expect(await read(source, use)).toBe(
    `DataLake "lake": bucket: the bucket "team" encrypts with the key ${TEAM}; give encryptionKeyArn, or nothing may write to it.`,
  );
  expect(await read(source, { ...use, encryptionKeyArn: TEAM })).toEqual(["team", "arn:aws:s3:::team"]);
});
