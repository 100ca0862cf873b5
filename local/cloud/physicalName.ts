/** The physical name of a resource: the declared one or, as Pulumi does, the logical name and seven hex digits. */
import { createHash } from "node:crypto";
import type { DeclaredResource } from "./service";

/**
 * The digits depend on the type and the logical name, so that a repeated run has the same names.
 *
 * @param property the input that holds an explicit name: `"name"`, `"bucket"` …
 * @param attempt changes the digits, for a name that is already taken
 */
export function physicalName(resource: DeclaredResource, property = "name", attempt = 0): string {
  const explicit = resource.inputs[property];
  if (typeof explicit === "string" && explicit !== "") return explicit;
  const prefix = resource.inputs[`${property}Prefix`];
  const seed = `${resource.type}\n${resource.name}${attempt === 0 ? "" : `\n${attempt}`}`;
  const digits = createHash("sha256").update(seed).digest("hex").slice(0, 7);
  return typeof prefix === "string" ? `${prefix}${digits}` : `${resource.name}-${digits}`;
}
