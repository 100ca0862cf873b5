/** The principal of a call: a role that the program declares, or the caller, who may do everything. */
export type Principal = { readonly kind: "role"; readonly arn: string } | { readonly kind: "caller" };

/** The user of local, with credentials of no role. */
export const CALLER: Principal = { kind: "caller" };

export function roleOf(arn: string): Principal {
  return { kind: "role", arn };
}

/** The value of `aws:userid`. Every session of a role is the same one in local. */
export function userIdOf(principal: Principal, accountId: string): string {
  return principal.kind === "role" ? `AROA${principal.arn.split("/").at(-1)}:local` : accountId;
}
