/** Estimates held against amounts that are computed by hand from the table of prices, as in each test's comment. */
import type { ProgramResource } from "../../../cli/cost/declaredProgram";
import { type Estimate, estimate } from "../../../cli/cost/estimate";
import type { Traffic } from "../../../cli/cost/model";

const TRAFFIC: Traffic = { recordsPerDay: 50e6, recordBytes: 900, activeHours: 24 };
const STREAM_ARN = "arn:aws:kinesis:us-east-1:123456789012:stream/sales";
const FUNCTION_ARN = "arn:aws:lambda:us-east-1:123456789012:function:router";
const MACHINE_ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:etl";

function resource(type: string, name: string, inputs: ProgramResource["inputs"], arn = `arn:${name}`): ProgramResource {
  return { type: `aws:${type}`, name, inputs, arn, component: "Test test" };
}

const onDemand = resource(
  "kinesis/stream:Stream",
  "sales",
  { streamModeDetails: { streamMode: "ON_DEMAND" }, retentionPeriod: 168 },
  STREAM_ARN,
);
const shards = (shardCount: number, retentionPeriod = 24) =>
  resource("kinesis/stream:Stream", "sales", { shardCount, retentionPeriod }, STREAM_ARN);
const router = resource(
  "lambda/function:Function",
  "router",
  { architectures: ["arm64"], memorySize: 1024, environment: { variables: { LAKE_BUCKET: "lake" } } },
  FUNCTION_ARN,
);
const mapping = (inputs: object = {}) =>
  resource("lambda/eventSourceMapping:EventSourceMapping", "mapping", {
    eventSourceArn: STREAM_ARN,
    functionName: FUNCTION_ARN,
    batchSize: 10_000,
    maximumBatchingWindowInSeconds: 60,
    ...inputs,
  });

function lines(resources: readonly ProgramResource[], traffic: Partial<Traffic> = {}) {
  const found = estimate(resources, { ...TRAFFIC, ...traffic }, "us-east-1");
  return Object.fromEntries(
    found.lines.map(({ part, fixedUsd, perMillionUsd, monthUsd, atLeast }) => [
      part,
      {
        ...(fixedUsd !== undefined && { fixed: rounded(fixedUsd) }),
        ...(perMillionUsd !== undefined && { million: rounded(perMillionUsd) }),
        month: monthUsd === undefined ? undefined : rounded(monthUsd),
        ...(atLeast && { atLeast }),
      },
    ]),
  );
}

/** To a hundredth of a cent. */
function rounded(usd: number): number {
  return Math.round(usd * 10_000) / 10_000;
}

function openOf({ open }: Estimate) {
  return Object.fromEntries(open.map((line) => [line.part, line.open]));
}

test("an on-demand stream costs its hours, its data in steps of 1 KB, and its retention", () => {
  // 730 h × 0.04 = 29.20. A million records of 900 B are 1,024,000,000 B = 0.953674316 GB; × 0.08 = 0.0763;
  // × 144 h / 730 h × 0.10 = 0.018812. A month has 50e6 × 730 / 24 = 1520.8333 million: 116.0303 and 28.6102.
  expect(lines([onDemand])).toEqual({
    "on-demand stream": { fixed: 29.2, month: 29.2 },
    "data written": { million: 0.0763, month: 116.0304 },
    "retention beyond 24 hours": { million: 0.0188, month: 28.6102 },
  });
});

test("a record of 1,025 bytes counts as two kilobytes", () => {
  // 2,048,000,000 B = 1.907348633 GB; × 0.08 = 0.152588
  expect(lines([onDemand], { recordBytes: 1025 })["data written"]?.million).toBe(0.1526);
});

test("shards cost their hours, PUT payload units of 25 KB, and their retention", () => {
  // 2 × 730 × 0.015 = 21.90; 2 × 730 × 0.02 = 29.20; 26,000 B are two units: 2e6 × 0.014 / 1e6 = 0.028 a million
  expect(lines([shards(2, 48)], { recordBytes: 26_000, recordsPerDay: 2.4e6 })).toEqual({
    shards: { fixed: 21.9, month: 21.9 },
    "data written": { million: 0.028, month: 2.044 },
    "retention beyond 24 hours": { fixed: 29.2, month: 29.2 },
  });
});

