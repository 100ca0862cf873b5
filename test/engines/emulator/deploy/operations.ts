/** What runs and watches the lake: workflows and their schedules, logs, alarms, topics and queues. */
import { PutMetricAlarmCommand, type PutMetricAlarmCommandInput } from "@aws-sdk/client-cloudwatch";
import { CreateLogGroupCommand, PutRetentionPolicyCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateScheduleCommand, type CreateScheduleCommandInput } from "@aws-sdk/client-scheduler";
import { CreateStateMachineCommand, type CreateStateMachineCommandInput } from "@aws-sdk/client-sfn";
import { CreateTopicCommand, SetTopicAttributesCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { type Deployer, pascal } from "./deployer";

export const operationsDeployers: Readonly<Record<string, Deployer>> = {
  "aws:cloudwatch/logGroup:LogGroup": async ({ logs }, name, { retentionInDays }) => {
    await logs.send(new CreateLogGroupCommand({ logGroupName: name }));
    if (retentionInDays) await logs.send(new PutRetentionPolicyCommand({ logGroupName: name, retentionInDays }));
    return { id: name, outputs: { name, arn: `arn:aws:logs:us-east-1:000000000000:log-group:${name}` } };
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": async ({ cloudwatch }, name, { dimensions, okActions, ...rest }) => {
    const Dimensions = Object.entries(dimensions ?? {}).map(([Name, Value]) => ({ Name, Value: String(Value) }));
    const input = { ...pascal<object>(rest), AlarmName: name, OKActions: okActions, Dimensions };
    await cloudwatch.send(new PutMetricAlarmCommand(input as PutMetricAlarmCommandInput));
    return { id: name, outputs: { name } };
  },
  "aws:sns/topic:Topic": async ({ sns }, name, { kmsMasterKeyId }) => {
    const Attributes = kmsMasterKeyId === undefined ? undefined : { KmsMasterKeyId: String(kmsMasterKeyId) };
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: name, Attributes }));
    return { id: String(TopicArn), outputs: { name, arn: TopicArn } };
  },
  "aws:sns/topicPolicy:TopicPolicy": async ({ sns }, _name, { arn, policy }) => {
    await sns.send(new SetTopicAttributesCommand({ TopicArn: arn, AttributeName: "Policy", AttributeValue: policy }));
    return { id: arn, outputs: {} };
  },
  "aws:sqs/queue:Queue": async ({ sqs }, name, { messageRetentionSeconds, sqsManagedSseEnabled }) => {
    const given = { MessageRetentionPeriod: messageRetentionSeconds, SqsManagedSseEnabled: sqsManagedSseEnabled };
    const declared = Object.entries(given).filter(([, value]) => value !== undefined);
    const Attributes = Object.fromEntries(declared.map(([key, value]) => [key, String(value)]));
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }));
    const told = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
    return { id: String(QueueUrl), outputs: { name, url: QueueUrl, arn: told.Attributes?.QueueArn } };
  },
  "aws:sfn/stateMachine:StateMachine": async (
    { sfn },
    name,
    { definition, roleArn, type, loggingConfiguration, tracingConfiguration },
  ) => {
    const { stateMachineArn } = await sfn.send(
      new CreateStateMachineCommand({
        name,
        definition,
        roleArn,
        type,
        loggingConfiguration: loggingOf(loggingConfiguration),
        tracingConfiguration,
      }),
    );
    return { id: String(stateMachineArn), outputs: { name, arn: stateMachineArn } };
  },
  "aws:scheduler/schedule:Schedule": async ({ scheduler }, name, { groupName, ...rest }) => {
    const input = { ...pascal<object>(rest), Name: name, GroupName: groupName };
    const { ScheduleArn } = await scheduler.send(new CreateScheduleCommand(input as CreateScheduleCommandInput));
    return { id: `${groupName ?? "default"}/${name}`, outputs: { name, arn: ScheduleArn } };
  },
};

function loggingOf(
  declared: { level: string; includeExecutionData?: boolean; logDestination?: string } | undefined,
): CreateStateMachineCommandInput["loggingConfiguration"] {
  if (!declared) return undefined;
  const { level, includeExecutionData, logDestination } = declared;
  const destinations = [{ cloudWatchLogsLogGroup: { logGroupArn: logDestination } }];
  return { level: level as "ALL", includeExecutionData, destinations };
}
