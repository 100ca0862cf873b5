/** HourlyEtl: what it declares, what its roles may do, its schedule and alarms, and what it refuses. */
import * as fs from "node:fs";
import * as path from "node:path";
import { DataLake, type DataLakeArgs, HourlyEtl, type HourlyEtlArgs } from "streamlake";
import { declare } from "streamlake/testing";
import { listed, statements } from "./support/listed";

const TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms";
const ARN = "us-east-1:123456789012";

const etl =
  (args: Partial<HourlyEtlArgs> = {}, lakeArgs: DataLakeArgs = {}) =>
  () => {
    new HourlyEtl("etl", { lake: new DataLake("lake", lakeArgs), ...args });
  };

test("declares the job, two functions, the workflow, its schedule and the topic of failures", async () => {
  expect(listed(await declare(etl())).filter((line) => / etl/.test(line))).toEqual([
    "aws:cloudwatch/logGroup:LogGroup etl-plan-logs",
    "aws:cloudwatch/logGroup:LogGroup etl-reconcile-logs",
    "aws:cloudwatch/logGroup:LogGroup etl-workflow-logs",
    "aws:glue/job:Job etl-job",
    "aws:iam/role:Role etl-job-role",
    "aws:iam/role:Role etl-plan-role",
    "aws:iam/role:Role etl-reconcile-role",
    "aws:iam/role:Role etl-schedule-role",
    "aws:iam/role:Role etl-workflow-role",
    "aws:iam/rolePolicy:RolePolicy etl-job-policy",
    "aws:iam/rolePolicy:RolePolicy etl-plan-policy",
    "aws:iam/rolePolicy:RolePolicy etl-reconcile-policy",
    "aws:iam/rolePolicy:RolePolicy etl-schedule-policy",
    "aws:iam/rolePolicy:RolePolicy etl-workflow-policy",
    "aws:iam/rolePolicy:RolePolicy etl-workflow-start-policy",
    "aws:lambda/function:Function etl-plan-function",
    "aws:lambda/function:Function etl-reconcile-function",
    "aws:s3/bucketObjectv2:BucketObjectv2 etl-script",
    "aws:scheduler/schedule:Schedule etl-schedule",
    "aws:sfn/stateMachine:StateMachine etl-workflow",
    "aws:sns/topic:Topic etl-failures",
    "aws:sqs/queue:Queue etl-failed-starts",
    "streamlake:index:CallbackFunction etl-plan",
    "streamlake:index:CallbackFunction etl-reconcile",
    "streamlake:index:HourlyEtl etl",
  ]);
});

test("the job runs the library's script on Glue 5.0, without bookmarks and without retries of its own", async () => {
  const tables = { records: {}, orders: { columns: [{ name: "total", type: "double" } as const] } };
  const declared = await declare(etl({}, { tables }));
  expect(declared.one("etl-job").inputs).toEqual({
    command: { name: "glueetl", pythonVersion: "3", scriptLocation: "s3://lake-lake/jobs/flatten_hour.py" },
    defaultArguments: {
      "--BUCKET": "lake-lake",
      "--COLUMNS": '{"orders":[{"name":"total","type":"double"}]}',
      "--LEDGER_PREFIX": "ledger/",
      "--PARQUET_PREFIX": "parquet-output/",
      "--RAW_PREFIX": "raw/",
      "--job-bookmark-option": "job-bookmark-disable",
      "--job-language": "python",
    },
    description: "Flattens the raw rows of one hour into Parquet",
    executionProperty: { maxConcurrentRuns: 3 },
    glueVersion: "5.0",
    maxRetries: 0,
    numberOfWorkers: 2,
    roleArn: "arn:aws:iam::123456789012:role/etl-job-role",
    timeout: 60,
    workerType: "G.1X",
  });
  const { bucket, key, source } = declared.one("etl-script").inputs;
  expect([bucket, key]).toEqual(["lake-lake", "jobs/flatten_hour.py"]);
  const script = fs.readFileSync(path.resolve(__dirname, "../../jobs/flatten_hour.py"), "utf8");
  expect(fs.readFileSync(await source.path, "utf8")).toBe(script);
});

