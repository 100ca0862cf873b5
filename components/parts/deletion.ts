/** Whether destroying a stack may delete data: only when the component and the stack both say so. */
import * as pulumi from "@pulumi/pulumi";

/**
 * True when the component asks for it and the stack's configuration has `streamlake:allowDataDeletion: true`.
 * Otherwise what holds data stays in the account when the stack is destroyed.
 */
export function mayDeleteData(deleteDataOnDestroy: boolean | undefined): boolean {
  const allowed = new pulumi.Config("streamlake").getBoolean("allowDataDeletion") ?? false;
  return allowed && (deleteDataOnDestroy ?? false);
}
