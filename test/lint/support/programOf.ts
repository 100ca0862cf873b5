/** Makes programs of a few resources for the tests of rules. */
import { type Declaration, Program } from "../../../lint/program";
import type { Figures, Rule } from "../../../lint/rule";
import { findContradictions } from "../../../lint/rules";

export interface Given {
  readonly type: string;
  readonly name: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** By input, the logical names of the resources whose outputs it uses. */
  readonly links?: Readonly<Record<string, readonly string[]>>;
  /** The logical name. */
  readonly parent?: string;
}

export function programOf(given: readonly Given[], outside: readonly string[] = []): Program {
  const made = new Map<string, Declaration>();
  for (const { type, name, inputs = {}, links = {}, parent } of given) {
    const linked = Object.entries(links).map(
      ([input, names]) => [input, names.map((other) => made.get(other) as Declaration)] as const,
    );
    made.set(name, {
      type,
      name,
      inputs,
      names: [String(inputs.name ?? name), `arn:${name}`],
      links: new Map(linked),
      parent: parent === undefined ? undefined : made.get(parent),
    });
  }
  return new Program([...made.values()], new Set(outside));
}

/** `stream: its problem Its way out.` for each finding. */
export function foundBy(rule: Rule, given: readonly Given[], figures: Figures = {}, outside: readonly string[] = []) {
  const findings = findContradictions(programOf(given, outside), figures, [rule]);
  return findings.map(({ resource, problem, wayOut }) => `${resource.name}: ${problem} ${wayOut}`);
}

export const fn = (name: string, inputs: object = {}, parent?: string): Given => ({
  type: "aws:lambda/function:Function",
  name,
  inputs: { ...inputs },
  ...(parent !== undefined && { parent }),
});
export const mapping = (name: string, source: string, handler: string, inputs: object = {}): Given => ({
  type: "aws:lambda/eventSourceMapping:EventSourceMapping",
  name,
  inputs: { ...inputs },
  links: { eventSourceArn: [source], functionName: [handler] },
});
export const stream = (name: string, inputs: object = {}): Given => ({
  type: "aws:kinesis/stream:Stream",
  name,
  inputs: { ...inputs },
});
