/** SQS as far as dead-letter queues need it: queues accept and keep messages. */
import { createHash } from "node:crypto";
import { parsePolicy } from "../../cloud/iam/policy";
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
import { attributesMd5, type MessageAttributes } from "./attributesMd5";

export interface SqsService extends Service {
  readonly name: "sqs";
  /** The messages of a queue, oldest first; throws for an unknown ARN. */
  messagesOf(queueArn: string): Message[];
}

interface Queue {
  readonly arn: string;
  readonly name: string;
  readonly url: string;
  readonly log: MessageLog;
  readonly publish: Publish;
  policy?: ReturnType<typeof parsePolicy> | undefined;
}

/** Clients name a queue by its URL, services inside AWS by its ARN. */
type OfQueue = { readonly QueueUrl: string } | { readonly QueueArn: string };
type SendMessageInput = OfQueue & {
  readonly MessageBody: string;
  readonly MessageAttributes?: MessageAttributes;
};
type AttributesInput = OfQueue & { readonly AttributeNames?: readonly string[] };

/** Maximum message size in bytes of UTF-8 (API reference of SendMessage). */
const MAX_MESSAGE_BYTES = 1_048_576;

/** @param endpoint prefix of queue URLs */
export function sqsService(cloud: CloudContext, endpoint: string): SqsService {
  const queues = new Map<string, Queue>();

  /** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html */
  cloud.metrics.onRead((at) => {
    for (const { log, publish } of queues.values()) {
      const messages = log.all();
      const oldest = messages[0] ? Math.max(0, at - Date.parse(messages[0].at)) : 0;
      publish("ApproximateNumberOfMessagesVisible", messages.length, "Count", at);
      publish("ApproximateAgeOfOldestMessage", Math.floor(oldest / 1000), "Seconds", at);
    }
  });

  async function createQueue(resource: DeclaredResource) {
    const name = physicalName(resource);
    const arn = `arn:aws:sqs:${cloud.region}:${cloud.accountId}:${name}`;
    if (queues.has(arn)) throw new Error(`a queue "${name}" already exists`);
    const url = `${endpoint}/${cloud.accountId}/${name}`;
    const publish = cloud.metrics.publisher("AWS/SQS", { QueueName: name });
    const queue: Queue = { arn, name, url, log: new MessageLog(cloud.dataDir, "sqs", name), publish };
    setPolicy(queue, `queue "${resource.name}"`, resource.inputs.policy);
    queues.set(arn, queue);
    return { id: url, outputs: { arn, name, url } };
  }

  async function updateQueue(QueueUrl: string, resource: DeclaredResource, olds: Record<string, unknown>) {
    const queue = queueOf({ QueueUrl });
    // Keeps the policy of a separate policy resource.
    const { policy } = resource.inputs;
    if (policy !== olds.policy) setPolicy(queue, `queue "${resource.name}"`, policy);
    const { arn, name, url } = queue;
    return { outputs: { arn, name, url } };
  }

  async function deleteQueue(QueueUrl: string) {
    const { arn, log } = queueOf({ QueueUrl });
    log.remove();
    queues.delete(arn);
  }

  async function putPolicy(resource: DeclaredResource) {
    const queue = queueOf({ QueueUrl: String(resource.inputs.queueUrl) });
    setPolicy(queue, `"${resource.name}"`, resource.inputs.policy);
    return { id: queue.url, outputs: {} };
  }

  function setPolicy(queue: Queue, owner: string, policy: unknown): void {
    queue.policy = policy === undefined ? undefined : parsePolicy(owner, policy, "resource");
  }

  function queueOf(input: OfQueue): Queue {
    const queue = [...queues.values()].find((each) =>
      "QueueArn" in input ? each.arn === input.QueueArn : new URL(each.url).pathname === pathOf(input.QueueUrl),
    );
    if (queue) return queue;
    throw new ServiceError("QueueDoesNotExist", "The specified queue does not exist.");
  }

  const sendMessage: Operation<SendMessageInput> = {
    access: (input) => [{ action: "sqs:SendMessage", resource: queueOf(input).arn }],
    run: (input) => {
      const { MessageBody: body, MessageAttributes: attributes } = input;
      if (!body) throw new ServiceError("MissingParameter", "The request must contain the parameter MessageBody.");
      if (Buffer.byteLength(body) > MAX_MESSAGE_BYTES) {
        const reason = `Reason: Message must be shorter than ${MAX_MESSAGE_BYTES} bytes.`;
        throw new ServiceError("InvalidParameterValue", `One or more parameters are invalid. ${reason}`);
      }
      const messageId = uuid(cloud.random);
      const at = new Date(cloud.clock.now()).toISOString();
      const { log, publish } = queueOf(input);
      log.add({ messageId, at, body, ...(attributes && { attributes }) });
      publish("NumberOfMessagesSent", 1, "Count");
      publish("SentMessageSize", Buffer.byteLength(body), "Bytes");
      return {
        MessageId: messageId,
        MD5OfMessageBody: createHash("md5").update(body).digest("hex"),
        ...(attributes && { MD5OfMessageAttributes: attributesMd5(attributes) }),
      };
    },
  };

  const getQueueUrl: Operation<{ readonly QueueName: string }> = {
    access: ({ QueueName }) => [{ action: "sqs:GetQueueUrl", resource: arnOf(QueueName) }],
    run: ({ QueueName }) => ({ QueueUrl: queueOf({ QueueArn: arnOf(QueueName) }).url }),
  };

  const getQueueAttributes: Operation<AttributesInput> = {
    access: (input) => [{ action: "sqs:GetQueueAttributes", resource: queueOf(input).arn }],
    run: (input) => {
      const { arn, log } = queueOf(input);
      const { AttributeNames: names = [] } = input;
      const all = { QueueArn: arn, ApproximateNumberOfMessages: String(log.all().length) };
      const asked = Object.entries(all).filter(([name]) => names.includes(name) || names.includes("All"));
      return asked.length > 0 ? { Attributes: Object.fromEntries(asked) } : {};
    },
  };

  const arnOf = (name: string) => `arn:aws:sqs:${cloud.region}:${cloud.accountId}:${name}`;

  return {
    name: "sqs",
    messagesOf: (queueArn) => queueOf({ QueueArn: queueArn }).log.all(),
    policyOf: (arn) => queues.get(arn)?.policy,
    resources: {
      "aws:sqs/queue:Queue": {
        simulated: ["name", "namePrefix", "policy"],
        withoutEffect: [
          ...[
            "messageRetentionSeconds",
            "sqsManagedSseEnabled",
            "kmsMasterKeyId",
            "kmsDataKeyReusePeriodSeconds",
            "tags",
          ],
        ],
        replaceOn: ["name", "namePrefix"],
        create: createQueue,
        update: updateQueue,
        delete: deleteQueue,
      },
      "aws:sqs/queuePolicy:QueuePolicy": {
        simulated: ["queueUrl", "policy"],
        replaceOn: ["queueUrl"],
        create: putPolicy,
        update: (_url, resource) => putPolicy(resource),
        delete: async (url) => {
          const queue = [...queues.values()].find((each) => each.url === url);
          if (queue) queue.policy = undefined;
        },
      },
    },
    operations: { SendMessage: sendMessage, GetQueueUrl: getQueueUrl, GetQueueAttributes: getQueueAttributes },
  };
}

function pathOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).pathname : undefined;
}
