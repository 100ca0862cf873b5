/** The program itself, as each environment's configuration makes it. */
import * as fs from "node:fs";
import * as path from "node:path";
import { type Declared, declare } from "streamlake/testing";
import { parse } from "yaml";
import { listed } from "../components/support/listed";

const ROOT = path.resolve(__dirname, "../..");

/** The stack's configuration as Pulumi hands it to a program: every value as text. */
function configOf(stack: string): Record<string, string> {
  const { config } = parse(fs.readFileSync(path.join(ROOT, `Pulumi.${stack}.yaml`), "utf8"));
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, text(value)]));
}

function program(): unknown {
  let outputs: unknown;
  jest.isolateModules(() => {
    outputs = require("../../stacks/index");
  });
  return outputs;
}

const evaluated = new Map<string, Promise<Declared>>();

function up(stack: string, preview = false): Promise<Declared> {
  const key = `${stack} ${preview}`;
  const known = evaluated.get(key);
  if (known) return known;
  const declared = declare(program, { project: "streamlake", stack, preview, config: configOf(stack) });
  evaluated.set(key, declared);
  return declared;
}

const bucket = (name: string) => [
  `aws:s3/bucket:Bucket ${name}`,
  `aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration ${name}-lifecycle`,
  `aws:s3/bucketOwnershipControls:BucketOwnershipControls ${name}-ownership`,
  `aws:s3/bucketPolicy:BucketPolicy ${name}-policy`,
  `aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock ${name}-public-access`,
  `aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration ${name}-encryption`,
  `aws:s3/bucketVersioning:BucketVersioning ${name}-versioning`,
];

const EVERYWHERE = [
  ...bucket("lake-failed"),
  ...bucket("lake-lake"),
  ...bucket("lake-results"),
  "aws:athena/namedQuery:NamedQuery lake-query-count-records",
  "aws:athena/namedQuery:NamedQuery lake-query-latest-records",
  "aws:athena/namedQuery:NamedQuery lake-query-unformatted",
  "aws:athena/workgroup:Workgroup lake-workgroup",
  "aws:cloudwatch/logGroup:LogGroup etl-plan-logs",
  "aws:cloudwatch/logGroup:LogGroup etl-reconcile-logs",
  "aws:cloudwatch/logGroup:LogGroup etl-workflow-logs",
  "aws:cloudwatch/logGroup:LogGroup router-router-logs",
  "aws:glue/catalogDatabase:CatalogDatabase lake-database",
  "aws:glue/catalogTable:CatalogTable lake-table-unformatted",
  "aws:glue/crawler:Crawler lake-crawler",
  "aws:glue/job:Job etl-job",
  "aws:iam/role:Role etl-job-role",
  "aws:iam/role:Role etl-plan-role",
  "aws:iam/role:Role etl-reconcile-role",
  "aws:iam/role:Role etl-schedule-role",
  "aws:iam/role:Role etl-workflow-role",
  "aws:iam/role:Role lake-crawler-role",
  "aws:iam/role:Role router-router-role",
  "aws:iam/rolePolicy:RolePolicy etl-job-policy",
  "aws:iam/rolePolicy:RolePolicy etl-plan-policy",
  "aws:iam/rolePolicy:RolePolicy etl-reconcile-policy",
  "aws:iam/rolePolicy:RolePolicy etl-schedule-policy",
  "aws:iam/rolePolicy:RolePolicy etl-workflow-policy",
  "aws:iam/rolePolicy:RolePolicy etl-workflow-start-policy",
  "aws:iam/rolePolicy:RolePolicy lake-crawler-policy",
  "aws:iam/rolePolicy:RolePolicy router-router-policy",
  "aws:kinesis/stream:Stream ingest-stream",
  "aws:lambda/eventSourceMapping:EventSourceMapping router-mapping",
  "aws:lambda/function:Function etl-plan-function",
  "aws:lambda/function:Function etl-reconcile-function",
  "aws:lambda/function:Function router-router-function",
  "aws:s3/bucketObjectv2:BucketObjectv2 etl-script",
  "aws:scheduler/schedule:Schedule etl-schedule",
  "aws:sfn/stateMachine:StateMachine etl-workflow",
  "aws:sns/topic:Topic etl-failures",
  "aws:sqs/queue:Queue etl-failed-starts",
  "streamlake:index:CallbackFunction etl-plan",
  "streamlake:index:CallbackFunction etl-reconcile",
  "streamlake:index:CallbackFunction router-router",
  "streamlake:index:DataLake lake",
  "streamlake:index:FormatRouter router",
  "streamlake:index:HourlyEtl etl",
  "streamlake:index:StreamIngest ingest",
];

