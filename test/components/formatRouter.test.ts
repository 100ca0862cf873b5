/** FormatRouter: its mapping, its role, its alarms, and what it refuses. */
import { runInNewContext } from "node:vm";
import * as aws from "@pulumi/aws";
import { DataLake, FormatRouter, type FormatRouterArgs, StreamIngest, type StreamIngestArgs } from "streamlake";
import { declare } from "streamlake/testing";
import { declaredMembers } from "./support/declaredMembers";
import { listed, statements } from "./support/listed";

const STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/in-stream";
const TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms";

interface Parts extends Partial<FormatRouterArgs> {
  ingest?: StreamIngestArgs;
  tables?: Record<string, object>;
}

const router =
  ({ ingest, tables, ...args }: Parts = {}) =>
  () => {
    const stream = new StreamIngest("in", ingest);
    const lake = new DataLake("lake", { tables });
    new FormatRouter("clicks", { stream, lake, ...args });
  };

test("declares a function, its role and log group, and the mapping", async () => {
  const names = listed(await declare(router())).filter((line) => line.includes(" clicks"));
  expect(names).toEqual([
    "aws:cloudwatch/logGroup:LogGroup clicks-router-logs",
    "aws:iam/role:Role clicks-router-role",
    "aws:iam/rolePolicy:RolePolicy clicks-router-policy",
    "aws:lambda/eventSourceMapping:EventSourceMapping clicks-mapping",
    "aws:lambda/function:Function clicks-router-function",
    "streamlake:index:CallbackFunction clicks-router",
    "streamlake:index:FormatRouter clicks",
  ]);
});

test("by default the mapping is safe: partial responses, bisect, finite tries and age, whole failed events to S3", async () => {
  expect((await declare(router())).one("clicks-mapping").inputs).toEqual({
    batchSize: 10000,
    bisectBatchOnFunctionError: true,
    destinationConfig: { onFailure: { destinationArn: "arn:aws:s3:::lake-failed" } },
    enabled: true,
    eventSourceArn: STREAM,
    functionName: "arn:aws:lambda:us-east-1:123456789012:function:clicks-router-function",
    functionResponseTypes: ["ReportBatchItemFailures"],
    maximumBatchingWindowInSeconds: 60,
    maximumRecordAgeInSeconds: 601_200,
    maximumRetryAttempts: 10_000,
    parallelizationFactor: 1,
    startingPosition: "TRIM_HORIZON",
  });
});

test("every setting of the mapping reaches its own property", async () => {
  const args: Parts = {
    batchSize: 2,
    batchWindowSeconds: 3,
    parallelizationFactor: 4,
    retryAttempts: 5,
    maxRecordAgeHours: 6,
    bisect: false,
    enabled: false,
    startingPosition: "AT_TIMESTAMP",
    startingTimestamp: "2026-11-20T10:00:00Z",
    filters: ['{"partitionKey":["a"]}'],
  };
  expect((await declare(router(args))).one("clicks-mapping").inputs).toMatchObject({
    batchSize: 2,
    maximumBatchingWindowInSeconds: 3,
    parallelizationFactor: 4,
    maximumRetryAttempts: 5,
    maximumRecordAgeInSeconds: 21600,
    bisectBatchOnFunctionError: false,
    enabled: false,
    startingPosition: "AT_TIMESTAMP",
    startingPositionTimestamp: "2026-11-20T10:00:00Z",
    filterCriteria: { filters: [{ pattern: '{"partitionKey":["a"]}' }] },
  });
});

test("the age stays below a short retention by itself", async () => {
  const { inputs } = (await declare(router({ ingest: { retentionHours: 24 } }))).one("clicks-mapping");
  expect(inputs.maximumRecordAgeInSeconds).toBe(23 * 3600);
});

