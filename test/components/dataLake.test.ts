/** DataLake: its buckets, catalog, workgroup and queries, what access to it is, and what it refuses. */
import * as pulumi from "@pulumi/pulumi";
import { DataLake, type DataLakeArgs, type Permission } from "streamlake";
import { type Declared, declare } from "streamlake/testing";
import { failedBatchAccess, planAccess, reconcileAccess } from "../../components/lake/access";
import { declaredMembers } from "./support/declaredMembers";
import { listed, statements } from "./support/listed";

const KEY = "arn:aws:kms:us-east-1:123456789012:key/own";
const lake = (args?: DataLakeArgs) => () => new DataLake("lake", args);

const BUCKET_PARTS = [
  "bucketLifecycleConfiguration:BucketLifecycleConfiguration lake-B-lifecycle",
  "bucketOwnershipControls:BucketOwnershipControls lake-B-ownership",
  "bucketPolicy:BucketPolicy lake-B-policy",
  "bucketPublicAccessBlock:BucketPublicAccessBlock lake-B-public-access",
  "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration lake-B-encryption",
  "bucketVersioning:BucketVersioning lake-B-versioning",
  "bucket:Bucket lake-B",
];
const BUCKETS = ["lake", "results", "failed"].flatMap((bucket) =>
  BUCKET_PARTS.map((part) => `aws:s3/${part.replace("lake-B", `lake-${bucket}`)}`),
);

test("declares three private buckets, the catalog, a crawler, and the workgroup with its queries", async () => {
  expect(listed(await declare(lake()))).toEqual(
    [
      ...BUCKETS,
      "aws:athena/namedQuery:NamedQuery lake-query-count-records",
      "aws:athena/namedQuery:NamedQuery lake-query-latest-records",
      "aws:athena/namedQuery:NamedQuery lake-query-unformatted",
      "aws:athena/workgroup:Workgroup lake-workgroup",
      "aws:glue/catalogDatabase:CatalogDatabase lake-database",
      "aws:glue/catalogTable:CatalogTable lake-table-unformatted",
      "aws:glue/crawler:Crawler lake-crawler",
      "aws:iam/role:Role lake-crawler-role",
      "aws:iam/rolePolicy:RolePolicy lake-crawler-policy",
      "streamlake:index:DataLake lake",
    ].sort(),
  );
});

