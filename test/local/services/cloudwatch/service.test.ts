/** CloudWatch for AWS's client: metrics, alarms that go off and come back, their messages, and permissions. */
import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { MINUTE } from "../../../../local/cloud/metrics/metrics";
import { type CloudWatchService, cloudwatchService } from "../../../../local/services/cloudwatch/service";
import { kmsService } from "../../../../local/services/kms/service";
import { type SnsService, snsService } from "../../../../local/services/sns/service";
import { START, type TestCloud, testCloud } from "../../support/testCloud";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const METRIC = { namespace: "Shop", name: "Errors", dimensions: { Shop: "north" } };

let world: TestCloud;
let client: CloudWatchClient;
beforeEach(async () => {
  world = await testCloud(cloudwatchService, snsService, kmsService);
  client = new CloudWatchClient(world.clientConfig());
});
afterEach(async () => {
  client.destroy();
  await world.close();
});

const service = () => world.cloud.service("cloudwatch") as CloudWatchService;
const add = (value: number) => world.cloud.metrics.publisher("Shop", { Shop: "north" })("Errors", value, "Count");

/** Ends the present minute, and those after it. */
function pass(minutes: number): void {
  world.advance(minutes * MINUTE);
  service().evaluateUntil(world.cloud.clock.now());
}

async function topic(inputs: object = {}): Promise<string> {
  return (await world.declare("aws:sns/topic:Topic", "oncall", { name: "oncall", ...inputs })).id;
}

function declare(inputs: object = {}): Promise<unknown> {
  return world.declare(ALARM, "errors", {
    name: "errors",
    alarmDescription: "The shop fails",
    namespace: METRIC.namespace,
    metricName: METRIC.name,
    dimensions: METRIC.dimensions,
    statistic: "Sum",
    period: 60,
    evaluationPeriods: 1,
    threshold: 2,
    comparisonOperator: "GreaterThanOrEqualToThreshold",
    treatMissingData: "notBreaching",
    ...inputs,
  });
}

const state = async () => {
  const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({ AlarmNames: ["errors"] }));
  return MetricAlarms[0]?.StateValue;
};
const messages = () =>
  (world.cloud.service("sns") as SnsService)
    .topics()
    .flatMap(({ messages }) => messages.map(({ subject, body }) => ({ subject, body: JSON.parse(body) })));

describe("missing data that counts as breaching", () => {
  const starts = {
    comparisonOperator: "LessThanThreshold",
    threshold: 1,
    treatMissingData: "breaching",
    period: 300,
    evaluationPeriods: 2,
  };
  const { namespace, name: metricName, dimensions } = METRIC;
  const filled = {
    ...{ namespace: undefined, metricName: undefined, dimensions: undefined, statistic: undefined, period: undefined },
    metricQueries: [
      { id: "e1", expression: "FILL(m1, 0)", returnData: true },
      { id: "m1", metric: { namespace, metricName, dimensions, stat: "Sum", period: 300 } },
    ],
  };

  test.each([
    ["of a metric", starts],
    ["of filled data", { ...starts, ...filled }],
  ])("an alarm %s does not go off before its periods have passed since it was created", async (_case, inputs) => {
    await declare(inputs);
    pass(1);
    expect(await state()).toBe("INSUFFICIENT_DATA");
    pass(8);
    expect(await state()).toBe("INSUFFICIENT_DATA");
    pass(2);
    expect(await state()).toBe("ALARM");
    add(1);
    pass(1);
    expect(await state()).toBe("OK");
  });

  test("data from before the alarm was created counts", async () => {
    add(1);
    world.advance(MINUTE);
    await declare(starts);
    pass(1);
    expect(await state()).toBe("OK");
  });

  test("a change of the alarm does not begin its periods anew", async () => {
    await declare(starts);
    pass(9);
    const watched = { namespace, metricName, dimensions, statistic: "Sum" };
    const inputs = { name: "errors", ...watched, ...starts, alarmDescription: "The shop sleeps" };
    const resource = { type: ALARM, name: "errors", inputs };
    await world.cloud.service("cloudwatch").resources[ALARM]?.update?.("errors", resource as never, {});
    pass(2);
    expect(await state()).toBe("ALARM");
  });

  test("the periods begin again when schedules begin to run", async () => {
    await declare(starts);
    world.advance(30 * MINUTE);
    service().watchFrom(world.cloud.clock.now());
    pass(1);
    expect(await state()).toBe("INSUFFICIENT_DATA");
    pass(10);
    expect(await state()).toBe("ALARM");
  });
});

