/** The ARNs that a Data Catalog call needs permission for: the resource and its ancestors (Glue developer guide). */
import type { CloudContext } from "../cloud/service";

type Account = Pick<CloudContext, "region" | "accountId">;

export function glueArn(account: Account, resource: string): string {
  return `arn:aws:glue:${account.region}:${account.accountId}:${resource}`;
}

/** @param table `*` for calls on all tables of the database; absent for calls on the database itself */
export function catalogArns(account: Account, database?: string, table?: string): string[] {
  return [
    "catalog",
    ...(database === undefined ? [] : [`database/${database}`]),
    ...(table === undefined ? [] : [`table/${database}/${table}`]),
  ].map((resource) => glueArn(account, resource));
}
