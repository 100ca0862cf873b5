/** Warehouse: what it declares, what its roles may do, its schedule and alarms, and what it refuses. */
import { DataLake, type DataLakeArgs, StreamIngest, Warehouse, type WarehouseArgs } from "streamlake";
import { declare } from "streamlake/testing";
import type { Column } from "../../lake/columns";
import { listed, packageOf, statements } from "./support/listed";

const TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms";
const KEY = "arn:aws:kms:us-east-1:123456789012:key/own";
const SUBNETS = ["subnet-a", "subnet-b", "subnet-c"];
const TABLES: DataLakeArgs["tables"] = {
  orders: {
    columns: [
      { name: "total", type: "double", path: ["Total"] },
      { name: "tags", type: "array<string>" },
    ],
  },
  records: {},
};

const warehouse =
  (args: Partial<WarehouseArgs> = {}, lakeArgs: DataLakeArgs = {}) =>
  () => {
    const lake = new DataLake("lake", { tables: TABLES, ...lakeArgs });
    const made = new Warehouse("wh", { lake, vpcId: "vpc-1", subnetIds: SUBNETS, ...args });
    return { query: made.queryAccess(), start: made.startAccess(), schema: made.schema, database: made.databaseName };
  };

const RESOURCES = [
  "aws:cloudwatch/logGroup:LogGroup wh-plan-logs",
  "aws:cloudwatch/logGroup:LogGroup wh-workflow-logs",
  "aws:ec2/securityGroup:SecurityGroup wh-security-group",
  "aws:iam/role:Role wh-copy-role",
  "aws:iam/role:Role wh-plan-role",
  "aws:iam/role:Role wh-schedule-role",
  "aws:iam/role:Role wh-workflow-role",
  "aws:iam/rolePolicy:RolePolicy wh-copy-policy",
  "aws:iam/rolePolicy:RolePolicy wh-plan-policy",
  "aws:iam/rolePolicy:RolePolicy wh-schedule-policy",
  "aws:iam/rolePolicy:RolePolicy wh-workflow-list-policy",
  "aws:iam/rolePolicy:RolePolicy wh-workflow-policy",
  "aws:lambda/function:Function wh-plan-function",
  "aws:redshiftserverless/namespace:Namespace wh-namespace",
  "aws:redshiftserverless/workgroup:Workgroup wh-workgroup",
  "aws:s3/bucket:Bucket wh-loads",
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration wh-loads-lifecycle",
  "aws:s3/bucketObjectv2:BucketObjectv2 wh-jsonpaths-orders",
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls wh-loads-ownership",
  "aws:s3/bucketPolicy:BucketPolicy wh-loads-policy",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock wh-loads-public-access",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration wh-loads-encryption",
  "aws:s3/bucketVersioning:BucketVersioning wh-loads-versioning",
  "aws:scheduler/schedule:Schedule wh-schedule",
  "aws:sfn/stateMachine:StateMachine wh-workflow",
  "aws:sns/topic:Topic wh-failures",
  "aws:sqs/queue:Queue wh-failed-starts",
  "streamlake:index:CallbackFunction wh-plan",
  "streamlake:index:Warehouse wh",
];

test.each([false, true])("declares the database, its loads and their workflow (preview: %s)", async (preview) => {
  const declared = await declare(warehouse(), { preview });
  expect(listed(declared).filter((line) => line.includes(" wh"))).toEqual(RESOURCES);
});

