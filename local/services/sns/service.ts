/** SNS: topics accept and keep messages, and e-mail subscriptions wait for their confirmation; others are not simulated. */
import { decide } from "../../cloud/iam/evaluate";
import { parsePolicy, type Statement } from "../../cloud/iam/policy";
import { CALLER } from "../../cloud/iam/principal";
import { type Message, MessageLog } from "../../cloud/messageLog";
import type { Publish } from "../../cloud/metrics/metrics";
import { physicalName } from "../../cloud/physicalName";
import { uuid } from "../../cloud/random";
import {
  type CloudContext,
  type DeclaredResource,
  type Operation,
  type Service,
  ServiceError,
} from "../../cloud/service";
import type { KmsService } from "../kms/service";

export interface SnsService extends Service {
  readonly name: "sns";
  /** Every topic's messages, oldest first, and the e-mail addresses that would get them once they are confirmed. */
  topics(): { readonly arn: string; readonly messages: readonly Message[]; readonly emails: readonly string[] }[];
  /**
   * Publishes a message of a service, which the topic's policy and key must allow for the source.
   *
   * @param service `"cloudwatch.amazonaws.com"`
   * @returns the message's id
   * @throws ServiceError `AuthorizationError`, `KMSAccessDeniedException` or `NotFound`
   */
  publishFor(service: string, sourceArn: string, input: PublishInput): string;
}

interface Topic {
  readonly arn: string;
  readonly log: MessageLog;
  readonly publishMetric: Publish;
  keyId: string | undefined;
  policy?: ReturnType<typeof parsePolicy> | undefined;
  /** Addresses by the ARN of their subscription. */
  readonly emails: Map<string, string>;
}

export interface PublishInput {
  readonly TopicArn: string;
  readonly Message: string;
  readonly Subject?: string;
}

/** Maximum message size in bytes of UTF-8 (API reference of Publish). */
const MAX_MESSAGE_BYTES = 262_144;
/** Maximum length of a subject, in characters. */
const MAX_SUBJECT_LENGTH = 100;

