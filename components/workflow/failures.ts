/** Reports a workflow's failures: the topic that its last state publishes to, and the alarm on failed executions. */
import type * as sfn from "@pulumi/aws/sfn";
import * as sns from "@pulumi/aws/sns";
import type * as pulumi from "@pulumi/pulumi";
import { type Topic, type TopicSource, topicOf } from "../existing/topic";
import type { AlarmOptions } from "../parts/alarm";
import { type Transform, transformed } from "../parts/transform";

export interface FailureTopicOptions {
  /** The component, for errors: `HourlyEtl "hourly"`. */
  readonly who: string;
  readonly parent: pulumi.Resource;
  /** A topic that exists, instead of one that the component declares. */
  readonly existing: TopicSource | undefined;
  readonly transform: Transform<sns.TopicArgs> | undefined;
}

/** A topic of failures, with its resource if the component declares it. */
export interface FailureTopic extends Topic {
  readonly node?: sns.Topic;
}

export function failureTopic(name: string, { who, parent, existing, transform }: FailureTopicOptions): FailureTopic {
  if (existing) return topicOf(`${who}: failureTopic`, existing);
  const args = { kmsMasterKeyId: "alias/aws/sns" };
  const node = new sns.Topic(...transformed<sns.TopicArgs>(transform, `${name}-failures`, args, { parent }));
  return { node, arn: node.arn, publishAccess: [{ actions: ["sns:Publish"], resources: [node.arn] }] };
}

/** One failed execution is enough: few run in an hour, and a higher threshold would never be reached. */
export function executionFailed(machine: sfn.StateMachine, description: string): AlarmOptions {
  return {
    description,
    namespace: "AWS/States",
    metricName: "ExecutionsFailed",
    dimension: ["StateMachineArn", machine.arn],
    statistic: "Sum",
    periodSeconds: 300,
    periods: 1,
    threshold: 1,
    when: "at least",
    withoutData: "fine",
  };
}