test("the namespace has a password of AWS, audit logs and one role; the workgroup is private", async () => {
  const declared = await declare(warehouse({ encryptionKeyArn: KEY, baseCapacity: 16, maxCapacity: 64 }));
  expect(declared.one("wh-namespace").inputs).toEqual({
    adminPasswordSecretKmsKeyId: KEY,
    // A secret of the provider's.
    adminUsername: expect.objectContaining({ value: "streamlake" }),
    dbName: "lake",
    defaultIamRoleArn: "arn:aws:iam::123456789012:role/wh-copy-role",
    iamRoles: ["arn:aws:iam::123456789012:role/wh-copy-role"],
    kmsKeyId: KEY,
    logExports: ["connectionlog", "useractivitylog", "userlog"],
    manageAdminPassword: true,
    namespaceName: "project-stack-wh",
  });
  const { configParameters, ...workgroup } = declared.one("wh-workgroup").inputs;
  expect(workgroup).toEqual({
    baseCapacity: 16,
    enhancedVpcRouting: true,
    maxCapacity: 64,
    namespaceName: "project-stack-wh",
    port: 5439,
    publiclyAccessible: false,
    securityGroupIds: ["sg-bd56249c05bcf2538"],
    subnetIds: SUBNETS,
    workgroupName: "project-stack-wh",
  });
  expect(configParameters).toContainEqual({ parameterKey: "require_ssl", parameterValue: "true" });
  expect(configParameters).toHaveLength(9);
});

test("nobody connects to the database but the security groups of clients", async () => {
  const egress = [
    {
      cidrBlocks: ["0.0.0.0/0"],
      description: "S3 and other services of AWS",
      fromPort: 443,
      protocol: "tcp",
      toPort: 443,
    },
  ];
  const closed = (await declare(warehouse())).one("wh-security-group").inputs;
  expect(closed).toEqual({ description: "The workgroup of wh", egress, ingress: [], vpcId: "vpc-1" });
  const open = (await declare(warehouse({ clientSecurityGroupIds: ["sg-bi"] }))).one("wh-security-group").inputs;
  expect(open.ingress).toEqual([
    { description: "Clients", fromPort: 5439, protocol: "tcp", securityGroups: ["sg-bi"], toPort: 5439 },
  ]);
});

const LOADS = "arn:aws:s3:::wh-loads";
const LAKE = "arn:aws:s3:::lake-lake";
const ARN = "us-east-1:123456789012";
const WORKGROUP = `arn:aws:redshift-serverless:${ARN}:workgroup/project-stack-wh-id`;
const SECRET = `arn:aws:secretsmanager:${ARN}:secret:redshift!wh-namespace-a1B2c3`;
const allow = (Action: string[], ...Resource: string[]) => ({ Effect: "Allow", Action, Resource });
// biome-ignore lint/suspicious/noTemplateCurlyInString: IAM's policy variable
const OWN = { StringEquals: { "redshift-data:statement-owner-iam-userid": "${aws:userid}" } };
const keyUse = (...actions: string[]) => allow(actions, KEY);

test("COPY reads the bucket of loads alone", async () => {
  const declared = await declare(warehouse({ encryptionKeyArn: KEY }));
  expect(JSON.parse(declared.one("wh-copy-role").inputs.assumeRolePolicy).Statement).toEqual([
    {
      Effect: "Allow",
      Principal: { Service: ["redshift.amazonaws.com", "redshift-serverless.amazonaws.com"] },
      Action: "sts:AssumeRole",
    },
  ]);
  expect(statements(declared.one("wh-copy-policy"))).toEqual([
    allow(["s3:GetObject"], `${LOADS}/loads/*`),
    allow(["s3:GetBucketLocation", "s3:ListBucket"], LOADS),
    keyUse("kms:Decrypt"),
  ]);
});

const STREAM = `arn:aws:kinesis:${ARN}:stream/clicks`;
const readsStream = (arn: string) =>
  allow(
    ["DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards"].map(
      (action) => `kinesis:${action}`,
    ),
    arn,
  );

test("the role of the namespace reads the streams of views, and the plan has their names", async () => {
  const streamKey = "arn:aws:kms:us-east-1:123456789012:key/stream";
  const declared = await declare(() => {
    const lake = new DataLake("lake", { tables: TABLES });
    const streams = {
      live: new StreamIngest("in", { encryptionKeyArn: streamKey }),
      clicks_live: { streamArn: STREAM },
    };
    new Warehouse("wh", { lake, vpcId: "vpc-1", subnetIds: SUBNETS, streams });
  });
  expect(statements(declared.one("wh-copy-policy")).slice(2)).toEqual([
    readsStream(`arn:aws:kinesis:${ARN}:stream/in-stream`),
    allow(["kms:Decrypt"], streamKey),
    readsStream(STREAM),
    allow(["kinesis:ListStreams"], "*"),
  ]);
  expect(JSON.parse(declared.one("wh-plan-function").inputs.environment.variables.STREAM_VIEWS)).toEqual({
    live: "in-stream",
    clicks_live: "clicks",
  });
});