describe("metrics", () => {
  test("what is put is listed, and read as statistics and as data", async () => {
    const Dimensions = [{ Name: "Shop", Value: "north" }];
    await client.send(
      new PutMetricDataCommand({
        Namespace: "Shop",
        MetricData: [
          { MetricName: "Orders", Dimensions, Value: 3, Unit: "Count", Timestamp: new Date(START) },
          {
            MetricName: "Orders",
            Dimensions,
            Values: [1, 5],
            Counts: [2, 1],
            Unit: "Count",
            Timestamp: new Date(START),
          },
          {
            MetricName: "Orders",
            Dimensions,
            StatisticValues: { SampleCount: 2, Sum: 10, Minimum: 4, Maximum: 6 },
            Unit: "Count",
            Timestamp: new Date(START + MINUTE),
          },
        ],
      }),
    );
    const listed = await client.send(
      new ListMetricsCommand({ Namespace: "Shop", MetricName: "Orders", Dimensions: [{ Name: "Shop" }] }),
    );
    expect(listed.Metrics).toEqual([{ Namespace: "Shop", MetricName: "Orders", Dimensions }]);
    const range = { StartTime: new Date(START), EndTime: new Date(START + 3 * MINUTE) };
    const statistics = await client.send(
      new GetMetricStatisticsCommand({
        Namespace: "Shop",
        MetricName: "Orders",
        Dimensions,
        ...range,
        Period: 60,
        Statistics: ["Sum", "Average", "Minimum", "Maximum", "SampleCount"],
      }),
    );
    expect(statistics.Label).toBe("Orders");
    expect(statistics.Datapoints).toEqual([
      { Timestamp: new Date(START), Sum: 10, Average: 2.5, Minimum: 1, Maximum: 5, SampleCount: 4, Unit: "Count" },
      {
        Timestamp: new Date(START + MINUTE),
        Sum: 10,
        Average: 5,
        Minimum: 4,
        Maximum: 6,
        SampleCount: 2,
        Unit: "Count",
      },
    ]);
    const Metric = { Namespace: "Shop", MetricName: "Orders", Dimensions };
    const data = await client.send(
      new GetMetricDataCommand({
        ...range,
        MetricDataQueries: [
          { Id: "m1", MetricStat: { Metric, Period: 60, Stat: "Sum" }, ReturnData: false },
          { Id: "e1", Expression: "FILL(m1, 0) * 2", Label: "twice" },
        ],
      }),
    );
    expect(data.MetricDataResults).toEqual([
      {
        Id: "e1",
        Label: "twice",
        Timestamps: [new Date(START + 2 * MINUTE), new Date(START + MINUTE), new Date(START)],
        Values: [0, 20, 20],
        StatusCode: "Complete",
      },
    ]);
  });

  test.each([
    [
      "AWS's own namespace",
      { Namespace: "AWS/Lambda", MetricData: [] },
      "The value AWS/Lambda for parameter Namespace is invalid.",
    ],
    [
      "a time of long ago",
      {
        Namespace: "Shop",
        MetricData: [{ MetricName: "m", Value: 1, Timestamp: new Date(START - 15 * 24 * 60 * MINUTE) }],
      },
      "The parameter MetricData.member.Timestamp must be at most two weeks ago and two hours ahead.",
    ],
    [
      "no value",
      { Namespace: "Shop", MetricData: [{ MetricName: "m" }] },
      "MetricData.member needs Value, Values or StatisticValues.",
    ],
  ])("%s is refused", async (_case, input, message) => {
    await expect(client.send(new PutMetricDataCommand(input))).rejects.toThrow(message);
  });

  test.each([
    [
      "p99",
      60,
      'local/cloudwatch: the statistic "p99" is not simulated; local has Average, Maximum, Minimum, SampleCount, Sum',
    ],
    ["Sum", 30, "local/cloudwatch: the period 30 is not simulated; use whole minutes: 60, 300, 3600 …"],
  ])("%s with a period of %i s is refused", async (Stat, Period, message) => {
    const query = { Id: "m1", MetricStat: { Metric: { Namespace: "Shop", MetricName: "Orders" }, Period, Stat } };
    const range = { StartTime: new Date(START), EndTime: new Date(START + MINUTE) };
    await expect(client.send(new GetMetricDataCommand({ ...range, MetricDataQueries: [query] }))).rejects.toThrow(
      message,
    );
  });

  test("more datapoints than a call has are refused", async () => {
    const request = new GetMetricStatisticsCommand({
      Namespace: "Shop",
      MetricName: "Orders",
      StartTime: new Date(START),
      EndTime: new Date(START + 1441 * MINUTE),
      Period: 60,
      Statistics: ["Sum"],
    });
    await expect(client.send(request)).rejects.toThrow(
      "You have requested up to 1441 datapoints, which exceeds the limit of 1440.",
    );
  });
});

