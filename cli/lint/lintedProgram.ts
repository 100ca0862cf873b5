/** Evaluates a program without AWS, and prepares its resources for the rules of `lint/`. */
import { type Declaration, NAME_OUTPUTS, Program, stringsIn, UNKNOWN } from "../../lint/program";
import type { Lookups } from "../../local/program/lookups";
import { type PlacedResource, placedResources } from "../cost/declaredProgram";
import type { Project } from "../project/readProject";

/** @throws the first error of the program, or a look-up that the file of look-ups does not answer */
export async function lintedProgram(project: Project, stack: string, lookups: Lookups): Promise<Program> {
  const placed = await placedResources(project, stack, lookups);
  const byUrn = new Map<string, Declaration>();
  for (const resource of placed) {
    const links = new Map<string, readonly Declaration[]>();
    for (const [input, urns] of Object.entries(resource.dependencies)) {
      links.set(
        input,
        urns.flatMap((urn) => byUrn.get(urn) ?? []),
      );
    }
    const parent = resource.parent === undefined ? undefined : byUrn.get(resource.parent);
    const { type, name } = resource;
    byUrn.set(resource.urn, { type, name, inputs: withUnknowns(resource), names: namesOf(resource), links, parent });
  }
  return new Program([...byUrn.values()], new Set(stringsIn(lookups)));
}

function namesOf({ id, outputs }: PlacedResource): string[] {
  const names = [id, ...NAME_OUTPUTS.map((name) => outputs[name])];
  return names.filter((name): name is string => typeof name === "string" && name !== "");
}

/** An input that uses outputs which nobody has here is missing. */
function withUnknowns({ inputs, dependencies, unknownInputs }: PlacedResource): Record<string, unknown> {
  const unknown = [...unknownInputs, ...Object.keys(dependencies).filter((input) => !(input in inputs))];
  return { ...inputs, ...Object.fromEntries(unknown.map((input) => [input, UNKNOWN])) };
}
