/** Allows or denies a call by the caller's role and the resource's policy, and records denied calls. */
import { type Access, type CloudContext, ServiceError } from "../service";
import { decide } from "./evaluate";
import type { Statement } from "./policy";
import { type Principal, userIdOf } from "./principal";
import { type Roles, speakingOf } from "./roles";
import type { DeniedCall } from "./usage";

type PolicyOf = (access: Access) => readonly Statement[] | undefined;

export class Authorizer {
  readonly denied: DeniedCall[] = [];
  /** The number of allowed accesses by action. */
  readonly allowed = new Map<string, number>();

  constructor(
    private readonly cloud: Pick<CloudContext, "accountId" | "clock" | "region">,
    private readonly roles: Roles,
    private readonly policyOf: PolicyOf,
  ) {}

  /** Throws `AccessDeniedException` for the first access that is not allowed. */
  authorize(principal: Principal, accesses: readonly Access[]): void {
    for (const access of accesses) {
      const reason = this.refusal(principal, access);
      if (reason === undefined) {
        this.allowed.set(access.action, (this.allowed.get(access.action) ?? 0) + 1);
        continue;
      }
      const who = principal.kind === "role" ? principal.arn : "caller";
      this.denied.push({
        principal: who,
        action: access.action,
        resource: access.resource,
        at: new Date(this.cloud.clock.now()).toISOString(),
      });
      throw new ServiceError(
        "AccessDeniedException",
        `User: ${this.sessionArn(principal)} is not authorized to perform: ${access.action} on resource: ${access.resource} ${reason}`,
      );
    }
  }

  /** `arn:aws:sts::…:assumed-role/…` for a role, the account's root for the caller. */
  sessionArn(principal: Principal): string {
    const { accountId } = this.cloud;
    if (principal.kind === "caller") return `arn:aws:iam::${accountId}:root`;
    return `arn:aws:sts::${accountId}:assumed-role/${this.roles.get(principal.arn).name}/local`;
  }

  private refusal(principal: Principal, access: Access): string | undefined {
    const known = { ...access, context: { ...this.globals(principal), ...access.context } };
    const arn = principal.kind === "role" ? principal.arn : `arn:aws:iam::${this.cloud.accountId}:root`;
    const resourcePolicy = this.policyOf(access) ?? [];
    const byResource = decide(speakingOf(resourcePolicy, arn, this.cloud.accountId), known);
    if (byResource.verdict === "explicitly denied") return "with an explicit deny in a resource-based policy";
    if (principal.kind === "caller") return undefined;
    const byRole = this.roles.decide(principal.arn, known);
    if (byRole.verdict === "explicitly denied") return "with an explicit deny in an identity-based policy";
    if (byRole.verdict === "allowed" || byResource.verdict === "allowed") return undefined;
    return `because no identity-based policy allows the ${access.action} action`;
  }

  /** The condition keys of every call. The endpoint uses plain HTTP on the loopback interface; policies see TLS. */
  private globals(principal: Principal): Record<string, string> {
    const { accountId, clock, region } = this.cloud;
    return {
      "aws:CurrentTime": new Date(clock.now()).toISOString(),
      "aws:PrincipalAccount": accountId,
      "aws:PrincipalArn": principal.kind === "role" ? principal.arn : `arn:aws:iam::${accountId}:root`,
      "aws:PrincipalIsAWSService": "false",
      "aws:RequestedRegion": region,
      "aws:ResourceAccount": accountId,
      "aws:SecureTransport": "true",
      "aws:userid": userIdOf(principal, accountId),
      "s3:ResourceAccount": accountId,
      "s3:TlsVersion": "1.3",
    };
  }
}