describe("an alarm", () => {
  test("has insufficient data at first, goes off, and comes back; each change is a message like CloudWatch's", async () => {
    const TopicArn = await topic();
    await declare({ alarmActions: [TopicArn], okActions: [TopicArn] });
    expect(await state()).toBe("INSUFFICIENT_DATA");
    add(1);
    add(1);
    pass(1);
    expect(await state()).toBe("ALARM");
    // The data leaves the evaluation range of three periods.
    pass(2);
    expect(await state()).toBe("ALARM");
    pass(1);
    expect(await state()).toBe("OK");
    const [off, back, ...others] = messages();
    expect(others).toEqual([]);
    expect(off).toEqual({
      subject: 'ALARM: "errors" in EU (Frankfurt)',
      body: {
        AlarmName: "errors",
        AlarmDescription: "The shop fails",
        AWSAccountId: "123456789012",
        AlarmConfigurationUpdatedTimestamp: "2026-11-20T10:00:00.000+0000",
        NewStateValue: "ALARM",
        NewStateReason:
          "Threshold Crossed: 1 datapoint [2.0 (20/11/26 10:00:00)] was greater than or equal to the threshold (2.0).",
        StateChangeTime: "2026-11-20T10:01:00.000+0000",
        Region: "EU (Frankfurt)",
        AlarmArn: "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:errors",
        OldStateValue: "INSUFFICIENT_DATA",
        OKActions: [TopicArn],
        AlarmActions: [TopicArn],
        InsufficientDataActions: [],
        Trigger: {
          MetricName: "Errors",
          Namespace: "Shop",
          StatisticType: "Statistic",
          Statistic: "SUM",
          Unit: null,
          Dimensions: [{ value: "north", name: "Shop" }],
          Period: 60,
          EvaluationPeriods: 1,
          ComparisonOperator: "GreaterThanOrEqualToThreshold",
          Threshold: 2,
          TreatMissingData: "notBreaching",
          EvaluateLowSampleCountPercentile: "",
        },
      },
    });
    expect(back).toMatchObject({
      subject: 'OK: "errors" in EU (Frankfurt)',
      body: { OldStateValue: "ALARM", NewStateValue: "OK" },
    });
    const { AlarmHistoryItems = [] } = await client.send(
      new DescribeAlarmHistoryCommand({ AlarmName: "errors", ScanBy: "TimestampAscending" }),
    );
    expect(AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary)).toEqual([
      'Alarm "errors" created',
      "Alarm updated from INSUFFICIENT_DATA to ALARM",
      `Successfully executed action ${TopicArn}`,
      "Alarm updated from ALARM to OK",
      `Successfully executed action ${TopicArn}`,
    ]);
  });

  test("of five minutes is evaluated each minute, over the five minutes before", async () => {
    await declare({ period: 300 });
    add(1);
    pass(4);
    expect(await state()).toBe("OK");
    add(1);
    pass(1);
    expect(await state()).toBe("ALARM");
  });

  test("of M out of N periods", async () => {
    await declare({ evaluationPeriods: 3, datapointsToAlarm: 2, treatMissingData: "missing" });
    const states: (string | undefined)[] = [];
    for (const value of [2, 0, 2, 0, 0]) {
      add(value);
      pass(1);
      states.push(await state());
    }
    expect(states).toEqual(["INSUFFICIENT_DATA", "OK", "ALARM", "OK", "OK"]);
  });

  test("of more than a day is evaluated each hour", async () => {
    await declare({ period: 86_400, evaluationPeriods: 2 });
    pass(59);
    expect(await state()).toBe("INSUFFICIENT_DATA");
    pass(1);
    expect(await state()).toBe("OK");
  });

  test("of metric math has its expression and metrics in the message", async () => {
    const TopicArn = await topic();
    const metric = { namespace: "Shop", metricName: "Errors", dimensions: { Shop: "north" }, period: 60, stat: "Sum" };
    await declare({
      ...{
        namespace: undefined,
        metricName: undefined,
        dimensions: undefined,
        statistic: undefined,
        period: undefined,
      },
      metricQueries: [
        { id: "e1", expression: "SUM([m1])", label: "errors", returnData: true },
        { id: "m1", metric },
      ],
      alarmActions: [TopicArn],
    });
    add(7);
    pass(1);
    expect(messages()[0]?.body.Trigger).toEqual({
      Metrics: [
        { Expression: "SUM([m1])", Id: "e1", Label: "errors", ReturnData: true },
        {
          Id: "m1",
          MetricStat: {
            Metric: { Namespace: "Shop", MetricName: "Errors", Dimensions: [{ value: "north", name: "Shop" }] },
            Period: 60,
            Stat: "Sum",
          },
          ReturnData: false,
        },
      ],
      EvaluationPeriods: 1,
      ComparisonOperator: "GreaterThanOrEqualToThreshold",
      Threshold: 2,
      TreatMissingData: "notBreaching",
      EvaluateLowSampleCountPercentile: "",
    });
  });

  test("on a unit that the metric does not have sees no data", async () => {
    await declare({ unit: "Bytes", treatMissingData: "missing" });
    add(9);
    pass(1);
    expect(await state()).toBe("INSUFFICIENT_DATA");
  });

  test("keeps its state when it changes, and is gone when it is deleted", async () => {
    await declare();
    add(2);
    pass(1);
    await declare({ alarmDescription: "other" });
    const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({}));
    expect(MetricAlarms).toMatchObject([{ AlarmName: "errors", AlarmDescription: "other", StateValue: "ALARM" }]);
    const simulation = service().resources[ALARM];
    await simulation?.delete("errors", { type: ALARM, name: "errors", inputs: {} });
    expect((await client.send(new DescribeAlarmsCommand({}))).MetricAlarms).toEqual([]);
  });

  test("is found by prefix, state and action", async () => {
    const TopicArn = await topic();
    await declare({ alarmActions: [TopicArn] });
    const names = async (input: object) =>
      (await client.send(new DescribeAlarmsCommand(input))).MetricAlarms?.map(({ AlarmName }) => AlarmName);
    expect(await names({ AlarmNamePrefix: "err" })).toEqual(["errors"]);
    expect(await names({ AlarmNamePrefix: "x" })).toEqual([]);
    expect(await names({ StateValue: "INSUFFICIENT_DATA" })).toEqual(["errors"]);
    expect(await names({ StateValue: "OK" })).toEqual([]);
    expect(await names({ ActionPrefix: TopicArn })).toEqual(["errors"]);
    expect(await names({ AlarmTypes: ["CompositeAlarm"] })).toEqual([]);
  });

  test("is set to a state until the next evaluation, with its actions", async () => {
    const TopicArn = await topic();
    await declare({ alarmActions: [TopicArn] });
    await client.send(new SetAlarmStateCommand({ AlarmName: "errors", StateValue: "ALARM", StateReason: "a drill" }));
    expect(messages()).toMatchObject([{ body: { NewStateValue: "ALARM", NewStateReason: "a drill" } }]);
    expect(await state()).toBe("ALARM");
    pass(1);
    expect(await state()).toBe("OK");
  });

  test("does not act while its actions are disabled", async () => {
    const TopicArn = await topic();
    await declare({ alarmActions: [TopicArn] });
    await client.send(new DisableAlarmActionsCommand({ AlarmNames: ["errors"] }));
    add(2);
    pass(1);
    expect(await state()).toBe("ALARM");
    expect(messages()).toEqual([]);
    expect((await client.send(new DescribeAlarmsCommand({}))).MetricAlarms?.[0]?.ActionsEnabled).toBe(false);
    await client.send(new EnableAlarmActionsCommand({ AlarmNames: ["errors"] }));
    pass(10);
    add(2);
    pass(1);
    expect(messages()).toHaveLength(1);
  });

  test("that does not exist is AWS's error", async () => {
    const request = new SetAlarmStateCommand({ AlarmName: "none", StateValue: "OK", StateReason: "r" });
    await expect(client.send(request)).rejects.toMatchObject({ name: "ResourceNotFound" });
  });

  test("is declared by the program, not by a call", async () => {
    const request = new PutMetricAlarmCommand({
      AlarmName: "a",
      EvaluationPeriods: 1,
      ComparisonOperator: "GreaterThanThreshold",
    });
    await expect(client.send(request)).rejects.toThrow(
      "local/cloudwatch: the operation PutMetricAlarm is not simulated; see docs/fidelity.md",
    );
  });
});