const LAKE = "arn:aws:s3:::lake-lake";
const logsOf = (group: string) => ({
  Effect: "Allow",
  Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
  Resource: [`arn:aws:logs:${ARN}:log-group:${group}:*`],
});
const allow = (Action: string[], ...Resource: string[]) => ({ Effect: "Allow", Action, Resource });

const policies: [string, unknown[]][] = [
  [
    "etl-job-policy",
    [
      allow(["s3:GetObject"], `${LAKE}/raw/*`, `${LAKE}/parquet-output/*`, `${LAKE}/ledger/*`, `${LAKE}/jobs/*`),
      allow(
        ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"],
        `${LAKE}/parquet-output/*`,
        `${LAKE}/parquet-output_$folder$`,
      ),
      allow(["s3:PutObject"], `${LAKE}/ledger/*`),
      allow(["s3:GetBucketLocation", "s3:ListBucket"], LAKE),
      allow(
        ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
        `arn:aws:logs:${ARN}:log-group:/aws-glue/jobs/*`,
        `arn:aws:logs:${ARN}:log-group:/aws-glue/jobs/*:*`,
      ),
    ],
  ],
  [
    "etl-plan-policy",
    [
      logsOf("etl-plan-logs"),
      allow(["s3:GetObject"], `${LAKE}/ledger/*`),
      allow(["s3:PutObject"], `${LAKE}/ledger/*/columns.json`),
      allow(["s3:ListBucket"], LAKE),
      allow(["s3:PutObject"], `${LAKE}/ledger/hourly-leases/etl.json`),
    ],
  ],
  [
    "etl-reconcile-policy",
    [
      logsOf("etl-reconcile-logs"),
      allow(["s3:GetObject"], `${LAKE}/raw/*`, `${LAKE}/parquet-output/*`, `${LAKE}/ledger/*`),
      allow(["s3:PutObject"], `${LAKE}/ledger/*`),
      allow(["s3:ListBucket"], LAKE),
    ],
  ],
  [
    "etl-workflow-policy",
    [
      allow(["lambda:InvokeFunction"], `arn:aws:lambda:${ARN}:function:etl-plan-function`),
      allow(["lambda:InvokeFunction"], `arn:aws:lambda:${ARN}:function:etl-reconcile-function`),
      allow(
        ["glue:BatchStopJobRun", "glue:GetJobRun", "glue:GetJobRuns", "glue:StartJobRun"],
        `arn:aws:glue:${ARN}:job/etl-job`,
      ),
      allow(["glue:GetCrawler", "glue:StartCrawler"], `arn:aws:glue:${ARN}:crawler/lake-crawler`),
      allow(["sns:Publish"], `arn:aws:sns:${ARN}:etl-failures`),
      allow(
        [
          "logs:CreateLogDelivery",
          "logs:DeleteLogDelivery",
          "logs:DescribeLogGroups",
          "logs:DescribeResourcePolicies",
          "logs:GetLogDelivery",
          "logs:ListLogDeliveries",
          "logs:PutResourcePolicy",
          "logs:UpdateLogDelivery",
        ],
        "*",
      ),
    ],
  ],
  [
    "etl-workflow-start-policy",
    [
      allow(["states:StartExecution"], `arn:aws:states:${ARN}:stateMachine:etl-workflow`),
      allow(
        ["states:DescribeExecution"],
        `arn:aws:states:${ARN}:execution:etl-workflow:*`,
        `arn:aws:states:${ARN}:execution:etl-workflow-*:*`,
      ),
    ],
  ],
  [
    "etl-schedule-policy",
    [
      allow(["states:StartExecution"], `arn:aws:states:${ARN}:stateMachine:etl-workflow`),
      allow(["sqs:SendMessage"], `arn:aws:sqs:${ARN}:etl-failed-starts`),
    ],
  ],
];

test.each(policies)("%s is exactly this", async (name, expected) => {
  expect(statements((await declare(etl())).one(name))).toEqual(expected);
});

const trust: [string, string][] = [
  ["etl-job-role", "glue.amazonaws.com"],
  ["etl-plan-role", "lambda.amazonaws.com"],
  ["etl-workflow-role", "states.amazonaws.com"],
  ["etl-schedule-role", "scheduler.amazonaws.com"],
];

