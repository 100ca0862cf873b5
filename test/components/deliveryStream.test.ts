/** DeliveryStream: its delivery stream, its function, its role, its alarms, and what it refuses. */
import * as kinesis from "@pulumi/aws/kinesis";
import {
  DataLake,
  type DataLakeArgs,
  DeliveryStream,
  type DeliveryStreamArgs,
  FormatRouter,
  type FormatRouterArgs,
  SchemaRegistry,
  StreamIngest,
} from "streamlake";
import { declare } from "streamlake/testing";
import { listed, packageOf, statements } from "./support/listed";

const STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/in-stream";
const FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:shop-transform-function";
const ROLE = "arn:aws:iam::123456789012:role/shop-role";
const LOGS = "arn:aws:logs:us-east-1:123456789012:log-group:shop-logs";
const TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms";
const KEY = "arn:aws:kms:us-east-1:123456789012:key/own";

interface Parts extends Partial<DeliveryStreamArgs> {
  readonly ofLake?: DataLakeArgs;
}

const delivery =
  ({ ofLake = {}, ...args }: Parts = {}) =>
  () => {
    const lake = new DataLake("lake", ofLake);
    const made = new DeliveryStream("shop", { stream: new StreamIngest("in"), lake, ...args });
    return { name: made.deliveryStreamName, arn: made.deliveryStreamArn, access: made.readAccess() };
  };

const RESOURCES = [
  "aws:cloudwatch/logGroup:LogGroup shop-logs",
  "aws:cloudwatch/logGroup:LogGroup shop-transform-logs",
  "aws:cloudwatch/logStream:LogStream shop-logs-delivery",
  "aws:iam/role:Role shop-role",
  "aws:iam/role:Role shop-transform-role",
  "aws:iam/rolePolicy:RolePolicy shop-policy",
  "aws:iam/rolePolicy:RolePolicy shop-transform-policy",
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream shop-delivery",
  "aws:lambda/function:Function shop-transform-function",
  "streamlake:index:CallbackFunction shop-transform",
  "streamlake:index:DeliveryStream shop",
];

test.each([false, true])("declares a delivery stream and its function (preview: %s)", async (preview) => {
  const declared = await declare(delivery(), { preview });
  expect(listed(declared).filter((line) => line.includes(" shop"))).toEqual(RESOURCES);
});

const DECLARED: DataLakeArgs = {
  firstDay: "2026-11-01",
  tables: { sales: { columns: [{ name: "n", type: "bigint" }], liveDays: 0 } },
};

test.each([false, true])("with parquet it also has a table and a view (preview: %s)", async (preview) => {
  const declared = await declare(delivery({ parquet: true, ofLake: DECLARED }), { preview });
  const added = listed(declared).filter((line) => line.includes(" shop") && !RESOURCES.includes(line));
  expect(added).toEqual([
    "aws:glue/catalogTable:CatalogTable shop-delivered",
    "aws:glue/catalogTable:CatalogTable shop-delivered-files",
  ]);
});