describe("an action", () => {
  const failed = async () => {
    const { AlarmHistoryItems = [] } = await client.send(
      new DescribeAlarmHistoryCommand({ HistoryItemType: "Action" }),
    );
    return AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary);
  };
  const goOff = () => {
    add(2);
    pass(1);
  };
  const allow = (statement: object) => JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  const cloudwatch = {
    Effect: "Allow",
    Principal: { Service: "cloudwatch.amazonaws.com" },
    Action: "sns:Publish",
    Resource: "*",
  };

  test("needs CloudWatch in the topic's policy, if the topic has one", async () => {
    const other = { ...cloudwatch, Principal: { Service: "events.amazonaws.com" } };
    const TopicArn = await topic({ policy: allow(other) });
    await declare({ alarmActions: [TopicArn] });
    goOff();
    expect(messages()).toEqual([]);
    expect(await failed()).toEqual([
      `Failed to execute action ${TopicArn}. Received error: "AuthorizationError: cloudwatch.amazonaws.com is not authorized to perform: sns:Publish on resource: ${TopicArn}; allow it in the topic's policy"`,
    ]);
  });

  test.each([
    ["the alarm", { ArnLike: { "aws:SourceArn": "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:*" } }, 1],
    ["another account", { StringEquals: { "aws:SourceAccount": "999999999999" } }, 0],
  ])("meets the conditions of the policy: %s", async (_case, Condition, count) => {
    const TopicArn = await topic({ policy: allow({ ...cloudwatch, Condition }) });
    await declare({ alarmActions: [TopicArn] });
    goOff();
    expect(messages()).toHaveLength(count);
  });

  test("does not reach a topic that is encrypted with AWS's own key", async () => {
    const TopicArn = await topic({ kmsMasterKeyId: "alias/aws/sns" });
    await declare({ alarmActions: [TopicArn] });
    goOff();
    expect(messages()).toEqual([]);
    expect(await failed()).toEqual([
      `Failed to execute action ${TopicArn}. Received error: "KMSAccessDeniedException: cloudwatch.amazonaws.com may not use the key alias/aws/sns of ${TopicArn}, whose policy nobody can change; encrypt the topic with a key of your own, or not at all"`,
    ]);
  });

  test("reaches a topic whose key lets CloudWatch use it, and no other", async () => {
    const Action = ["kms:Decrypt", "kms:GenerateDataKey*"];
    const statement = { Effect: "Allow", Principal: { Service: "cloudwatch.amazonaws.com" }, Action, Resource: "*" };
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    const { id } = await world.declare("aws:kms/key:Key", "open", { policy });
    const closed = await world.declare("aws:kms/key:Key", "closed", {});
    const arnOf = (keyId: string) => `arn:aws:kms:eu-central-1:123456789012:key/${keyId}`;
    const TopicArn = await topic({ kmsMasterKeyId: arnOf(id) });
    const other = await world.declare("aws:sns/topic:Topic", "other", { name: "other", kmsMasterKeyId: closed.id });
    await declare({ alarmActions: [TopicArn, other.id] });
    goOff();
    expect(messages()).toHaveLength(1);
    expect((await failed()).filter((text) => text?.startsWith("Failed"))).toEqual([
      `Failed to execute action ${other.id}. Received error: "KMSAccessDeniedException: ${other.id}: the policy of ${arnOf(closed.id)} does not allow cloudwatch.amazonaws.com kms:Decrypt"`,
    ]);
  });

  test.each([
    ["its account", { StringEquals: { "aws:SourceAccount": "123456789012" } }, 1],
    ["the alarm", { ArnLike: { "aws:SourceArn": "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:*" } }, 1],
    ["another account", { StringEquals: { "aws:SourceAccount": "999999999999" } }, 0],
  ])("meets the conditions of the key's policy: %s", async (_case, Condition, count) => {
    const Action = ["kms:Decrypt", "kms:GenerateDataKey*"];
    const Principal = { Service: "cloudwatch.amazonaws.com" };
    const Statement = [{ Effect: "Allow", Principal, Action, Resource: "*", Condition }];
    const policy = JSON.stringify({ Version: "2012-10-17", Statement });
    const { id } = await world.declare("aws:kms/key:Key", "own", { policy });
    await declare({ alarmActions: [await topic({ kmsMasterKeyId: id })] });
    goOff();
    expect(messages()).toHaveLength(count);
  });

  test.each([
    ["a topic that is not here", "arn:aws:sns:eu-central-1:123456789012:none", "NotFound: Topic does not exist"],
    [
      "no topic",
      "arn:aws:automate:eu-central-1:ec2:stop",
      "local/cloudwatch: only the action of an SNS topic is simulated",
    ],
  ])("that names %s fails in the history", async (_case, arn, error) => {
    await declare({ alarmActions: [arn] });
    goOff();
    expect(await failed()).toEqual([`Failed to execute action ${arn}. Received error: "${error}"`]);
  });
});

