/** Starts a program in this process: creates every resource, opens the endpoint, and returns handles to the cloud. */

import { type OpenCloud, type OpenCloudOptions, openCloud } from "./openCloud";
import { evaluate, type Registration } from "./program/evaluate";
import { providerFunctions } from "./program/providerFunctions";
import type { ManagedResource, Provisioner } from "./program/provision";

export interface StartLocalOptions extends Omit<OpenCloudOptions, "region"> {
  /** The Pulumi program, which returns the stack's outputs. It is called once, after Pulumi's runtime is set up. */
  readonly program: () => unknown;
  /** The project's name in `Pulumi.yaml`. */
  readonly project: string;
  readonly stack: string;
  /** The stack's config by full key: `"aws:region"`, `"<project>:batchSize"`. */
  readonly config: Readonly<Record<string, string>>;
  /** Called with each resource after it is created. */
  readonly onResource?: (resource: LocalResource) => void;
}

/** A resource of the program in this process. A component has an empty id, no outputs, and is not simulated. */
export interface LocalResource extends ManagedResource {
  readonly urn: string;
  /** The URN of its parent component; absent at the root. */
  readonly parent?: string;
}

/** A running program. */
export interface LocalCloud extends OpenCloud {
  /** In creation order; includes components. */
  readonly resources: readonly LocalResource[];
  /** The stack's outputs as plain values. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/**
 * @throws Error that names resource, type and property of the first resource that is not simulated, or the program's
 *   own error; nothing keeps running after an error
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