test("a stream whose name has capitals is refused, as Redshift does not find it", async () => {
  const streams = { live: { streamArn: `arn:aws:kinesis:${ARN}:stream/Clicks` } };
  await expect(declare(warehouse({ streams }))).rejects.toThrow(
    'Warehouse "wh": streams.live is the stream "Clicks"; Redshift reads names without capitals: use a stream whose name has none.',
  );
});

test("the plan reads the raw objects of its tables, and writes the loads", async () => {
  const declared = await declare(warehouse({ encryptionKeyArn: KEY }));
  expect(statements(declared.one("wh-plan-policy"))).toEqual([
    allow(["logs:CreateLogStream", "logs:PutLogEvents"], `arn:aws:logs:${ARN}:log-group:wh-plan-logs:*`),
    allow(["s3:GetObject"], `${LAKE}/raw/orders/*`),
    allow(["s3:ListBucket"], LAKE),
    allow(["s3:GetObject"], `${LOADS}/last-seen.json`, `${LOADS}/sets/*`),
    allow(["s3:PutObject"], `${LOADS}/last-seen.json`, `${LOADS}/loads/*`, `${LOADS}/sets/*`),
    allow(["s3:ListBucket"], LOADS),
    keyUse("kms:Decrypt", "kms:GenerateDataKey"),
    allow(["redshift-data:ExecuteStatement", "redshift-data:BatchExecuteStatement"], WORKGROUP),
    { ...allow(["redshift-data:DescribeStatement", "redshift-data:GetStatementResult"], "*"), Condition: OWN },
    allow(["secretsmanager:GetSecretValue"], SECRET),
  ]);
  expect(declared.one("wh-plan-function").inputs.environment.variables).toEqual({
    ADMIN_SECRET_ARN: SECRET,
    COPY_ROLE_ARN: "arn:aws:iam::123456789012:role/wh-copy-role",
    LAKE_BUCKET: "lake-lake",
    LOADS_BUCKET: "wh-loads",
    NAMESPACE_ID: "wh-namespace-id",
    SCHEMA: "lake",
    WORKGROUP: "project-stack-wh",
  });
  expect((await packageOf(declared.one("wh-plan-function"))).length).toBeLessThan(700_000);
});

test("the workflow calls the plan and the Data API, and lists its own executions", async () => {
  const declared = await declare(warehouse({ failureTopic: { topicArn: TOPIC } }));
  expect(statements(declared.one("wh-workflow-policy")).slice(0, 5)).toEqual([
    allow(["lambda:InvokeFunction"], `arn:aws:lambda:${ARN}:function:wh-plan-function`),
    allow(["redshift-data:BatchExecuteStatement"], WORKGROUP),
    allow(["redshift-data:CancelStatement", "redshift-data:DescribeStatement"], "*"),
    allow(["secretsmanager:GetSecretValue"], SECRET),
    allow(["sns:Publish"], TOPIC),
  ]);
  const machine = `arn:aws:states:${ARN}:stateMachine:wh-workflow`;
  expect(statements(declared.one("wh-workflow-list-policy"))).toEqual([allow(["states:ListExecutions"], machine)]);
});

test("programs query with temporary credentials, and start loads", async () => {
  const { outputs } = await declare(warehouse());
  expect(outputs).toMatchObject({
    database: "lake",
    schema: "lake",
    query: [
      { actions: ["redshift-serverless:GetCredentials"], resources: [WORKGROUP] },
      { actions: ["redshift-data:ExecuteStatement", "redshift-data:BatchExecuteStatement"], resources: [WORKGROUP] },
      {
        actions: [
          "redshift-data:CancelStatement",
          "redshift-data:DescribeStatement",
          "redshift-data:GetStatementResult",
        ],
        resources: ["*"],
        conditions: OWN,
      },
    ],
    start: { actions: ["states:StartExecution"], resources: [`arn:aws:states:${ARN}:stateMachine:wh-workflow`] },
  });
});

