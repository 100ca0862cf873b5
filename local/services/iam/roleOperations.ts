/** The operations that list and describe roles and their policies. https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html */
import type { Role, Roles } from "../../cloud/iam/roles";
import { type Operation, type Service, ServiceError } from "../../cloud/service";

/** Numbers are strings, as the query protocol sends them. */
interface Paged {
  readonly Marker?: string;
  readonly MaxItems?: string;
  readonly PathPrefix?: string;
}

interface OfRole extends Paged {
  readonly RoleName: string;
}

/** Items on a page unless the caller asks for another number, and the most that a caller may ask for (API references). */
const PAGE_ITEMS = 100;
const MAX_ITEMS = 1000;

export function roleOperations(accountId: string, roles: Roles): Service["operations"] {
  const roleNamed = (name: string): Role => {
    const role = roles.named(name);
    if (role) return role;
    throw notFound(`The role with name ${name} cannot be found.`);
  };
  const ofRole = (action: string) => (input: OfRole) => [{ action, resource: roleNamed(input.RoleName).arn }];

  const listRoles: Operation<Paged> = {
    access: ({ PathPrefix = "/" }) => [
      { action: "iam:ListRoles", resource: `arn:aws:iam::${accountId}:role${PathPrefix}` },
    ],
    run: (input) => {
      const found = roles.all().filter(({ path }) => path.startsWith(input.PathPrefix ?? "/"));
      const { items, ...more } = page(
        sorted(found, ({ name }) => name),
        input,
      );
      return { Roles: items.map(describe), ...more };
    },
  };
  const getRole: Operation<OfRole> = {
    access: ofRole("iam:GetRole"),
    run: ({ RoleName }) => ({ Role: describe(roleNamed(RoleName)) }),
  };
  const listRolePolicies: Operation<OfRole> = {
    access: ofRole("iam:ListRolePolicies"),
    run: (input) => {
      const { items, ...more } = page([...roleNamed(input.RoleName).documents.keys()].sort(), input);
      return { PolicyNames: items, ...more };
    },
  };
  const getRolePolicy: Operation<OfRole & { readonly PolicyName: string }> = {
    access: ofRole("iam:GetRolePolicy"),
    run: ({ RoleName, PolicyName }) => {
      const document = roleNamed(RoleName).documents.get(PolicyName);
      if (document === undefined) throw notFound(`The role policy with name ${PolicyName} cannot be found.`);
      return { RoleName, PolicyName, PolicyDocument: encoded(document) };
    },
  };
  const listAttachedRolePolicies: Operation<OfRole> = {
    access: ofRole("iam:ListAttachedRolePolicies"),
    run: (input) => {
      const { policies, documents } = roleNamed(input.RoleName);
      const attached = [...policies.keys()]
        .filter((name) => !documents.has(name))
        .map((PolicyArn) => ({ PolicyName: PolicyArn.slice(PolicyArn.lastIndexOf("/") + 1), PolicyArn }));
      const { items, ...more } = page(
        sorted(attached, ({ PolicyName }) => PolicyName),
        input,
      );
      return { AttachedPolicies: items, ...more };
    },
  };
  return {
    ListRoles: listRoles,
    GetRole: getRole,
    ListRolePolicies: listRolePolicies,
    GetRolePolicy: getRolePolicy,
    ListAttachedRolePolicies: listAttachedRolePolicies,
  };
}

function describe({ arn, name, path, createdMillis, description, maxSessionSeconds, trustDocument }: Role) {
  return {
    Path: path,
    RoleName: name,
    RoleId: name,
    Arn: arn,
    CreateDate: new Date(createdMillis),
    AssumeRolePolicyDocument: encoded(trustDocument),
    Description: description,
    MaxSessionDuration: maxSessionSeconds,
  };
}

function page<T>(
  all: readonly T[],
  { Marker = "0", MaxItems }: Paged,
): { items: T[]; IsTruncated: boolean; Marker?: string } {
  const asked = MaxItems === undefined ? PAGE_ITEMS : Number(MaxItems);
  if (!Number.isInteger(asked) || asked < 1 || asked > MAX_ITEMS) {
    const bound = asked < 1 ? "greater than or equal to 1" : `less than or equal to ${MAX_ITEMS}`;
    throw new ServiceError(
      "ValidationError",
      `1 validation error detected: Value '${MaxItems}' at 'maxItems' failed to satisfy constraint: Member must have value ${bound}`,
    );
  }
  if (!/^\d+$/.test(Marker)) throw new ServiceError("ValidationError", `Invalid Marker: ${Marker}`);
  const start = Number(Marker);
  const end = start + asked;
  const isTruncated = end < all.length;
  return { items: all.slice(start, end), IsTruncated: isTruncated, ...(isTruncated && { Marker: String(end) }) };
}

function sorted<T>(all: readonly T[], nameOf: (item: T) => string): T[] {
  return [...all].sort((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1));
}

/** IAM returns policies URL-encoded, as RFC 3986 says. */
function encoded(document: string): string {
  return encodeURIComponent(document).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function notFound(message: string): ServiceError {
  return new ServiceError("NoSuchEntity", message, 404);
}
