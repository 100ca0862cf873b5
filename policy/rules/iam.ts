/** IAM. Security Hub checks customer managed policies; these rules also check inline policies. */
import { resourceControl } from "../control";
import { listOf, type Statement } from "../statements";
import { inline, managed } from "./iamPolicies";

function everything({ Action, Resource }: Statement): string | undefined {
  if (!listOf(Action).some((action) => action === "*" || action === "*:*")) return undefined;
  return listOf(Resource).includes("*") ? 'allows action "*" on resource "*".' : undefined;
}

function wholeService({ Action, NotAction }: Statement): string | undefined {
  const whole = [...listOf(Action), ...listOf(NotAction)].find((action) => /^[a-z0-9-]+:\*$/i.test(String(action)));
  return whole === undefined ? undefined : `allows the wildcard action "${whole}".`;
}

export const iamControls = [
  resourceControl(
    {
      id: "IAM.1",
      title: 'IAM policies should not allow full "*" administrative privileges',
      severity: "high",
      remedy: "List only the required actions, and the ARNs of their resources.",
    },
    ...managed(everything),
    ...inline(everything),
  ),
  resourceControl(
    {
      id: "IAM.21",
      title: "IAM customer managed policies that you create should not allow wildcard actions for services",
      severity: "low",
      remedy: "List only the required actions.",
    },
    ...managed(wholeService),
    ...inline(wholeService),
  ),
];