test("a table has a JSONPaths file with the paths of its columns", async () => {
  const { bucket, key, content } = (await declare(warehouse())).one("wh-jsonpaths-orders").inputs;
  expect([bucket, key]).toEqual(["wh-loads", "jsonpaths/orders.json"]);
  expect(JSON.parse(content)).toEqual({
    jsonpaths: ["$['_id']", "$['_arrived']", "$['_format']", "$['data']['Total']", "$['data']['tags']"],
  });
});

test.each([
  [undefined, "rate(5 minutes)"],
  [1, "rate(1 minute)"],
])("it is started every %p minutes", async (everyMinutes, expression) => {
  const { inputs } = (await declare(warehouse({ everyMinutes }))).one("wh-schedule");
  expect([inputs.scheduleExpression, inputs.state]).toEqual([expression, "ENABLED"]);
  expect(JSON.parse(inputs.target.input)).toEqual({
    StateMachineArn: `arn:aws:states:${ARN}:stateMachine:wh-workflow`,
    Input: "{}",
  });
});

test("alarms go off for a failure, for two missed starts, and for a start that failed", async () => {
  const declared = await declare(warehouse({ alarms: { topicArn: TOPIC }, everyMinutes: 10 }));
  expect(declared.one("wh-alarm-not-started").inputs).toMatchObject({
    alarmDescription: "wh was not started for 20 minutes",
    evaluationPeriods: 2,
    metricQueries: [{ expression: "FILL(m1, 0)" }, { metric: { metricName: "ExecutionsStarted", period: 600 } }],
  });
  const names = listed(declared).filter((line) => line.includes("metricAlarm"));
  expect(names.map((line) => line.split(" ")[1])).toEqual([
    "wh-alarm-failed",
    "wh-alarm-failed-starts",
    "wh-alarm-load-lag",
    "wh-alarm-not-started",
  ]);
  expect(declared.one("wh-alarm-load-lag").inputs).toMatchObject({
    alarmDescription: "Objects wait 35 minutes until wh loads them; its log names the table",
    dimensions: { Function: "wh-plan-function" },
    evaluationPeriods: 3,
    period: 600,
    statistic: "Maximum",
    threshold: 2100,
  });
  // One message while execution after execution fails.
  expect(declared.one("wh-alarm-failed").inputs).toMatchObject({
    datapointsToAlarm: 1,
    evaluationPeriods: 2,
    period: 600,
  });
  const often = await declare(warehouse({ alarms: { topicArn: TOPIC }, everyMinutes: 1 }));
  expect(often.one("wh-alarm-failed").inputs.period).toBe(300);
  const off = await declare(warehouse({ alarms: { topicArn: TOPIC }, enabled: false }));
  expect(listed(off).some((line) => line.endsWith("not-started"))).toBe(false);
  expect(off.one("wh-schedule").inputs.state).toBe("DISABLED");
});

test("its database and its bucket stay when the stack goes, unless both switches say otherwise", async () => {
  const config = { "streamlake:allowDataDeletion": "true" };
  const kept = await declare(warehouse());
  expect(kept.one("wh-loads").inputs.forceDestroy).toBe(false);
  const gone = await declare(warehouse({ deleteDataOnDestroy: true }), { config });
  expect(gone.one("wh-loads").inputs.forceDestroy).toBe(true);
});

test("transforms change the raw resources", async () => {
  const declared = await declare(
    warehouse({
      transform: {
        namespace: (args) => {
          args.dbName = "other";
        },
        workgroup: (args) => {
          args.maxCapacity = 128;
        },
      },
    }),
  );
  expect(declared.one("wh-namespace").inputs.dbName).toBe("other");
  expect(declared.one("wh-workgroup").inputs.maxCapacity).toBe(128);
});

