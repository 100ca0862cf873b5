/** The alarms of a whole program: derived, changed and left out, and the topic, its key and its e-mails. */
import {
  DataLake,
  FormatRouter,
  HourlyEtl,
  PipelineAlarms,
  type PipelineAlarmsArgs,
  ServingTable,
  StreamIngest,
} from "streamlake";
import { declare } from "streamlake/testing";
import { listed } from "./support/listed";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const TOPIC = "arn:aws:sns:us-east-1:123456789012:ops";
const KEY = "arn:aws:kms:us-east-1:123456789012:key/1";

interface Program {
  readonly args?: Partial<PipelineAlarmsArgs>;
  readonly router?: Partial<ConstructorParameters<typeof FormatRouter>[1]>;
}

const pipeline =
  ({ args = {}, router = {} }: Program) =>
  () => {
    const stream = new StreamIngest("in");
    const lake = new DataLake("lake");
    const routed = new FormatRouter("clicks", { stream, lake, eventMetrics: true, ...router });
    new PipelineAlarms("oncall", { components: [stream, lake, routed], ...args });
  };

test("it declares the alarms of its components, a topic, the topic's key and its e-mails", async () => {
  const own = ({ name }: { name: string }) => name.startsWith("oncall");
  const declared = await declare(pipeline({ args: { emails: ["on-call@example.com"] } }));
  expect(listed({ ...declared, resources: declared.resources.filter(own) })).toEqual([
    "aws:cloudwatch/metricAlarm:MetricAlarm oncall-alarm-clicks-dropped-records",
    "aws:cloudwatch/metricAlarm:MetricAlarm oncall-alarm-clicks-errors",
    "aws:cloudwatch/metricAlarm:MetricAlarm oncall-alarm-clicks-expiring-records",
    "aws:cloudwatch/metricAlarm:MetricAlarm oncall-alarm-clicks-failed-batches",
    "aws:cloudwatch/metricAlarm:MetricAlarm oncall-alarm-clicks-failed-deliveries",
    "aws:cloudwatch/metricAlarm:MetricAlarm oncall-alarm-clicks-failed-hooks",
    "aws:cloudwatch/metricAlarm:MetricAlarm oncall-alarm-clicks-failed-writes",
    "aws:cloudwatch/metricAlarm:MetricAlarm oncall-alarm-clicks-iterator-age",
    "aws:cloudwatch/metricAlarm:MetricAlarm oncall-alarm-clicks-throttles",
    "aws:cloudwatch/metricAlarm:MetricAlarm oncall-alarm-clicks-unformatted",
    "aws:cloudwatch/metricAlarm:MetricAlarm oncall-alarm-in-throttled-writes",
    "aws:kms/key:Key oncall-key",
    "aws:sns/topic:Topic oncall-topic",
    "aws:sns/topicSubscription:TopicSubscription oncall-topic-on-call@example.com",
    "streamlake:index:PipelineAlarms oncall",
  ]);
  const { topic, protocol, endpoint } = declared.one("oncall-topic-on-call@example.com").inputs;
  const arn = declared.one("oncall-alarm-clicks-errors").inputs.alarmActions[0];
  expect([topic, protocol, endpoint]).toEqual([arn, "email", "on-call@example.com"]);
  expect(declared.one("oncall-topic").inputs.kmsMasterKeyId).toMatch(/^arn:aws:kms:/);
});

test("CloudWatch may use the topic's key, and the account administers it", async () => {
  const { inputs } = (await declare(pipeline({}))).one("oncall-key");
  expect({ ...inputs, policy: JSON.parse(inputs.policy) }).toEqual({
    description: "Encrypts the topic of oncall",
    enableKeyRotation: true,
    policy: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Administration",
          Effect: "Allow",
          Principal: { AWS: "arn:aws:iam::123456789012:root" },
          Action: "kms:*",
          Resource: "*",
        },
        {
          Sid: "Alarms",
          Effect: "Allow",
          Principal: { Service: "cloudwatch.amazonaws.com" },
          Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
          Resource: "*",
          Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
        },
      ],
    },
  });
});

