/** ServingTable: its table, its function and mapping, its role, its alarms, and what it refuses. */
import { DataLake, ServingTable, type ServingTableArgs, StreamIngest } from "streamlake";
import { declare } from "streamlake/testing";
import { listed, packageOf, statements } from "./support/listed";

const STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/in-stream";
const TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/shop-table";
const TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms";
const KEY = "arn:aws:kms:us-east-1:123456789012:key/own";

interface Parts extends Partial<ServingTableArgs> {
  /** True for the argument `lake`. */
  withLake?: boolean;
}

const view =
  ({ withLake = true, ...args }: Parts = {}) =>
  () => {
    const stream = new StreamIngest("in");
    const made = new ServingTable("shop", { stream, ...(withLake && { lake: new DataLake("lake") }), ...args });
    return { table: made.tableName, arn: made.tableArn, access: made.readAccess() };
  };

const OF_LAKE = [
  "aws:cloudwatch/logGroup:LogGroup shop-fold-handler-logs",
  "aws:dynamodb/table:Table shop-table",
  "aws:iam/role:Role shop-fold-handler-role",
  "aws:iam/rolePolicy:RolePolicy shop-fold-handler-policy",
  "aws:lambda/eventSourceMapping:EventSourceMapping shop-fold-mapping",
  "aws:lambda/function:Function shop-fold-handler-function",
];
const COMPONENTS = [
  "streamlake:index:CallbackFunction shop-fold-handler",
  "streamlake:index:ServingTable shop",
  "streamlake:index:StreamFunction shop-fold",
];

test.each([false, true])("declares a table, a function and its mapping (preview: %s)", async (preview) => {
  const declared = await declare(view(), { preview });
  expect(listed(declared).filter((line) => line.includes(" shop"))).toEqual([...OF_LAKE, ...COMPONENTS]);
});

test("without a lake it has a bucket of failed batches of its own", async () => {
  const declared = await declare(view({ withLake: false, encryptionKeyArn: KEY, failedBatchDays: 7 }));
  const buckets = ["", "-lifecycle", "-ownership", "-policy", "-public-access", "-encryption", "-versioning"];
  const names = listed(declared).flatMap((line) => / (shop-fold-failed.*)/.exec(line)?.[1] ?? []);
  expect(names.sort()).toEqual(buckets.map((end) => `shop-fold-failed${end}`).sort());
  expect(declared.one("shop-fold-failed-encryption").inputs.rules[0]).toMatchObject({
    applyServerSideEncryptionByDefault: { kmsMasterKeyId: KEY, sseAlgorithm: "aws:kms" },
  });
});

test("the table is on demand, can be restored, is protected, and stays when the stack goes", async () => {
  const table = (await declare(view())).one("shop-table");
  expect(table.inputs).toEqual({
    hashKey: "_key",
    attributes: [{ name: "_key", type: "S" }],
    billingMode: "PAY_PER_REQUEST",
    pointInTimeRecovery: { enabled: true },
    deletionProtectionEnabled: true,
  });
});

test("a time to live and a key of one's own are the table's", async () => {
  const { inputs } = (await declare(view({ timeToLiveDays: 30, encryptionKeyArn: KEY }))).one("shop-table");
  expect(inputs.ttl).toEqual({ enabled: true, attributeName: "_expires" });
  expect(inputs.serverSideEncryption).toEqual({ enabled: true, kmsKeyArn: KEY });
});

test.each([
  [true, "true", false],
  [true, "false", true],
  [false, "true", true],
])(
  "deleteDataOnDestroy %s and allowDataDeletion %s: protected %s",
  async (deleteDataOnDestroy, allowed, isProtected) => {
    const config = { "streamlake:allowDataDeletion": allowed };
    const { inputs } = (await declare(view({ deleteDataOnDestroy }), { config })).one("shop-table");
    expect(inputs.deletionProtectionEnabled).toBe(isProtected);
  },
);

test("the mapping takes large batches, and gives a record up only at its age", async () => {
  expect((await declare(view())).one("shop-fold-mapping").inputs).toEqual({
    batchSize: 10000,
    bisectBatchOnFunctionError: true,
    destinationConfig: { onFailure: { destinationArn: "arn:aws:s3:::lake-failed" } },
    enabled: true,
    eventSourceArn: STREAM,
    functionName: "arn:aws:lambda:us-east-1:123456789012:function:shop-fold-handler-function",
    functionResponseTypes: ["ReportBatchItemFailures"],
    maximumBatchingWindowInSeconds: 10,
    maximumRecordAgeInSeconds: 601_200,
    maximumRetryAttempts: 10_000,
    parallelizationFactor: 1,
    startingPosition: "TRIM_HORIZON",
  });
});

