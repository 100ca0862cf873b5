/** SNS: topics accept and keep messages; subscriptions are not simulated. */
import { parsePolicy } from "../../cloud/iam/policy";
import { type Message, MessageLog } from "../../cloud/messageLog";
import { physicalName } from "../../cloud/physicalName";
import { uuid } from "../../cloud/random";
import {
  type CloudContext,
  type DeclaredResource,
  type Operation,
  type Service,
  ServiceError,
} from "../../cloud/service";

export interface SnsService extends Service {
  readonly name: "sns";
  /** Every topic's messages, oldest first. */
  topics(): { readonly arn: string; readonly messages: readonly Message[] }[];
}

interface Topic {
  readonly arn: string;
  readonly log: MessageLog;
  policy?: ReturnType<typeof parsePolicy> | undefined;
}

interface PublishInput {
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
    const topic: Topic = { arn, log: new MessageLog(cloud.dataDir, "sns", name) };
    setPolicy(topic, `topic "${resource.name}"`, resource.inputs.policy);
    topics.set(arn, topic);
    return { id: arn, outputs: outputsOf(topic) };
  }

  async function updateTopic(arn: string, resource: DeclaredResource, olds: Record<string, unknown>) {
    const topic = topicOf(arn);
    // Keeps the policy of a separate policy resource.
    const { policy } = resource.inputs;
    if (policy !== olds.policy) setPolicy(topic, `topic "${resource.name}"`, policy);
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
      const { log } = topicOf(TopicArn);
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
      return { MessageId: messageId };
    },
  };

  const listTopics: Operation<object> = {
    access: () => [{ action: "sns:ListTopics", resource: `arn:aws:sns:${cloud.region}:${cloud.accountId}:*` }],
    run: () => ({ Topics: [...topics.keys()].map((TopicArn) => ({ TopicArn })) }),
  };

  return {
    name: "sns",
    topics: () => [...topics.values()].map(({ arn, log }) => ({ arn, messages: log.all() })),
    policyOf: (arn) => topics.get(arn)?.policy,
    resources: {
      "aws:sns/topic:Topic": {
        simulated: ["name", "namePrefix", "policy"],
        withoutEffect: ["displayName", "kmsMasterKeyId", "tracingConfig", "tags"],
        replaceOn: ["name", "namePrefix"],
        create: createTopic,
        update: updateTopic,
        delete: deleteTopic,
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
    operations: { Publish: publish, ListTopics: listTopics },
  };
}

/** At most 100 printable characters on one line, not starting with white space (API reference of Publish). */
function isSubject(subject: string): boolean {
  return subject.length > 0 && subject.length <= MAX_SUBJECT_LENGTH && /^[^\s\p{Cc}][^\p{Cc}]*$/u.test(subject);
}
