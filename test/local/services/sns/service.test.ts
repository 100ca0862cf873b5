/** Topics and queues: messages are kept and can be read after the run. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ListTopicsCommand, PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import * as sns from "@pulumi/aws/sns";
import * as sqs from "@pulumi/aws/sqs";
import * as pulumi from "@pulumi/pulumi";
import { start, stopAll } from "../../support/start";

const clients: SNSClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await stopAll();
});

async function startTopic() {
  const cloud = await start(() => ({ topic: new sns.Topic("failures", { name: "failures" }).arn }));
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
  const dataDir = (cloud.service("sns") as unknown as { topics(): { messages: object[] }[] }).topics();
  expect(dataDir).toEqual([
    {
      arn: TopicArn,
      messages: [
        { messageId: MessageId, at: "2026-11-20T10:15:00.000Z", subject: "Failed", body: 'two\nlines & "quotes"' },
      ],
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

test("a subscription beside the pipeline is only declared, and listed: nobody would be told", async () => {
  const program = () => {
    const topic = new sns.Topic("t");
    new sns.TopicSubscription("mail", { topic: topic.arn, protocol: "email", endpoint: "a@example.com" });
  };
  const { declaredOnly } = await start(program);
  expect(declaredOnly).toEqual([
    { type: "aws:sns/topicSubscription:TopicSubscription", name: "mail", reason: "the type is not simulated" },
  ]);
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
