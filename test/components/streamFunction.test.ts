/** StreamFunction: what it declares, the mapping's defaults, what its role may do, and what it refuses. */
import { DataLake, StreamFunction, type StreamFunctionArgs, StreamIngest } from "streamlake";
import { declare, kinesisEvent } from "streamlake/testing";
import { listed, packageOf, statements } from "./support/listed";

const STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/in-stream";
const TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms";

const audit =
  (args: Partial<StreamFunctionArgs> = { handler: () => undefined }) =>
  () => {
    new StreamFunction("audit", { stream: new StreamIngest("in"), ...args });
  };

test.each([false, true])(
  "declares a function, the mapping and a bucket of failed batches (preview: %s)",
  async (preview) => {
    const names = listed(await declare(audit(), { preview })).filter((line) => line.includes(" audit"));
    expect(names).toEqual([
      "aws:cloudwatch/logGroup:LogGroup audit-handler-logs",
      "aws:iam/role:Role audit-handler-role",
      "aws:iam/rolePolicy:RolePolicy audit-handler-policy",
      "aws:lambda/eventSourceMapping:EventSourceMapping audit-mapping",
      "aws:lambda/function:Function audit-handler-function",
      "aws:s3/bucket:Bucket audit-failed",
      "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration audit-failed-lifecycle",
      "aws:s3/bucketOwnershipControls:BucketOwnershipControls audit-failed-ownership",
      "aws:s3/bucketPolicy:BucketPolicy audit-failed-policy",
      "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock audit-failed-public-access",
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration audit-failed-encryption",
      "aws:s3/bucketVersioning:BucketVersioning audit-failed-versioning",
      "streamlake:index:CallbackFunction audit-handler",
      "streamlake:index:StreamFunction audit",
    ]);
  },
);

test("by default the mapping is safe: partial responses, bisect, finite tries and age, whole failed events to S3", async () => {
  expect((await declare(audit())).one("audit-mapping").inputs).toEqual({
    batchSize: 1000,
    bisectBatchOnFunctionError: true,
    destinationConfig: { onFailure: { destinationArn: "arn:aws:s3:::audit-failed" } },
    enabled: true,
    eventSourceArn: STREAM,
    functionName: "arn:aws:lambda:us-east-1:123456789012:function:audit-handler-function",
    functionResponseTypes: ["ReportBatchItemFailures"],
    maximumBatchingWindowInSeconds: 10,
    maximumRecordAgeInSeconds: 601_200,
    maximumRetryAttempts: 10,
    parallelizationFactor: 1,
    startingPosition: "TRIM_HORIZON",
  });
});