test("a topic that exists is used as it is, and a given key encrypts the own topic", async () => {
  const existing = await declare(pipeline({ args: { topicArn: TOPIC } }));
  const resources = listed(existing).filter((line) => / oncall/.test(line) && !line.startsWith(ALARM));
  expect(resources).toEqual(["streamlake:index:PipelineAlarms oncall"]);
  const { alarmActions, okActions } = existing.one("oncall-alarm-in-throttled-writes").inputs;
  expect([alarmActions, okActions]).toEqual([[TOPIC], [TOPIC]]);
  const keyed = await declare(pipeline({ args: { encryptionKeyArn: KEY } }));
  expect(keyed.one("oncall-topic").inputs.kmsMasterKeyId).toBe(KEY);
  expect(keyed.all("aws:kms/key:Key")).toEqual([]);
});

test("an alarm has the options that the component's own would have", async () => {
  const own = await declare(() => {
    const [stream, lake] = [new StreamIngest("in"), new DataLake("lake")];
    new FormatRouter("clicks", { stream, lake, alarms: { topicArn: TOPIC } });
  });
  const derived = await declare(pipeline({ args: { topicArn: TOPIC } }));
  for (const role of ["iterator-age", "expiring-records", "failed-batches", "unformatted"]) {
    expect(derived.one(`oncall-alarm-clicks-${role}`).inputs).toEqual(own.one(`clicks-alarm-${role}`).inputs);
  }
});

test("alarms are changed by role and, first, by component; descriptions follow", async () => {
  const change = {
    "iterator-age": { threshold: 30 * 60_000 + 60_000, periods: 2 },
    "clicks/iterator-age": { periods: 1 },
    "clicks/errors": { description: "Call Ann" },
    unformatted: { threshold: 20 },
  };
  const declared = await declare(pipeline({ args: { topicArn: TOPIC, change } }));
  expect(declared.one("oncall-alarm-clicks-iterator-age").inputs).toMatchObject({
    alarmDescription: "clicks is 30 minutes behind; Lambda discards records after 167 hours",
    threshold: 1_860_000,
    evaluationPeriods: 1,
  });
  expect(declared.one("oncall-alarm-clicks-errors").inputs.alarmDescription).toBe("Call Ann");
  expect(declared.one("oncall-alarm-clicks-unformatted").inputs).toMatchObject({
    alarmDescription:
      'At least 20 percent of what clicks routes is unformatted; the query "unformatted" counts it by reason',
    threshold: 20,
  });
});

test("alarms are left out by role and by component", async () => {
  const without = ["failed-batches", "dropped-records", "in/throttled-writes"];
  const declared = await declare(pipeline({ args: { without }, router: { eventMetrics: false } }));
  const names = declared.all(ALARM).map(({ name }) => name.replace("oncall-alarm-", ""));
  expect(names).toEqual([
    "clicks-errors",
    "clicks-expiring-records",
    "clicks-failed-deliveries",
    "clicks-failed-hooks",
    "clicks-failed-writes",
    "clicks-iterator-age",
    "clicks-throttles",
    "clicks-unformatted",
  ]);
  expect(declared.one("clicks-mapping").inputs.metricsConfig).toBeUndefined();
});

test("a role is changed for the components that keep it", async () => {
  const declared = await declare(() => {
    const [stream, lake] = [new StreamIngest("in"), new DataLake("lake")];
    const components = ["clicks", "orders"].map((name) => new FormatRouter(name, { stream, lake, eventMetrics: true }));
    const change = { errors: { threshold: 3 } };
    new PipelineAlarms("oncall", { components, topicArn: TOPIC, change, without: ["clicks/errors"] });
  });
  expect(declared.one("oncall-alarm-orders-errors").inputs.threshold).toBe(3);
  expect(declared.all(ALARM).map(({ name }) => name)).not.toContain("oncall-alarm-clicks-errors");
});

test("a view has the alarms of its function under its own name", async () => {
  const declared = await declare(() => {
    const stream = new StreamIngest("in");
    const view = new ServingTable("view", { stream, eventMetrics: true });
    new PipelineAlarms("oncall", { components: [view], topicArn: TOPIC });
  });
  const names = declared.all(ALARM).map(({ name }) => name.replace("oncall-alarm-view-", ""));
  expect(names).toEqual([
    "dropped-records",
    "errors",
    "expiring-records",
    "failed-batches",
    "failed-deliveries",
    "failed-writes",
    "iterator-age",
    "table-throttles",
    "throttles",
    "unfolded",
  ]);
});

const ROLES =
  "dropped-records, errors, expiring-records, failed-batches, failed-deliveries, failed-hooks, failed-writes, iterator-age, throttled-writes, throttles, unformatted";

