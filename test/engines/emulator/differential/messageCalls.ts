/** Calls of SNS, SQS, CloudWatch Logs and STS. */
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import * as sns from "@aws-sdk/client-sns";
import * as sqs from "@aws-sdk/client-sqs";
import * as sts from "@aws-sdk/client-sts";
import { systemClock } from "../../../../local/cloud/clock";
import type { Clients } from "../clients";
import type { Call } from "./compare";
import { QUEUE, TOPIC_ARN } from "./program";

const publish =
  (input: Partial<sns.PublishCommandInput>): Call[1] =>
  (aws) =>
    aws.sns.send(new sns.PublishCommand({ TopicArn: TOPIC_ARN, Message: "hello", ...input }));

const onQueue =
  (run: (aws: Clients, QueueUrl: string) => Promise<unknown>): Call[1] =>
  async (aws) => {
    const { QueueUrl = "" } = await aws.sqs.send(new sqs.GetQueueUrlCommand({ QueueName: QUEUE }));
    return run(aws, QueueUrl);
  };

const SENDING_CALLS: readonly Call[] = [
  ["publish", publish({})],
  ["publish with a subject", publish({ Subject: "A subject" })],
  ["publish nothing", publish({ Message: "" })],
  ["publish more than 256 KiB", publish({ Message: "x".repeat(262_145) })],
  ["publish with a subject of 101 characters", publish({ Subject: "x".repeat(101) })],
  ["publish with a subject of two lines", publish({ Subject: "a\nb" })],
  ["publish to a missing topic", publish({ TopicArn: `${TOPIC_ARN}-missing` })],
  ["topics", (aws) => aws.sns.send(new sns.ListTopicsCommand({}))],
  ["a queue's URL", onQueue(async (_aws, url) => ({ url }))],
  ["a missing queue's URL", (aws) => aws.sqs.send(new sqs.GetQueueUrlCommand({ QueueName: "nothing" }))],
  [
    "send a message",
    onQueue((aws, QueueUrl) => aws.sqs.send(new sqs.SendMessageCommand({ QueueUrl, MessageBody: "hello" }))),
  ],
  [
    "send a message with attributes",
    onQueue((aws, QueueUrl) =>
      aws.sqs.send(
        new sqs.SendMessageCommand({
          QueueUrl,
          MessageBody: "hello",
          MessageAttributes: { of: { DataType: "String", StringValue: "me" } },
        }),
      ),
    ),
  ],
  [
    "send an empty message",
    onQueue((aws, QueueUrl) => aws.sqs.send(new sqs.SendMessageCommand({ QueueUrl, MessageBody: "" }))),
  ],
  [
    "send more than 1 MiB",
    onQueue((aws, QueueUrl) =>
      aws.sqs.send(new sqs.SendMessageCommand({ QueueUrl, MessageBody: "x".repeat(1024 * 1024 + 1) })),
    ),
  ],
  [
    "send to a missing queue",
    onQueue((aws, QueueUrl) =>
      aws.sqs.send(new sqs.SendMessageCommand({ QueueUrl: `${QueueUrl}-missing`, MessageBody: "hello" })),
    ),
  ],
  [
    "two attributes of a queue",
    onQueue((aws, QueueUrl) =>
      aws.sqs.send(
        new sqs.GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn", "ApproximateNumberOfMessages"] }),
      ),
    ),
  ],
  [
    "no attributes of a queue",
    onQueue((aws, QueueUrl) => aws.sqs.send(new sqs.GetQueueAttributesCommand({ QueueUrl }))),
  ],
];

const LOGS_CALLS: readonly Call[] = [
  ["log groups", (aws) => aws.logs.send(new logs.DescribeLogGroupsCommand({ logGroupNamePrefix: "differential" }))],
  [
    "a log stream",
    (aws) =>
      aws.logs.send(new logs.CreateLogStreamCommand({ logGroupName: "differential-logs", logStreamName: "one" })),
  ],
  [
    "a log stream once more",
    (aws) =>
      aws.logs.send(new logs.CreateLogStreamCommand({ logGroupName: "differential-logs", logStreamName: "one" })),
  ],
  [
    "a log stream of a missing group",
    (aws) => aws.logs.send(new logs.CreateLogStreamCommand({ logGroupName: "nothing", logStreamName: "one" })),
  ],
  [
    "events to a missing log stream",
    (aws) =>
      aws.logs.send(
        new logs.PutLogEventsCommand({
          logGroupName: "differential-logs",
          logStreamName: "two",
          logEvents: [{ timestamp: systemClock.now(), message: "hi" }],
        }),
      ),
  ],
];

export const MESSAGE_CALLS: readonly Call[] = [
  ...SENDING_CALLS,
  ...LOGS_CALLS,
  ["who calls", async (aws) => ({ account: (await aws.sts.send(new sts.GetCallerIdentityCommand({}))).Account })],
];
