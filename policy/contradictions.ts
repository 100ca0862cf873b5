/** Turns the rules of `lint/` into policies that warn in previews and updates. */
import type { Policies, PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { type Declaration, NAME_OUTPUTS, Program, UNKNOWN } from "../lint/program";
import type { Figures, Rule } from "../lint/rule";
import { RULES } from "../lint/rules";
import { type Configured, EXEMPT } from "./control";
import { ifKnown } from "./unknown";

const FIGURES = {
  recordsPerDay: { type: "number", exclusiveMinimum: 0, description: "Records that producers write in a day." },
  recordBytes: { type: "number", exclusiveMinimum: 0, description: "The mean size of a record, bytes." },
} as const;

/**
 * The rules of `streamlake lint`, named by their ids (`"record-age"`): contradictions between resources. Each warns, unless the
 * configuration of the pack sets another level. `scan-limit` needs the parameter `recordsPerDay`.
 *
 * @example new PolicyPack("mine", { policies: [...controls, ...contradictions] });
 */
export const contradictions: Policies = RULES.map(contradictionPolicy);

function contradictionPolicy(rule: Rule): StackValidationPolicy {
  return {
    name: rule.id,
    description: `${rule.title}.`,
    enforcementLevel: "advisory",
    configSchema: { properties: { exempt: EXEMPT, ...(rule.needs && FIGURES) } },
    validateStack({ resources, getConfig }, report) {
      const { exempt, recordsPerDay, recordBytes } = getConfig<Configured & Figures>();
      const [program, urns] = declared(resources);
      for (const { resource, problem, wayOut } of rule.find(program, { recordsPerDay, recordBytes })) {
        if (exempt?.[resource.name] === undefined) report(`${resource.name}: ${problem} ${wayOut}`, urns.get(resource));
      }
    },
  };
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

function declared(resources: readonly PolicyResource[]): [Program, ReadonlyMap<Declaration, string>] {
  const byUrn = new Map<string, Mutable<Declaration>>();
  const urns = new Map<Declaration, string>();
  for (const { type, name, props, urn } of resources) {
    const inputs = known(props) as Record<string, unknown>;
    const names = ["id", ...NAME_OUTPUTS].map((input) => inputs[input]).filter((value) => typeof value === "string");
    const resource = { type, name, inputs, names, links: new Map(), parent: undefined };
    byUrn.set(urn, resource);
    urns.set(resource, urn);
  }
  for (const { urn, parent, propertyDependencies } of resources) {
    const resource = byUrn.get(urn) as Mutable<Declaration>;
    resource.parent = parent && byUrn.get(parent.urn);
    const links = Object.entries(propertyDependencies).map(
      ([input, targets]) => [input, targets.flatMap((target) => byUrn.get(target.urn) ?? [])] as const,
    );
    resource.links = new Map(links);
  }
  return [new Program([...byUrn.values()]), urns];
}

/** A copy in which `UNKNOWN` stands for values that a preview does not know. */
function known(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const read = (property: string | number) => {
    // The engine writes a value that is absent as null.
    let isKnown = false;
    const found = ifKnown(() => {
      const given: unknown = (value as Record<string | number, unknown>)[property];
      isKnown = true;
      return given;
    });
    return isKnown ? known(found) : UNKNOWN;
  };
  // Methods of the array read its elements, which throw where they are not known.
  if (Array.isArray(value)) return Array.from({ length: value.length }, (_, index) => read(index));
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.keys(value).map((property) => [property, read(property)]));
}