test("shards that are too few for the traffic are named", () => {
  // 50e6 records in 6 hours are 2,314.8 a second; a shard takes 1,000.
  const found = estimate([shards(2)], { ...TRAFFIC, activeHours: 6 }, "us-east-1");
  expect(found.lines[0]?.basis).toBe("2 shards, 730 hours; this traffic needs 3");
});

test("the batch size, the window and 6 MB of payload decide the calls of a function", () => {
  // 1 shard gets 86.4e6 / 86,400 = 1,000 records a second.
  const perMillion = (inputs: object, recordBytes?: number) => {
    const traffic = { recordsPerDay: 86.4e6, recordBytes: recordBytes ?? 10, activeHours: 24 };
    const found = estimate([shards(1), router, mapping(inputs)], traffic, "us-east-1");
    return found.lines.find(({ part }) => part === "calls of router")?.basis;
  };
  // 10,000 records in the window of 10 s, 500 in a batch, 1,000 in a second of polling, 1,000 in a tenth of the shard's window
  expect(perMillion({ maximumBatchingWindowInSeconds: 10 })).toBe("100 calls per million records");
  expect(perMillion({ batchSize: 500 })).toBe("2,000 calls per million records");
  expect(perMillion({ maximumBatchingWindowInSeconds: 0 })).toBe("1,000 calls per million records");
  expect(perMillion({ maximumBatchingWindowInSeconds: 10, parallelizationFactor: 10 })).toBe(
    "1,000 calls per million records",
  );
  // 9,000 B are 12,000 in base64 and 500 around them: 6,291,456 / 12,500 = 503 records a call
  expect(perMillion({ maximumBatchingWindowInSeconds: 10 }, 9000)).toBe("1,988 calls per million records");
});

test("a function on a stream costs requests, time, reading, and objects in its bucket", () => {
  // 4 shards: 144.68 records a second each, 8,681 in 60 s; 6 MB hold 6,291,456 / 1,700 = 3,700 records: 270.27 calls a million.
  // Requests: 270.27 × 0.2e-6 = 0.000054; objects: 270.27 × 0.000005 = 0.001351.
  // Time: 270.27 × 2 s × 1 GB × 0.0000133334 = 0.007207. Reading: 0.953674 GB × 0.04 = 0.038147.
  const bucket = resource("s3/bucket:Bucket", "lake", {});
  expect(lines([onDemand, router, mapping(), bucket], { functionMillis: 2000, storedGb: 100 })).toMatchObject({
    "calls of router": { million: 0.0001, month: 0.0822 },
    "time of router": { million: 0.0072, month: 10.961 },
    "data read": { million: 0.0381, month: 58.0152 },
    "objects of router": { million: 0.0014, month: 2.0552, atLeast: true },
    "storage of lake": { fixed: 2.3, month: 2.3 },
  });
});

test("time without a duration, and calls without a rate, are open", () => {
  const timeless = estimate([onDemand, router, mapping()], TRAFFIC, "us-east-1");
  expect(openOf(timeless)).toEqual({
    "time of router": "the duration of a call with 1024 MiB is not known; give --function-millis",
  });
  const rateless = estimate([onDemand, router, mapping()], { ...TRAFFIC, recordsPerDay: undefined }, "us-east-1");
  expect(openOf(rateless)).toEqual({
    "calls of router": "the batches depend on the rate of a declared stream; give --records-per-day",
  });
  expect(rateless.total.monthUsd).toBeUndefined();
  expect(rateless.total.fixedUsd).toBeCloseTo(29.2);
});

const job = resource("glue/job:Job", "flatten", { numberOfWorkers: 2, workerType: "G.1X" });
const crawler = resource("glue/crawler:Crawler", "crawl", {});
const definition = JSON.stringify({ States: { Run: { Arguments: { JobName: "flatten", Crawler: "crawl" } } } });
const machine = resource("sfn/stateMachine:StateMachine", "etl", { definition }, MACHINE_ARN);
const schedule = (inputs: object) =>
  resource("scheduler/schedule:Schedule", "hourly", {
    target: { input: JSON.stringify({ StateMachineArn: MACHINE_ARN }) },
    ...inputs,
  });
const hourly = schedule({ scheduleExpression: "cron(10 * * * ? *)" });