test("with all columns declared there is no crawler and no role", async () => {
  const tables = { orders: { columns: [{ name: "total", type: "double" } as const] } };
  const declared = await declare(lake({ tables }));
  expect(listed(declared).filter((line) => !line.startsWith("aws:s3/"))).toEqual([
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
  expect(listed(await declare(lake({ tables: { orders: { ...tables.orders, liveDays: 0 } } })))).not.toContain(
    "aws:glue/catalogTable:CatalogTable lake-table-orders_live",
  );
});

test.each(["lake", "results", "failed"])(
  "the %s bucket is private, versioned, encrypted and TLS only",
  async (role) => {
    const declared = await declare(lake());
    const of = (part: string) => declared.one(`lake-${role}${part}`).inputs;
    const bucket = `lake-${role}`;
    expect(of("")).toEqual({ forceDestroy: false });
    expect(of("-public-access")).toEqual({
      blockPublicAcls: true,
      blockPublicPolicy: true,
      bucket,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    expect(of("-ownership")).toEqual({ bucket, rule: { objectOwnership: "BucketOwnerEnforced" } });
    expect(of("-versioning")).toEqual({ bucket, versioningConfiguration: { status: "Enabled" } });
    expect(of("-encryption")).toEqual({
      bucket,
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
    });
    expect(JSON.parse(of("-policy").policy)).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "TlsOnly",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    });
  },
);

const HOUSEKEEPING = [
  {
    id: "old-versions",
    status: "Enabled",
    filter: { prefix: "" },
    noncurrentVersionExpiration: { noncurrentDays: 30 },
    abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
  },
  {
    id: "expired-delete-markers",
    status: "Enabled",
    filter: { prefix: "" },
    expiration: { expiredObjectDeleteMarker: true },
  },
];

const rulesOf = (declared: Declared, role: string) => declared.one(`lake-${role}-lifecycle`).inputs.rules;

test("rows are kept for ever, results 30 days and failed batches 90, unless told otherwise", async () => {
  const declared = await declare(lake());
  expect(rulesOf(declared, "lake")).toEqual([
    { id: "ledger", status: "Enabled", filter: { prefix: "ledger/" }, expiration: { days: 400 } },
    { id: "alerts", status: "Enabled", filter: { prefix: "alerts/" }, expiration: { days: 30 } },
    ...HOUSEKEEPING,
  ]);
  expect(rulesOf(declared, "results")).toEqual([
    { id: "results", status: "Enabled", filter: { prefix: "" }, expiration: { days: 30 } },
    ...HOUSEKEEPING,
  ]);
  expect(rulesOf(declared, "failed")).toEqual([
    { id: "failed-batches", status: "Enabled", filter: { prefix: "" }, expiration: { days: 90 } },
    ...HOUSEKEEPING,
  ]);
});

test("each kind of data has its retention", async () => {
  const args = { retentionDays: { raw: 1, unformatted: 2, parquet: 3 } };
  expect(rulesOf(await declare(lake(args)), "lake").slice(0, 3)).toEqual([
    { id: "raw", status: "Enabled", filter: { prefix: "raw/" }, expiration: { days: 1 } },
    { id: "unformatted", status: "Enabled", filter: { prefix: "unformatted/" }, expiration: { days: 2 } },
    { id: "parquet", status: "Enabled", filter: { prefix: "parquet-output/" }, expiration: { days: 3 } },
  ]);
});

test("a retention that is undefined is the default", async () => {
  const declared = await declare(lake({ retentionDays: { results: undefined, failedBatches: 7 } }));
  expect(rulesOf(declared, "results")[0].expiration).toEqual({ days: 30 });
  expect(rulesOf(declared, "failed")[0].expiration).toEqual({ days: 7 });
});

test("a key of one's own encrypts every bucket and the results, with bucket keys", async () => {
  const declared = await declare(lake({ encryptionKeyArn: KEY }));
  for (const role of ["lake", "results", "failed"]) {
    expect(declared.one(`lake-${role}-encryption`).inputs.rules).toEqual([
      {
        applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: KEY },
        bucketKeyEnabled: true,
      },
    ]);
  }
  expect(declared.one("lake-workgroup").inputs.configuration.resultConfiguration.encryptionConfiguration).toEqual({
    encryptionOption: "SSE_KMS",
    kmsKeyArn: KEY,
  });
});

test("the database is named after project, stack and component, in names that SQL needs no quotes for", async () => {
  const declared = await declare(lake(), { project: "My-Shop", stack: "dev" });
  expect(declared.one("lake-database").inputs).toEqual({ name: "my_shop_dev_lake", description: "Tables of lake" });
});

test("a declared table has projected partitions and its columns after the lake's own", async () => {
  const tables = { orders: { columns: [{ name: "total", type: "double" } as const] } };
  const declared = await declare(lake({ tables, firstDay: "2025-06-01" }));
  expect(declared.one("lake-table-orders").inputs).toEqual({
    name: "orders",
    databaseName: "project_stack_lake",
    description: "Rows of orders, one partition an hour of arrival (UTC)",
    tableType: "EXTERNAL_TABLE",
    parameters: {
      EXTERNAL: "TRUE",
      classification: "parquet",
      "projection.enabled": "true",
      "projection.dt.type": "date",
      "projection.dt.format": "yyyy-MM-dd",
      "projection.dt.range": "2025-06-01,NOW",
      "projection.dt.interval": "1",
      "projection.dt.interval.unit": "DAYS",
      "projection.hour.type": "integer",
      "projection.hour.range": "0,23",
      "projection.hour.digits": "2",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Athena's own placeholders
      "storage.location.template": "s3://lake-lake/parquet-output/orders/dt=${dt}/hour=${hour}/",
    },
    partitionKeys: [
      { name: "dt", type: "string" },
      { name: "hour", type: "string" },
    ],
    storageDescriptor: {
      location: "s3://lake-lake/parquet-output/orders/",
      inputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
      outputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
      serDeInfo: { serializationLibrary: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe" },
      columns: [
        { name: "_id", type: "string" },
        { name: "_arrived", type: "timestamp" },
        { name: "_format", type: "string" },
        { name: "total", type: "double" },
      ],
    },
  });
});

const dtRange = (declared: Declared, table: string) =>
  declared.one(`lake-table-${table}`).inputs.parameters["projection.dt.range"];

test("the first day is the argument's, or the stack's, and never that of the clock", async () => {
  const config = { "streamlake:firstDay": "2026-11-21" };
  expect(dtRange(await declare(lake(), { config }), "unformatted")).toBe("2026-11-21,NOW");
  expect(dtRange(await declare(lake(), { config, preview: true }), "unformatted")).toBe("2026-11-21,NOW");
  expect(dtRange(await declare(lake({ firstDay: "2025-06-01" }), { config }), "unformatted")).toBe("2025-06-01,NOW");
  expect(dtRange(await declare(lake()), "unformatted")).toBe("2024-01-01,NOW");
});

test("a preview without a first day names today's; an update, and a preview with one, say nothing", async () => {
  const warn = jest.spyOn(pulumi.log, "warn").mockImplementation(async () => undefined);
  try {
    await declare(lake());
    await declare(lake(), { preview: true, config: { "streamlake:firstDay": "2026-11-21" } });
    await declare(lake({ firstDay: "2026-11-21" }), { preview: true });
    expect(warn.mock.calls).toEqual([]);
    await declare(lake(), { preview: true });
    const today = new Date().toISOString().slice(0, 10);
    expect(warn.mock.calls.map(([message]) => message)).toEqual([
      `DataLake "lake" has no first day: its tables list every hour since 2024-01-01, nearly all of them empty. Set the day of the first deployment: \`pulumi config set streamlake:firstDay ${today}\`.`,
    ]);
  } finally {
    warn.mockRestore();
  }
});

test("what is unformatted is a table of JSON lines, by the table it was meant for", async () => {
  const { inputs } = (await declare(lake({ tables: { visits: {}, orders: {} } }))).one("lake-table-unformatted");
  expect(inputs.parameters["projection.table_name.values"]).toBe("orders,visits");
  expect(inputs.parameters["storage.location.template"]).toBe(
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Athena's own placeholders
    "s3://lake-lake/unformatted/${table_name}/dt=${dt}/hour=${hour}/",
  );
  expect(inputs.partitionKeys.map(({ name }: { name: string }) => name)).toEqual(["table_name", "dt", "hour"]);
  expect(inputs.storageDescriptor.serDeInfo.serializationLibrary).toBe("org.openx.data.jsonserde.JsonSerDe");
  expect(inputs.storageDescriptor.columns.map(({ name }: { name: string }) => name)).toEqual([
    "id",
    "arrived",
    "reason",
    "detail",
    "stream",
    "key",
    "payload",
  ]);
});

test("the crawler takes each folder of Parquet as a table, and leaves declared tables alone", async () => {
  const tables = { records: {}, orders: { columns: [{ name: "total", type: "double" } as const] } };
  const { configuration, ...inputs } = (await declare(lake({ tables }))).one("lake-crawler").inputs;
  expect(inputs).toEqual({
    databaseName: "project_stack_lake",
    description: "Catalogs the tables whose schema is not declared",
    recrawlPolicy: { recrawlBehavior: "CRAWL_EVERYTHING" },
    role: "arn:aws:iam::123456789012:role/lake-crawler-role",
    s3Targets: [{ path: "s3://lake-lake/parquet-output/", exclusions: ["orders/**", "**_$folder$"], sampleSize: 1 }],
    schemaChangePolicy: { deleteBehavior: "LOG", updateBehavior: "UPDATE_IN_DATABASE" },
  });
  expect(JSON.parse(configuration)).toEqual({
    Version: 1,
    CreatePartitionIndex: false,
    CrawlerOutput: { Partitions: { AddOrUpdateBehavior: "InheritFromTable" } },
    Grouping: { TableGroupingPolicy: "CombineCompatibleSchemas", TableLevelConfiguration: 3 },
  });
});

test("a deeper prefix puts the crawler's table level deeper", async () => {
  const declared = await declare(lake({ prefixes: { parquet: "team/parquet/" } }));
  expect(JSON.parse(declared.one("lake-crawler").inputs.configuration).Grouping.TableLevelConfiguration).toBe(4);
});

test("the crawler may read Parquet and catalog it in its database, and nothing else", async () => {
  expect(statements((await declare(lake())).one("lake-crawler-policy"))).toEqual([
    { Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::lake-lake/parquet-output/*"] },
    {
      Effect: "Allow",
      Action: ["s3:GetBucketLocation", "s3:ListBucket"],
      Resource: ["arn:aws:s3:::lake-lake"],
    },
    {
      Effect: "Allow",
      Action: [
        "glue:BatchCreatePartition",
        "glue:BatchGetPartition",
        "glue:BatchUpdatePartition",
        "glue:CreatePartition",
        "glue:CreateTable",
        "glue:GetDatabase",
        "glue:GetPartition",
        "glue:GetPartitions",
        "glue:GetTable",
        "glue:GetTables",
        "glue:UpdatePartition",
        "glue:UpdateTable",
      ],
      Resource: [
        "arn:aws:glue:us-east-1:123456789012:catalog",
        "arn:aws:glue:us-east-1:123456789012:database/project_stack_lake",
        "arn:aws:glue:us-east-1:123456789012:table/project_stack_lake/*",
      ],
    },
    {
      Effect: "Allow",
      Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: [
        "arn:aws:logs:us-east-1:123456789012:log-group:/aws-glue/crawlers",
        "arn:aws:logs:us-east-1:123456789012:log-group:/aws-glue/crawlers:*",
      ],
    },
  ]);
});

test("the workgroup limits scans and keeps results in their own bucket, whatever a client asks for", async () => {
  expect((await declare(lake({ scanLimitGibibytes: 2 }))).one("lake-workgroup").inputs).toEqual({
    description: "Queries over lake",
    forceDestroy: true,
    configuration: {
      bytesScannedCutoffPerQuery: 2_147_483_648,
      enforceWorkgroupConfiguration: true,
      engineVersion: { selectedEngineVersion: "Athena engine version 3" },
      publishCloudwatchMetricsEnabled: true,
      resultConfiguration: {
        encryptionConfiguration: { encryptionOption: "SSE_S3" },
        outputLocation: "s3://lake-results/",
      },
    },
  });
});

test("the queries are ready in the workgroup", async () => {
  const declared = await declare(lake());
  const ready = declared.all("aws:athena/namedQuery:NamedQuery").map(({ inputs }) => [inputs.name, inputs.query]);
  expect(ready).toEqual([
    [
      "count-records",
      'SELECT "dt", "hour", "_format", count(*) AS "row_count"\nFROM "records"\nWHERE "dt" >= date_format(current_date - interval \'7\' day, \'%Y-%m-%d\')\nGROUP BY "dt", "hour", "_format"\nORDER BY "dt", "hour", "_format"',
    ],
    [
      "latest-records",
      'SELECT *\nFROM "records"\nWHERE "dt" >= date_format(current_date - interval \'7\' day, \'%Y-%m-%d\')\nORDER BY "_arrived" DESC, "_id" DESC\nLIMIT 10',
    ],
    [
      "unformatted",
      'SELECT "table_name", "reason", count(DISTINCT "id") AS "record_count"\nFROM "unformatted"\nWHERE "dt" >= date_format(current_date - interval \'7\' day, \'%Y-%m-%d\')\nGROUP BY "table_name", "reason"\nORDER BY "record_count" DESC, "table_name", "reason"',
    ],
  ]);
  expect(declared.one("lake-query-unformatted").inputs).toMatchObject({
    database: "project_stack_lake",
    workgroup: "lake-workgroup",
  });
});

async function access(of: (lake: DataLake) => Permission[], args?: DataLakeArgs): Promise<unknown> {
  return (await declare(() => of(new DataLake("lake", args)))).outputs;
}

const LAKE = "arn:aws:s3:::lake-lake";
const accesses: [string, (lake: DataLake) => Permission[], unknown[]][] = [
  [
    "writeAccess",
    (lake) => lake.writeAccess(),
    [{ actions: ["s3:PutObject"], resources: [`${LAKE}/raw/*`, `${LAKE}/unformatted/*`] }],
  ],
  [
    "readAccess",
    (lake) => lake.readAccess(),
    [
      { actions: ["s3:GetObject"], resources: [`${LAKE}/raw/*`, `${LAKE}/unformatted/*`, `${LAKE}/parquet-output/*`] },
      { actions: ["s3:ListBucket"], resources: [LAKE] },
    ],
  ],
  [
    "planAccess",
    (lake) => planAccess(lake.resources),
    [
      { actions: ["s3:GetObject"], resources: [`${LAKE}/ledger/*`] },
      { actions: ["s3:PutObject"], resources: [`${LAKE}/ledger/*/columns.json`] },
      { actions: ["s3:ListBucket"], resources: [LAKE] },
    ],
  ],
  [
    "reconcileAccess",
    (lake) => reconcileAccess(lake.resources),
    [
      { actions: ["s3:GetObject"], resources: [`${LAKE}/raw/*`, `${LAKE}/parquet-output/*`, `${LAKE}/ledger/*`] },
      { actions: ["s3:PutObject"], resources: [`${LAKE}/ledger/*`] },
      { actions: ["s3:ListBucket"], resources: [LAKE] },
    ],
  ],
  [
    "queryAccess",
    (lake) => lake.queryAccess(),
    [
      {
        actions: [
          "athena:GetNamedQuery",
          "athena:GetQueryExecution",
          "athena:GetQueryResults",
          "athena:GetWorkGroup",
          "athena:ListNamedQueries",
          "athena:StartQueryExecution",
          "athena:StopQueryExecution",
        ],
        resources: ["arn:aws:athena:us-east-1:123456789012:workgroup/lake-workgroup"],
      },
      {
        actions: [
          "glue:BatchGetPartition",
          "glue:GetDatabase",
          "glue:GetPartition",
          "glue:GetPartitions",
          "glue:GetTable",
          "glue:GetTables",
        ],
        resources: [
          "arn:aws:glue:us-east-1:123456789012:catalog",
          "arn:aws:glue:us-east-1:123456789012:database/project_stack_lake",
          "arn:aws:glue:us-east-1:123456789012:table/project_stack_lake/*",
        ],
      },
      { actions: ["s3:GetObject"], resources: [`${LAKE}/parquet-output/*`, `${LAKE}/unformatted/*`] },
      { actions: ["s3:GetObject", "s3:PutObject"], resources: ["arn:aws:s3:::lake-results/*"] },
      { actions: ["s3:GetBucketLocation", "s3:ListBucket"], resources: [LAKE, "arn:aws:s3:::lake-results"] },
    ],
  ],
];

test.each(accesses)("%s is exactly this", async (_, of, permissions) => {
  expect(await access(of)).toEqual(permissions);
});

test("with a key of one's own, writing needs to encrypt and reading to decrypt", async () => {
  const keyOf = async (of: (lake: DataLake) => Permission[]) =>
    ((await access(of, { encryptionKeyArn: KEY })) as Permission[]).filter(({ resources }) => resources.includes(KEY));
  expect(await keyOf((lake) => lake.writeAccess())).toEqual([{ actions: ["kms:GenerateDataKey"], resources: [KEY] }]);
  expect(await keyOf((lake) => lake.readAccess())).toEqual([{ actions: ["kms:Decrypt"], resources: [KEY] }]);
  expect(await keyOf((lake) => failedBatchAccess(lake.resources))).toEqual([
    { actions: ["kms:GenerateDataKey"], resources: [KEY] },
  ]);
});

test("the declared type has four accesses, and what components read of it", () => {
  expect(declaredMembers("components/dataLake.ts", "DataLake")).toEqual([
    "bucketName",
    "constructor",
    "databaseName",
    "failedBucketArn",
    "lifecycleRules",
    "monitoring",
    "nodes",
    "prefixes",
    "queryAccess",
    "quickSightAccess",
    "readAccess",
    "resources",
    "retentionDays",
    "tables",
    "workgroupName",
    "writeAccess",
  ]);
});

const allowed = { "streamlake:allowDataDeletion": "true" };
const deletions: [DataLakeArgs, Record<string, string>, boolean][] = [
  [{}, {}, false],
  [{ deleteDataOnDestroy: true }, {}, false],
  [{}, allowed, false],
  [{ deleteDataOnDestroy: true }, allowed, true],
];

test.each(deletions)("with %j and %j data may be deleted: %s", async (args, config, deletable) => {
  const seen: [string, boolean | undefined][] = [];
  const see = {
    bucket: (_: object, opts: { retainOnDelete?: boolean }, name: string) =>
      void seen.push([name, opts.retainOnDelete]),
  };
  const transform = { lake: see, results: see, failed: see };
  const declared = await declare(lake({ ...args, transform }), { config });
  expect(declared.all("aws:s3/bucket:Bucket").map(({ inputs }) => inputs.forceDestroy)).toEqual(
    Array(3).fill(deletable),
  );
  expect(seen).toEqual(["lake-lake", "lake-results", "lake-failed"].map((name) => [name, !deletable]));
});

const wrong: [DataLakeArgs, string][] = [
  [{ tables: {} }, "tables is empty; name at least one."],
  [
    { tables: { "Click Events": {} } },
    'table "Click Events" is not a Glue name; use lower-case letters, digits and "_".',
  ],
  [
    { tables: { unformatted: {} } },
    'table "unformatted" is the lake\'s own, for what could not be used; use another name.',
  ],
  [
    { tables: { a: { columns: [{ name: "Total", type: "double" }] } } },
    'table "a": column "Total" is not a column name; use 1 to 255 lower-case letters, digits and "_".',
  ],
  [
    { tables: { a: { columns: [{ name: "_id", type: "string" }] } } },
    'table "a": column "_id" is the lake\'s own; give it another name.',
  ],
  [
    { tables: { a: { columns: [{ name: "hour", type: "string" }] } } },
    'table "a": column "hour" is the lake\'s own; give it another name.',
  ],
  [
    { tables: { a: { columns: [{ name: "b", type: "int" as never }] } } },
    'table "a": column "b" has type "int"; use boolean, bigint, double, string, timestamp, date or array<…> of one of them.',
  ],
  [
    {
      tables: {
        a: {
          columns: [
            { name: "b", type: "string" },
            { name: "b", type: "bigint" },
          ],
        },
      },
    },
    'table "a": column "b" is declared twice.',
  ],
  [{ tables: { a: { columns: [] } } }, 'table "a": a declared schema needs at least one column.'],
  [{ databaseName: "my-lake" }, 'databaseName "my-lake" is not a Glue name; use lower-case letters, digits and "_".'],
  [{ prefixes: { raw: "raw" } }, 'prefix raw is "raw"; use letters, digits, "_", "." and "-", ending with one "/".'],
  [
    { prefixes: { raw: "data/raw/", parquet: "data/" } },
    'prefix raw "data/raw/" lies in prefix parquet "data/"; keep them apart.',
  ],
  [
    { prefixes: { parquet: "raw/parquet/" } },
    'prefix parquet "raw/parquet/" lies in prefix raw "raw/"; keep them apart.',
  ],
  [{ firstDay: "2025-02-30" }, 'firstDay "2025-02-30" is not a day; write it as 2024-01-01.'],
  [{ scanLimitGibibytes: 0 }, "scanLimitGibibytes is 0; use a whole number from 1 to 1000000 GiB."],
  [{ retentionDays: { raw: 0 } }, "retentionDays.raw is 0; use a whole number from 1 to 36500 days."],
  [
    { retentionDays: { ledger: 3 } as object },
    'retentionDays has "ledger"; use raw, unformatted, parquet, results, failedBatches, accessLogs.',
  ],
];

test.each(wrong)("refuses %j", async (args, message) => {
  await expect(declare(lake(args))).rejects.toThrow(`DataLake "lake": ${message}`);
});