test("it may read its stream, write its two prefixes and keep failed batches, and nothing else", async () => {
  expect(statements((await declare(router())).one("clicks-router-policy"))).toEqual([
    {
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: ["arn:aws:logs:us-east-1:123456789012:log-group:clicks-router-logs:*"],
    },
    {
      Effect: "Allow",
      Action: [
        "kinesis:DescribeStream",
        "kinesis:DescribeStreamSummary",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
      ],
      Resource: [STREAM],
    },
    {
      Effect: "Allow",
      Action: ["s3:PutObject"],
      Resource: ["arn:aws:s3:::lake-lake/raw/*", "arn:aws:s3:::lake-lake/unformatted/*"],
    },
    {
      Effect: "Allow",
      Action: ["s3:PutObject"],
      Resource: ["arn:aws:s3:::lake-failed/aws/lambda/*"],
      Condition: { StringEquals: { "s3:ResourceAccount": "123456789012" } },
    },
    {
      Effect: "Allow",
      Action: ["s3:ListBucket"],
      Resource: ["arn:aws:s3:::lake-failed"],
      Condition: { StringEquals: { "s3:ResourceAccount": "123456789012" } },
    },
  ]);
});

test("the function gets names by its environment, with the router's defaults", async () => {
  expect((await declare(router())).one("clicks-router-function").inputs).toMatchObject({
    environment: { variables: { LAKE_BUCKET: "lake-lake", STREAM_NAME: "in-stream" } },
    memorySize: 1024,
    timeout: 120,
  });
});

test("through a consumer it reads the consumer's ARN and may subscribe to it", async () => {
  const declared = await declare(router({ consumer: "fast", ingest: { consumers: ["fast"] } }));
  const consumer = `${STREAM}/consumer/in-consumer-fast:1`;
  expect(declared.one("clicks-mapping").inputs.eventSourceArn).toBe(consumer);
  expect(statements(declared.one("clicks-router-policy"))[2]).toEqual({
    Effect: "Allow",
    Action: ["kinesis:SubscribeToShard"],
    Resource: [consumer],
  });
});

test("without alarms there is none, and no metric is paid for", async () => {
  const declared = await declare(router());
  expect(declared.all("aws:cloudwatch/metricAlarm:MetricAlarm")).toEqual([]);
  expect(declared.one("clicks-mapping").inputs.metricsConfig).toBeUndefined();
});

const COMMON_ALARM = {
  alarmActions: [TOPIC],
  comparisonOperator: "GreaterThanOrEqualToThreshold",
  evaluationPeriods: 1,
  okActions: [TOPIC],
  treatMissingData: "notBreaching",
};
const COUNT = { ...COMMON_ALARM, namespace: "AWS/Lambda", period: 300, statistic: "Sum", threshold: 1 };
const OF_FUNCTION = { FunctionName: "clicks-router-function" };
const OF_MAPPING = { EventSourceMappingUUID: "clicks-mapping-uuid" };
const OF_STREAM = { Stream: "in-stream" };
const query = (id: string, metricName: string, period: number) => ({
  id,
  metric: { namespace: "Streamlake", metricName, dimensions: OF_STREAM, period, stat: "Sum" },
});

