/** IAM: roles, policies and attachments, as far as the pipeline declares them. */
import type { Cloud } from "../../cloud/cloud";
import { parsePolicy, type Statement } from "../../cloud/iam/policy";
import { type Principal, roleOf } from "../../cloud/iam/principal";
import type { Role, Roles } from "../../cloud/iam/roles";
import { physicalName } from "../../cloud/physicalName";
import { type DeclaredResource, type ResourceSimulation, type Service, ServiceError } from "../../cloud/service";
import { roleOperations } from "./roleOperations";

export interface IamService extends Service {
  readonly name: "iam";
  readonly roles: Roles;
  /**
   * Assumes a role as a service principal; throws `AccessDenied` if the trust policy does not allow it.
   *
   * @param service `"lambda.amazonaws.com"`
   * @param context condition keys of the assumption, `{ "aws:SourceArn": … }`
   */
  assume(roleArn: string, service: string, context?: Readonly<Record<string, string>>): Principal;
}

type Provisioned = Awaited<ReturnType<ResourceSimulation["create"]>>;

export function iamService(cloud: Pick<Cloud, "accountId" | "clock" | "roles">): IamService {
  const { roles } = cloud;
  const policies = new Map<string, ReturnType<typeof parsePolicy>>();

  async function createRole(resource: DeclaredResource): Promise<Provisioned> {
    const name = physicalName(resource);
    const path = textOf(resource, "path") ?? "/";
    const arn = `arn:aws:iam::${cloud.accountId}:role${path}${name}`;
    const declared = { path, createdMillis: cloud.clock.now(), policies: new Map(), documents: new Map() };
    roles.add({ arn, name, trust: trustOf(resource), ...describedBy(resource), ...declared });
    return { id: name, outputs: { name, arn, path, uniqueId: name } };
  }

  async function updateRole(id: string, resource: DeclaredResource) {
    const role = roles.named(id);
    if (!role) throw notFound(`The role with name ${id} cannot be found.`);
    Object.assign(role, { trust: trustOf(resource), ...describedBy(resource) });
    const { name, arn } = role;
    return { outputs: { name, arn, path: textOf(resource, "path") ?? "/", uniqueId: name } };
  }

  async function deleteRole(id: string, { inputs }: DeclaredResource): Promise<void> {
    roles.remove(id, { force: inputs.forceDetachPolicies === true });
  }

  async function putRolePolicy(resource: DeclaredResource): Promise<Provisioned> {
    const role = roleNamed(resource);
    const name = physicalName(resource);
    role.policies.set(name, parsePolicy(`"${resource.name}"`, resource.inputs.policy, "identity"));
    role.documents.set(name, documentOf(resource.inputs.policy));
    return { id: `${role.name}:${name}`, outputs: { name } };
  }

  async function createPolicy(resource: DeclaredResource): Promise<Provisioned> {
    const name = physicalName(resource);
    const arn = `arn:aws:iam::${cloud.accountId}:policy${textOf(resource, "path") ?? "/"}${name}`;
    if (policies.has(arn))
      throw new ServiceError("EntityAlreadyExists", `A policy called ${name} already exists.`, 409);
    policies.set(arn, parsePolicy(`policy "${resource.name}"`, resource.inputs.policy, "identity"));
    return { id: arn, outputs: { name, arn } };
  }

  /** Updates the policy in all roles that it is attached to. */
  async function updatePolicy(arn: string, resource: DeclaredResource) {
    const statements = parsePolicy(`policy "${resource.name}"`, resource.inputs.policy, "identity");
    policies.set(arn, statements);
    for (const role of rolesWith(arn)) role.policies.set(arn, copyOf(statements));
    return { outputs: { name: physicalName(resource), arn } };
  }

  async function deletePolicy(arn: string): Promise<void> {
    if (rolesWith(arn).length > 0)
      throw new ServiceError("DeleteConflict", "Cannot delete a policy attached to entities.", 409);
    policies.delete(arn);
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
    role.policies.set(arn, copyOf(statements));
    return { id: `${role.name}-${arn}`, outputs: {} };
  }

  /** Detaches a policy; the role may already be deleted, and the policy with it. */
  async function detach({ inputs }: DeclaredResource, policy: string): Promise<void> {
    const role = roles.named(roleName(inputs.role));
    role?.policies.delete(policy);
    role?.documents.delete(policy);
  }

  function trustOf(resource: DeclaredResource) {
    return parsePolicy(`role "${resource.name}" (assumeRolePolicy)`, resource.inputs.assumeRolePolicy, "trust");
  }

  function rolesWith(policyArn: string): Role[] {
    return roles.all().filter((role) => role.policies.has(policyArn));
  }

  function roleNamed(resource: DeclaredResource) {
    const { role: nameOrArn } = resource.inputs;
    const role = roles.named(roleName(nameOrArn));
    if (!role)
      throw new Error(
        `local/iam: "${resource.name}" is for the role "${nameOrArn}", which this program does not declare`,
      );
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
        simulated: ["name", "namePrefix", "path", "assumeRolePolicy", "forceDetachPolicies"],
        withoutEffect: ["description", "tags", "maxSessionDuration"],
        replaceOn: ["name", "namePrefix", "path"],
        create: createRole,
        update: updateRole,
        delete: deleteRole,
      },
      "aws:iam/rolePolicy:RolePolicy": {
        simulated: ["name", "namePrefix", "role", "policy"],
        replaceOn: ["name", "namePrefix", "role"],
        create: putRolePolicy,
        update: (_id, resource) => putRolePolicy(resource),
        delete: (_id, resource) => detach(resource, physicalName(resource)),
      },
      "aws:iam/policy:Policy": {
        simulated: ["name", "namePrefix", "path", "policy"],
        withoutEffect: ["description", "tags"],
        replaceOn: ["name", "namePrefix", "path", "description"],
        create: createPolicy,
        update: updatePolicy,
        delete: deletePolicy,
      },
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
        simulated: ["role", "policyArn"],
        replaceOn: ["role", "policyArn"],
        create: attach,
        delete: (_id, resource) => detach(resource, String(resource.inputs.policyArn)),
      },
    },
    operations: roleOperations(cloud.accountId, roles),
  };
}

function describedBy({ inputs }: DeclaredResource): Pick<Role, "description" | "maxSessionSeconds" | "trustDocument"> {
  const { description, maxSessionDuration = 3600, assumeRolePolicy } = inputs;
  return {
    description: typeof description === "string" ? description : undefined,
    maxSessionSeconds: Number(maxSessionDuration),
    trustDocument: documentOf(assumeRolePolicy),
  };
}

function documentOf(policy: unknown): string {
  return typeof policy === "string" ? policy : JSON.stringify(policy);
}

function textOf(resource: DeclaredResource, property: string): string | undefined {
  const value = resource.inputs[property];
  return typeof value === "string" ? value : undefined;
}

function roleName(nameOrArn: unknown): string {
  const text = String(nameOrArn);
  return text.slice(text.lastIndexOf("/") + 1);
}

/** Copies each statement, so that its use by one role does not count for another. */
function copyOf(statements: readonly Statement[]): Statement[] {
  return statements.map((statement) => ({ ...statement }));
}

function notFound(message: string): ServiceError {
  return new ServiceError("NoSuchEntity", message, 404);
}
