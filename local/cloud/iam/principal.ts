/** Who makes a call: a role that the program declared, or the person at the keyboard, who may do everything. */
export type Principal = { readonly kind: "role"; readonly arn: string } | { readonly kind: "caller" };

/** Whoever uses local with credentials of their own. */
export const CALLER: Principal = { kind: "caller" };

export function roleOf(arn: string): Principal {
  return { kind: "role", arn };
}