describe("permissions", () => {
  test("each operation needs its own, and PutMetricData its namespace", async () => {
    const principal = await world.role("reader", [
      { Effect: "Allow", Action: "cloudwatch:ListMetrics", Resource: "*" },
      {
        Effect: "Allow",
        Action: "cloudwatch:PutMetricData",
        Resource: "*",
        Condition: { StringEquals: { "cloudwatch:namespace": "Shop" } },
      },
    ]);
    const limited = new CloudWatchClient(world.clientConfig(principal));
    const MetricData = [{ MetricName: "m", Value: 1 }];
    await limited.send(new ListMetricsCommand({}));
    await limited.send(new PutMetricDataCommand({ Namespace: "Shop", MetricData }));
    const range = { StartTime: new Date(START), EndTime: new Date(START + MINUTE) };
    for (const [action, request] of [
      ["cloudwatch:PutMetricData", new PutMetricDataCommand({ Namespace: "Other", MetricData })],
      ["cloudwatch:GetMetricData", new GetMetricDataCommand({ ...range, MetricDataQueries: [] })],
      ["cloudwatch:DescribeAlarms", new DescribeAlarmsCommand({})],
      ["cloudwatch:DescribeAlarmHistory", new DescribeAlarmHistoryCommand({})],
      ["cloudwatch:SetAlarmState", new SetAlarmStateCommand({ AlarmName: "a", StateValue: "OK", StateReason: "r" })],
      ["cloudwatch:DisableAlarmActions", new DisableAlarmActionsCommand({ AlarmNames: ["a"] })],
    ] as const) {
      await expect(limited.send(request as DescribeAlarmsCommand)).rejects.toThrow(
        `is not authorized to perform: ${action} on resource`,
      );
    }
    limited.destroy();
  });
});