const ALARMED = [
  "aws:cloudwatch/metricAlarm:MetricAlarm etl-alarm-crawl-failed",
  "aws:cloudwatch/metricAlarm:MetricAlarm etl-alarm-failed",
  "aws:cloudwatch/metricAlarm:MetricAlarm etl-alarm-failed-starts",
  "aws:cloudwatch/metricAlarm:MetricAlarm etl-alarm-hours-late",
  "aws:cloudwatch/metricAlarm:MetricAlarm etl-alarm-ledger-broken",
  "aws:cloudwatch/metricAlarm:MetricAlarm etl-alarm-not-started",
  "aws:cloudwatch/metricAlarm:MetricAlarm router-alarm-dropped-records",
  "aws:cloudwatch/metricAlarm:MetricAlarm router-alarm-errors",
  "aws:cloudwatch/metricAlarm:MetricAlarm router-alarm-expiring-records",
  "aws:cloudwatch/metricAlarm:MetricAlarm router-alarm-failed-batches",
  "aws:cloudwatch/metricAlarm:MetricAlarm router-alarm-failed-deliveries",
  "aws:cloudwatch/metricAlarm:MetricAlarm router-alarm-failed-hooks",
  "aws:cloudwatch/metricAlarm:MetricAlarm router-alarm-failed-writes",
  "aws:cloudwatch/metricAlarm:MetricAlarm router-alarm-iterator-age",
  "aws:cloudwatch/metricAlarm:MetricAlarm router-alarm-throttles",
  "aws:cloudwatch/metricAlarm:MetricAlarm router-alarm-unformatted",
  "aws:sns/topic:Topic alarms",
];

const ACCESS_LOGGED = [
  ...bucket("lake-access-logs"),
  ...["failed", "lake", "results"].map((role) => `aws:s3/bucketLogging:BucketLogging lake-${role}-logging`),
];

const environments: [string, string[]][] = [
  ["dev", EVERYWHERE],
  ["staging", [...EVERYWHERE, ...ALARMED, ...ACCESS_LOGGED]],
  ["prod", [...EVERYWHERE, ...ALARMED, ...ACCESS_LOGGED]],
];

const REPLAYED = [
  ...["chunk", "plan", "workflow"].map((role) => `aws:cloudwatch/logGroup:LogGroup replay-${role}-logs`),
  ...["chunk", "plan", "workflow"].map((role) => `aws:iam/role:Role replay-${role}-role`),
  ...["chunk", "plan", "workflow", "workflow-start"].map(
    (role) => `aws:iam/rolePolicy:RolePolicy replay-${role}-policy`,
  ),
  ...["chunk", "plan"].map((role) => `aws:lambda/function:Function replay-${role}-function`),
  ...["chunk", "plan"].map((role) => `streamlake:index:CallbackFunction replay-${role}`),
  "aws:sfn/stateMachine:StateMachine replay-workflow",
  "aws:sns/topic:Topic replay-failures",
  "streamlake:index:Replay replay",
];

test("with streamlake:replay there is a state machine for it, and its name among the outputs", async () => {
  const config = { ...configOf("dev"), "streamlake:replay": "true" };
  const declared = await declare(program, { project: "streamlake", stack: "dev", config });
  expect(listed(declared)).toEqual([...EVERYWHERE, ...REPLAYED].sort());
  expect(declared.outputs).toMatchObject({ replayStateMachineArn: expect.stringContaining(":stateMachine:replay-") });
});

