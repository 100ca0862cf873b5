/** ContentAlerts: its topic, its function and mapping, its role, and what it refuses. */
import { ContentAlerts, type ContentAlertsArgs, DataLake, StreamIngest, type StreamIngestArgs } from "streamlake";
import { declare } from "streamlake/testing";
import { listed, packageOf, statements } from "./support/listed";

const STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/in-stream";
const TOPIC = "arn:aws:sns:us-east-1:123456789012:shop-topic";
const KEY = "arn:aws:kms:us-east-1:123456789012:key/own";

interface Parts extends Partial<ContentAlertsArgs> {
  ingest?: StreamIngestArgs;
  encryptionKeyArn?: string;
}

const alerts =
  ({ ingest, encryptionKeyArn, ...args }: Parts = {}) =>
  () => {
    const stream = new StreamIngest("in", ingest);
    const lake = new DataLake("lake", { encryptionKeyArn });
    const rules = { large: (row: { total?: unknown }) => Number(row.total) > 100 && "over 100" };
    return new ContentAlerts("shop", { stream, lake, rules, ...args }).topicArn;
  };

test("declares a topic, a function with role and log group, and the mapping; in a preview, too", async () => {
  const update = await declare(alerts());
  const names = listed(update).filter((line) => line.includes(" shop"));
  expect(names).toEqual([
    "aws:cloudwatch/logGroup:LogGroup shop-alerts-logs",
    "aws:iam/role:Role shop-alerts-role",
    "aws:iam/rolePolicy:RolePolicy shop-alerts-policy",
    "aws:lambda/eventSourceMapping:EventSourceMapping shop-mapping",
    "aws:lambda/function:Function shop-alerts-function",
    "aws:sns/topic:Topic shop-topic",
    "streamlake:index:CallbackFunction shop-alerts",
    "streamlake:index:ContentAlerts shop",
  ]);
  expect(listed(await declare(alerts(), { preview: true }))).toEqual(listed(update));
  expect(update.outputs).toBe(TOPIC);
  expect(update.one("shop-topic").inputs).toEqual({ kmsMasterKeyId: "alias/aws/sns" });
});

test("the mapping is safe by default, and the topic is told of batches that fail for good", async () => {
  expect((await declare(alerts())).one("shop-mapping").inputs).toEqual({
    batchSize: 10000,
    bisectBatchOnFunctionError: true,
    destinationConfig: { onFailure: { destinationArn: TOPIC } },
    enabled: true,
    eventSourceArn: STREAM,
    functionName: "arn:aws:lambda:us-east-1:123456789012:function:shop-alerts-function",
    functionResponseTypes: ["ReportBatchItemFailures"],
    maximumBatchingWindowInSeconds: 10,
    maximumRecordAgeInSeconds: 601_200,
    maximumRetryAttempts: 10,
    parallelizationFactor: 1,
    startingPosition: "TRIM_HORIZON",
  });
});

const READ_STREAM = {
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
  Resource: ["arn:aws:logs:us-east-1:123456789012:log-group:shop-alerts-logs:*"],
};
const CLAIMS = {
  Effect: "Allow",
  Action: ["s3:GetObject", "s3:PutObject"],
  Resource: ["arn:aws:s3:::lake-lake/alerts/shop/*"],
};
const PUBLISH = { Effect: "Allow", Action: ["sns:Publish"], Resource: [TOPIC] };

test("it may read its stream, keep its claims and publish to its topic, and nothing else", async () => {
  expect(statements((await declare(alerts())).one("shop-alerts-policy"))).toEqual([LOGS, READ_STREAM, CLAIMS, PUBLISH]);
});

test("the lake's own key adds what claims need of it", async () => {
  expect(statements((await declare(alerts({ encryptionKeyArn: KEY }))).one("shop-alerts-policy"))).toEqual([
    LOGS,
    READ_STREAM,
    CLAIMS,
    { Effect: "Allow", Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: [KEY] },
    PUBLISH,
  ]);
});

test("the function gets names by its environment, and its rules in its package", async () => {
  const fn = (await declare(alerts())).one("shop-alerts-function");
  expect(fn.inputs).toMatchObject({
    environment: {
      variables: { ALERTS_BUCKET: "lake-lake", ALERTS_TOPIC: TOPIC, STREAM_NAME: "in-stream" },
    },
    memorySize: 512,
    timeout: 120,
  });
  const code = await packageOf(fn);
  expect(code).toContain("over 100");
  expect(code.length).toBeLessThanOrEqual(1_000_000);
});

test("transforms are offered each resource", async () => {
  const seen: string[] = [];
  const see = (_args: object, _opts: object, name: string) => void seen.push(name);
  await declare(
    alerts({
      transform: { topic: see, mapping: see, function: { function: see, role: see, policy: see, logs: see } },
    }),
  );
  expect(seen.sort()).toEqual([
    "shop-alerts-function",
    "shop-alerts-logs",
    "shop-alerts-policy",
    "shop-alerts-role",
    "shop-mapping",
    "shop-topic",
  ]);
});

test.each<[Parts, string]>([
  [{ rules: {} }, "rules is empty; give at least one."],
  [
    { rules: { "Large Order": () => false } },
    'rule "Large Order" is not a name; use at most 64 lower-case letters, digits and "-", a letter first.',
  ],
  [{ rules: { large: "over 100" as never } }, "rule large is string; use an inline callback."],
  [{ windowMinutes: 7 }, "windowMinutes is 7; use a divisor of the day's 1440, as 5, 15 or 60."],
  [{ windowMinutes: 0 }, "windowMinutes is 0; use a whole number from 1 to 1440 minutes."],
  [{ messagesPerWindow: 101 }, "messagesPerWindow is 101; use a whole number from 1 to 100 messages."],
  [{ formats: {} }, "formats: no format is enabled"],
  [{ batchWindowSeconds: 301 }, "batchWindowSeconds is 301; use a whole number from 0 to 300 seconds."],
  [{ filters: ['{"data":{}}'] }, "filter 1 is on data, which drops every record that is not JSON"],
])("%j is refused", async (args, problem) => {
  await expect(declare(alerts(args))).rejects.toThrow(`ContentAlerts "shop": ${problem}`);
});

test("a name that cannot be part of a key is refused", async () => {
  const program = () => {
    const stream = new StreamIngest("in");
    new ContentAlerts("a/b", { stream, lake: new DataLake("lake"), rules: { r: () => false } });
  };
  await expect(declare(program)).rejects.toThrow(
    'ContentAlerts "a/b": its name is part of object keys; use letters, digits, "_", "." and "-".',
  );
});
