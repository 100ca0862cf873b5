/** SNS. */
import type { TopicArgs, TopicPolicyArgs } from "@pulumi/aws/sns";
import { on, resourceControl } from "../control";
import { isPublic, statementsOf } from "../statements";

const publicAccess = (policy: unknown) =>
  statementsOf(policy).some(isPublic) ? "its access policy lets anyone in." : undefined;

export const snsControls = [
  resourceControl(
    {
      id: "SNS.4",
      title: "SNS topic access policies should not allow public access",
      severity: "critical",
      remedy: 'Name principals, or hold "*" to fixed values by a condition on aws:SourceAccount or aws:SourceArn.',
    },
    on<TopicArgs>("aws:sns/topic:Topic", ({ policy }) => publicAccess(policy)),
    on<TopicPolicyArgs>("aws:sns/topicPolicy:TopicPolicy", ({ policy }) => publicAccess(policy)),
  ),
];