test("its alarms have a dimension, an action, and thresholds from the configuration", async () => {
  const declared = await declare(router({ alarms: { topicArn: TOPIC }, formats: { json: {}, csv: {} } }));
  const withoutDescription = ({ alarmDescription: _, ...inputs }: Record<string, unknown>) => inputs;
  const unformatted =
    'At least 5 percent of what clicks routes is unformatted; the query "unformatted" counts it by reason';
  const hooks = 'A hook of clicks throws or returns the wrong type; the records are in unformatted/, reason "hook"';
  const alarms = declared.all("aws:cloudwatch/metricAlarm:MetricAlarm");
  expect(alarms.map(({ name, inputs }) => [name, withoutDescription(inputs)])).toEqual([
    ["clicks-alarm-dropped-records", { ...COUNT, dimensions: OF_MAPPING, metricName: "DroppedEventCount" }],
    ["clicks-alarm-errors", { ...COUNT, dimensions: OF_FUNCTION, evaluationPeriods: 3, metricName: "Errors" }],
    [
      "clicks-alarm-expiring-records",
      {
        ...COUNT,
        dimensions: OF_FUNCTION,
        metricName: "IteratorAge",
        statistic: "Maximum",
        threshold: 300_600_000,
      },
    ],
    [
      "clicks-alarm-failed-batches",
      { ...COUNT, dimensions: OF_MAPPING, metricName: "OnFailureDestinationDeliveredEventCount" },
    ],
    [
      "clicks-alarm-failed-deliveries",
      { ...COUNT, dimensions: OF_FUNCTION, metricName: "DestinationDeliveryFailures" },
    ],
    [
      "clicks-alarm-failed-hooks",
      {
        ...COMMON_ALARM,
        threshold: 1,
        metricQueries: [
          { id: "e1", expression: "SUM([m1, m2])", label: hooks, returnData: true },
          query("m1", "Unformatted.hook.json", 300),
          query("m2", "Unformatted.hook.csv", 300),
        ],
      },
    ],
    [
      "clicks-alarm-failed-writes",
      { ...COUNT, namespace: "Streamlake", dimensions: OF_STREAM, evaluationPeriods: 3, metricName: "FailedWrites" },
    ],
    [
      "clicks-alarm-iterator-age",
      {
        ...COUNT,
        dimensions: OF_FUNCTION,
        evaluationPeriods: 3,
        metricName: "IteratorAge",
        statistic: "Maximum",
        threshold: 960_000,
      },
    ],
    ["clicks-alarm-throttles", { ...COUNT, dimensions: OF_FUNCTION, evaluationPeriods: 3, metricName: "Throttles" }],
    [
      "clicks-alarm-unformatted",
      {
        ...COMMON_ALARM,
        threshold: 5,
        metricQueries: [
          { id: "e1", expression: "IF(m1 >= 10, 100 * m1 / (m1 + m2), 0)", label: unformatted, returnData: true },
          query("m1", "Unformatted", 900),
          query("m2", "Rows", 900),
        ],
      },
    ],
  ]);
  expect(declared.one("clicks-mapping").inputs.metricsConfig).toEqual({ metrics: ["EventCount"] });
});

test("eventMetrics publishes the mapping's metrics without alarms, and alarms need them", async () => {
  const declared = await declare(router({ eventMetrics: true }));
  expect(declared.all("aws:cloudwatch/metricAlarm:MetricAlarm")).toEqual([]);
  expect(declared.one("clicks-mapping").inputs.metricsConfig).toEqual({ metrics: ["EventCount"] });
  await expect(declare(router({ alarms: { topicArn: TOPIC }, eventMetrics: false }))).rejects.toThrow(
    'FormatRouter "clicks": eventMetrics is false, but alarms need these metrics; leave eventMetrics or alarms out.',
  );
});

test("the alarms' thresholds are arguments, and descriptions name what to do", async () => {
  const alarms = {
    topicArn: TOPIC,
    iteratorAgeMinutes: 30,
    unformattedPercent: 1,
    unformattedRecords: 1,
    unformattedPeriodMinutes: 60,
  };
  const declared = await declare(router({ alarms, batchWindowSeconds: 0 }));
  expect(declared.one("clicks-alarm-iterator-age").inputs).toMatchObject({
    alarmDescription: "clicks is 30 minutes behind; Lambda discards records after 167 hours",
    threshold: 1_800_000,
  });
  const { metricQueries, threshold } = declared.one("clicks-alarm-unformatted").inputs;
  expect([threshold, metricQueries[0].expression, metricQueries[1].metric.period]).toEqual([
    1,
    "IF(m1 >= 1, 100 * m1 / (m1 + m2), 0)",
    3600,
  ]);
  expect(declared.one("clicks-alarm-failed-batches").inputs.alarmDescription).toBe(
    "Lambda discarded records of clicks into the bucket of failed batches; `streamlake replay` routes them again",
  );
});

test.each([
  ["50 bad rows of one CSV record with 950 good ones", { Records: 1, Rows: 950, Unformatted: 50 }, 5],
  ["10 records that do not decode, and no row", { Records: 10, Rows: 0, Unformatted: 10 }, 100],
  ["10 records among 90 records of 10 rows", { Records: 100, Rows: 900, Unformatted: 10 }, 1000 / 910],
  ["fewer than 10", { Records: 9, Rows: 0, Unformatted: 9 }, 0],
])("the share of unformatted: %s", async (_name, counts: Record<string, number>, percent) => {
  const declared = await declare(router({ alarms: { topicArn: TOPIC } }));
  const [{ expression }, ...metrics] = declared.one("clicks-alarm-unformatted").inputs.metricQueries;
  const values = metrics.map(({ id, metric }: { id: string; metric: { metricName: string } }) => [
    id,
    counts[metric.metricName],
  ]);
  const choose = (condition: boolean, yes: number, no: number) => (condition ? yes : no);
  expect(runInNewContext(expression, { IF: choose, ...Object.fromEntries(values) })).toBeCloseTo(percent);
});

