/** Decides whether a property of one resource refers to another resource, by dependency or by name. */
import type { PolicyResource } from "@pulumi/policy";
import { ifKnown } from "./unknown";

/** The properties of a resource by which others may refer to it. */
const NAMES = ["id", "arn", "name", "bucket", "clusterIdentifier"];

/** True if `property` depends on an output of `target` or equals one of its names. */
export function refersTo(resource: PolicyResource, property: string, target: PolicyResource): boolean {
  if (resource.propertyDependencies[property]?.some(({ urn }) => urn === target.urn)) return true;
  const value: unknown = ifKnown(() => resource.props[property]);
  const values: unknown[] = Array.isArray(value) ? value.map((_, index) => ifKnown(() => value[index])) : [value];
  const names = new Set(NAMES.map((name) => ifKnown(() => target.props[name])).filter((name) => name !== undefined));
  return values.some((text) => typeof text === "string" && names.has(text));
}