test.each([
  [
    "a percentile",
    { statistic: undefined, extendedStatistic: "p99" },
    'the statistic "p99" is not simulated; local has Average, Maximum, Minimum, SampleCount, Sum',
  ],
  ["a period below a minute", { period: 10 }, "the period 10 is not simulated; use whole minutes: 60, 300, 3600 …"],
  [
    "anomaly detection",
    { comparisonOperator: "GreaterThanUpperThreshold" },
    'comparisonOperator "GreaterThanUpperThreshold" is not simulated; use GreaterThanOrEqualToThreshold, GreaterThanThreshold, LessThanOrEqualToThreshold, LessThanThreshold',
  ],
  ["no threshold", { threshold: undefined }, "an alarm without a threshold is not simulated"],
  [
    "more datapoints than periods",
    { datapointsToAlarm: 2 },
    "datapointsToAlarm is 2; use at most evaluationPeriods, 1",
  ],
  [
    "more than a day",
    { evaluationPeriods: 1441 },
    "evaluationPeriods × period is 86460 s; CloudWatch allows a day, and with periods of an hour or more a week",
  ],
  [
    "six actions",
    { alarmActions: Array(6).fill("arn:aws:sns:x") },
    "alarmActions holds 6 actions; CloudWatch allows 5",
  ],
  [
    "an id that is not there",
    { metricQueries: [{ id: "e1", expression: "m1 + 1", returnData: true }] },
    'there is no metric or expression with the id "m1"',
  ],
  [
    "a circle",
    {
      metricQueries: [
        { id: "e1", expression: "e2", returnData: true },
        { id: "e2", expression: "e1" },
      ],
    },
    "the expressions e1, e2, e1 form a circle",
  ],
  [
    "two results",
    {
      metricQueries: [
        { id: "e1", expression: "1", returnData: true },
        { id: "e2", expression: "2", returnData: true },
      ],
    },
    "exactly one of metricQueries must have returnData: true",
  ],
  [
    "a metric of another account",
    { metricQueries: [{ id: "m1", accountId: "1" }] },
    "a metric of another account is not simulated",
  ],
])("an alarm with %s is refused", async (_case, inputs, message) => {
  await expect(declare(inputs)).rejects.toThrow(new Error(message));
});