const ages: [number, number][] = [
  [24, 23],
  [168, 167],
  [8760, 168],
];

test.each(ages)("of a stream that keeps %i hours, records are discarded at %i hours", async (retentionHours, hours) => {
  const declared = await declare(router({ ingest: { retentionHours } }));
  expect(declared.one("clicks-mapping").inputs.maximumRecordAgeInSeconds).toBe(hours * 3600);
});

test("a filter on data is taken when JSON is the only format", async () => {
  const args = { formats: { json: {} }, filters: ['{"data":{"kind":["order"]}}'] };
  const { inputs } = (await declare(router(args))).one("clicks-mapping");
  expect(inputs.filterCriteria).toEqual({ filters: [{ pattern: '{"data":{"kind":["order"]}}' }] });
});

const wrong: [string, Parts, string][] = [
  [
    "an age at the retention",
    { maxRecordAgeHours: 168 },
    "maxRecordAgeHours is 168, but the stream keeps records for 168 hours; use less: Kinesis drops older records before Lambda can keep them in the on-failure destination.",
  ],
  [
    "an age over a short retention",
    { maxRecordAgeHours: 30, ingest: { retentionHours: 24 } },
    "maxRecordAgeHours is 30, but the stream keeps records for 24 hours;",
  ],
  [
    "an alarm that always goes off",
    { alarms: { topicArn: TOPIC, unformattedPercent: 0 } },
    "alarms.unformattedPercent is 0; use a whole number from 1 to 100 percent.",
  ],
  ["no age", { maxRecordAgeHours: 0 }, "maxRecordAgeHours is 0; use a whole number from 1 to 168 hours."],
  ["endless tries", { retryAttempts: -1 }, "retryAttempts is -1; use a whole number from 0 to 10000 tries."],
  [
    "too many at once",
    { parallelizationFactor: 11 },
    "parallelizationFactor is 11; use a whole number from 1 to 10 batches.",
  ],
  ["an empty batch", { batchSize: 0 }, "batchSize is 0; use a whole number from 1 to 10000 records."],
  [
    "a long window",
    { batchWindowSeconds: 301 },
    "batchWindowSeconds is 301; use a whole number from 0 to 300 seconds.",
  ],
  ["no writes", { concurrentWrites: 0 }, "concurrentWrites is 0; use a whole number from 1 to 100 writes."],
  [
    "an odd position",
    { startingPosition: "OLDEST" as never },
    'startingPosition is "OLDEST"; use one of "TRIM_HORIZON", "LATEST", "AT_TIMESTAMP".',
  ],
  [
    "a position without its time",
    { startingPosition: "AT_TIMESTAMP" },
    'startingTimestamp is undefined; "AT_TIMESTAMP" needs a time as 2026-11-20T10:00:00Z.',
  ],
  [
    "a time without its position",
    { startingTimestamp: "2026-11-20T10:00:00Z" },
    'startingTimestamp is there without startingPosition "AT_TIMESTAMP".',
  ],
  [
    "a table the lake has not",
    { table: "Click Events" },
    'table "Click Events" is not a table of its lake; use one of records.',
  ],
  [
    "a filter on data beside CSV",
    { filters: ['{"data":{"a":[1]}}'] },
    "filter 1 is on data, which drops every record that is not JSON, but ndjson, csv is enabled; use the hook accept, or json as the only format.",
  ],
  ["a filter that is no JSON", { filters: ["kind = order"] }, "filter 1 is not a JSON object."],
  ["six filters", { filters: Array(6).fill("{}") }, "filters has 6 patterns; a mapping takes at most 5."],
  ["an unknown format", { formats: { yaml: {} } as never }, 'formats: "yaml" is not a format; use '],
  ["no format", { formats: {} }, "formats: no format is enabled;"],
  [
    "an unknown hook",
    { hooks: { filter: () => true } as never },
    'hooks has "filter"; the hooks are transform, accept and table.',
  ],
  [
    "a hook that is no callback",
    { hooks: { table: "orders" as never } },
    "hook table is string; use an inline callback.",
  ],
  ["an unknown consumer", { consumer: "fast" }, 'StreamIngest has no consumer "fast"; its consumers are: none.'],
  ["odd memory", { memoryMebibytes: 1 }, "memoryMebibytes is 1; use a whole number from 128 to 10240 MiB."],
];

