/** The roles of a run: their policies, their trust policies, and the granted actions that were used. */
import { type Access, ServiceError } from "../service";
import { type Decision, decide, fits } from "./evaluate";
import { isActionLike, isArnLike } from "./match";
import type { Statement } from "./policy";
import type { UnusedAction } from "./usage";

export interface Role {
  readonly arn: string;
  readonly name: string;
  trust: readonly Statement[];
  /** By policy name, or by ARN for an attached one, so that declaring a policy again replaces it. */
  readonly policies: Map<string, readonly Statement[]>;
  readonly path: string;
  readonly createdMillis: number;
  description?: string | undefined;
  maxSessionSeconds: number;
  /** The trust policy as declared. */
  trustDocument: string;
  /** The inline policies as declared, by name. */
  readonly documents: Map<string, string>;
}

export class Roles {
  private readonly byArn = new Map<string, Role>();
  private readonly used = new Map<Statement, Set<string>>();

  add(role: Role): void {
    if (this.byArn.has(role.arn)) throw new Error(`local/iam: the role "${role.name}" is declared twice`);
    this.byArn.set(role.arn, role);
  }

  /** Removes a role. Throws for a role that has policies, unless `force` is set. */
  remove(name: string, options: { readonly force: boolean }): void {
    const role = this.named(name);
    if (!role) return;
    if (role.policies.size > 0 && !options.force)
      throw new ServiceError("DeleteConflict", "Cannot delete entity, must delete policies first.", 409);
    this.byArn.delete(role.arn);
  }

  /** Throws if no such role is declared. */
  get(arn: string): Role {
    const role = this.byArn.get(arn);
    if (!role) throw new ServiceError("NoSuchEntity", `The role with ARN ${arn} cannot be found.`, 404);
    return role;
  }

  named(name: string): Role | undefined {
    return [...this.byArn.values()].find((role) => role.name === name);
  }

  all(): readonly Role[] {
    return [...this.byArn.values()];
  }

  decide(arn: string, access: Access): Decision {
    const decision = decide(statementsOf(this.get(arn)), access);
    if (decision.verdict === "allowed") this.markUsed(decision.by, access.action);
    return decision;
  }

  /** True if the role's trust policy allows this service to assume it. */
  trusts(arn: string, service: string, context: Readonly<Record<string, string>>): boolean {
    const fitting = this.get(arn).trust.filter((statement) =>
      (statement.principals ?? []).some(({ kind, value }) => kind === "*" || (kind === "Service" && value === service)),
    );
    const access: Access = { action: "sts:AssumeRole", resource: arn, context };
    const decisions = fitting.filter((statement) => fits({ ...statement, resources: ["*"] }, access));
    return decisions.length > 0 && decisions.every((statement) => statement.effect === "Allow");
  }

  unused(): UnusedAction[] {
    return this.all().flatMap((role) =>
      statementsOf(role)
        .filter((statement) => statement.effect === "Allow")
        .flatMap((statement) =>
          statement.actions
            .filter((action) => !this.used.get(statement)?.has(action))
            .map((action) => ({ role: role.arn, action, resource: statement.resources.join(", ") })),
        ),
    );
  }

  private markUsed(statements: readonly Statement[], action: string): void {
    for (const statement of statements) {
      const used = this.used.get(statement) ?? new Set();
      for (const granted of statement.actions) if (isActionLike(granted, action)) used.add(granted);
      this.used.set(statement, used);
    }
  }
}

function statementsOf(role: Role): Statement[] {
  return [...role.policies.values()].flat();
}

/** The statements of a resource-based policy that apply to this principal. */
export function speakingOf(statements: readonly Statement[], principalArn: string, accountId: string): Statement[] {
  const account = [accountId, `arn:aws:iam::${accountId}:root`];
  return statements.filter((statement) =>
    (statement.principals ?? []).some(
      ({ kind, value }) =>
        kind === "*" || (kind === "AWS" && (account.includes(value) || isArnLike(value, principalArn))),
    ),
  );
}
