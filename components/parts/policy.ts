/** Turns permissions into IAM policy documents, and refuses wildcard actions and unexplained wildcard resources. */
import * as pulumi from "@pulumi/pulumi";
import type { Permission } from "./permission";

/**
 * The policy document that allows exactly these permissions.
 *
 * @param owner the collector of the permissions, for errors: `CallbackFunction "clicks-router"`
 */
export function policyDocument(owner: string, permissions: readonly Permission[]): pulumi.Output<string> {
  for (const permission of permissions) checkPermission(owner, permission);
  const statements = permissions.map(({ actions, resources, conditions }) => ({
    Effect: "Allow",
    Action: [...actions],
    Resource: [...resources],
    ...(conditions && { Condition: conditions }),
  }));
  const applies = pulumi.all(permissions.map(({ when = true }) => when));
  const applying = pulumi.all([pulumi.output(statements), applies]).apply(([all, is]) => all.filter((_, at) => is[at]));
  return pulumi.jsonStringify({ Version: "2012-10-17", Statement: applying });
}

/**
 * Lets an AWS service assume a role, by one name or several.
 *
 * @param services `"lambda"`, `"states"`, `"glue"`, `"scheduler"`
 */
export function trustPolicy(...services: readonly [string, ...string[]]): string {
  const [service, ...others] = services.map((name) => `${name}.amazonaws.com`);
  const Service = others.length > 0 ? [service, ...others] : service;
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" }],
  });
}

function checkPermission(owner: string, permission: Permission): void {
  const actions = permission.actions.join(", ");
  if (permission.actions.length === 0 || permission.resources.length === 0) {
    throw new Error(`${owner}: a permission needs at least one action and one resource (actions: "${actions}").`);
  }
  const wide = permission.actions.find((action) => !/^[a-z0-9-]+:[A-Za-z0-9]+$/.test(action));
  if (wide !== undefined) {
    throw new Error(`${owner}: "${wide}" is not one exact action; name each, as "s3:PutObject".`);
  }
  if (permission.resources.includes("*") && !permission.reason) {
    throw new Error(
      `${owner}: resource "*" for ${actions}; name the ARN or, where AWS offers none, say so in \`reason\`.`,
    );
  }
}