test("with streamlake:warehouse there is one, with its names among the outputs", async () => {
  const config = {
    ...configOf("dev"),
    "streamlake:tables": '{"orders":{"columns":[{"name":"total","type":"double"}]}}',
    "streamlake:warehouse": '{"vpcId":"vpc-1","subnetIds":["a","b","c"]}',
  };
  const declared = await declare(program, { project: "streamlake", stack: "dev", config });
  expect(declared.one("warehouse-namespace").inputs.namespaceName).toBe("streamlake-dev-warehouse");
  expect(declared.outputs).toMatchObject({
    warehouseWorkgroupName: "streamlake-dev-warehouse",
    warehouseDatabaseName: "lake",
    warehouseStateMachineArn: expect.stringContaining(":stateMachine:warehouse-workflow"),
  });
});

test("an output that a stack does not have is not exported: the engine would warn of an undefined one", async () => {
  expect(Object.keys((await up("dev")).outputs as object)).toEqual([
    "streamName",
    "bucketName",
    "databaseName",
    "workgroupName",
    "stateMachineArn",
    "failureTopicArn",
  ]);
});

const VIEWED = [
  "aws:cloudwatch/logGroup:LogGroup view-fold-handler-logs",
  "aws:dynamodb/table:Table view-table",
  "aws:iam/role:Role view-fold-handler-role",
  "aws:iam/rolePolicy:RolePolicy view-fold-handler-policy",
  "aws:lambda/eventSourceMapping:EventSourceMapping view-fold-mapping",
  "aws:lambda/function:Function view-fold-handler-function",
  "streamlake:index:CallbackFunction view-fold-handler",
  "streamlake:index:ServingTable view",
  "streamlake:index:StreamFunction view-fold",
];

const OVER_HTTP = [
  "aws:apigatewayv2/api:Api api-api",
  "aws:apigatewayv2/integration:Integration api-integration",
  ...["batches", "default", "records"].map((role) => `aws:apigatewayv2/route:Route api-route-${role}`),
  "aws:apigatewayv2/stage:Stage api-stage",
  "aws:cloudwatch/logGroup:LogGroup api-access-logs",
  "aws:cloudwatch/logGroup:LogGroup api-handler-logs",
  "aws:iam/role:Role api-handler-role",
  "aws:iam/rolePolicy:RolePolicy api-handler-policy",
  "aws:lambda/function:Function api-handler-function",
  "aws:lambda/permission:Permission api-permission",
  "streamlake:index:CallbackFunction api-handler",
  "streamlake:index:IngestApi api",
];
const ITEMS = ["item-items", "view-items"].map((role) => `aws:apigatewayv2/route:Route api-route-${role}`);

test.each<[Record<string, string>, string[], object]>([
  [
    { "streamlake:dashboard": "true" },
    ["aws:cloudwatch/dashboard:Dashboard dashboard-dashboard", "streamlake:index:PipelineDashboard dashboard"],
    {},
  ],
  [{ "streamlake:servingTable": "true" }, VIEWED, { viewTableName: "view-table" }],
  [
    { "streamlake:ingestApi": '{"partitionKey":{"column":"CustomerID"}}' },
    OVER_HTTP,
    { apiUrl: "https://api-api.execute-api.us-east-1.amazonaws.com" },
  ],
  [
    { "streamlake:ingestApi": "true", "streamlake:servingTable": '{"key":"CustomerID","fold":{"n":{"count":true}}}' },
    [...VIEWED, ...OVER_HTTP, ...ITEMS],
    { apiUrl: "https://api-api.execute-api.us-east-1.amazonaws.com", viewTableName: "view-table" },
  ],
])("with %j there are their resources and outputs, in a preview as in an update", async (keys, more, outputs) => {
  const config = { ...configOf("dev"), ...keys };
  const declared = await declare(program, { project: "streamlake", stack: "dev", config });
  expect(listed(declared)).toEqual([...EVERYWHERE, ...more].sort());
  expect(declared.outputs).toMatchObject(outputs);
  const preview = await declare(program, { project: "streamlake", stack: "dev", config, preview: true });
  expect(listed(preview)).toEqual(listed(declared));
});

test("alarms reach the addresses of streamlake:alarmEmails, and their topic is an output", async () => {
  const config = { ...configOf("prod"), "streamlake:alarmEmails": '["on-call@example.com"]' };
  const declared = await declare(program, { project: "streamlake", stack: "prod", config });
  expect(declared.one("alarms-on-call@example.com").inputs).toEqual({
    topic: "arn:aws:sns:us-east-1:123456789012:alarms",
    protocol: "email",
    endpoint: "on-call@example.com",
  });
  expect(declared.outputs).toMatchObject({ alarmTopicArn: "arn:aws:sns:us-east-1:123456789012:alarms" });
});