test("settings of the mapping and of the function are given on", async () => {
  const declared = await declare(
    view({
      batchWindowSeconds: 1,
      parallelizationFactor: 4,
      memoryMebibytes: 2048,
      timeoutSeconds: 60,
      environment: { LEVEL: "debug" },
    }),
  );
  expect(declared.one("shop-fold-mapping").inputs).toMatchObject({
    maximumBatchingWindowInSeconds: 1,
    parallelizationFactor: 4,
    batchSize: 10000,
  });
  expect(declared.one("shop-fold-handler-function").inputs).toMatchObject({
    memorySize: 2048,
    timeout: 60,
    environment: { variables: { LEVEL: "debug", VIEW_TABLE: "shop-table" } },
  });
});

const LOGS = {
  Effect: "Allow",
  Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
  Resource: ["arn:aws:logs:us-east-1:123456789012:log-group:shop-fold-handler-logs:*"],
};
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
const FOLD = { Effect: "Allow", Action: ["dynamodb:BatchGetItem", "dynamodb:PutItem"], Resource: [TABLE] };
const OWN_ACCOUNT = { StringEquals: { "s3:ResourceAccount": "123456789012" } };
const FAILED = [
  {
    Effect: "Allow",
    Action: ["s3:PutObject"],
    Resource: ["arn:aws:s3:::lake-failed/aws/lambda/*"],
    Condition: OWN_ACCOUNT,
  },
  { Effect: "Allow", Action: ["s3:ListBucket"], Resource: ["arn:aws:s3:::lake-failed"], Condition: OWN_ACCOUNT },
];

test("its role reads its stream, reads and writes its items, and keeps failed batches; nothing else", async () => {
  const all = statements((await declare(view())).one("shop-fold-handler-policy"));
  expect(all).toHaveLength(5);
  expect(all).toEqual(expect.arrayContaining([LOGS, READ_STREAM, FOLD, ...FAILED]));
});

test("a key of one's own adds its use for the function and for readers", async () => {
  const declared = await declare(view({ encryptionKeyArn: KEY }));
  const use = { Effect: "Allow", Action: ["kms:Decrypt"], Resource: [KEY] };
  expect(statements(declared.one("shop-fold-handler-policy"))).toContainEqual(use);
  expect((declared.outputs as { access: unknown }).access).toEqual([
    { actions: ["dynamodb:BatchGetItem", "dynamodb:GetItem"], resources: [TABLE] },
    { actions: ["kms:Decrypt"], resources: [KEY] },
  ]);
});

test("readers may get items, and nothing else", async () => {
  expect((await declare(view())).outputs).toEqual({
    table: "shop-table",
    arn: TABLE,
    access: [{ actions: ["dynamodb:BatchGetItem", "dynamodb:GetItem"], resources: [TABLE] }],
  });
});

test("its callbacks are in its package, which has the codecs of its formats and no client of DynamoDB", async () => {
  const declared = await declare(
    view({
      formats: { json: {} },
      key: (row) => row.kind === "order" && String(row.customer),
      fold: (item, row) => ({ lastOrderSeen: row.id ?? null, n: Number(item?.n ?? 0) + 1 }),
    }),
  );
  const code = await packageOf(declared.one("shop-fold-handler-function"));
  expect(["lastOrderSeen", "DynamoDBClient", "csv"].map((text) => code.includes(text))).toEqual([true, false, false]);
  expect(code.length).toBeLessThanOrEqual(800_000);
});

test("with alarms: those of the function, and on rows that are not folded and writes that fail", async () => {
  const declared = await declare(view({ alarms: { topicArn: TOPIC } }));
  const alarms = declared.all("aws:cloudwatch/metricAlarm:MetricAlarm");
  expect(alarms.map(({ name }) => name).sort()).toEqual([
    "shop-alarm-failed-writes",
    "shop-alarm-table-throttles",
    "shop-alarm-unfolded",
    "shop-fold-alarm-dropped-records",
    "shop-fold-alarm-errors",
    "shop-fold-alarm-expiring-records",
    "shop-fold-alarm-failed-batches",
    "shop-fold-alarm-failed-deliveries",
    "shop-fold-alarm-iterator-age",
    "shop-fold-alarm-throttles",
  ]);
  expect(declared.one("shop-alarm-unfolded").inputs).toEqual({
    alarmActions: [TOPIC],
    alarmDescription: "Rows are not in the items of shop; the function's log names a reason",
    comparisonOperator: "GreaterThanOrEqualToThreshold",
    dimensions: { View: "shop-table" },
    evaluationPeriods: 1,
    metricName: "Unfolded",
    namespace: "Streamlake",
    okActions: [TOPIC],
    period: 300,
    statistic: "Sum",
    threshold: 1,
    treatMissingData: "notBreaching",
  });
  expect(declared.one("shop-alarm-failed-writes").inputs).toMatchObject({
    metricName: "FailedWrites",
    evaluationPeriods: 3,
  });
});