export function snsService(cloud: CloudContext): SnsService {
  const topics = new Map<string, Topic>();

  async function createTopic(resource: DeclaredResource) {
    const name = physicalName(resource);
    const arn = `arn:aws:sns:${cloud.region}:${cloud.accountId}:${name}`;
    if (topics.has(arn)) throw new Error(`a topic "${name}" already exists`);
    const topic: Topic = {
      arn,
      log: new MessageLog(cloud.dataDir, "sns", name),
      /** https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html */
      publishMetric: cloud.metrics.publisher("AWS/SNS", { TopicName: name }),
      keyId: keyOf(resource),
      emails: new Map(),
    };
    setPolicy(topic, `topic "${resource.name}"`, resource.inputs.policy);
    topics.set(arn, topic);
    return { id: arn, outputs: outputsOf(topic) };
  }

  async function updateTopic(arn: string, resource: DeclaredResource, olds: Record<string, unknown>) {
    const topic = topicOf(arn);
    // Keeps the policy of a separate policy resource.
    const { policy } = resource.inputs;
    if (policy !== olds.policy) setPolicy(topic, `topic "${resource.name}"`, policy);
    topic.keyId = keyOf(resource);
    return { outputs: outputsOf(topic) };
  }

  async function deleteTopic(arn: string) {
    topicOf(arn).log.remove();
    topics.delete(arn);
  }

  async function putPolicy(resource: DeclaredResource) {
    const topic = topicOf(String(resource.inputs.arn));
    setPolicy(topic, `"${resource.name}"`, resource.inputs.policy);
    return { id: topic.arn, outputs: { owner: cloud.accountId } };
  }

  /** AWS returns the ARN of a subscription that is not confirmed, too (API reference of Subscribe, ReturnSubscriptionArn). */
  async function subscribe({ inputs }: DeclaredResource) {
    const { protocol, topic: topicArn, endpoint } = inputs as Record<string, string>;
    if (protocol !== "email") throw new Error(`the protocol "${protocol}" is not simulated`);
    const topic = topics.get(topicArn as string);
    if (!topic) throw new Error(`the topic ${topicArn} is not simulated`);
    const arn = `${topic.arn}:${uuid(cloud.random)}`;
    topic.emails.set(arn, endpoint as string);
    const ownerId = cloud.accountId;
    return { id: arn, outputs: { arn, ownerId, pendingConfirmation: true, confirmationWasAuthenticated: false } };
  }

  async function unsubscribe(arn: string) {
    topics.get(arn.slice(0, arn.lastIndexOf(":")))?.emails.delete(arn);
  }

  function setPolicy(topic: Topic, owner: string, policy: unknown): void {
    topic.policy = policy === undefined ? undefined : parsePolicy(owner, policy, "resource");
  }

  function outputsOf({ arn }: Topic) {
    return { arn, name: arn.slice(arn.lastIndexOf(":") + 1), owner: cloud.accountId };
  }

  function topicOf(arn: string): Topic {
    const topic = topics.get(arn);
    if (topic) return topic;
    throw new ServiceError("NotFound", "Topic does not exist", 404);
  }

  const publish: Operation<PublishInput> = {
    access: ({ TopicArn }) => [{ action: "sns:Publish", resource: TopicArn }],
    run: ({ TopicArn, Message: body, Subject: subject }) => {
      const { log, publishMetric } = topicOf(TopicArn);
      if (typeof body !== "string" || body === "")
        throw new ServiceError("InvalidParameter", "Invalid parameter: Empty message");
      if (Buffer.byteLength(body) > MAX_MESSAGE_BYTES)
        throw new ServiceError("InvalidParameter", "Invalid parameter: Message too long");
      if (subject !== undefined && !isSubject(subject))
        throw new ServiceError("InvalidParameter", "Invalid parameter: Subject");
      const messageId = uuid(cloud.random);
      log.add({
        messageId,
        at: new Date(cloud.clock.now()).toISOString(),
        body,
        ...(subject !== undefined && { subject }),
      });
      publishMetric("NumberOfMessagesPublished", 1, "Count");
      publishMetric("PublishSize", Buffer.byteLength(body), "Bytes");
      return { MessageId: messageId };
    },
  };

  /** The checks of a topic's policy and key for a service; the service has no role. */
  function publishFor(service: string, sourceArn: string, input: PublishInput): string {
    const { policy, keyId } = topicOf(input.TopicArn);
    const context = { "aws:SourceArn": sourceArn, "aws:SourceAccount": cloud.accountId };
    const access = { action: "sns:Publish", resource: input.TopicArn, context };
    // The policy of a topic without one allows the services of its account.
    const own = policy?.filter((statement) => namesService(statement, service));
    if (own && decide(own, access).verdict !== "allowed") {
      throw new ServiceError(
        "AuthorizationError",
        `${service} is not authorized to perform: sns:Publish on resource: ${input.TopicArn}; allow it in the topic's policy`,
        403,
      );
    }
    if (keyId !== undefined && /(^|:)alias\/aws\/sns$/.test(keyId)) {
      throw new ServiceError(
        "KMSAccessDeniedException",
        `${service} may not use the key alias/aws/sns of ${input.TopicArn}, whose policy nobody can change; encrypt the topic with a key of your own, or not at all`,
      );
    }
    const refusal = keyId && (cloud.service("kms") as KmsService).serviceRefusal(service, keyId, context);
    if (refusal) throw new ServiceError("KMSAccessDeniedException", `${input.TopicArn}: ${refusal}`);
    return (publish.run(input, { principal: CALLER, requestId: "" }) as { MessageId: string }).MessageId;
  }

  const listTopics: Operation<object> = {
    access: () => [{ action: "sns:ListTopics", resource: `arn:aws:sns:${cloud.region}:${cloud.accountId}:*` }],
    run: () => ({ Topics: [...topics.keys()].map((TopicArn) => ({ TopicArn })) }),
  };

  const listSubscriptions: Operation<{ readonly TopicArn: string }> = {
    access: ({ TopicArn }) => [{ action: "sns:ListSubscriptionsByTopic", resource: TopicArn }],
    run: ({ TopicArn }) => ({
      Subscriptions: [...topicOf(TopicArn).emails.values()].map((Endpoint) => ({
        // In place of the ARN, until the subscription is confirmed (SNS developer guide, e-mail notifications).
        SubscriptionArn: "PendingConfirmation",
        Owner: cloud.accountId,
        Protocol: "email",
        Endpoint,
        TopicArn,
      })),
    }),
  };

  return {
    name: "sns",
    topics: () =>
      [...topics.values()].map(({ arn, log, emails }) => ({ arn, messages: log.all(), emails: [...emails.values()] })),
    publishFor,
    policyOf: (arn) => topics.get(arn)?.policy,
    resources: {
      "aws:sns/topic:Topic": {
        simulated: ["name", "namePrefix", "policy", "kmsMasterKeyId"],
        withoutEffect: ["displayName", "tracingConfig", "tags"],
        replaceOn: ["name", "namePrefix"],
        create: createTopic,
        update: updateTopic,
        delete: deleteTopic,
      },
      "aws:sns/topicSubscription:TopicSubscription": {
        simulated: ["topic", "protocol", "endpoint"],
        replaceOn: ["topic", "protocol", "endpoint"],
        create: subscribe,
        delete: unsubscribe,
      },
      "aws:sns/topicPolicy:TopicPolicy": {
        simulated: ["arn", "policy"],
        replaceOn: ["arn"],
        create: putPolicy,
        update: (_arn, resource) => putPolicy(resource),
        // Restores the default policy, which allows only the owner.
        delete: async (arn) => {
          const topic = topics.get(arn);
          if (topic) topic.policy = undefined;
        },
      },
    },
    operations: { Publish: publish, ListTopics: listTopics, ListSubscriptionsByTopic: listSubscriptions },
  };
}

function keyOf({ inputs }: DeclaredResource): string | undefined {
  return inputs.kmsMasterKeyId === undefined ? undefined : String(inputs.kmsMasterKeyId);
}

function namesService({ principals = [] }: Statement, service: string): boolean {
  return principals.some(({ kind, value }) => kind === "*" || (kind === "Service" && value === service));
}

/** At most 100 printable characters on one line, not starting with white space (API reference of Publish). */
function isSubject(subject: string): boolean {
  return subject.length > 0 && subject.length <= MAX_SUBJECT_LENGTH && /^[^\s\p{Cc}][^\p{Cc}]*$/u.test(subject);
}