test.each<[string, Program, string]>([
  ["no component", { args: { components: [] } }, "components is empty; give at least one."],
  [
    "a stranger",
    { args: { components: [{} as never] } },
    "components[0] is not a component that has alarms; give components of this package, as a FormatRouter.",
  ],
  [
    "an unknown role",
    { args: { without: ["clicks/erors"] } },
    `without has "clicks/erors", which is no role of these components; the roles are ${ROLES}, also with a component's name, as "in/throttled-writes".`,
  ],
  [
    "an unknown role to change",
    { args: { change: { slow: { threshold: 1 } } } },
    `change has "slow", which is no role of these components; the roles are ${ROLES}, also with a component's name, as "in/throttled-writes".`,
  ],
  [
    "a change of an alarm that is left out",
    { args: { change: { errors: { threshold: 1 } }, without: ["errors"] } },
    'change and without both have "errors"; leave it out of one of them.',
  ],
  [
    "a change of a component's alarm that is left out by its role",
    { args: { change: { "clicks/errors": { threshold: 1 } }, without: ["errors"] } },
    'change has "clicks/errors", which without leaves out by "errors"; leave it out of one of them.',
  ],
  [
    "a change of a role whose only alarm is left out by its component",
    { args: { change: { errors: { threshold: 1 } }, without: ["clicks/errors"] } },
    'change has "errors", which without leaves out by "clicks/errors"; leave it out of one of them.',
  ],
  [
    "a change that is no object",
    { args: { change: { errors: null as never } } },
    'change of "errors" is null; give an object, as { threshold: 1 }.',
  ],
  [
    "a threshold that is no number",
    { args: { change: { errors: { threshold: Number.NaN } } } },
    'change: the threshold of "errors" is NaN; use a number.',
  ],
  [
    "more periods than a day has",
    { args: { change: { errors: { periods: 289 } } } },
    'change: periods of "clicks/errors" is 289; use a whole number from 1 to 288 periods.',
  ],
  [
    "alarms of its own",
    { router: { alarms: { topicArn: TOPIC } } },
    'FormatRouter "clicks" has alarms of its own; leave out its argument alarms, or leave it out of components.',
  ],
  [
    "metrics that are not published",
    { router: { eventMetrics: false } },
    'the metrics of "clicks/failed-batches" and "clicks/dropped-records" are not published; give clicks eventMetrics: true, or give without these roles.',
  ],
  [
    "e-mails for the topic of others",
    { args: { topicArn: TOPIC, emails: ["on-call@example.com"], encryptionKeyArn: KEY } },
    "encryptionKeyArn is for a topic that the component declares; leave it out, or leave topicArn out. emails is for a topic that the component declares; leave it out, or leave topicArn out.",
  ],
  [
    "a name in place of an address",
    { args: { emails: ["ann"] } },
    'emails has "ann"; use addresses as "on-call@example.com".',
  ],
])("%s is refused", async (_, program, problem) => {
  await expect(declare(pipeline(program))).rejects.toThrow(`PipelineAlarms "oncall": ${problem}`);
});

test("a component that is given twice, alarms of the same name, and nothing to watch are refused", async () => {
  const refused = (components: () => PipelineAlarmsArgs["components"]) =>
    expect(declare(() => void new PipelineAlarms("oncall", { components: components() }))).rejects;
  await refused(() => Array(2).fill(new StreamIngest("in"))).toThrow(
    'PipelineAlarms "oncall": components has StreamIngest "in" twice; give it once.',
  );
  await refused(() => [new StreamIngest("in"), new StreamIngest("in", {}, { parent: new DataLake("lake") })]).toThrow(
    'PipelineAlarms "oncall": StreamIngest "in" and StreamIngest "in" both have the alarm in/throttled-writes; give one of them to another PipelineAlarms.',
  );
  await refused(() => [new DataLake("lake")]).toThrow(
    'PipelineAlarms "oncall": no alarm is left; give other components, or shorten without.',
  );
});

test("a disabled schedule has no alarm that it starts nothing", async () => {
  const declared = await declare(() => {
    const etl = new HourlyEtl("etl", { lake: new DataLake("lake"), enabled: false });
    new PipelineAlarms("oncall", { components: [etl], topicArn: TOPIC, tags: { team: "shop" } });
  });
  const [first] = declared.all(ALARM);
  expect(declared.all(ALARM).map(({ name }) => name.replace("oncall-alarm-etl-", ""))).toEqual([
    "crawl-failed",
    "failed",
    "failed-starts",
    "hours-late",
    "ledger-broken",
  ]);
  expect(first?.inputs.tags).toEqual({ team: "shop" });
});