const wide = (count: number, length: number): Column[] =>
  Array.from({ length: count }, (_, index) => ({ name: `c${index}`.padEnd(length, "x"), type: "bigint", path: ["c"] }));

test.each<[string, Partial<WarehouseArgs>, DataLakeArgs, string]>([
  [
    "two subnets",
    { subnetIds: ["subnet-a", "subnet-b", "subnet-a"] },
    {},
    "subnetIds has 2 different subnets; Redshift Serverless needs three, in three availability zones.",
  ],
  [
    "an unknown table",
    { tables: ["records"] },
    {},
    'tables has "records", which has no declared columns in the lake; declare them there.',
  ],
  [
    "a lake without declared tables",
    {},
    { tables: { records: {} } },
    "the lake has no table with declared columns; declare them in its `tables`, because the warehouse's tables are made of them.",
  ],
  [
    "a capacity",
    { baseCapacity: 12 },
    {},
    "baseCapacity is 12; use 4, or 8 to 512 in steps of 8, or up to 1024 in steps of 32 RPUs.",
  ],
  ["a low maximum", { maxCapacity: 4 }, {}, "maxCapacity is 4, below the baseCapacity of 8; use at least 8."],
  [
    "the administrator of AWS's default",
    { adminUsername: "admin" },
    {},
    'adminUsername is "admin"; use 1 to 64 lower-case letters, digits and "_", and none of "admin", "public", "rdsdb", "root".',
  ],
  [
    "a schema",
    { schema: "My Lake" },
    {},
    'schema is "My Lake"; use 1 to 64 lower-case letters, digits and "_", not beginning with a digit.',
  ],
  [
    "the name of the table of loads",
    {},
    { tables: { streamlake_loads: { columns: wide(1, 2) } } },
    'table "streamlake_loads" has the name of the table of loads; give it another name.',
  ],
  [
    "too many columns",
    {},
    { tables: { wide: { columns: wide(1598, 5), liveDays: 0 } } },
    'table "wide" has 1601 columns; Redshift takes 1600.',
  ],
  [
    "a MERGE that is too long",
    {},
    { tables: { wide: { columns: wide(900, 40), liveDays: 0 } } },
    'table "wide" has 903 columns, whose MERGE has 177598 bytes; the Data API takes 100000: declare fewer columns, or shorter names.',
  ],
  [
    "a long name",
    {},
    { tables: { wide: { columns: wide(1, 128) } } },
    `"${"c0".padEnd(128, "x")}" has 128 characters; Redshift takes names of 127.`,
  ],
  [
    "raw rows that expire",
    {},
    { retentionDays: { raw: 3 } },
    "lookbackHours is 168, but the lake keeps raw rows for 3 days; keep them for at least 8, or look back less.",
  ],
  [
    "a view with the name of a table",
    { streams: { orders: { streamArn: STREAM } } },
    {},
    'streams has "orders", which is the name of a table; give the view another name.',
  ],
  [
    "a view with another name",
    { streams: { "Live-1": { streamArn: STREAM } } },
    {},
    'the name of a view in streams is "Live-1"; use 1 to 64 lower-case letters, digits and "_", not beginning with a digit.',
  ],
  ["minutes", { everyMinutes: 0 }, {}, "everyMinutes is 0; use a whole number from 1 to 1440 minutes."],
])("refuses %s", async (_, args, lakeArgs, problem) => {
  await expect(declare(warehouse(args, lakeArgs))).rejects.toThrow(`Warehouse "wh": ${problem}`);
});

test("a namespace's name that AWS would refuse is refused at once", async () => {
  const long = "w".repeat(60);
  const program = () => {
    const lake = new DataLake("lake", { tables: TABLES });
    new Warehouse(long, { lake, vpcId: "vpc-1", subnetIds: SUBNETS });
  };
  await expect(declare(program)).rejects.toThrow(`Warehouse "${long}": `);
});
