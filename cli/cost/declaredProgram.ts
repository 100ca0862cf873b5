/** Evaluates a program without AWS and without the local cloud, and returns every resource with the component it belongs to. */
import { createProvider } from "../../local/program/declaredResource";
import { evaluate, type Registration } from "../../local/program/evaluate";
import {
  declaredOutputs,
  existingProperties,
  type Lookups,
  stackOutputs,
  unanswered,
} from "../../local/program/lookups";
import { providerFunctions } from "../../local/program/providerFunctions";
import { loadProgram } from "../project/loadProgram";
import type { Project } from "../project/readProject";

/** A resource of the program, which AWS has not made. */
export interface ProgramResource {
  /** The type token, `"aws:kinesis/stream:Stream"`. */
  readonly type: string;
  /** The logical name. */
  readonly name: string;
  /** With the outputs of other resources that only AWS knows in the form that AWS gives them. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly arn: string;
  /** The outermost component, as `"StreamIngest ingest"`; `"program"` for a resource outside of components. */
  readonly component: string;
}

/** A resource or a component, with its place among the others. */
export interface PlacedResource extends ProgramResource, Pick<Registration, "urn" | "dependencies" | "unknownInputs"> {
  /** The URN of its parent; absent at the root. */
  readonly parent?: string;
  readonly custom: boolean;
  readonly id: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

const ACCOUNT = "123456789012";
const STACK_REFERENCE = "pulumi:pulumi:StackReference";
export const OUTSIDE = "program";

/** @throws the first error of the program, or a look-up that the file of look-ups does not answer */
export async function declaredProgram(
  project: Project,
  stack: string,
  lookups: Lookups,
): Promise<readonly ProgramResource[]> {
  const all = await placedResources(project, stack, lookups);
  return all
    .filter(({ custom, type }) => custom && !type.startsWith("pulumi:"))
    .map(({ type, name, inputs, arn, component }) => ({ type, name, inputs, arn, component }));
}

/**
 * With components and providers, in the order of their registration.
 *
 * @throws the first error of the program, or a look-up that the file of look-ups does not answer
 */
export async function placedResources(
  { name: project, main, config }: Project,
  stack: string,
  lookups: Lookups,
): Promise<readonly PlacedResource[]> {
  const region = config["aws:region"] ?? "us-east-1";
  const provider = createProvider(false, region);
  const resources: PlacedResource[] = [];
  const components = new Map<string, string>();
  const componentOf = ({ parent, type, name, custom, urn }: Registration) => {
    const outer = parent === undefined ? undefined : components.get(parent);
    const own = outer ?? (custom ? OUTSIDE : `${type.slice(type.lastIndexOf(":") + 1)} ${name}`);
    components.set(urn, own);
    return own;
  };
  await evaluate({
    program: () => loadProgram(main),
    project,
    stack,
    config,
    register: async (registration) => {
      const { type, name, inputs, custom, urn, parent, dependencies, unknownInputs } = registration;
      const component = componentOf(registration);
      const { id = "", state } = await provider.newResource({ type, name, inputs, custom });
      const outputs = { ...state, ...declaredOutputs(lookups, type, name) };
      const place = { urn, dependencies, unknownInputs, custom, ...(parent !== undefined && { parent }) };
      resources.push({ type, name, inputs, arn: String(outputs.arn), component, id, outputs, ...place });
      return { id, outputs };
    },
    read: async ({ type, name }, id) => {
      if (type === STACK_REFERENCE) {
        return { id, outputs: { name: id, outputs: stackOutputs(lookups, id), secretOutputNames: [] } };
      }
      const outputs = existingProperties(lookups, type, id);
      if (outputs) return { id, outputs: { ...outputs } };
      throw unanswered(`the existing ${type} "${id}" (resource "${name}")`, { existing: { [type]: { [id]: {} } } });
    },
    invoke: providerFunctions({ region, accountId: ACCOUNT }, lookups),
  });
  return resources;
}
