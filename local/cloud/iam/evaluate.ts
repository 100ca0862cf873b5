/** IAM's decision on one access: an explicit deny wins, then an allow is needed. Within one account only. */
import type { Access } from "../service";
import { holds } from "./conditions";
import { isActionLike, isArnLike } from "./match";
import type { Statement } from "./policy";

export type Verdict = "allowed" | "explicitly denied" | "not allowed";

export interface Decision {
  readonly verdict: Verdict;
  /** The statements that allow it or, when it is denied explicitly, that deny it. */
  readonly by: readonly Statement[];
}

/** Principals are the caller's task: pass only statements that speak of the principal at hand. */
export function decide(statements: readonly Statement[], access: Access): Decision {
  const fitting = statements.filter((statement) => fits(statement, access));
  const denying = fitting.filter((statement) => statement.effect === "Deny");
  if (denying.length > 0) return { verdict: "explicitly denied", by: denying };
  return { verdict: fitting.length > 0 ? "allowed" : "not allowed", by: fitting };
}

/** True where the statement's actions, resources and conditions all fit. */
export function fits(statement: Statement, access: Access): boolean {
  return (
    statement.actions.some((action) => isActionLike(action, access.action)) &&
    statement.resources.some((resource) => isArnLike(resource, access.resource)) &&
    statement.conditions.every((condition) => holds(condition, access.context ?? {}))
  );
}