test("while it runs, it evaluates at the end of each minute of the clock, until it stops", async () => {
  const sleeps: number[] = [];
  let wake: (() => void) | undefined;
  world.cloud.clock.sleep = (millis, signal) =>
    new Promise((resolve, reject) => {
      sleeps.push(millis);
      wake = resolve;
      signal?.addEventListener("abort", () => reject(signal.reason));
    });
  await declare();
  world.advance(20_000);
  service().run();
  expect(sleeps).toEqual([40_000]);
  add(2);
  world.advance(40_000);
  wake?.();
  await new Promise((resolve) => setImmediate(resolve));
  expect(service().alarms()[0]?.state).toBe("ALARM");
  expect(sleeps).toEqual([40_000, 60_000]);
});

test("a minute whose evaluation fails is a warning, and the next one is evaluated", async () => {
  const wakes: (() => void)[] = [];
  world.cloud.clock.sleep = (_, signal) =>
    new Promise((resolve, reject) => {
      wakes.push(resolve);
      signal?.addEventListener("abort", () => reject(signal.reason));
    });
  await declare();
  let reads = 0;
  world.cloud.metrics.onRead(() => {
    reads += 1;
    if (reads === 1) throw new Error("the log is cut");
  });
  const warnings: string[] = [];
  const warned = jest
    .spyOn(process, "emitWarning")
    .mockImplementation((warning) => void warnings.push(String(warning)));
  service().run();
  for (const index of [0, 1]) {
    add(2);
    world.advance(MINUTE);
    wakes[index]?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  warned.mockRestore();
  expect(warnings).toEqual(["local/cloudwatch: alarms are not evaluated in this minute: the log is cut"]);
  expect(service().alarms()[0]?.state).toBe("ALARM");
});