test("with parquet Firehose converts rows to the columns of a table with partitions by hour, and a view has each once", async () => {
  const declared = await declare(delivery({ parquet: true, ofLake: DECLARED, sourceBackup: true }));
  const { extendedS3Configuration } = declared.one("shop-delivery").inputs;
  expect(extendedS3Configuration).toMatchObject({
    prefix: "parquet-output/sales_delivered_files/dt=!{partitionKeyFromLambda:dt}/hour=!{partitionKeyFromLambda:hour}/",
    errorOutputPrefix:
      "failed-deliveries/shop/!{firehose:error-output-type}/dt=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/",
    compressionFormat: "UNCOMPRESSED",
    bufferingSize: 64,
    dynamicPartitioningConfiguration: { enabled: true },
    s3BackupConfiguration: { compressionFormat: "GZIP" },
  });
  // Rows beyond the answer fail here, so a batch is small.
  expect(extendedS3Configuration.processingConfiguration.processors[0].parameters).toContainEqual({
    parameterName: "BufferSizeInMBs",
    parameterValue: "0.2",
  });
  expect(extendedS3Configuration.fileExtension).toBeUndefined();
  expect(extendedS3Configuration.dataFormatConversionConfiguration).toEqual({
    enabled: true,
    inputFormatConfiguration: { deserializer: { openXJsonSerDe: {} } },
    outputFormatConfiguration: { serializer: { parquetSerDe: {} } },
    schemaConfiguration: {
      databaseName: "project_stack_lake",
      tableName: "sales_delivered_files",
      roleArn: ROLE,
    },
  });
  const files = declared.one("shop-delivered-files").inputs;
  expect(files).toMatchObject({
    name: "sales_delivered_files",
    parameters: {
      classification: "parquet",
      "projection.dt.range": "2026-11-01,NOW",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Athena's own
      "storage.location.template": "s3://lake-lake/parquet-output/sales_delivered_files/dt=${dt}/hour=${hour}/",
    },
    partitionKeys: [
      { name: "dt", type: "string" },
      { name: "hour", type: "string" },
    ],
  });
  expect(files.storageDescriptor.columns).toEqual([
    { name: "_id", type: "string" },
    { name: "_arrived", type: "timestamp" },
    { name: "_format", type: "string" },
    { name: "n", type: "bigint" },
  ]);
  const view = declared.one("shop-delivered").inputs;
  expect([view.name, view.tableType]).toEqual(["sales_delivered", "VIRTUAL_VIEW"]);
  const [, definition = ""] = /^\/\* Presto View: (.*) \*\/$/.exec(view.viewOriginalText) ?? [];
  expect(JSON.parse(Buffer.from(definition, "base64").toString())).toEqual({
    originalSql: `SELECT "_id", "_arrived", "_format", "n", "dt", "hour" FROM (
SELECT *, row_number() OVER (PARTITION BY "dt", "hour", "_id" ORDER BY "_arrived") AS "_copy" FROM "sales_delivered_files"
) AS "copies" WHERE "_copy" = 1`,
    catalog: "awsdatacatalog",
    schema: "project_stack_lake",
    columns: [
      { name: "_id", type: "varchar" },
      { name: "_arrived", type: "timestamp" },
      { name: "_format", type: "varchar" },
      { name: "n", type: "bigint" },
      { name: "dt", type: "varchar" },
      { name: "hour", type: "varchar" },
    ],
  });
});

test("with a backup it also has a bucket, and a log stream of its errors", async () => {
  const declared = await declare(delivery({ sourceBackup: true, backupDays: 7, encryptionKeyArn: KEY }));
  const added = listed(declared).filter((line) => line.includes(" shop") && !RESOURCES.includes(line));
  expect(added).toEqual([
    "aws:cloudwatch/logStream:LogStream shop-logs-backup",
    "aws:s3/bucket:Bucket shop-backup",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration shop-backup-lifecycle",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls shop-backup-ownership",
    "aws:s3/bucketPolicy:BucketPolicy shop-backup-policy",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock shop-backup-public-access",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration shop-backup-encryption",
    "aws:s3/bucketVersioning:BucketVersioning shop-backup-versioning",
  ]);
  expect(declared.one("shop-backup-lifecycle").inputs.rules[0]).toEqual({
    id: "backup",
    status: "Enabled",
    filter: { prefix: "" },
    expiration: { days: 7 },
  });
  expect(declared.one("shop-delivery").inputs.extendedS3Configuration).toMatchObject({
    s3BackupMode: "Enabled",
    s3BackupConfiguration: {
      bucketArn: "arn:aws:s3:::shop-backup",
      roleArn: ROLE,
      prefix: "source/",
      compressionFormat: "GZIP",
      bufferingSize: 64,
      bufferingInterval: 300,
      cloudwatchLoggingOptions: { enabled: true, logGroupName: "shop-logs", logStreamName: "backup" },
    },
  });
});

