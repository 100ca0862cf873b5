/** Cases of the controls over SNS and SQS. */
import { allow, type ControlCases, document } from "./controlCase";

const TOPIC = "aws:sns/topic:Topic";
const QUEUE = "aws:sqs/queue:Queue";
const QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy";

const anyone = (more: object = {}) =>
  document(allow("sns:Publish", "arn:aws:sns:us-east-1:111122223333:t", { Principal: "*", ...more }));
const fromAccount = anyone({ Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } } });

export const messageCases: Record<string, ControlCases> = {
  "SNS.4": {
    passes: [
      ["a topic without a policy", [{ type: TOPIC, props: {} }]],
      ["anyone of one account", [{ type: TOPIC, props: { policy: fromAccount } }]],
      ["a service", [{ type: TOPIC, props: { policy: anyone({ Principal: { Service: "events.amazonaws.com" } }) } }]],
    ],
    fails: [
      ["anyone", [{ type: TOPIC, props: { policy: anyone() } }], "its access policy allows public access."],
      [
        "anyone, in a policy of its own",
        [{ type: "aws:sns/topicPolicy:TopicPolicy", props: { policy: anyone({ Principal: { AWS: ["*"] } }) } }],
        "its access policy allows public access.",
      ],
      [
        "all but one account",
        [{ type: TOPIC, props: { policy: anyone({ Principal: undefined, NotPrincipal: { AWS: "111122223333" } }) } }],
        "its access policy allows public access.",
      ],
      [
        "a condition that takes in all",
        [{ type: TOPIC, props: { policy: anyone({ Condition: { StringLike: { "aws:SourceAccount": "*" } } }) } }],
        "its access policy allows public access.",
      ],
      [
        "a condition on something else",
        [{ type: TOPIC, props: { policy: anyone({ Condition: { Bool: { "aws:SecureTransport": "true" } } }) } }],
        "its access policy allows public access.",
      ],
    ],
  },
  "SQS.1": {
    passes: [
      ["a queue as it is by default", [{ type: QUEUE, props: {} }]],
      ["a key of one's own", [{ type: QUEUE, props: { sqsManagedSseEnabled: false, kmsMasterKeyId: "alias/own" } }]],
    ],
    fails: [["encryption off", [{ type: QUEUE, props: { sqsManagedSseEnabled: false } }], "is not encrypted."]],
  },
  "SQS.3": {
    passes: [
      ["no policy", [{ type: QUEUE, props: {} }]],
      ["anyone of one account", [{ type: QUEUE_POLICY, props: { policy: fromAccount } }]],
    ],
    fails: [
      ["anyone", [{ type: QUEUE, props: { policy: anyone() } }], "its access policy allows public access."],
      [
        "anyone, in a policy of its own",
        [{ type: QUEUE_POLICY, props: { policy: anyone() } }],
        "its access policy allows public access.",
      ],
    ],
  },
};
