/** The name under which a component was first made, which names beyond Pulumi's reach keep when the component is renamed. */
import type * as pulumi from "@pulumi/pulumi";

/**
 * The name in the last of `opts.aliases` that has one, else the name itself. What is named by it is not replaced with the
 * component's renaming: a database would lose its tables, a registry the schemas by whose ids records are read.
 *
 * @example firstName("lake", { aliases: [{ name: "data" }] }) // "data"
 */
export function firstName(name: string, opts: pulumi.ComponentResourceOptions = {}): string {
  const former = (opts.aliases ?? []).map(nameOf).filter((alias) => alias !== undefined);
  return former.at(-1) ?? name;
}

/** Of `{ name }`, and of a URN's text; an alias that is an output, or says another parent only, names none. */
function nameOf(alias: pulumi.Input<pulumi.URN | pulumi.Alias>): string | undefined {
  if (typeof alias === "string") return alias.split("::").slice(3).join("::") || undefined;
  const name = (alias as Partial<pulumi.Alias>).name;
  return typeof name === "string" ? name : undefined;
}