const READ = {
  Effect: "Allow",
  Action: [
    "kinesis:DescribeStream",
    "kinesis:DescribeStreamSummary",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
  ],
  Resource: [STREAM],
};
const LOGS = {
  Effect: "Allow",
  Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
  Resource: ["arn:aws:logs:us-east-1:123456789012:log-group:audit-handler-logs:*"],
};
/** The account of the role, which is that of the bucket; the stream may be in another one. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: IAM's own variable
const OWN_ACCOUNT = { StringEquals: { "s3:ResourceAccount": "${aws:PrincipalAccount}" } };
const LAKES_ACCOUNT = { StringEquals: { "s3:ResourceAccount": "123456789012" } };

test("its role reads the stream and keeps failed batches, and nothing else", async () => {
  expect(statements((await declare(audit())).one("audit-handler-policy"))).toEqual([
    LOGS,
    READ,
    {
      Effect: "Allow",
      Action: ["s3:PutObject"],
      Resource: ["arn:aws:s3:::audit-failed/aws/lambda/*"],
      Condition: OWN_ACCOUNT,
    },
    { Effect: "Allow", Action: ["s3:ListBucket"], Resource: ["arn:aws:s3:::audit-failed"], Condition: OWN_ACCOUNT },
  ]);
});

test("with a lake its bucket of failed batches is used, with its key", async () => {
  const key = "arn:aws:kms:us-east-1:123456789012:key/lake";
  const declared = await declare(() => {
    const lake = new DataLake("lake", { encryptionKeyArn: key });
    // The stream of another account.
    const stream = { streamArn: "arn:aws:kinesis:us-east-1:210987654321:stream/clicks" };
    audit({ handler: () => undefined, lake, stream })();
  });
  expect(listed(declared).filter((line) => /s3.* audit/.test(line))).toEqual([]);
  expect(declared.one("audit-mapping").inputs.destinationConfig).toEqual({
    onFailure: { destinationArn: "arn:aws:s3:::lake-failed" },
  });
  expect(statements(declared.one("audit-handler-policy")).slice(2)).toEqual([
    {
      Effect: "Allow",
      Action: ["s3:PutObject"],
      Resource: ["arn:aws:s3:::lake-failed/aws/lambda/*"],
      Condition: LAKES_ACCOUNT,
    },
    { Effect: "Allow", Action: ["s3:ListBucket"], Resource: ["arn:aws:s3:::lake-failed"], Condition: LAKES_ACCOUNT },
    { Effect: "Allow", Action: ["kms:GenerateDataKey"], Resource: [key] },
  ]);
});

test("its bucket keeps batches as long as it is told, under the key that it is given", async () => {
  const key = "arn:aws:kms:us-east-1:123456789012:key/own";
  const args = { handler: () => undefined, failedBatchDays: 7, encryptionKeyArn: key };
  const declared = await declare(audit(args));
  expect(declared.one("audit-failed-lifecycle").inputs.rules).toContainEqual(
    expect.objectContaining({ id: "failed-batches", expiration: { days: 7 } }),
  );
  expect(statements(declared.one("audit-handler-policy")).at(-1)).toEqual({
    Effect: "Allow",
    Action: ["kms:GenerateDataKey"],
    Resource: [key],
  });
});

test("with alarms seven are declared, and the mapping counts events", async () => {
  const declared = await declare(
    audit({ handler: () => undefined, alarms: { topicArn: TOPIC, iteratorAgeMinutes: 5 } }),
  );
  const alarms = declared.all("aws:cloudwatch/metricAlarm:MetricAlarm");
  expect(alarms.map(({ name, inputs }) => [name, inputs.metricName, inputs.threshold])).toEqual([
    ["audit-alarm-dropped-records", "DroppedEventCount", 1],
    ["audit-alarm-errors", "Errors", 1],
    ["audit-alarm-expiring-records", "IteratorAge", 300_600_000],
    ["audit-alarm-failed-batches", "OnFailureDestinationDeliveredEventCount", 1],
    ["audit-alarm-failed-deliveries", "DestinationDeliveryFailures", 1],
    ["audit-alarm-iterator-age", "IteratorAge", 310_000],
    ["audit-alarm-throttles", "Throttles", 1],
  ]);
  expect(alarms.every(({ inputs }) => inputs.alarmActions[0] === TOPIC)).toBe(true);
  expect(declared.one("audit-mapping").inputs.metricsConfig).toEqual({ metrics: ["EventCount"] });
  expect(declared.one("audit-alarm-failed-deliveries").inputs.alarmDescription).toBe(
    "Lambda cannot write failed batches of audit to their bucket; check the role, the bucket and its key",
  );
});

test.each<[string, Partial<StreamFunctionArgs>]>([
  [
    "a handler",
    { handler: async ({ Records }) => ({ batchItemFailures: Records.map(() => ({ itemIdentifier: "1" })) }) },
  ],
  [
    "a factory",
    {
      factory: () => {
        const answer = { batchItemFailures: [{ itemIdentifier: "1" }] };
        return async () => answer;
      },
    },
  ],
])("%s travels in the package", async (_, args) => {
  const code = await packageOf((await declare(audit(args))).one("audit-handler-function"));
  const module = { exports: {} as { handler: (event: unknown) => Promise<unknown> } };
  new Function("module", "exports", "require", code)(module, module.exports, require);
  const answer = await module.exports.handler(kinesisEvent([{ data: "a" }]));
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "1" }] });
});

const wrong: [string, object, string][] = [
  ["no handler", {}, "it has neither handler nor factory; use one of them."],
  [
    "two handlers",
    { handler: () => undefined, factory: () => () => undefined },
    "it has both handler and factory; use one of them.",
  ],
  ["a name for a handler", { handler: "index.handler" }, "handler is string; use an inline callback."],
  [
    "days of zero",
    { handler: () => undefined, failedBatchDays: 0 },
    "failedBatchDays is 0; use a whole number from 1 to 3650 days.",
  ],
  [
    "a wrong batch",
    { handler: () => undefined, batchSize: 0 },
    "batchSize is 0; use a whole number from 1 to 10000 records.",
  ],
  [
    "a wrong age",
    { handler: () => undefined, alarms: { topicArn: TOPIC, iteratorAgeMinutes: 0 } },
    "alarms.iteratorAgeMinutes is 0; use a whole number from 1 to 10080 minutes.",
  ],
  [
    "a reserved variable",
    { handler: () => undefined, environment: { AWS_REGION: "x" } },
    "environment: Lambda sets AWS_REGION itself; use another name.",
  ],
];

test.each(wrong)("refuses %s", async (_, args, message) => {
  await expect(declare(audit(args))).rejects.toThrow(new Error(`StreamFunction "audit": ${message}`));
});

test("refuses settings of its own bucket beside a lake", async () => {
  const program = () => audit({ handler: () => undefined, lake: new DataLake("lake"), failedBatchDays: 7 })();
  await expect(declare(program)).rejects.toThrow(
    new Error('StreamFunction "audit": failedBatchDays is for its own bucket; leave it out, or leave lake out.'),
  );
});
