/** Reports a workflow's failures: the topic that its last state publishes to, its e-mails, and the alarm on failed executions. */
import type * as sfn from "@pulumi/aws/sfn";
import * as sns from "@pulumi/aws/sns";
import type * as pulumi from "@pulumi/pulumi";
import { type Topic, type TopicSource, topicOf, topicProblems } from "../existing/topic";
import type { AlarmOptions } from "../parts/alarm";
import { emailProblems } from "../parts/emails";
import { type Transform, transformed } from "../parts/transform";

export interface FailureArgs {
  /**
   * A topic that exists, for failed executions: an `aws.sns.Topic`, or `{ topicArn, encryptionKeyArn? }`.
   * @default none: the component declares `<name>-failures`
   */
  failureTopic?: TopicSource;
  /**
   * E-mail addresses that get a message for each failed execution. AWS sends each address a link, and no other message
   * until somebody has followed it. It deletes a subscription that nobody has confirmed after 48 hours
   * (https://aws.amazon.com/about-aws/whats-new/2023/05/amazon-sns-automatic-deletion-unconfirmed-subscriptions/), and
   * Pulumi cannot delete it before: until then an address that left the list may still confirm
   * (https://www.pulumi.com/registry/packages/aws/api-docs/sns/topicsubscription/). Not with `failureTopic`: its owner
   * subscribes.
   * @default none
   * @example failureEmails: ["on-call@example.com"]
   */
  failureEmails?: string[];
}

export interface FailureTransform {
  failures?: Transform<sns.TopicArgs>;
  failureEmail?: Transform<sns.TopicSubscriptionArgs>;
}

export interface FailureTopicOptions {
  /** The component, for errors: `HourlyEtl "hourly"`. */
  readonly who: string;
  readonly parent: pulumi.Resource;
  readonly args: FailureArgs & { readonly transform?: FailureTransform };
}

/** The resources of the topic; none if it is an existing one. */
export interface FailureNodes {
  /** Notified of every failed execution; subscribe to it. None with the argument `failureTopic`. */
  readonly failures?: sns.Topic;
  /** The subscriptions of `failureEmails`, by address. */
  readonly failureEmails: Readonly<Record<string, sns.TopicSubscription>>;
}

/** A topic of failures, with its resources if the component declares it. */
export interface FailureTopic extends Topic {
  readonly nodes: FailureNodes;
}

export function failureTopic(name: string, { who, parent, args }: FailureTopicOptions): FailureTopic {
  const { failureTopic: existing, failureEmails = [], transform } = args;
  if (existing) return { ...topicOf(`${who}: failureTopic`, existing), nodes: { failureEmails: {} } };
  const topicArgs = { kmsMasterKeyId: "alias/aws/sns" };
  const topic = new sns.Topic(
    ...transformed<sns.TopicArgs>(transform?.failures, `${name}-failures`, topicArgs, { parent }),
  );
  const emails = failureEmails.map((endpoint) => {
    const subscription = { topic: topic.arn, protocol: "email", endpoint };
    const logicalName = `${name}-failures-${endpoint}`;
    return [
      endpoint,
      new sns.TopicSubscription(
        ...transformed<sns.TopicSubscriptionArgs>(transform?.failureEmail, logicalName, subscription, { parent }),
      ),
    ] as const;
  });
  return {
    nodes: { failures: topic, failureEmails: Object.fromEntries(emails) },
    arn: topic.arn,
    publishAccess: [{ actions: ["sns:Publish"], resources: [topic.arn] }],
  };
}

/** The problems of `failureTopic`, `failureEmails` and their transforms. */
export function failureProblems({
  failureTopic: existing,
  failureEmails = [],
  transform,
}: FailureTopicOptions["args"]): (string | undefined)[] {
  return [
    ...topicProblems(["failureTopic", existing], ["transform.failures", transform?.failures]),
    existing !== undefined && failureEmails.length > 0
      ? "failureEmails are for a topic that the component declares, and its failureTopic exists; subscribe the addresses to that topic, or leave failureEmails out."
      : undefined,
    ...emailProblems("failureEmails", failureEmails),
  ];
}

/** One failed execution is enough: few run in an hour, and a higher threshold would never be reached. */
export function executionFailed(machine: sfn.StateMachine, description: string) {
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
  } as const satisfies AlarmOptions;
}
