/** Finds the first name of a component, for physical names that must not change when the component is renamed. */
import type * as pulumi from "@pulumi/pulumi";

/**
 * Returns the name in the last of `opts.aliases` that has one, else the name itself. A rename of the component does not
 * replace resources with this name: a database would lose its tables, and a registry the schemas whose ids are in
 * records.
 *
 * @example firstName("lake", { aliases: [{ name: "data" }] }) // "data"
 */
export function firstName(name: string, opts: pulumi.ComponentResourceOptions = {}): string {
  const former = (opts.aliases ?? []).map(nameOf).filter((alias) => alias !== undefined);
  return former.at(-1) ?? name;
}

/** Reads the name from `{ name }` or a URN string. An alias that is an output, or has only another parent, has none. */
function nameOf(alias: pulumi.Input<pulumi.URN | pulumi.Alias>): string | undefined {
  if (typeof alias === "string") return alias.split("::").slice(3).join("::") || undefined;
  const name = (alias as Partial<pulumi.Alias>).name;
  return typeof name === "string" ? name : undefined;
}
