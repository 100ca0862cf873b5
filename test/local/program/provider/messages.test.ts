/** Topics, queues, log groups, alarms and keys through the provider: their attributes change, and they end with what they hold. */
import { existsSync } from "node:fs";
import path from "node:path";
import type { LogsService } from "../../../../local/services/logs/service";
import type { SnsService } from "../../../../local/services/sns/service";
import type { SqsService } from "../../../../local/services/sqs/service";
import { type ProviderWorld, providerWorld } from "../../support/provider/world";

let world: ProviderWorld;
beforeEach(async () => {
  world = await providerWorld();
});
afterEach(() => world.close());

const denies = (Action: string, Resource: string) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Deny", Principal: "*", Action, Resource }] });

describe("topics", () => {
  const TOPIC = "aws:sns/topic:Topic";
  const POLICY = "aws:sns/topicPolicy:TopicPolicy";
  const arn = "arn:aws:sns:us-east-1:000000000000:t";
  const publish = () => world.call("sns", "Publish", { TopicArn: arn, Message: "m" });

  test("a policy is changed with the topic, and gone once it is not declared", async () => {
    await world.make(TOPIC, "t", { name: "t" });
    await publish();
    await world.provider.update(TOPIC, arn, { name: "t", policy: denies("sns:Publish", arn) });
    await expect(publish()).rejects.toThrow("explicit deny in a resource-based policy");
    await world.provider.update(TOPIC, arn, { name: "t" });
    await publish();
  });

  test("a policy of its own outlives other changes of the topic, until it is deleted", async () => {
    await world.make(TOPIC, "t", { name: "t" });
    await world.make(POLICY, "p", { arn, policy: denies("sns:Publish", arn) });
    await world.provider.update(TOPIC, arn, { name: "t", displayName: "d" });
    await expect(publish()).rejects.toThrow("explicit deny");
    await world.provider.update(POLICY, arn, { arn, policy: denies("sns:Subscribe", arn) });
    await publish();
    await world.provider.update(POLICY, arn, { arn, policy: denies("sns:Publish", arn) });
    await world.provider.delete(POLICY, arn);
    await publish();
  });

  test("a topic that is deleted is not found, and another one of its name has no messages", async () => {
    await world.make(TOPIC, "t", { name: "t" });
    await publish();
    await world.provider.delete(TOPIC, arn);
    await expect(publish()).rejects.toMatchObject({ code: "NotFound" });
    await world.make(TOPIC, "t", { name: "t" });
    expect((world.cloud.service("sns") as SnsService).topics()).toEqual([{ arn, messages: [], emails: [] }]);
  });
});

describe("queues", () => {
  const QUEUE = "aws:sqs/queue:Queue";
  const POLICY = "aws:sqs/queuePolicy:QueuePolicy";
  const arn = "arn:aws:sqs:us-east-1:000000000000:q";

  test("a policy of its own is changed and deleted", async () => {
    const { id } = await world.make(QUEUE, "q", { name: "q" });
    const send = () => world.call("sqs", "SendMessage", { QueueUrl: id, MessageBody: "m" });
    await world.make(POLICY, "p", { queueUrl: id, policy: denies("sqs:SendMessage", arn) });
    await world.provider.update(QUEUE, id, { name: "q", messageRetentionSeconds: 60 });
    await expect(send()).rejects.toThrow("explicit deny");
    await world.provider.update(POLICY, id, { queueUrl: id, policy: denies("sqs:PurgeQueue", arn) });
    await send();
    await world.provider.update(POLICY, id, { queueUrl: id, policy: denies("sqs:SendMessage", arn) });
    await world.provider.delete(POLICY, id);
    await send();
    await world.provider.update(QUEUE, id, { name: "q", policy: denies("sqs:SendMessage", arn) });
    await expect(send()).rejects.toThrow("explicit deny");
  });

  test("a queue that is deleted is not found, and another one of its name has no messages", async () => {
    const { id } = await world.make(QUEUE, "q", { name: "q" });
    await world.call("sqs", "SendMessage", { QueueUrl: id, MessageBody: "m" });
    await world.provider.delete(QUEUE, id);
    await expect(world.call("sqs", "GetQueueUrl", { QueueName: "q" })).rejects.toMatchObject({
      code: "QueueDoesNotExist",
    });
    await world.make(QUEUE, "q", { name: "q" });
    expect((world.cloud.service("sqs") as SqsService).messagesOf(arn)).toEqual([]);
  });
});