test("the delivery stream reads the stream and delivers rows by hour, with Firehose's defaults left out", async () => {
  const declared = await declare(delivery());
  expect(declared.one("shop-delivery").inputs).toEqual({
    destination: "extended_s3",
    kinesisSourceConfiguration: { kinesisStreamArn: STREAM, roleArn: ROLE },
    extendedS3Configuration: {
      bucketArn: "arn:aws:s3:::lake-lake",
      roleArn: ROLE,
      prefix: "raw/records/dt=!{partitionKeyFromLambda:dt}/hour=!{partitionKeyFromLambda:hour}/",
      errorOutputPrefix:
        "failed-deliveries/shop/!{firehose:error-output-type}/dt=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/",
      fileExtension: ".delivered.ndjson.gz",
      compressionFormat: "GZIP",
      bufferingSize: 64,
      bufferingInterval: 300,
      cloudwatchLoggingOptions: { enabled: true, logGroupName: "shop-logs", logStreamName: "delivery" },
      dynamicPartitioningConfiguration: { enabled: true },
      processingConfiguration: {
        enabled: true,
        processors: [
          {
            type: "Lambda",
            parameters: [
              { parameterName: "LambdaArn", parameterValue: FUNCTION },
              { parameterName: "BufferSizeInMBs", parameterValue: "0.5" },
            ],
          },
        ],
      },
    },
  });
});

