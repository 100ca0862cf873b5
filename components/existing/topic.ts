/** Takes an SNS topic of any owner, and gives components the permissions to publish. */
import * as pulumi from "@pulumi/pulumi";
import type { Permission } from "../parts/permission";
import { attributeKey, type CustomerKey, givenKey, keyAccess, keyArnProblem } from "./key";

/** An `aws.sns.Topic`, or the ARN of a topic that another program or team owns. */
export type TopicSource = TopicResource | ExistingTopic;

/** The attributes of an `aws.sns.Topic`. */
export interface TopicResource {
  readonly arn: pulumi.Input<string>;
  readonly kmsMasterKeyId?: pulumi.Input<string | undefined>;
}

export interface ExistingTopic {
  /** ARN of the topic. */
  readonly topicArn: pulumi.Input<string>;
  /** ARN of the customer's KMS key that encrypts the topic. @default none: a key of AWS, or no encryption */
  readonly encryptionKeyArn?: pulumi.Input<string>;
}

/** A topic as components use it. */
export interface Topic {
  readonly arn: pulumi.Output<string>;
  readonly publishAccess: readonly Permission[];
}

/** @param who the component and its topic, for errors: `HourlyEtl "hourly": failureTopic` */
export function topicOf(who: string, source: TopicSource): Topic {
  if (pulumi.Output.isInstance(source) || "arn" in source) {
    const { arn, kmsMasterKeyId } = source as TopicResource;
    const key = attributeKey({ who, instead: "{ topicArn, encryptionKeyArn }", neighbour: arn, key: kmsMasterKeyId });
    return publishing(who, arn, key);
  }
  return publishing(who, source.topicArn, givenKey(source.encryptionKeyArn));
}

/**
 * Encrypted topics: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 *
 * @throws within the outputs for a FIFO topic, whose messages need a group
 */
function publishing(who: string, topicArn: pulumi.Input<string>, key: CustomerKey | undefined): Topic {
  const arn = pulumi.output(topicArn).apply((text) => {
    if (!text.endsWith(".fifo")) return text;
    throw new pulumi.RunError(`${who} is the FIFO topic ${text}; give a standard topic.`);
  });
  const publish = { actions: ["sns:Publish"], resources: [arn] };
  return { arn, publishAccess: [publish, ...keyAccess([key, "kms:Decrypt", "kms:GenerateDataKey"])] };
}

/** The problems of the arguments of a topic, one of which is for a topic that the component declares. */
export function topicProblems(
  [option, existing]: readonly [string, TopicSource | undefined],
  [transformOption, transform]: readonly [string, unknown],
): (string | undefined)[] {
  return [
    topicProblem(option, existing),
    existing !== undefined && transform !== undefined
      ? `${transformOption} is for a topic that the component declares, and its ${option} exists; leave ${transformOption} out.`
      : undefined,
  ];
}

function topicProblem(option: string, source: TopicSource | undefined): string | undefined {
  if (source === undefined || pulumi.Output.isInstance(source)) return undefined;
  const { arn, topicArn, encryptionKeyArn } = source as Partial<TopicResource & ExistingTopic>;
  if (arn !== undefined) return undefined;
  if (topicArn === undefined) {
    return `${option} is not a topic; give an aws.sns.Topic, or { topicArn } of one that exists.`;
  }
  if (typeof topicArn === "string" && !/^arn:[^:]+:sns:[^:]+:\d+:[^:]+$/.test(topicArn)) {
    return `${option}.topicArn is "${topicArn}"; use the ARN of a topic, as "arn:aws:sns:us-east-1:123456789012:failures".`;
  }
  return keyArnProblem(`${option}.encryptionKeyArn`, encryptionKeyArn);
}
