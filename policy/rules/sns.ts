/** SNS. */
import type { TopicArgs, TopicPolicyArgs } from "@pulumi/aws/sns";
import { on, resourceControl } from "../control";
import { publicAccess } from "../statements";

export const snsControls = [
  resourceControl(
    {
      id: "SNS.4",
      title: "SNS topic access policies should not allow public access",
      severity: "critical",
      remedy: 'Name principals, or restrict "*" by a condition on aws:SourceAccount or aws:SourceArn.',
    },
    on<TopicArgs>("aws:sns/topic:Topic", ({ policy }) => publicAccess("access policy", policy)),
    on<TopicPolicyArgs>("aws:sns/topicPolicy:TopicPolicy", ({ policy }) => publicAccess("access policy", policy)),
  ),
];
