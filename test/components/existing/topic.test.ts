/** Topics that exist, for failures and for alerts. */
import * as sns from "@pulumi/aws/sns";
import * as pulumi from "@pulumi/pulumi";
import { ContentAlerts, DataLake, FormatRouter, HourlyEtl, Replay, StreamIngest, type TopicSource } from "streamlake";
import { declare } from "streamlake/testing";
import { topicOf } from "../../../components/existing/topic";
import { statements } from "../support/listed";
import { outputFailure } from "../support/outputFailure";

const TOPIC = "arn:aws:sns:us-east-1:123456789012:on-call";
const KEY = "arn:aws:kms:us-east-1:123456789012:key/own";
const PUBLISH = { Effect: "Allow", Action: ["sns:Publish"], Resource: [TOPIC] };
const ENCRYPT = { Effect: "Allow", Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: [KEY] };

const reporting = (topic: () => TopicSource) => () => {
  const stream = new StreamIngest("in");
  const lake = new DataLake("lake");
  const router = new FormatRouter("r", { stream, lake });
  const existing = topic();
  new ContentAlerts("alerts", { stream, lake, rules: { never: () => false }, topic: existing });
  const replay = new Replay("again", { router, failureTopic: existing });
  return [new HourlyEtl("hourly", { lake, failureTopic: existing }).failureTopicArn, replay.failureTopicArn];
};

const topics: [string, () => TopicSource, object[]][] = [
  ["an ARN", () => ({ topicArn: TOPIC }), [PUBLISH]],
  ["an ARN and a key", () => ({ topicArn: TOPIC, encryptionKeyArn: KEY }), [PUBLISH, ENCRYPT]],
  ["an aws.sns.Topic without encryption", () => new sns.Topic("on-call"), [PUBLISH]],
  [
    "an aws.sns.Topic with the key of AWS",
    () => new sns.Topic("on-call", { kmsMasterKeyId: "alias/aws/sns" }),
    [PUBLISH],
  ],
  [
    "an aws.sns.Topic with a customer's key",
    () => new sns.Topic("on-call", { kmsMasterKeyId: KEY }),
    [PUBLISH, ENCRYPT],
  ],
];

test.each(topics)("alerts and workflows publish to %s", async (_, topic, expected) => {
  const declared = await declare(reporting(topic));
  expect(declared.outputs).toEqual([TOPIC, TOPIC]);
  for (const role of ["alerts-alerts-policy", "again-workflow-policy", "hourly-workflow-policy"]) {
    const found = (statements(declared.one(role)) as { Resource: string[] }[]).filter(
      ({ Resource }) => Resource[0] === TOPIC || Resource[0] === KEY,
    );
    expect([role, found]).toEqual([role, expected]);
  }
  const ours = declared.all("aws:sns/topic:Topic").filter(({ name }) => name !== "on-call");
  expect(ours).toEqual([]);
});

const lake = () => new DataLake("lake");
const refused: [string, () => unknown, string][] = [
  [
    "what is no topic",
    () => new HourlyEtl("hourly", { lake: lake(), failureTopic: {} as never }),
    'HourlyEtl "hourly": failureTopic is not a topic; give an aws.sns.Topic, or { topicArn } of one that exists.',
  ],
  [
    "a name",
    () => new HourlyEtl("hourly", { lake: lake(), failureTopic: { topicArn: "on-call" } }),
    'HourlyEtl "hourly": failureTopic.topicArn is "on-call"; use the ARN of a topic, as "arn:aws:sns:us-east-1:123456789012:failures".',
  ],
  [
    "a transform of the topic",
    () =>
      new HourlyEtl("hourly", {
        lake: lake(),
        failureTopic: { topicArn: TOPIC },
        transform: { failures: () => undefined },
      }),
    'HourlyEtl "hourly": transform.failures is for a topic that the component declares, and its failureTopic exists; leave transform.failures out.',
  ],
];

test.each(refused)("refuses %s", async (_, program, message) => {
  await expect(declare(program)).rejects.toThrow(message);
});

test("refuses a FIFO topic", async () => {
  const { arn } = topicOf('HourlyEtl "hourly": failureTopic', { topicArn: pulumi.output(`${TOPIC}.fifo`) });
  expect(await outputFailure(arn)).toBe(
    `HourlyEtl "hourly": failureTopic is the FIFO topic ${TOPIC}.fifo; give a standard topic.`,
  );
});
