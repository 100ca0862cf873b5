/** Which resources of a stack speak of which: by what a property is made of or, where it is literal, by its text. */
import type { PolicyResource } from "@pulumi/policy";
import { ifKnown } from "./unknown";

/** What other resources may call a resource by. */
const NAMES = ["id", "arn", "name", "bucket", "clusterIdentifier"];

/** Whether `property` of a resource is, or is made of, an output of `target` or one of its names. */
export function refersTo(resource: PolicyResource, property: string, target: PolicyResource): boolean {
  if (resource.propertyDependencies[property]?.some(({ urn }) => urn === target.urn)) return true;
  const value: unknown = ifKnown(() => resource.props[property]);
  const values: unknown[] = Array.isArray(value) ? value.map((_, index) => ifKnown(() => value[index])) : [value];
  const names = new Set(NAMES.map((name) => ifKnown(() => target.props[name])).filter((name) => name !== undefined));
  return values.some((text) => typeof text === "string" && names.has(text));
}
