/** Declares the alarms of all components of a program at once, and the topic that they publish to. */
import type * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as kms from "@pulumi/aws/kms";
import * as sns from "@pulumi/aws/sns";
import * as pulumi from "@pulumi/pulumi";
import { alarm } from "./parts/alarm";
import { arnParts } from "./parts/arn";
import { checkPipelineAlarms, type PipelineAlarmsArgs } from "./parts/monitoring/alarmsArgs";
import { type PipelineAlarm, pipelineAlarms } from "./parts/monitoring/pipelineAlarms";
import { withTags } from "./parts/tags";
import { transformed } from "./parts/transform";

/** The raw resources. */
export interface PipelineAlarmsNodes {
  /** By the component's name and the role: `router/iterator-age`. */
  readonly alarms: Readonly<Record<string, cloudwatch.MetricAlarm>>;
  /** None with `topicArn`. */
  readonly topic: sns.Topic | undefined;
  /** Encrypts the topic; none with `topicArn` or `encryptionKeyArn`. */
  readonly key: kms.Key | undefined;
  /** The subscriptions of `emails`, by address. */
  readonly emails: Readonly<Record<string, sns.TopicSubscription>>;
}

/**
 * The alarms of components that have no argument `alarms`, derived from their configuration, and an encrypted SNS topic.
 * docs/runbook.md has a section for the role of each alarm.
 */
export class PipelineAlarms extends pulumi.ComponentResource {
  /** Notified when an alarm goes off and when it is over. */
  readonly topicArn: pulumi.Output<string>;
  readonly nodes: PipelineAlarmsNodes;

  constructor(name: string, args: PipelineAlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    checkPipelineAlarms(name, args);
    super("streamlake:index:PipelineAlarms", name, {}, withTags("PipelineAlarms", name, args, opts));

    const { topicArn, encryptionKeyArn } = args;
    const key = topicArn === undefined && encryptionKeyArn === undefined ? this.key(name, args) : undefined;
    const topic = topicArn === undefined ? this.topic(name, args, key?.arn ?? encryptionKeyArn) : undefined;
    this.topicArn = pulumi.output(topic?.arn ?? (topicArn as pulumi.Input<string>));
    this.nodes = { topic, key, emails: this.emails(name, args), alarms: this.alarms(name, args) };

    this.registerOutputs({ topicArn: this.topicArn });
  }

  /**
   * CloudWatch cannot publish to a topic that `alias/aws/sns` encrypts, because nobody can change the policy of that key.
   * https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns
   */
  private key(name: string, { components, transform }: PipelineAlarmsArgs): kms.Key {
    const neighbour = (components[0] as (typeof components)[number]).monitoring.arn;
    return new kms.Key(
      ...transformed<kms.KeyArgs>(
        transform?.key,
        `${name}-key`,
        { description: `Encrypts the topic of ${name}`, enableKeyRotation: true, policy: neighbour.apply(keyPolicy) },
        { parent: this },
      ),
    );
  }

  private topic(name: string, { transform }: PipelineAlarmsArgs, keyArn: pulumi.Input<string> | undefined): sns.Topic {
    return new sns.Topic(
      ...transformed<sns.TopicArgs>(transform?.topic, `${name}-topic`, { kmsMasterKeyId: keyArn }, { parent: this }),
    );
  }

  private emails(name: string, { emails = [], transform }: PipelineAlarmsArgs): PipelineAlarmsNodes["emails"] {
    const subscribe = (endpoint: string) =>
      new sns.TopicSubscription(
        ...transformed<sns.TopicSubscriptionArgs>(
          transform?.email,
          `${name}-topic-${endpoint}`,
          { topic: this.topicArn, protocol: "email", endpoint },
          { parent: this },
        ),
      );
    return Object.fromEntries(emails.map((endpoint) => [endpoint, subscribe(endpoint)]));
  }

  private alarms(name: string, args: PipelineAlarmsArgs): PipelineAlarmsNodes["alarms"] {
    const declare = ({ component, role, options }: PipelineAlarm) =>
      alarm(`${name}-alarm-${component}-${role}`, options, this, this, args.transform?.alarm);
    return Object.fromEntries(pipelineAlarms(args).map((each) => [`${each.component}/${each.role}`, declare(each)]));
  }
}

/**
 * The key's account administers it, and CloudWatch uses it to publish for alarms of the account.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services names the condition;
 * AWS's own constructs set it for CloudWatch:
 * https://aws.github.io/modern-data-architecture-accelerator/typedocs/functions/_aws-mdaa_cloudwatch-constructs.grantCloudWatchAlarmsTopicAccess.html
 */
function keyPolicy(neighbour: string): string {
  const { partition, accountId } = arnParts(neighbour);
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Administration",
        Effect: "Allow",
        Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
        Action: "kms:*",
        Resource: "*",
      },
      {
        Sid: "Alarms",
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
        Resource: "*",
        Condition: { StringEquals: { "aws:SourceAccount": accountId } },
      },
    ],
  });
}
