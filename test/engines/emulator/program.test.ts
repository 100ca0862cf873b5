/** The shipped program, resource by resource, on an emulator of other people: what it takes, and what it then tells. */
import { GetNamedQueryCommand, GetWorkGroupCommand } from "@aws-sdk/client-athena";
import { DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { GetCrawlerCommand, GetJobCommand, GetTableCommand } from "@aws-sdk/client-glue";
import { GetRolePolicyCommand } from "@aws-sdk/client-iam";
import { DescribeStreamSummaryCommand } from "@aws-sdk/client-kinesis";
import { GetEventSourceMappingCommand, GetFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import {
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  HeadObjectCommand,
} from "@aws-sdk/client-s3";
import { GetScheduleCommand } from "@aws-sdk/client-scheduler";
import { DescribeStateMachineCommand } from "@aws-sdk/client-sfn";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { type Deployment, deploy } from "./deploy/deploy";
import { type Emulator, startEmulator } from "./emulator";
import { SHIPPED } from "./shipped";

jest.setTimeout(120_000);

let emulator: Emulator;
let deployment: Deployment;
beforeAll(async () => {
  emulator = await startEmulator();
  deployment = await deploy(emulator, SHIPPED);
});
afterAll(async () => {
  await emulator?.stop();
});

test("every type of resource that the program declares is there in the emulator", () => {
  expect([...new Set(deployment.resources.map(({ type }) => type))].sort()).toEqual(TYPES);
});

test("the emulator tells the stream, the function and its mapping as the program declares them", async () => {
  const { kinesis, lambda, iam } = emulator.clients;
  const StreamName = String(deployment.outputs.stream);
  const stream = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }));
  expect(stream.StreamDescriptionSummary).toMatchObject({
    StreamStatus: "ACTIVE",
    StreamModeDetails: { StreamMode: "ON_DEMAND" },
    RetentionPeriodHours: 168,
    EncryptionType: "KMS",
    KeyId: "alias/aws/kinesis",
  });
  const FunctionName = deployment.idOf("router-router-function");
  expect(await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))).toMatchObject({
    Runtime: "nodejs24.x",
    Handler: "index.handler",
    MemorySize: 1024,
    Timeout: 120,
    Architectures: ["arm64"],
    LoggingConfig: { LogFormat: "JSON", LogGroup: deployment.idOf("router-router-logs") },
    Environment: { Variables: { LAKE_BUCKET: deployment.outputs.bucket, STREAM_NAME: StreamName } },
  });
  const UUID = deployment.idOf("router-mapping");
  expect(await lambda.send(new GetEventSourceMappingCommand({ UUID }))).toMatchObject({
    BatchSize: 10_000,
    MaximumBatchingWindowInSeconds: 60,
    BisectBatchOnFunctionError: true,
    FunctionResponseTypes: ["ReportBatchItemFailures"],
    MaximumRecordAgeInSeconds: 601_200,
    MaximumRetryAttempts: 10_000,
    StartingPosition: "TRIM_HORIZON",
    DestinationConfig: { OnFailure: { Destination: `arn:aws:s3:::${deployment.idOf("lake-failed")}` } },
  });
  const [RoleName, PolicyName] = deployment.idOf("router-router-policy").split(":");
  const { PolicyDocument = "" } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
  expect(decodeURIComponent(PolicyDocument)).toContain(`arn:aws:s3:::${deployment.outputs.bucket}/raw/*`);
});

