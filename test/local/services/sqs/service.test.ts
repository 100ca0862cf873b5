/** Queues by AWS's own client: what a message may be, and what is told of it. */
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import * as sqs from "@pulumi/aws/sqs";
import { attributesMd5, type MessageAttributes } from "../../../../local/services/sqs/attributesMd5";
import { start, stopAll } from "../../support/start";

let client: SQSClient;
let QueueUrl: string;
beforeEach(async () => {
  const cloud = await start(() => ({ url: new sqs.Queue("queue", { name: "queue" }).url }));
  QueueUrl = String(cloud.outputs.url);
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  client = new SQSClient({ region: "us-east-1", endpoint: cloud.endpoint, credentials, maxAttempts: 1 });
});
afterEach(async () => {
  client.destroy();
  await stopAll();
});

test.each([
  ["an empty message", "", "MissingParameter"],
  ["a message of more than 1 MiB", "x".repeat(1_048_577), "InvalidParameterValue"],
])("%s is refused by SQS as on AWS", async (_case, MessageBody, name) => {
  await expect(client.send(new SendMessageCommand({ QueueUrl, MessageBody }))).rejects.toMatchObject({
    name,
    $metadata: { httpStatusCode: 400 },
  });
});

test("a message of 1 MiB is taken, and attributes have an MD5 of their own", async () => {
  const MessageAttributes = { of: { DataType: "String", StringValue: "me" } };
  const sent = await client.send(
    new SendMessageCommand({ QueueUrl, MessageBody: "x".repeat(1_048_576), MessageAttributes }),
  );
  expect(sent.MD5OfMessageAttributes).toBe("18c44414ca8c60cbee9db46c98d0c6c6");
});

const STRING: MessageAttributes = { attribName1: { DataType: "String", StringValue: "attribValue 1" } };
const NUMBER: MessageAttributes = {
  customNumberTypeAttrib: { DataType: "Number.float", StringValue: "4563442423554324324264524243.32543234" },
};
const BINARY: MessageAttributes = {
  binaryAttribute: { DataType: "Binary", BinaryValue: Buffer.from("Hello binary world!").toString("base64") },
};

// As the npm package aws-md5-of-message-attributes states them.
test.each([
  ["text", STRING, "19e27d4e946b072f3f58da80d94fd778"],
  ["a number of a type of one's own", NUMBER, "9fe1b90bbd9965bdf77bac517c7d2495"],
  ["bytes", BINARY, "31a92b15d92f8db860eda32aceb656c3"],
  ["several, by their names", { ...STRING, ...NUMBER, ...BINARY }, "c932db14a896c663f83c260297d594ff"],
])("the MD5 of attributes: %s", (_case, attributes, md5) => {
  expect(attributesMd5(attributes)).toBe(md5);
});

test("a queue's attributes are those that are asked for", async () => {
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "one" }));
  const attributes = async (AttributeNames?: ("QueueArn" | "All")[]) =>
    (await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }))).Attributes;
  const QueueArn = "arn:aws:sqs:us-east-1:000000000000:queue";
  expect(await attributes()).toBeUndefined();
  expect(await attributes(["QueueArn"])).toEqual({ QueueArn });
  expect(await attributes(["All"])).toEqual({ QueueArn, ApproximateNumberOfMessages: "1" });
});
