/** IAM: roles with their policies, as far as the pipeline declares them. It decides every call of local. */
import { parsePolicy } from "../iam/policy";
import { type Principal, roleOf } from "../iam/principal";
import { Roles } from "../iam/roles";
import { physicalName } from "../physicalName";
import {
  type CloudContext,
  type DeclaredResource,
  type ResourceSimulation,
  type Service,
  ServiceError,
} from "../service";

export interface IamService extends Service {
  readonly name: "iam";
  readonly roles: Roles;
  /**
   * The role as a service principal assumes it; throws `AccessDenied` where the trust policy does not let it.
   *
   * @param service `"lambda.amazonaws.com"`
   * @param context condition keys of the assumption, `{ "aws:SourceArn": … }`
   */
  assume(roleArn: string, service: string, context?: Readonly<Record<string, string>>): Principal;
}

type Provisioned = Awaited<ReturnType<ResourceSimulation["create"]>>;

export function iamService(cloud: Pick<CloudContext, "accountId">): IamService {
  const roles = new Roles();
  const policies = new Map<string, ReturnType<typeof parsePolicy>>();

  async function createRole(resource: DeclaredResource): Promise<Provisioned> {
    const name = physicalName(resource);
    const path = textOf(resource, "path") ?? "/";
    const arn = `arn:aws:iam::${cloud.accountId}:role${path}${name}`;
    const trust = parsePolicy(`role "${resource.name}" (assumeRolePolicy)`, resource.inputs.assumeRolePolicy, "trust");
    roles.add({ arn, name, trust, policies: new Map() });
    return { id: name, outputs: { name, arn, path, uniqueId: name } };
  }

  async function createRolePolicy(resource: DeclaredResource): Promise<Provisioned> {
    const role = roleNamed(resource);
    const name = physicalName(resource);
    role.policies.set(name, parsePolicy(`"${resource.name}"`, resource.inputs.policy, "identity"));
    return { id: `${role.name}:${name}`, outputs: { name } };
  }

  async function createPolicy(resource: DeclaredResource): Promise<Provisioned> {
    const name = physicalName(resource);
    const arn = `arn:aws:iam::${cloud.accountId}:policy${textOf(resource, "path") ?? "/"}${name}`;
    policies.set(arn, parsePolicy(`policy "${resource.name}"`, resource.inputs.policy, "identity"));
    return { id: arn, outputs: { name, arn } };
  }

  async function attach(resource: DeclaredResource): Promise<Provisioned> {
    const role = roleNamed(resource);
    const arn = String(resource.inputs.policyArn);
    const statements = policies.get(arn);
    if (!statements) {
      throw new Error(
        `local/iam: "${resource.name}" attaches ${arn}, which this program does not declare; policies that AWS manages are not simulated, see docs/fidelity.md`,
      );
    }
    // A copy of each statement, so that what one role uses is not counted for another.
    role.policies.set(
      arn,
      statements.map((statement) => ({ ...statement })),
    );
    return { id: `${role.name}-${arn}`, outputs: {} };
  }

  function roleNamed(resource: DeclaredResource) {
    const name = String(resource.inputs.role);
    const role = roles.named(name.slice(name.lastIndexOf("/") + 1));
    if (!role)
      throw new Error(`local/iam: "${resource.name}" is for the role "${name}", which this program does not declare`);
    return role;
  }

  return {
    name: "iam",
    roles,
    assume(roleArn, service, context = {}) {
      const known = { "aws:SourceAccount": cloud.accountId, ...context };
      if (roles.trusts(roleArn, service, known)) return roleOf(roleArn);
      throw new ServiceError(
        "AccessDenied",
        `User: ${service} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
        403,
      );
    },
    resources: {
      "aws:iam/role:Role": {
        simulated: ["name", "namePrefix", "path", "assumeRolePolicy"],
        withoutEffect: ["description", "tags", "forceDetachPolicies", "maxSessionDuration"],
        create: createRole,
      },
      "aws:iam/rolePolicy:RolePolicy": {
        simulated: ["name", "namePrefix", "role", "policy"],
        create: createRolePolicy,
      },
      "aws:iam/policy:Policy": {
        simulated: ["name", "namePrefix", "path", "policy"],
        withoutEffect: ["description", "tags"],
        create: createPolicy,
      },
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment": { simulated: ["role", "policyArn"], create: attach },
    },
    operations: {},
  };
}

function textOf(resource: DeclaredResource, property: string): string | undefined {
  const value = resource.inputs[property];
  return typeof value === "string" ? value : undefined;
}