test("the hourly step costs the job, the crawler, transitions and starts of hours with data", () => {
  // 730 × 3 min × 2 DPU × 0.44 / 60 = 32.12; 730 × 10 min × 2 DPU × 0.44 / 60 = 107.0667;
  // 730 × 12 × 0.025 / 1000 = 0.219; 730 / 1e6 = 0.00073
  const given = { jobMinutes: 3, transitions: 12 };
  expect(lines([job, crawler, machine, hourly], given)).toEqual({
    "runs of flatten": { fixed: 32.12, month: 32.12 },
    "crawls of crawl": { fixed: 107.0667, month: 107.0667, atLeast: true },
    "state transitions": { fixed: 0.219, month: 0.219, atLeast: true },
    starts: { fixed: 0.0007, month: 0.0007 },
  });
  // With data in one hour a day: 30.4167 × 3 min × 2 DPU × 0.44 / 60 = 1.3383
  expect(lines([job, machine, hourly], { ...given, activeHours: 1 })["runs of flatten"]?.fixed).toBe(1.3383);
});

test("--transitions is of the hourly step, not of a machine that is started more often", () => {
  const often = schedule({ scheduleExpression: "rate(5 minutes)" });
  const found = estimate([machine, often], { ...TRAFFIC, transitions: 12 }, "us-east-1");
  expect(openOf(found)).toEqual({ "state transitions": "the transitions of each of 8,760 starts a month" });
});

test("a job without minutes costs at least its minimum, and one that nothing starts is open", () => {
  // 730 × 1 min × 2 DPU × 0.44 / 60 = 10.7067
  expect(lines([job, machine, hourly])["runs of flatten"]).toEqual({ fixed: 10.7067, month: 10.7067, atLeast: true });
  expect(openOf(estimate([job, crawler, machine], TRAFFIC, "us-east-1"))).toEqual({
    "runs of flatten": "no schedule starts it",
    "crawls of crawl": "no schedule starts it",
    "state transitions": "nobody knows when it is started; no schedule does it",
  });
});

test.each([
  [{ scheduleExpression: "rate(5 minutes)" }, 8760],
  [{ scheduleExpression: "rate(2 days)" }, 15.208],
  [{ scheduleExpression: "cron(*/15 0,12 * * ? *)" }, 243.333],
  [{ scheduleExpression: "cron(10 * * * ? *)", state: "DISABLED" }, 0],
])("%j starts %d times a month", (inputs, starts) => {
  const [line] = estimate([schedule(inputs)], TRAFFIC, "us-east-1").lines;
  expect((line?.fixedUsd ?? Number.NaN) * 1e6).toBeCloseTo(starts, 2);
});

test("a schedule with days of the week is open", () => {
  const found = estimate([schedule({ scheduleExpression: "cron(0 8 ? * MON *)" })], TRAFFIC, "us-east-1");
  expect(openOf(found)).toEqual({ starts: "the starts of cron(0 8 ? * MON *) a month" });
});

test("alarms cost each of their metrics, keys and dashboards their month, and requests the API", () => {
  const alarm = (name: string, inputs: object) => resource("cloudwatch/metricAlarm:MetricAlarm", name, { ...inputs });
  const queries = [{ expression: "m1 + m2" }, { metric: { period: 300 } }, { metric: { period: 60 } }];
  // 0.10 + 2 × 0.10; a period of 10 s: 0.30. 2e6 requests a day of 600,000 B are two steps: 121,666,667 × 1e-6.
  expect(
    lines(
      [
        alarm("one", { period: 300 }),
        alarm("two", { metricQueries: queries }),
        alarm("fast", { period: 10 }),
        resource("cloudwatch/dashboard:Dashboard", "dashboard", {}),
        resource("kms/key:Key", "key", {}),
        resource("secretsmanager/secret:Secret", "secret", {}),
        resource("apigatewayv2/api:Api", "api", { protocolType: "HTTP" }),
        resource("athena/workgroup:Workgroup", "workgroup", {}),
      ],
      { apiRequestsPerDay: 2e6, recordBytes: 600_000, scannedGb: 512 },
    ),
  ).toEqual({
    alarms: { fixed: 0.6, month: 0.6 },
    dashboards: { fixed: 3, month: 3 },
    keys: { fixed: 1, month: 1 },
    secrets: { fixed: 0.4, month: 0.4 },
    requests: { fixed: 121.6667, month: 121.6667 },
    queries: { fixed: 2.5, month: 2.5 },
  });
});

