/** IAM's decision on one access within an account: an explicit deny wins, then an allow is needed. */
import type { Access } from "../service";
import { holds } from "./conditions";
import { isActionLike, isArnLike } from "./match";
import type { Statement } from "./policy";

type Verdict = "allowed" | "explicitly denied" | "not allowed";

export interface Decision {
  readonly verdict: Verdict;
  /** The statements that allow the access or, if it is explicitly denied, that deny it. */
  readonly by: readonly Statement[];
}

/** Does not check principals: pass only statements that apply to the principal. */
export function decide(statements: readonly Statement[], access: Access): Decision {
  const fitting = statements.filter((statement) => fits(statement, access));
  const denying = fitting.filter((statement) => statement.effect === "Deny");
  if (denying.length > 0) return { verdict: "explicitly denied", by: denying };
  return { verdict: fitting.length > 0 ? "allowed" : "not allowed", by: fitting };
}

/** True if the statement's actions, resources and conditions all match. */
export function fits(statement: Statement, access: Access): boolean {
  return (
    statement.actions.some((action) => isActionLike(action, access.action)) &&
    statement.resources.some((resource) => isArnLike(resource, access.resource)) &&
    statement.conditions.every((condition) => holds(condition, access.context ?? {}))
  );
}