test("the emulator tells the lake and its tables as the program declares them", async () => {
  const { s3, glue, athena } = emulator.clients;
  const Bucket = String(deployment.outputs.bucket);
  expect(await s3.send(new GetBucketVersioningCommand({ Bucket }))).toMatchObject({ Status: "Enabled" });
  const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
  expect(Rules?.find(({ ID }) => ID === "ledger")).toMatchObject({ Status: "Enabled", Expiration: { Days: 400 } });
  const script = await s3.send(new HeadObjectCommand({ Bucket, Key: "jobs/flatten_hour.py" }));
  expect(script.ContentLength).toBeGreaterThan(1000);
  const [DatabaseName = "", Name = ""] = deployment.idOf("lake-table-unformatted").split(":");
  const { Table } = await glue.send(new GetTableCommand({ DatabaseName, Name }));
  expect(Table?.PartitionKeys?.map((key) => key.Name)).toEqual(["table_name", "dt", "hour"]);
  expect(Table?.Parameters).toMatchObject({ "projection.enabled": "true", "projection.hour.digits": "2" });
  const { Job } = await glue.send(new GetJobCommand({ JobName: deployment.idOf("etl-job") }));
  expect(Job).toMatchObject({ GlueVersion: "5.0", WorkerType: "G.1X", NumberOfWorkers: 2, MaxRetries: 0 });
  // The emulator does not keep it.
  expect(Job?.ExecutionProperty).toBeUndefined();
  const { Crawler } = await glue.send(new GetCrawlerCommand({ Name: deployment.idOf("lake-crawler") }));
  expect(Crawler).toMatchObject({
    State: "READY",
    Targets: { S3Targets: [{ Path: `s3://${Bucket}/parquet-output/` }] },
  });
  const WorkGroup = deployment.idOf("lake-workgroup");
  const group = await athena.send(new GetWorkGroupCommand({ WorkGroup }));
  expect(group.WorkGroup?.Configuration).toMatchObject({ EnforceWorkGroupConfiguration: true });
  const NamedQueryId = deployment.idOf("lake-query-count-records");
  const { NamedQuery } = await athena.send(new GetNamedQueryCommand({ NamedQueryId }));
  expect(NamedQuery).toMatchObject({ Name: "count-records", WorkGroup, Database: DatabaseName });
});

test("the emulator tells schedule, workflow, alarms and logs as the program declares them", async () => {
  const { scheduler, sfn, cloudwatch, logs, sqs } = emulator.clients;
  const [GroupName, Name] = deployment.idOf("etl-schedule").split("/");
  const stateMachineArn = String(deployment.outputs.machine);
  expect(await scheduler.send(new GetScheduleCommand({ GroupName, Name }))).toMatchObject({
    ScheduleExpression: "cron(10 * * * ? *)",
    Target: { Arn: "arn:aws:scheduler:::aws-sdk:sfn:startExecution", RetryPolicy: { MaximumRetryAttempts: 185 } },
  });
  const machine = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
  expect(JSON.parse(machine.definition ?? "")).toMatchObject({ QueryLanguage: "JSONata", StartAt: "HasHour" });
  expect(machine.loggingConfiguration).toMatchObject({ level: "ERROR", includeExecutionData: false });
  const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({}));
  expect(MetricAlarms.map(({ Namespace, MetricName }) => `${Namespace} ${MetricName}`).sort()).toEqual(ALARMS);
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({}));
  expect(new Set(logGroups.map(({ retentionInDays }) => retentionInDays))).toEqual(new Set([30]));
  const QueueUrl = deployment.idOf("etl-failed-starts");
  expect((await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages ?? []).toEqual([]);
});

const ALARMS = [
  "AWS/Lambda DestinationDeliveryFailures",
  "AWS/Lambda DroppedEventCount",
  "AWS/Lambda Errors",
  "AWS/Lambda IteratorAge",
  "AWS/Lambda IteratorAge",
  "AWS/Lambda OnFailureDestinationDeliveredEventCount",
  "AWS/Lambda Throttles",
  "AWS/SQS ApproximateNumberOfMessagesVisible",
  "AWS/States ExecutionsFailed",
  "Streamlake BrokenTables",
  "Streamlake CrawlDue",
  "Streamlake FailedWrites",
  "Streamlake HoursLate",
  "undefined undefined",
  "undefined undefined",
  "undefined undefined",
];

const TYPES = [
  "aws:athena/namedQuery:NamedQuery",
  "aws:athena/workgroup:Workgroup",
  "aws:cloudwatch/logGroup:LogGroup",
  "aws:cloudwatch/metricAlarm:MetricAlarm",
  "aws:glue/catalogDatabase:CatalogDatabase",
  "aws:glue/catalogTable:CatalogTable",
  "aws:glue/crawler:Crawler",
  "aws:glue/job:Job",
  "aws:iam/role:Role",
  "aws:iam/rolePolicy:RolePolicy",
  "aws:kinesis/stream:Stream",
  "aws:lambda/eventSourceMapping:EventSourceMapping",
  "aws:lambda/function:Function",
  "aws:s3/bucket:Bucket",
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  "aws:s3/bucketLogging:BucketLogging",
  "aws:s3/bucketObjectv2:BucketObjectv2",
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  "aws:s3/bucketPolicy:BucketPolicy",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  "aws:s3/bucketVersioning:BucketVersioning",
  "aws:scheduler/schedule:Schedule",
  "aws:sfn/stateMachine:StateMachine",
  "aws:sns/topic:Topic",
  "aws:sqs/queue:Queue",
];
