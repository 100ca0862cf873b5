/** Checks the statements of IAM policies, for each type of resource that has a policy. */
import type { GroupPolicyArgs, PolicyArgs, RoleArgs, RolePolicyArgs, UserPolicyArgs } from "@pulumi/aws/iam";
import { on, type TypedCheck } from "../control";
import { allowing, type Statement } from "../statements";

type Problem = (allowed: Statement) => string | undefined;

const firstOf = (policy: unknown, problem: Problem): string | undefined =>
  allowing(policy)
    .map(problem)
    .find((found) => found !== undefined);

/** Customer managed policies. */
export function managed(problem: Problem): TypedCheck[] {
  return [on<PolicyArgs>("aws:iam/policy:Policy", ({ policy }) => firstOf(policy, problem))];
}

/** Inline policies of roles, users and groups. */
export function inline(problem: Problem): TypedCheck[] {
  return [
    on<RolePolicyArgs>("aws:iam/rolePolicy:RolePolicy", ({ policy }) => firstOf(policy, problem)),
    on<UserPolicyArgs>("aws:iam/userPolicy:UserPolicy", ({ policy }) => firstOf(policy, problem)),
    on<GroupPolicyArgs>("aws:iam/groupPolicy:GroupPolicy", ({ policy }) => firstOf(policy, problem)),
    on<RoleArgs>("aws:iam/role:Role", ({ inlinePolicies = [] }) =>
      inlinePolicies.map(({ policy }) => firstOf(policy, problem)).find((found) => found !== undefined),
    ),
  ];
}