test("Firehose counts records in steps of 5 KB, with each feature in use, and reads its stream", () => {
  // A million records of 900 B are 5,120,000,000 B = 4.768372 GB in steps; × 0.029 = 0.138283; × 0.018 = 0.085831.
  // Partitions are paid by what is delivered: 900,000,000 B = 0.838190 GB; × 0.02 = 0.016764
  const inputs = {
    kinesisSourceConfiguration: { kinesisStreamArn: STREAM_ARN },
    extendedS3Configuration: {
      dataFormatConversionConfiguration: {},
      dynamicPartitioningConfiguration: { enabled: true },
    },
  };
  const delivery = resource("kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", "delivery", inputs);
  expect(lines([onDemand, delivery], { recordsPerDay: 24e6 })).toMatchObject({
    "data delivered": { million: 0.1383, month: 100.9464 },
    "format conversion": { million: 0.0858 },
    "dynamic partitioning": { million: 0.0168 },
    "data read": { million: 0.0381 },
  });
  expect(openOf(estimate([onDemand, delivery], TRAFFIC, "us-east-1"))).toEqual({
    "objects of partitions": "one or more for each partition and buffer",
  });
});

test("enhanced fan-out costs its data, and its hours on shards", () => {
  const consumer = resource("kinesis/streamConsumer:StreamConsumer", "fan", { streamArn: STREAM_ARN });
  // 0.953674 × 0.05 = 0.047684; 2 shards × 730 × 0.015 = 21.90 and 0.953674 × 0.013 = 0.012398
  expect(lines([onDemand, consumer])["data read by enhanced fan-out"]?.million).toBe(0.0477);
  expect(lines([shards(2), consumer])).toMatchObject({
    "enhanced fan-out": { fixed: 21.9 },
    "data read by enhanced fan-out": { million: 0.0124 },
  });
});

test("nothing that is not known is zero: open parts have their price, and the total is a minimum", () => {
  const table = resource("dynamodb/table:Table", "views", {
    billingMode: "PAY_PER_REQUEST",
    pointInTimeRecovery: { enabled: true },
  });
  const gateway = resource("ec2/natGateway:NatGateway", "nat", {});
  const found = estimate([shards(1), table, gateway], TRAFFIC, "us-east-1");
  expect(found.open.map(({ part, open, rates }) => [part, open, rates])).toEqual([
    [
      "writes and reads of views",
      "one write and one read for each key of a batch; at most one for each row",
      ["$0.625 per million writes of 1 KB", "$0.125 per million reads of 4 KB"],
    ],
    [
      "storage of views",
      "the stored size",
      ["$0.25 per GB and month", "$0.20 per GB and month of point-in-time recovery"],
    ],
    ["nat", "the type aws:ec2/natGateway:NatGateway has no model of its cost", []],
  ]);
  expect(found.total.atLeast).toBe(true);
  expect(estimate([shards(1)], TRAFFIC, "us-east-1").total.atLeast).toBe(false);
});

test("the size of a bucket that no router writes stays open, whatever is given for the lake", () => {
  const results = resource("s3/bucket:Bucket", "results", {});
  expect(openOf(estimate([results], { ...TRAFFIC, storedGb: 100 }, "us-east-1"))).toMatchObject({
    "storage of results": "the stored size",
  });
  const lake = resource("s3/bucket:Bucket", "lake", {});
  const open = openOf(estimate([onDemand, router, mapping(), lake], TRAFFIC, "us-east-1"));
  expect(open["storage of lake"]).toBe("the stored size; give --stored-gb");
});

test("interface endpoints cost their zones, and gateways nothing", () => {
  const endpoint = (name: string, inputs: object) => resource("ec2/vpcEndpoint:VpcEndpoint", name, { ...inputs });
  // 2 zones × 730 × 0.01
  const inputs = { vpcEndpointType: "Interface", subnetIds: ["a", "b"] };
  expect(lines([endpoint("kinesis", inputs), endpoint("s3", {})])).toEqual({ endpoints: { fixed: 14.6, month: 14.6 } });
  expect(openOf(estimate([endpoint("kinesis", inputs)], TRAFFIC, "us-east-1"))).toEqual({
    "data through kinesis": "the bytes",
  });
  expect(openOf(estimate([endpoint("glue", { vpcEndpointType: "Interface" })], TRAFFIC, "us-east-1"))).toEqual({
    endpoints: "the zones of glue",
    "data through glue": "the bytes",
  });
});

