/** SQS. */
import type { QueueArgs, QueuePolicyArgs } from "@pulumi/aws/sqs";
import { on, resourceControl } from "../control";
import { publicAccess } from "../statements";
import { isGiven } from "../unknown";

const QUEUE = "aws:sqs/queue:Queue";

export const sqsControls = [
  resourceControl(
    {
      id: "SQS.1",
      title: "Amazon SQS queues should be encrypted at rest",
      severity: "medium",
      remedy: "Omit sqsManagedSseEnabled (SQS encrypts new queues), or set kmsMasterKeyId.",
    },
    on<QueueArgs>(QUEUE, (queue) =>
      queue.sqsManagedSseEnabled === false && !isGiven(queue, "kmsMasterKeyId") ? "is not encrypted." : undefined,
    ),
  ),
  resourceControl(
    {
      id: "SQS.3",
      title: "SQS queue access policies should not allow public access",
      severity: "critical",
      remedy: 'Name principals, or restrict "*" by a condition on aws:SourceAccount or aws:SourceArn.',
    },
    on<QueueArgs>(QUEUE, ({ policy }) => publicAccess("access policy", policy)),
    on<QueuePolicyArgs>("aws:sqs/queuePolicy:QueuePolicy", ({ policy }) => publicAccess("access policy", policy)),
  ),
];
