/** The ARNs that a call on the Data Catalog needs permission for: the thing itself and everything above it (Glue developer guide). */
import type { CloudContext } from "../cloud/service";

type Account = Pick<CloudContext, "region" | "accountId">;

export function glueArn(account: Account, resource: string): string {
  return `arn:aws:glue:${account.region}:${account.accountId}:${resource}`;
}

/** @param table `*` for calls on all tables of the database; absent for calls on the database */
export function catalogArns(account: Account, database?: string, table?: string): string[] {
  return [
    "catalog",
    ...(database === undefined ? [] : [`database/${database}`]),
    ...(table === undefined ? [] : [`table/${database}/${table}`]),
  ].map((resource) => glueArn(account, resource));
}
