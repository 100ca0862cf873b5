/** Starts a program in this process: every resource made, the endpoint open, and handles to drive it and look at it. */

import { type OpenCloud, type OpenCloudOptions, openCloud } from "./openCloud";
import { evaluate, type Registration } from "./program/evaluate";
import { providerFunctions } from "./program/providerFunctions";
import type { ManagedResource, Provisioner } from "./program/provision";

export interface StartLocalOptions extends Omit<OpenCloudOptions, "region"> {
  /** The Pulumi program; what it returns are the stack's outputs. It is called once, after Pulumi's runtime is set up. */
  readonly program: () => unknown;
  /** The project's name in `Pulumi.yaml`. */
  readonly project: string;
  readonly stack: string;
  /** The stack's config by full key: `"aws:region"`, `"<project>:batchSize"`. */
  readonly config: Readonly<Record<string, string>>;
  /** Told of each resource once it is made. */
  readonly onResource?: (resource: LocalResource) => void;
}

/** A resource of the program as it runs here; of a component, id and outputs are empty, and nothing is simulated. */
export interface LocalResource extends ManagedResource {
  readonly urn: string;
  /** The URN of the component it belongs to; absent at the root. */
  readonly parent?: string;
}

/** A program that runs here. */
export interface LocalCloud extends OpenCloud {
  /** In the order in which they were made; components among them. */
  readonly resources: readonly LocalResource[];
  /** The stack's outputs, plain. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/**
 * @throws Error naming resource, type and property of the first thing that cannot run here, or the program's own error;
 *   nothing is left running then
 */
export async function startLocal(options: StartLocalOptions): Promise<LocalCloud> {
  const region = options.config["aws:region"];
  const cloud = await openCloud({ ...options, ...(region !== undefined && { region }) });
  try {
    const resources: LocalResource[] = [];
    const outputs = await evaluate({
      ...options,
      register: async (registration) => {
        const resource = await provision(cloud.provisioner, registration);
        resources.push(resource);
        options.onResource?.(resource);
        return resource as { id: string; outputs: Record<string, unknown> };
      },
      invoke: providerFunctions(cloud),
    });
    return { ...cloud, resources, outputs };
  } catch (error) {
    await cloud.stop();
    throw error;
  }
}

async function provision(provisioner: Provisioner, registration: Registration): Promise<LocalResource> {
  const { type, name, custom, inputs, urn, parent } = registration;
  const component = { type, name, inputs, id: "", outputs: {}, simulated: false };
  const made = custom ? await provisioner.create(type, name, inputs) : component;
  return { ...made, urn, ...(parent && { parent }) };
}
