/** Reports a workflow's failures: the topic that its last state publishes to, and the alarm on failed executions. */
import type * as sfn from "@pulumi/aws/sfn";
import * as sns from "@pulumi/aws/sns";
import type * as pulumi from "@pulumi/pulumi";
import type { AlarmOptions } from "../parts/alarm";
import { type Transform, transformed } from "../parts/transform";

export function failureTopic(
  name: string,
  transform: Transform<sns.TopicArgs> | undefined,
  parent: pulumi.Resource,
): sns.Topic {
  const args = { kmsMasterKeyId: "alias/aws/sns" };
  return new sns.Topic(...transformed<sns.TopicArgs>(transform, `${name}-failures`, args, { parent }));
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