describe("log groups", () => {
  const GROUP = "aws:cloudwatch/logGroup:LogGroup";
  const groups = () => world.call<{ logGroups: object[] }>("logs", "DescribeLogGroups", {});
  const stream = { logGroupName: "/g", logStreamName: "s" };

  test("retention changes, and goes", async () => {
    await world.make(GROUP, "g", { name: "/g", retentionInDays: 14 });
    await world.provider.update(GROUP, "/g", { name: "/g", retentionInDays: 30 });
    expect((await groups()).logGroups).toMatchObject([{ logGroupName: "/g", retentionInDays: 30 }]);
    await world.provider.update(GROUP, "/g", { name: "/g" });
    expect((await groups()).logGroups).toMatchObject([{ logGroupName: "/g", retentionInDays: undefined }]);
  });

  test("a group is deleted with its streams", async () => {
    await world.make(GROUP, "g", { name: "/g" });
    await world.call("logs", "CreateLogStream", stream);
    await world.provider.delete(GROUP, "/g");
    await expect(world.call("logs", "CreateLogStream", stream)).rejects.toMatchObject({
      code: "ResourceNotFoundException",
    });
    expect(existsSync((world.cloud.service("logs") as LogsService).dirOf("/g"))).toBe(false);
    await world.make(GROUP, "g", { name: "/g" });
    await world.call("logs", "CreateLogStream", stream);
  });

  test("with skipDestroy it stays, and its name stays taken", async () => {
    await world.make(GROUP, "g", { name: "/g", skipDestroy: true });
    await world.call("logs", "CreateLogStream", stream);
    await world.provider.delete(GROUP, "/g");
    expect(existsSync(path.join(world.cloud.dataDir, "logs", "g", "s.log"))).toBe(true);
    await expect(world.make(GROUP, "g", { name: "/g" })).rejects.toThrow("The specified log group already exists");
  });
});

test("alarms and aliases are declared again and end", async () => {
  const inputs = {
    name: "a",
    namespace: "Shop",
    metricName: "Errors",
    statistic: "Sum",
    period: 60,
    evaluationPeriods: 1,
    threshold: 1,
    comparisonOperator: "GreaterThanThreshold",
  };
  const alarm = await world.make("aws:cloudwatch/metricAlarm:MetricAlarm", "a", inputs);
  const changed = { ...inputs, threshold: 2 };
  expect(await world.provider.update("aws:cloudwatch/metricAlarm:MetricAlarm", alarm.id, changed)).toEqual({
    ...changed,
    arn: "arn:aws:cloudwatch:us-east-1:000000000000:alarm:a",
  });
  const alias = await world.make("aws:kms/alias:Alias", "k", { name: "alias/k", targetKeyId: "1" });
  expect(await world.provider.update("aws:kms/alias:Alias", alias.id, { name: "alias/k", targetKeyId: "2" })).toEqual({
    name: "alias/k",
    targetKeyId: "2",
    arn: "arn:aws:kms:us-east-1:000000000000:alias/k",
    targetKeyArn: "arn:aws:kms:us-east-1:000000000000:key/2",
  });
  await expect(world.make("aws:kms/alias:Alias", "other", { name: "alias/k", targetKeyId: "3" })).rejects.toThrow(
    "An alias with the name arn:aws:kms:us-east-1:000000000000:alias/k already exists",
  );
  await world.provider.delete("aws:cloudwatch/metricAlarm:MetricAlarm", alarm.id);
  await world.provider.delete("aws:kms/alias:Alias", alias.id);
  expect(world.cloud.provisioner.all()).toEqual([]);
});

test("a key that replaces another has an id of its own, and no id comes again", async () => {
  const first = await world.make("aws:kms/key:Key", "k", {});
  const second = await world.make("aws:kms/key:Key", "k", { multiRegion: true });
  await world.provider.delete("aws:kms/key:Key", first.id);
  const third = await world.make("aws:kms/key:Key", "k", {});
  expect(new Set([first.id, second.id, third.id]).size).toBe(3);
  expect(await world.provider.update("aws:kms/key:Key", second.id, { multiRegion: true, description: "d" })).toEqual({
    multiRegion: true,
    description: "d",
    keyId: second.id,
    arn: `arn:aws:kms:us-east-1:000000000000:key/${second.id}`,
  });
});