test("Redshift's hours and storage are open, with the capacity that an active hour has", () => {
  const workgroup = resource("redshiftserverless/workgroup:Workgroup", "warehouse", { baseCapacity: 8 });
  const namespace = resource("redshiftserverless/namespace:Namespace", "warehouse", {});
  const found = estimate([workgroup, namespace], TRAFFIC, "us-east-1");
  expect(found.lines).toEqual([]);
  const administered = resource("redshiftserverless/namespace:Namespace", "own", { manageAdminPassword: true });
  expect(lines([administered])).toEqual({ secrets: { fixed: 0.4, month: 0.4 } });
  expect(found.open.map(({ part, open, rates }) => [part, open, rates])).toEqual([
    ["capacity", "the hours with queries, each of at least 8 RPUs; 60 seconds at least", ["$0.375 per RPU-hour"]],
    ["storage", "the stored size", ["$0.024 per GB and month of managed storage"]],
  ]);
});

test("a stream that the program does not declare leaves reading and calls open", () => {
  expect(openOf(estimate([router, mapping()], TRAFFIC, "us-east-1"))).toEqual({
    "calls of router": "the batches depend on the rate of a declared stream; give --records-per-day",
    "data read": "the mode of the stream is not known; the program does not declare it",
  });
});

test("prices that no page showed are listed with AWS's page", () => {
  expect(estimate([onDemand], TRAFFIC, "us-east-1").unconfirmed).toContainEqual({
    price: "$0.08 per GB written to an on-demand stream",
    source: "https://aws.amazon.com/kinesis/data-streams/pricing/",
  });
  expect(estimate([machine, hourly], { ...TRAFFIC, transitions: 12 }, "us-east-1").unconfirmed).toEqual([]);
});

test("requests to an API are calls of its function alone, not of one whose name is the end of its name", () => {
  const fn = (name: string) =>
    resource("lambda/function:Function", name, {}, `arn:aws:lambda:us-east-1:123456789012:function:${name}`);
  const allowed = (by: string) =>
    resource("lambda/permission:Permission", "allowed", { principal: "apigateway.amazonaws.com", function: by });
  const traffic = { ...TRAFFIC, apiRequestsPerDay: 1e6 };
  for (const by of [
    "orders-api",
    "orders-api:live",
    "arn:aws:lambda:us-east-1:123456789012:function:orders-api",
    "arn:aws:lambda:us-east-1:123456789012:function:orders-api:live",
  ]) {
    const found = estimate([fn("orders-api"), fn("api"), allowed(by)], traffic, "us-east-1");
    expect(found.lines.map(({ part }) => part)).toEqual(["calls of orders-api"]);
    expect(openOf(found)).toMatchObject({ "calls of api": "the number of calls is not known" });
  }
});

test("--stored-gb is of one written bucket, and stays open where there are two", () => {
  const both = { environment: { variables: { LAKE_BUCKET: "lake", OTHER_BUCKET: "copy" } } };
  const writer = resource("lambda/function:Function", "router", both, FUNCTION_ARN);
  const buckets = ["lake", "copy"].map((name) => resource("s3/bucket:Bucket", name, {}));
  const found = estimate([onDemand, writer, mapping(), ...buckets], { ...TRAFFIC, storedGb: 100 }, "us-east-1");
  expect(found.lines.filter(({ part }) => part.startsWith("storage of"))).toEqual([]);
  expect(openOf(found)).toMatchObject({
    "storage of lake": "the stored size; --stored-gb is for one bucket that routers write",
    "storage of copy": "the stored size; --stored-gb is for one bucket that routers write",
  });
});

test("a dashboard of QuickSight is open, because its users and its storage pay for it", () => {
  const board = resource("cloudcontrol/resource:Resource", "board", { typeName: "AWS::QuickSight::Dashboard" });
  expect(openOf(estimate([board], TRAFFIC, "us-east-1"))).toEqual({
    QuickSight:
      "its users and the gigabytes of SPICE; not in the table of prices (https://aws.amazon.com/quicksight/pricing/)",
  });
});