test.each(trust)("%s is assumed by %s", async (role, service) => {
  const { assumeRolePolicy } = (await declare(etl())).one(role).inputs;
  expect(JSON.parse(assumeRolePolicy).Statement).toEqual([
    { Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" },
  ]);
});

test("the schedule starts the workflow ten minutes after each hour, with the hour in its input", async () => {
  const { target, ...inputs } = (await declare(etl())).one("etl-schedule").inputs;
  expect(inputs).toEqual({
    description: "Starts etl-workflow for the hour before",
    flexibleTimeWindow: { mode: "OFF" },
    scheduleExpression: "cron(10 * * * ? *)",
    scheduleExpressionTimezone: "UTC",
    state: "ENABLED",
  });
  const { input, ...rest } = target;
  expect(rest).toEqual({
    arn: "arn:aws:scheduler:::aws-sdk:sfn:startExecution",
    deadLetterConfig: { arn: `arn:aws:sqs:${ARN}:etl-failed-starts` },
    retryPolicy: { maximumEventAgeInSeconds: 86400, maximumRetryAttempts: 185 },
    roleArn: "arn:aws:iam::123456789012:role/etl-schedule-role",
  });
  expect(JSON.parse(input)).toEqual({
    StateMachineArn: `arn:aws:states:${ARN}:stateMachine:etl-workflow`,
    Input: '{"scheduledTime":"<aws.scheduler.scheduled-time>"}',
  });
});

test("the workflow is a standard one that logs its errors without data", async () => {
  const { definition, ...inputs } = (await declare(etl(), { project: "shop", stack: "dev" })).one(
    "etl-workflow",
  ).inputs;
  expect(inputs).toEqual({
    loggingConfiguration: {
      includeExecutionData: false,
      level: "ERROR",
      logDestination: `arn:aws:logs:${ARN}:log-group:/aws/vendedlogs/states/shop-dev-etl-workflow:*`,
    },
    roleArn: "arn:aws:iam::123456789012:role/etl-workflow-role",
    type: "STANDARD",
  });
  expect(JSON.parse(definition).QueryLanguage).toBe("JSONata");
});

test("every option reaches its place", async () => {
  const declared = await declare(
    etl({
      minute: 25,
      enabled: false,
      lookbackHours: 48,
      concurrentJobs: 5,
      workers: 10,
      workerType: "G.2X",
      jobTimeoutMinutes: 30,
      retryAttempts: 4,
      hoursPerPass: 12,
      planMemoryMebibytes: 1024,
      planTimeoutSeconds: 300,
      reconcileMemoryMebibytes: 2048,
      reconcileTimeoutSeconds: 600,
      crawlerPollSeconds: 60,
      crawlerTimeoutMinutes: 30,
      logRetentionDays: 7,
    }),
  );
  expect(declared.one("etl-schedule").inputs).toMatchObject({
    scheduleExpression: "cron(25 * * * ? *)",
    state: "DISABLED",
  });
  expect(declared.one("etl-job").inputs).toMatchObject({
    executionProperty: { maxConcurrentRuns: 5 },
    numberOfWorkers: 10,
    timeout: 30,
    workerType: "G.2X",
  });
  const { States } = JSON.parse(declared.one("etl-workflow").inputs.definition);
  expect(States.FlattenHours.MaxConcurrency).toBe(5);
  expect(States.FlattenHours.ItemProcessor.States.Flatten.TimeoutSeconds).toBe(3600);
  expect(States.FlattenHours.ItemProcessor.States.MayTryAgain.Choices[0].Condition).toContain("$errors <= 4");
  expect(States.PlanHours.Retry[1].MaxAttempts).toBe(4);
  // A function of an execution that is over may still run for its timeout, the longer of the two.
  expect(States.AwaitFunctions.Timestamp).toContain("? 600 : ");
  expect(declared.one("etl-plan-function").inputs).toMatchObject({ memorySize: 1024, timeout: 300 });
  expect(declared.one("etl-reconcile-function").inputs).toMatchObject({ memorySize: 2048, timeout: 600 });
  expect(States.AwaitCrawler.Seconds).toBe(60);
  expect(States.IsCatalogued.Choices[1].Condition).toBe("{% $polls >= 30 %}");
  for (const logs of ["etl-plan-logs", "etl-reconcile-logs", "etl-workflow-logs"]) {
    expect(declared.one(logs).inputs.retentionInDays).toBe(7);
  }
  const { text } = (await declared.one("etl-plan-function").inputs.code.assets)["index.js"];
  expect((await text).includes(".lookbackHours=48")).toBe(true);
  expect((await text).includes(".hoursPerPass=12")).toBe(true);
});

test("a lake whose tables are all declared is not crawled, and the workflow may not crawl", async () => {
  const tables = { orders: { columns: [{ name: "total", type: "double" } as const] } };
  const declared = await declare(etl({}, { tables }));
  expect(Object.keys(JSON.parse(declared.one("etl-workflow").inputs.definition).States)).not.toContain("StartCrawler");
  expect(declared.one("etl-workflow-policy").inputs.policy).not.toContain("Crawler");
});

test("its alarms have a dimension, an action, and can be reached", async () => {
  const declared = await declare(etl({ alarms: { topicArn: TOPIC } }));
  const actions = { alarmActions: [TOPIC], okActions: [TOPIC] };
  const alarms = declared.all("aws:cloudwatch/metricAlarm:MetricAlarm").map(({ name, inputs }) => {
    const { alarmDescription, ...rest } = inputs;
    return [name, rest];
  });
  const count = {
    ...actions,
    comparisonOperator: "GreaterThanOrEqualToThreshold",
    evaluationPeriods: 1,
    namespace: "Streamlake",
    period: 300,
    statistic: "Sum",
    threshold: 1,
    treatMissingData: "notBreaching",
  };
  const ofPlan = { Function: "etl-plan-function" };
  // Of the last two hours, one without a message of the fault does not end the alarm.
  const hourly = { datapointsToAlarm: 1, evaluationPeriods: 2, period: 3600 };
  expect(alarms).toEqual([
    ["etl-alarm-crawl-failed", { ...count, ...hourly, dimensions: ofPlan, metricName: "CrawlDue" }],
    [
      "etl-alarm-failed",
      {
        ...actions,
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        dimensions: { StateMachineArn: `arn:aws:states:${ARN}:stateMachine:etl-workflow` },
        ...hourly,
        metricName: "ExecutionsFailed",
        namespace: "AWS/States",
        statistic: "Sum",
        threshold: 1,
        treatMissingData: "notBreaching",
      },
    ],
    [
      "etl-alarm-failed-starts",
      {
        ...actions,
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        dimensions: { QueueName: "etl-failed-starts" },
        evaluationPeriods: 1,
        metricName: "ApproximateNumberOfMessagesVisible",
        namespace: "AWS/SQS",
        period: 300,
        statistic: "Maximum",
        threshold: 1,
        treatMissingData: "notBreaching",
      },
    ],
    [
      "etl-alarm-hours-late",
      {
        ...count,
        dimensions: ofPlan,
        ...hourly,
        datapointsToAlarm: 2,
        evaluationPeriods: 3,
        metricName: "HoursLate",
        statistic: "Maximum",
      },
    ],
    [
      "etl-alarm-ledger-broken",
      { ...count, ...hourly, dimensions: { Function: "etl-reconcile-function" }, metricName: "BrokenTables" },
    ],
    [
      "etl-alarm-not-started",
      {
        ...actions,
        comparisonOperator: "LessThanThreshold",
        evaluationPeriods: 2,
        metricQueries: [
          { id: "e1", expression: "FILL(m1, 0)", label: "etl was not started for two hours", returnData: true },
          {
            id: "m1",
            metric: {
              dimensions: { StateMachineArn: `arn:aws:states:${ARN}:stateMachine:etl-workflow` },
              metricName: "ExecutionsStarted",
              namespace: "AWS/States",
              period: 3600,
              stat: "Sum",
            },
          },
        ],
        threshold: 1,
        treatMissingData: "breaching",
      },
    ],
  ]);
});

test("a disabled schedule has no alarm that it starts nothing", async () => {
  const declared = await declare(etl({ alarms: { topicArn: TOPIC }, enabled: false }));
  expect(declared.all("aws:cloudwatch/metricAlarm:MetricAlarm").map(({ name }) => name)).toEqual([
    "etl-alarm-crawl-failed",
    "etl-alarm-failed",
    "etl-alarm-failed-starts",
    "etl-alarm-hours-late",
    "etl-alarm-ledger-broken",
  ]);
});

test("a lake without a crawler has no alarm on crawls", async () => {
  const tables = { orders: { columns: [{ name: "total", type: "double" } as const] } };
  const declared = await declare(etl({ alarms: { topicArn: TOPIC } }, { tables }));
  const names = declared.all("aws:cloudwatch/metricAlarm:MetricAlarm").map(({ name }) => name);
  expect(names.filter((name) => /crawl|ledger/.test(name))).toEqual(["etl-alarm-ledger-broken"]);
});

const wrong: [Partial<HourlyEtlArgs>, string][] = [
  [{ minute: 0 }, "minute is 0; use a whole number from 1 to 59 minutes after the hour."],
  [{ minute: 60 }, "minute is 60; use a whole number from 1 to 59 minutes after the hour."],
  [{ lookbackHours: 0 }, "lookbackHours is 0; use a whole number from 1 to 720 hours."],
  [{ concurrentJobs: 41 }, "concurrentJobs is 41; use a whole number from 1 to 40 hours at once."],
  [{ workers: 1 }, "workers is 1; use a whole number from 2 to 299 workers."],
  [
    { workerType: "G.025X" as never },
    'workerType is "G.025X"; use one of "G.1X", "G.2X", "G.4X", "G.8X", "G.12X", "G.16X", "R.1X", "R.2X", "R.4X", "R.8X".',
  ],
  [{ hoursPerPass: 101 }, "hoursPerPass is 101; use a whole number from 1 to 100 hours."],
  [{ planMemoryMebibytes: 64 }, "planMemoryMebibytes is 64; use a whole number from 128 to 10240 MiB."],
  [{ planTimeoutSeconds: 901 }, "planTimeoutSeconds is 901; use a whole number from 3 to 900 seconds."],
  [{ reconcileMemoryMebibytes: 64 }, "reconcileMemoryMebibytes is 64; use a whole number from 128 to 10240 MiB."],
  [{ reconcileTimeoutSeconds: 0 }, "reconcileTimeoutSeconds is 0; use a whole number from 3 to 900 seconds."],
  [{ jobTimeoutMinutes: 0 }, "jobTimeoutMinutes is 0; use a whole number from 1 to 2880 minutes."],
  [{ retryAttempts: 11 }, "retryAttempts is 11; use a whole number from 0 to 10 tries."],
  [{ crawlerPollSeconds: 1 }, "crawlerPollSeconds is 1; use a whole number from 5 to 300 seconds."],
  [{ crawlerTimeoutMinutes: 0 }, "crawlerTimeoutMinutes is 0; use a whole number from 1 to 1440 minutes."],
  [{ logRetentionDays: 2 }, "logRetentionDays is 2; use one of 1, 3, 5, 7,"],
];

test("refuses to look back at hours whose raw rows are being deleted", async () => {
  const keeping = (raw: number) => ({ lake: new DataLake("lake", { retentionDays: { raw } }) });
  await expect(declare(() => void new HourlyEtl("etl", keeping(7)))).rejects.toThrow(
    'HourlyEtl "etl": lookbackHours is 168, but the lake keeps raw rows for 7 days; keep them for at least 8, or look back less.',
  );
  await declare(() => void new HourlyEtl("etl", keeping(8)));
  await declare(() => void new HourlyEtl("etl", { ...keeping(2), lookbackHours: 24 }));
  await expect(declare(() => void new HourlyEtl("etl", { ...keeping(2), lookbackHours: 25 }))).rejects.toThrow(
    "keep them for at least 3",
  );
});

test.each(wrong)("refuses %j", async (args, message) => {
  await expect(declare(etl(args))).rejects.toThrow(`HourlyEtl "etl": ${message}`);
});