test("settings of buffers, batches, retries and the function are given on", async () => {
  const declared = await declare(
    delivery({
      table: "orders",
      ofLake: { prefix: "team/", tables: { records: {}, orders: {} } },
      bufferMebibytes: 128,
      bufferSeconds: 900,
      batchMebibytes: 3,
      batchSeconds: 10,
      retryAttempts: 5,
      memoryMebibytes: 2048,
      timeoutSeconds: 300,
      environment: { LEVEL: "debug" },
    }),
  );
  const { extendedS3Configuration } = declared.one("shop-delivery").inputs;
  expect(extendedS3Configuration).toMatchObject({
    prefix: "team/raw/orders/dt=!{partitionKeyFromLambda:dt}/hour=!{partitionKeyFromLambda:hour}/",
    errorOutputPrefix: expect.stringMatching(/^team\/failed-deliveries\/shop\//),
    bufferingSize: 128,
    bufferingInterval: 900,
  });
  expect(extendedS3Configuration.processingConfiguration.processors[0].parameters.slice(1)).toEqual([
    { parameterName: "BufferSizeInMBs", parameterValue: "3" },
    { parameterName: "BufferIntervalInSeconds", parameterValue: "10" },
    { parameterName: "NumberOfRetries", parameterValue: "5" },
  ]);
  expect(declared.one("shop-transform-function").inputs).toMatchObject({
    memorySize: 2048,
    timeout: 300,
    environment: { variables: { LEVEL: "debug", LAKE_BUCKET: "lake-lake", STREAM_NAME: "in-stream" } },
  });
});

const allow = (Action: string[], ...Resource: string[]) => ({ Effect: "Allow", Action, Resource });
const READ_STREAM = allow(
  [
    "kinesis:DescribeStream",
    "kinesis:DescribeStreamSummary",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
  ],
  STREAM,
);
const INVOKE = allow(["lambda:GetFunctionConfiguration", "lambda:InvokeFunction"], FUNCTION);
const OBJECTS = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"];
const BUCKET = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"];

test("Firehose's role reads the stream, calls the function, and writes one table, failed records and its log", async () => {
  const declared = await declare(delivery());
  expect(statements(declared.one("shop-policy"))).toEqual([
    READ_STREAM,
    INVOKE,
    allow(OBJECTS, "arn:aws:s3:::lake-lake/raw/records/*", "arn:aws:s3:::lake-lake/failed-deliveries/shop/*"),
    allow(BUCKET, "arn:aws:s3:::lake-lake"),
    allow(["logs:PutLogEvents"], `${LOGS}:log-stream:delivery`),
  ]);
  expect(JSON.parse(declared.one("shop-role").inputs.assumeRolePolicy).Statement).toEqual([
    { Effect: "Allow", Principal: { Service: "firehose.amazonaws.com" }, Action: "sts:AssumeRole" },
  ]);
  expect(statements(declared.one("shop-transform-policy"))).toEqual([
    allow(
      ["logs:CreateLogStream", "logs:PutLogEvents"],
      "arn:aws:logs:us-east-1:123456789012:log-group:shop-transform-logs:*",
    ),
    allow(["s3:PutObject"], "arn:aws:s3:::lake-lake/raw/records/*"),
  ]);
});

const GLUE = "arn:aws:glue:us-east-1:123456789012";

test("with parquet Firehose's role reads that table's columns, and the function writes nothing", async () => {
  const declared = await declare(() => {
    const database = { databaseArn: `${GLUE}:database/shared` };
    const lake = new DataLake("lake", { ...DECLARED, database });
    return {
      access: new DeliveryStream("shop", { stream: new StreamIngest("in"), lake, parquet: true }).queryAccess(),
      without: new DeliveryStream("raw", { stream: new StreamIngest("in2"), lake }).queryAccess(),
    };
  });
  expect(statements(declared.one("shop-policy"))).toEqual([
    READ_STREAM,
    INVOKE,
    allow(
      OBJECTS,
      "arn:aws:s3:::lake-lake/parquet-output/sales_delivered_files/*",
      "arn:aws:s3:::lake-lake/failed-deliveries/shop/*",
    ),
    allow(BUCKET, "arn:aws:s3:::lake-lake"),
    allow(
      ["glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"],
      `${GLUE}:catalog`,
      `${GLUE}:database/shared`,
      `${GLUE}:table/shared/sales_delivered_files`,
    ),
    allow(["logs:PutLogEvents"], `${LOGS}:log-stream:delivery`),
  ]);
  expect(statements(declared.one("shop-transform-policy"))).toEqual([
    allow(
      ["logs:CreateLogStream", "logs:PutLogEvents"],
      "arn:aws:logs:us-east-1:123456789012:log-group:shop-transform-logs:*",
    ),
  ]);
  const { access, without } = declared.outputs as Record<
    "access" | "without",
    { actions: string[]; resources: string[] }[]
  >;
  expect(access.find(({ actions }) => actions.includes("glue:GetTable"))?.resources).toEqual([
    `${GLUE}:catalog`,
    `${GLUE}:database/shared`,
    `${GLUE}:table/shared/sales_delivered`,
    `${GLUE}:table/shared/sales_delivered_files`,
  ]);
  expect(access.find(({ actions }) => actions.includes("s3:GetObject"))?.resources).toEqual([
    "arn:aws:s3:::lake-lake/parquet-output/*",
    "arn:aws:s3:::lake-lake/unformatted/*",
  ]);
  expect(without).toEqual([]);
});

test("keys, the backup, a table hook and a registry add their permissions", async () => {
  const declared = await declare(() =>
    delivery({
      ofLake: { encryptionKeyArn: KEY },
      sourceBackup: true,
      encryptionKeyArn: `${KEY}-2`,
      hooks: { table: () => "records" },
      schemaRegistry: new SchemaRegistry("registry", { schemas: { orders: { format: "avro", definition: '"long"' } } }),
    })(),
  );
  const use = (key: string) => allow(["kms:Decrypt", "kms:GenerateDataKey"], key);
  expect(statements(declared.one("shop-policy")).slice(2)).toEqual([
    allow(OBJECTS, "arn:aws:s3:::lake-lake/raw/*", "arn:aws:s3:::lake-lake/failed-deliveries/shop/*"),
    allow(BUCKET, "arn:aws:s3:::lake-lake"),
    use(KEY),
    allow(OBJECTS, "arn:aws:s3:::shop-backup/source/*"),
    allow(BUCKET, "arn:aws:s3:::shop-backup"),
    use(`${KEY}-2`),
    allow(["logs:PutLogEvents"], `${LOGS}:log-stream:delivery`, `${LOGS}:log-stream:backup`),
  ]);
  const ofFunction = statements(declared.one("shop-transform-policy"));
  expect(ofFunction).toContainEqual(allow(["s3:PutObject"], "arn:aws:s3:::lake-lake/raw/*"));
  expect(ofFunction).toContainEqual(allow(["kms:GenerateDataKey"], KEY));
  expect(JSON.stringify(ofFunction)).toContain("glue:GetSchemaVersion");
});

test("readers may get failed records and the backup, and nothing else", async () => {
  const declared = await declare(delivery({ sourceBackup: true }));
  expect(declared.outputs).toEqual({
    name: "shop-delivery",
    arn: "arn:aws:firehose:us-east-1:123456789012:deliverystream/shop-delivery",
    access: [
      { actions: ["s3:GetObject"], resources: ["arn:aws:s3:::lake-lake/failed-deliveries/shop/*"] },
      { actions: ["s3:ListBucket"], resources: ["arn:aws:s3:::lake-lake"] },
      { actions: ["s3:GetObject"], resources: ["arn:aws:s3:::shop-backup/source/*"] },
      { actions: ["s3:ListBucket"], resources: ["arn:aws:s3:::shop-backup"] },
    ],
  });
});

test("the prefix has the table that a hook chooses, and the package has the hook and only the codecs of its formats", async () => {
  const declared = await declare(
    delivery({
      formats: { json: {} },
      hooks: { transform: (row) => ({ ...row, markedHere: true }), table: (row) => String(row.kind) },
    }),
  );
  expect(declared.one("shop-delivery").inputs.extendedS3Configuration.prefix).toBe(
    "raw/!{partitionKeyFromLambda:table}/dt=!{partitionKeyFromLambda:dt}/hour=!{partitionKeyFromLambda:hour}/",
  );
  const code = await packageOf(declared.one("shop-transform-function"));
  expect(["markedHere", "FirehoseClient", "csv-"].map((text) => code.includes(text))).toEqual([true, false, false]);
  expect(code.length).toBeLessThanOrEqual(900_000);
});

test("alarms go off on late deliveries, on reading that is behind, and on records that fail", async () => {
  const declared = await declare(delivery({ alarms: { topicArn: TOPIC, freshnessMinutes: 20 }, sourceBackup: true }));
  const alarms = declared.all("aws:cloudwatch/metricAlarm:MetricAlarm");
  const watched = alarms.map(({ name, inputs }) => [
    name,
    inputs.namespace,
    inputs.metricName,
    inputs.dimensions,
    inputs.statistic,
    inputs.threshold,
    inputs.evaluationPeriods,
  ]);
  const ofFirehose = { DeliveryStreamName: "shop-delivery" };
  expect(watched.sort()).toEqual([
    ["shop-alarm-backup-freshness", "AWS/Firehose", "BackupToS3.DataFreshness", ofFirehose, "Maximum", 1500, 3],
    ["shop-alarm-behind", "AWS/Firehose", "KinesisMillisBehindLatest", ofFirehose, "Maximum", 1_200_000, 3],
    ["shop-alarm-errors", "AWS/Lambda", "Errors", { FunctionName: "shop-transform-function" }, "Sum", 1, 1],
    ["shop-alarm-failed-records", "Streamlake", "Failed", { Delivery: "shop-delivery" }, "Sum", 1, 1],
    ["shop-alarm-freshness", "AWS/Firehose", "DeliveryToS3.DataFreshness", ofFirehose, "Maximum", 1710, 3],
  ]);
  expect(alarms.every(({ inputs }) => inputs.alarmActions[0] === TOPIC)).toBe(true);
});

test("with a hook for tables an alarm goes off when Firehose has too many partitions", async () => {
  const alarms = { topicArn: TOPIC };
  const declared = await declare(delivery({ alarms, hooks: { table: () => "records" } }));
  expect(declared.one("shop-alarm-too-many-partitions").inputs).toMatchObject({
    namespace: "AWS/Firehose",
    metricName: "PartitionCountExceeded",
    dimensions: { DeliveryStreamName: "shop-delivery" },
    statistic: "Maximum",
    threshold: 1,
    evaluationPeriods: 1,
    treatMissingData: "notBreaching",
  });
});

test("with parquet an alarm goes off when Firehose does not convert a record", async () => {
  const declared = await declare(delivery({ alarms: { topicArn: TOPIC }, parquet: true, ofLake: DECLARED }));
  expect(declared.one("shop-alarm-failed-conversions").inputs).toMatchObject({
    namespace: "AWS/Firehose",
    metricName: "FailedConversion.Records",
    dimensions: { DeliveryStreamName: "shop-delivery" },
    statistic: "Sum",
    threshold: 1,
    evaluationPeriods: 1,
    treatMissingData: "notBreaching",
  });
});

test("transforms change every raw resource", async () => {
  const seen: string[] = [];
  const see = (_args: unknown, _opts: unknown, name: string) => void seen.push(name);
  await declare(
    delivery({
      sourceBackup: true,
      parquet: true,
      ofLake: DECLARED,
      alarms: { topicArn: TOPIC },
      transform: {
        table: see,
        deliveryStream: see,
        function: { function: see },
        role: see,
        policy: see,
        logs: see,
        logStream: see,
        backup: { bucket: see },
        alarm: see,
      },
    }),
  );
  expect(seen.sort()).toEqual([
    "shop-alarm-backup-freshness",
    "shop-alarm-behind",
    "shop-alarm-errors",
    "shop-alarm-failed-conversions",
    "shop-alarm-failed-records",
    "shop-alarm-freshness",
    "shop-backup",
    "shop-delivered",
    "shop-delivered-files",
    "shop-delivery",
    "shop-logs",
    "shop-logs-backup",
    "shop-logs-delivery",
    "shop-policy",
    "shop-role",
    "shop-transform-function",
  ]);
});

test.each([
  [false, "true", true],
  [true, "false", true],
  [true, "true", false],
])(
  "deleteDataOnDestroy %s and allowDataDeletion %s: the backup stays: %s",
  async (deleteDataOnDestroy, allowed, stays) => {
    const config = { "streamlake:allowDataDeletion": allowed };
    const declared = await declare(delivery({ sourceBackup: true, deleteDataOnDestroy }), { config });
    expect(declared.one("shop-backup").inputs.forceDestroy).toBe(!stays);
  },
);

test("it reads a stream that exists", async () => {
  const declared = await declare(() => {
    const stream = new kinesis.Stream("theirs", { kmsKeyId: KEY, encryptionType: "KMS" });
    new DeliveryStream("shop", { stream, lake: new DataLake("lake") });
  });
  expect(statements(declared.one("shop-policy"))).toContainEqual(allow(["kms:Decrypt"], KEY));
});

test.each<[string, Parts, string]>([
  ["a small buffer", { bufferMebibytes: 5 }, "bufferMebibytes is 5; use a whole number from 64 to 128 MiB."],
  ["a long buffer", { bufferSeconds: 901 }, "bufferSeconds is 901; use a whole number from 60 to 900 seconds."],
  ["no buffer", { bufferSeconds: 0 }, "bufferSeconds is 0; use a whole number from 60 to 900 seconds."],
  ["a large batch", { batchMebibytes: 3.5 }, "batchMebibytes is 3.5; use 0.2 to 3 MiB."],
  ["a slow function", { timeoutSeconds: 301 }, "timeoutSeconds is 301; use a whole number from 1 to 300 seconds."],
  ["retries", { retryAttempts: -1 }, "retryAttempts is -1; use a whole number from 0 to 300 tries."],
  ["another table", { table: "orders" }, 'table "orders" is not a table of its lake; use one of records.'],
  [
    "Parquet without columns",
    { parquet: true },
    'parquet is true, and table "records" declares no columns; give it columns or a schema in its lake.',
  ],
  [
    "Parquet of several tables",
    { parquet: true, ofLake: DECLARED, hooks: { table: () => "sales" } },
    "parquet is true, and a hook chooses tables, but Firehose converts rows to the columns of one; leave one of them out.",
  ],
  [
    "Parquet beside a crawler",
    { parquet: true, ofLake: { tables: { ...DECLARED.tables, orders: {}, items: {} } } },
    "parquet is true, and its lake has a crawler, which would change the table of delivered Parquet; declare the columns of orders, items too.",
  ],
  [
    "Parquet of a name that is taken",
    {
      parquet: true,
      ofLake: { tables: { ...DECLARED.tables, sales_delivered: { columns: [{ name: "n", type: "double" }] } } },
    },
    'parquet is true, and its lake has a table "sales_delivered", whose name the delivered rows of "sales" need; rename it.',
  ],
  [
    "days without a backup",
    { backupDays: 7 },
    "backupDays is for the backup; set sourceBackup to true, or leave backupDays out.",
  ],
  [
    "a router's hook",
    { hooks: { accept: () => true } as never },
    'hooks has "accept"; the hooks are transform and table.',
  ],
  [
    "its own variable",
    { environment: { LAKE_BUCKET: "x" } },
    "environment: the component sets LAKE_BUCKET itself; use another name.",
  ],
  [
    "an alarm of nothing",
    { alarms: { topicArn: TOPIC, freshnessMinutes: 0 } },
    "alarms.freshnessMinutes is 0; use a whole number from 1 to 10080 minutes.",
  ],
])("%s is refused", async (_what, args, problem) => {
  await expect(declare(delivery(args))).rejects.toThrow(`DeliveryStream "shop": ${problem}`);
});

test("two delivery streams of one table are refused, because ids of two streams could be equal", async () => {
  const both = () => {
    const lake = new DataLake("lake", { tables: { a: {}, b: {} } });
    const stream = new StreamIngest("in");
    new DeliveryStream("one", { stream, lake, table: "a" });
    new DeliveryStream("two", { stream, lake, table: "b" });
    new DeliveryStream("three", { stream, lake, hooks: { table: () => "b" } });
  };
  await expect(declare(both)).rejects.toThrow(
    'DeliveryStream "three": its rows may be in tables of DeliveryStream "one" too; give each delivery stream tables of its own, or a lake of its own.',
  );
});

test("delivery streams that convert to one table are refused, and a router of another stream may land in the declared table", async () => {
  const both = (second: string) => () => {
    const lake = new DataLake("lake", {
      tables: Object.fromEntries(["a", "b"].map((table) => [table, { columns: [{ name: "n", type: "bigint" }] }])),
    });
    new DeliveryStream("one", { stream: new StreamIngest("in"), lake, table: "a", parquet: true });
    new FormatRouter("router", { stream: new StreamIngest("other"), lake, table: "a" });
    new DeliveryStream("two", { stream: new StreamIngest("third"), lake, table: second, parquet: true });
  };
  await expect(declare(both("b"))).resolves.toBeDefined();
  await expect(declare(both("a"))).rejects.toThrow(
    'DeliveryStream "two": its rows may be in tables of DeliveryStream "one" too; give each delivery stream tables of its own, or a lake of its own.',
  );
});

test.each<[string, Partial<FormatRouterArgs> & { readonly other?: true }, string | undefined]>([
  [
    "another stream",
    { other: true },
    'its rows may be in tables of FormatRouter "r", which lands rows of another stream; give each stream tables of its own, or a lake of its own.',
  ],
  [
    "another stream with a source",
    { other: true, source: "shop" },
    'its rows may be in tables of FormatRouter "r", which lands rows of another stream; give each stream tables of its own, or a lake of its own.',
  ],
  [
    "the same stream with a source",
    { source: "shop" },
    'its rows may be in tables of FormatRouter "r", and the router\'s source "shop" gives the same record other ids; leave the source out, or give each tables of its own.',
  ],
  ["the same stream", {}, undefined],
  ["another stream in another table", { other: true, table: "b" }, undefined],
])("a table of a router on %s is shared only if ids are the same", async (_what, { other, ...routed }, problem) => {
  const both = (isRouterFirst: boolean) => () => {
    const lake = new DataLake("lake", { tables: { a: {}, b: {} } });
    const stream = new StreamIngest("one");
    const ofRouter = { stream: other ? new StreamIngest("two") : stream, lake, table: "a", ...routed };
    if (isRouterFirst) new FormatRouter("r", ofRouter);
    new DeliveryStream("d", { stream, lake, table: "a" });
    if (!isRouterFirst) new FormatRouter("r", ofRouter);
  };
  if (problem === undefined) {
    await expect(declare(both(true))).resolves.toBeDefined();
    return;
  }
  await expect(declare(both(true))).rejects.toThrow(`DeliveryStream "d": ${problem}`);
  const ofRouter = problem.replace('FormatRouter "r"', 'DeliveryStream "d"');
  await expect(declare(both(false))).rejects.toThrow(`FormatRouter "r": ${ofRouter}`);
});