test("transforms are offered each resource", async () => {
  const seen: string[] = [];
  const see = (_args: object, _opts: object, name: string) => void seen.push(name);
  await declare(
    view({
      alarms: { topicArn: TOPIC },
      transform: {
        table: see,
        mapping: see,
        alarm: see,
        function: { function: see, role: see, policy: see, logs: see },
      },
    }),
  );
  expect(seen.filter((name) => !name.includes("alarm")).sort()).toEqual([
    "shop-fold-handler-function",
    "shop-fold-handler-logs",
    "shop-fold-handler-policy",
    "shop-fold-handler-role",
    "shop-fold-mapping",
    "shop-table",
  ]);
  expect(seen.filter((name) => name.includes("alarm"))).toHaveLength(10);
});

test("tags are those of the table, too", async () => {
  const { inputs } = (await declare(view({ tags: { team: "shop" } }))).one("shop-table");
  expect(inputs.tags).toEqual({ team: "shop" });
});

test.each<[Parts, string]>([
  [{ key: "" }, "key is empty; name a member of the rows, or leave key out for the stream partition key."],
  [{ key: 7 as never }, "key is number; use the name of a member of the rows, or an inline callback."],
  [
    { fold: "latest" as never },
    "fold is string; use an inline callback, or attributes as { orders: { count: true } }.",
  ],
  [{ fold: {} }, "fold has no attributes; give at least one, or leave fold out for the newest row."],
  [
    { fold: { total: { sum: "a", latest: "b" } } },
    'fold: the attribute "total" has latest, sum; give exactly one of latest, sum, count and last.',
  ],
  [{ fold: { total: {} } }, 'fold: the attribute "total" has none; give exactly one of latest, sum, count and last.'],
  [
    { fold: { _key: { count: true } } },
    'fold: the attribute "_key" is not a name; use one that does not begin with "_".',
  ],
  [{ fold: { n: { count: false } } }, 'fold: the attribute "n" has count false; use true, or leave the attribute out.'],
  [{ fold: { n: { last: 0 } } }, 'fold: the attribute "n" has last 0; use a whole number from 1 to 1000.'],
  [
    { fold: { n: { latest: "a", of: "b" } } },
    'fold: the attribute "n" has of without last; give last, the length of the list.',
  ],
  [{ fold: { n: { sum: "" } } }, 'fold: the attribute "n" names no member of the rows; give its name.'],
  [
    { key: "customer", parallelizationFactor: 2 },
    "parallelizationFactor is 2, which keeps only the records of one stream partition key in order; leave out key, so that items have that key, or leave out parallelizationFactor.",
  ],
  [{ timeToLiveDays: 0 }, "timeToLiveDays is 0; use a whole number from 1 to 3650 days."],
  [{ failedBatchDays: 7 }, "failedBatchDays is for its own bucket; leave it out, or leave lake out."],
  [
    { encryptionKeyArn: "alias/own" },
    'encryptionKeyArn is "alias/own"; use the ARN of a key, as "arn:aws:kms:us-east-1:123456789012:key/1234abcd".',
  ],
  [{ environment: { VIEW_TABLE: "other" } }, "environment: the component sets VIEW_TABLE itself; use another name."],
  [{ formats: {} }, "formats: no format is enabled"],
  [{ filters: ['{"data":{}}'] }, "filter 1 is on data, which drops every record that is not JSON"],
])("%j is refused", async (args, problem) => {
  await expect(declare(view(args))).rejects.toThrow(`ServingTable "shop": ${problem}`);
});

test("a stream that is none is refused by the component's name", async () => {
  await expect(declare(view({ stream: {} as never }))).rejects.toThrow(
    'ServingTable "shop": stream is not a stream; give a StreamIngest, an aws.kinesis.Stream, or { streamArn } of one that exists.',
  );
});