test.each(wrong)("refuses %s", async (_, args, message) => {
  await expect(declare(router(args))).rejects.toThrow(message);
});

test("what is refused is refused by the router's name", async () => {
  await expect(declare(router({ batchSize: 0 }))).rejects.toThrow('FormatRouter "clicks": batchSize is 0;');
});

test("the lake's first table is the default, and hooks may name others", async () => {
  const declared = await declare(router({ tables: { visits: {}, orders: {} }, hooks: { table: () => "orders" } }));
  const { text } = (await declared.one("clicks-router-function").inputs.code.assets)["index.js"];
  expect(await text).toContain('.table="visits"');
});

test("the declared type has only what programs and Replay use", () => {
  expect(declaredMembers("components/formatRouter.ts", "FormatRouter")).toEqual([
    "constructor",
    "functionName",
    "monitoring",
    "nodes",
    "routing",
  ]);
});

const twoStreams = (first: Partial<FormatRouterArgs>, second: Partial<FormatRouterArgs>) => () => {
  const lake = new DataLake("lake", { tables: { records: {}, orders: {} } });
  new FormatRouter("a", { stream: new StreamIngest("one"), lake, ...first });
  new FormatRouter("b", { stream: new StreamIngest("two"), lake, ...second });
};
const toTable = () => "records";

test.each<[string, Partial<FormatRouterArgs>, Partial<FormatRouterArgs>]>([
  ["one table", {}, {}],
  ["a hook for tables", { hooks: { table: toTable } }, { table: "orders" }],
])("two streams without sources are refused: %s", async (_, first, second) => {
  await expect(declare(twoStreams(first, second))).rejects.toThrow(
    'FormatRouter "b": router "a" lands rows of another stream in the same table, and neither has a source; give this router a source of its own, so that the ids of their rows differ.',
  );
});

test("two streams with the same source are refused, and a source that is not a name", async () => {
  await expect(declare(twoStreams({ source: "shop" }, { source: "shop" }))).rejects.toThrow(
    'FormatRouter "b": router "a" lands rows of another stream in the same table, and also has the source "shop"; give this router a source of its own, so that the ids of their rows differ.',
  );
  await expect(declare(router({ source: "My.Shop" }))).rejects.toThrow(
    'FormatRouter "clicks": source "My.Shop" is not a name; use 1 to 63 lower-case letters, digits, "_" and "-".',
  );
});

test("two streams are taken with a source, or with tables of their own", async () => {
  for (const [first, second] of [
    [{}, { source: "two" }],
    [{}, { table: "orders" }],
  ]) {
    const declared = await declare(twoStreams(first as object, second as object));
    expect(declared.all("aws:lambda/eventSourceMapping:EventSourceMapping")).toHaveLength(2);
  }
});

test.each<[string, () => FormatRouterArgs["stream"]]>([
  ["a resource", () => new aws.kinesis.Stream("clicks", { shardCount: 1 })],
  ["a description", () => ({ streamArn: STREAM })],
])("two routers of one stream need no sources, also by %s", async (_, streamOf) => {
  const declared = await declare(() => {
    const stream = streamOf();
    const lake = new DataLake("lake", { tables: { records: {} } });
    for (const part of ["eu", "us"]) {
      new FormatRouter(part, { stream, lake, filters: [`{ "partitionKey": [{ "prefix": "${part}-" }] }`] });
    }
  });
  expect(declared.all("aws:lambda/eventSourceMapping:EventSourceMapping")).toHaveLength(2);
});

test("two descriptions of one stream are of one stream", async () => {
  const declared = await declare(() => {
    const lake = new DataLake("lake", { tables: { records: {} } });
    for (const part of ["eu", "us"]) new FormatRouter(part, { stream: { streamArn: STREAM }, lake });
  });
  expect(declared.all("aws:lambda/eventSourceMapping:EventSourceMapping")).toHaveLength(2);
});