test.each(environments)("%s declares exactly this, in a preview as in an update", async (stack, expected) => {
  expect(listed(await up(stack))).toEqual([...expected].sort());
  expect(listed(await up(stack, true))).toEqual([...expected].sort());
});

test("the outputs name stream, bucket, database, workgroup, state machine and the topic of failures", async () => {
  expect((await up("dev")).outputs).toEqual({
    streamName: "ingest-stream",
    bucketName: "lake-lake",
    databaseName: "streamlake_dev_lake",
    workgroupName: "lake-workgroup",
    stateMachineArn: "arn:aws:states:us-east-1:123456789012:stateMachine:etl-workflow",
    failureTopicArn: "arn:aws:sns:us-east-1:123456789012:etl-failures",
  });
});

test("with streamlake:delivery, Firehose and its backup take the place of the router, and nothing else changes", async () => {
  const config = { ...configOf("dev"), "streamlake:delivery": "true" };
  const declared = await declare(program, { project: "streamlake", stack: "dev", config });
  const [before, after] = [listed(await up("dev")), listed(declared)];
  const [gone, added] = [before.filter((one) => !after.includes(one)), after.filter((one) => !before.includes(one))];
  expect(gone.every((line) => / router(-|$)/.test(line))).toBe(true);
  expect(added).toEqual([
    "aws:cloudwatch/logGroup:LogGroup delivery-logs",
    "aws:cloudwatch/logGroup:LogGroup delivery-transform-logs",
    "aws:cloudwatch/logStream:LogStream delivery-logs-backup",
    "aws:cloudwatch/logStream:LogStream delivery-logs-delivery",
    "aws:iam/role:Role delivery-role",
    "aws:iam/role:Role delivery-transform-role",
    "aws:iam/rolePolicy:RolePolicy delivery-policy",
    "aws:iam/rolePolicy:RolePolicy delivery-transform-policy",
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream delivery-delivery",
    "aws:lambda/function:Function delivery-transform-function",
    ...bucket("delivery-backup"),
    "streamlake:index:CallbackFunction delivery-transform",
    "streamlake:index:DeliveryStream delivery",
  ]);
  expect(declared.outputs).toMatchObject({
    deliveryStreamName: "delivery-delivery",
    backupBucketName: "delivery-backup",
  });
});

test("only dev deletes data", async () => {
  const deletable = async (stack: string) =>
    (await up(stack)).all("aws:s3/bucket:Bucket").map(({ inputs }) => inputs.forceDestroy);
  expect(await deletable("dev")).toEqual([true, true, true]);
  expect(await deletable("staging")).toEqual([false, false, false, false]);
  expect(await deletable("prod")).toEqual([false, false, false, false]);
});

test("environments differ in windows, logs, retention and scan limit as their files say", async () => {
  const differences = async (stack: string) => {
    const declared = await up(stack);
    return [
      declared.one("router-mapping").inputs.maximumBatchingWindowInSeconds,
      declared.one("router-router-logs").inputs.retentionInDays,
      declared.one("lake-lake-lifecycle").inputs.rules[0],
      declared.one("lake-workgroup").inputs.configuration.bytesScannedCutoffPerQuery / 1024 ** 3,
    ];
  };
  const raw = (days: number) => ({ id: "raw", status: "Enabled", filter: { prefix: "raw/" }, expiration: { days } });
  const ledger = { id: "ledger", status: "Enabled", filter: { prefix: "ledger/" }, expiration: { days: 400 } };
  expect(await differences("dev")).toEqual([5, 7, raw(30), 10]);
  expect(await differences("staging")).toEqual([60, 30, raw(90), 100]);
  expect(await differences("prod")).toEqual([60, 365, ledger, 100]);
});

test("Pulumi runs the program that local and the tests run", () => {
  const project = parse(fs.readFileSync(path.join(ROOT, "Pulumi.yaml"), "utf8"));
  expect([project.name, project.main, project.runtime.name]).toEqual(["streamlake", "stacks/index.ts", "nodejs"]);
});
