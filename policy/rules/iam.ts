/** IAM. Security Hub looks at customer managed policies; here inline policies are held to the same. */
import { resourceControl } from "../control";
import { listOf, type Statement } from "../statements";
import { inline, managed } from "./iamPolicies";

function everything({ Action, Resource }: Statement): string | undefined {
  if (!listOf(Action).some((action) => action === "*" || action === "*:*")) return undefined;
  return listOf(Resource).includes("*") ? 'allows action "*" on resource "*".' : undefined;
}

function wholeService({ Action, NotAction }: Statement): string | undefined {
  const whole = [...listOf(Action), ...listOf(NotAction)].find((action) => /^[a-z0-9-]+:\*$/i.test(String(action)));
  return whole === undefined ? undefined : `allows by the wildcard action "${whole}".`;
}

export const iamControls = [
  resourceControl(
    {
      id: "IAM.1",
      title: 'IAM policies should not allow full "*" administrative privileges',
      severity: "high",
      remedy: "Name the actions that are needed and the ARNs that they are needed on.",
    },
    ...managed(everything),
    ...inline(everything),
  ),
  resourceControl(
    {
      id: "IAM.21",
      title: "IAM customer managed policies that you create should not allow wildcard actions for services",
      severity: "low",
      remedy: "Name the actions that are needed.",
    },
    ...managed(wholeService),
    ...inline(wholeService),
  ),
];
