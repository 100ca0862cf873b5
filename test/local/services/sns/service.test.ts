/** Topics and queues: messages are kept and can be read after the run. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ListSubscriptionsByTopicCommand, ListTopicsCommand, PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import * as sns from "@pulumi/aws/sns";
import * as sqs from "@pulumi/aws/sqs";
import * as pulumi from "@pulumi/pulumi";
import type { SnsService } from "../../../../local/services/sns/service";
import { start, stopAll } from "../../support/start";

const clients: SNSClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await stopAll();
});

async function startTopic(more: (topic: pulumi.Output<string>) => object = () => ({})) {
  const cloud = await start(() => {
    const topic = new sns.Topic("failures", { name: "failures" }).arn;
    return { topic, ...more(topic) };
  });
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new SNSClient({ region: "us-east-1", endpoint: cloud.endpoint, credentials });
  clients.push(client);
  return { cloud, client, TopicArn: String(cloud.outputs.topic) };
}

test("a message published by AWS's client lies in the topic's file", async () => {
  const { cloud, client, TopicArn } = await startTopic();
  const { MessageId } = await client.send(
    new PublishCommand({ TopicArn, Subject: "Failed", Message: 'two\nlines & "quotes"' }),
  );
  const dataDir = (cloud.service("sns") as SnsService).topics();
  expect(dataDir).toEqual([
    {
      arn: TopicArn,
      messages: [
        { messageId: MessageId, at: "2026-11-20T10:15:00.000Z", subject: "Failed", body: 'two\nlines & "quotes"' },
      ],
      emails: [],
    },
  ]);
  const { Topics } = await client.send(new ListTopicsCommand({}));
  expect(Topics).toEqual([{ TopicArn }]);
});

test.each([
  ["an unknown topic", { TopicArn: "arn:aws:sns:us-east-1:000000000000:no", Message: "m" }, "NotFoundException"],
  ["an empty message", { Message: "" }, "InvalidParameterException"],
  ["a message above 256 KiB", { Message: "x".repeat(262_145) }, "InvalidParameterException"],
  ["a subject of two lines", { Message: "m", Subject: "a\nb" }, "InvalidParameterException"],
  ["a subject of 101 characters", { Message: "m", Subject: "s".repeat(101) }, "InvalidParameterException"],
])("%s is refused as on AWS", async (_case, more, name) => {
  const { client, TopicArn } = await startTopic();
  await expect(client.send(new PublishCommand({ TopicArn, ...more }))).rejects.toMatchObject({ name });
});

test("an e-mail subscription waits for its confirmation, as on AWS", async () => {
  const { cloud, client, TopicArn } = await startTopic((topic) => {
    const mail = new sns.TopicSubscription("mail", { topic, protocol: "email", endpoint: "a@example.com" });
    return { arn: mail.arn, pending: mail.pendingConfirmation, authenticated: mail.confirmationWasAuthenticated };
  });
  expect(cloud.declaredOnly).toEqual([]);
  const { arn, pending, authenticated } = cloud.outputs as Record<string, unknown>;
  expect([pending, authenticated]).toEqual([true, false]);
  expect(arn).toMatch(new RegExp(`^${TopicArn}:[0-9a-f-]{36}$`));
  expect((cloud.service("sns") as SnsService).topics()).toMatchObject([{ arn: TopicArn, emails: ["a@example.com"] }]);
  const { Subscriptions } = await client.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
  const waiting = { SubscriptionArn: "PendingConfirmation", Owner: "000000000000", Protocol: "email" };
  expect(Subscriptions).toEqual([{ ...waiting, Endpoint: "a@example.com", TopicArn }]);
  const none = client.send(new ListSubscriptionsByTopicCommand({ TopicArn: `${TopicArn}-2` }));
  await expect(none).rejects.toMatchObject({ name: "NotFoundException" });
});

test.each([
  ["another protocol", { protocol: "sqs", endpoint: "arn:aws:sqs:us-east-1:000000000000:q" }, 'the protocol "sqs"'],
  [
    "a topic that is not there",
    { topic: "arn:aws:sns:us-east-1:000000000000:other", protocol: "email", endpoint: "a@example.com" },
    "the topic arn:aws:sns:us-east-1:000000000000:other",
  ],
])("a subscription beside the pipeline with %s is only declared, and listed", async (_case, args, what) => {
  const program = () => {
    new sns.TopicSubscription("to", { topic: new sns.Topic("t").arn, ...args });
  };
  const { declaredOnly } = await start(program);
  const reason = `${what} is not simulated`;
  expect(declaredOnly).toEqual([{ type: "aws:sns/topicSubscription:TopicSubscription", name: "to", reason }]);
});

test("a queue has a local URL and keeps its messages, one line of JSON each", async () => {
  const cloud = await start(() => {
    const queue = new sqs.Queue("dlq", { name: "dlq", messageRetentionSeconds: 1_209_600 });
    new sqs.QueuePolicy("dlq-policy", {
      queueUrl: queue.url,
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Deny",
            Principal: "*",
            Action: "sqs:*",
            Resource: queue.arn,
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ],
      }),
    });
    return { url: queue.url, arn: queue.arn };
  });
  const { url, arn } = cloud.outputs as { url: string; arn: string };
  expect(url).toBe(`${cloud.endpoint}/000000000000/dlq`);
  await cloud.call("sqs", "SendMessage", { QueueUrl: url, MessageBody: "one" });
  expect(await cloud.call("sqs", "GetQueueAttributes", { QueueUrl: url, AttributeNames: ["All"] })).toEqual({
    Attributes: { QueueArn: arn, ApproximateNumberOfMessages: "1" },
  });
  expect(await cloud.call("sqs", "GetQueueUrl", { QueueName: "dlq" })).toEqual({ QueueUrl: url });
  await expect(cloud.call("sqs", "SendMessage", { QueueUrl: `${url}x`, MessageBody: "m" })).rejects.toMatchObject({
    code: "QueueDoesNotExist",
  });
  const lines = readFileSync(join(cloud.dataDir, "sqs", "dlq.ndjson"), "utf8").split("\n");
  expect(lines.map((line) => line && JSON.parse(line).body)).toEqual(["one", ""]);
});
