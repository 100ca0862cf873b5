/** Keeps the components that this process has made, so that one can be an input of another, as in TypeScript. */
import type * as pulumi from "@pulumi/pulumi";

const byUrn = new Map<string, pulumi.ComponentResource>();

/** Keeps a component until the process ends, together with the command that runs the program. */
export function remember(urn: string, component: pulumi.ComponentResource): void {
  byUrn.set(urn, component);
}

/** @throws when this process did not make it */
export function componentOf(urn: string): pulumi.ComponentResource {
  const component = byUrn.get(urn);
  if (component) return component;
  throw new Error(`${urn} was made by another provider; give components that use each other the same provider.`);
}

/** Returns an input that is a component, as the library's own class. */
export function made<Component extends pulumi.ComponentResource>(
  who: string,
  value: unknown,
  type: new (...args: never[]) => Component,
): Component {
  if (value instanceof type) return value;
  throw new Error(`${who} is not a ${type.name}; give it the component itself, not one of its outputs.`);
}
