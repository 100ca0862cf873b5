/** Starts a program in this process: creates every resource, opens the endpoint, and returns handles to the cloud. */

import { type OpenCloud, type OpenCloudOptions, openCloud } from "./openCloud";
import { evaluate, type Registration } from "./program/evaluate";
import { Existing } from "./program/existing";
import type { Lookups } from "./program/lookups";
import { providerFunctions } from "./program/providerFunctions";
import type { ManagedResource } from "./program/provision";
import { type DeclaredOnly, type Placed, Registrar } from "./program/registrar";

export interface StartLocalOptions extends Omit<OpenCloudOptions, "region"> {
  /** The Pulumi program, which returns the stack's outputs. It is called once, after Pulumi's runtime is set up. */
  readonly program: () => unknown;
  /** The project's name in `Pulumi.yaml`. */
  readonly project: string;
  readonly stack: string;
  /** The stack's config by full key: `"aws:region"`, `"<project>:batchSize"`. */
  readonly config: Readonly<Record<string, string>>;
  /** The answers to the program's look-ups. @default none */
  readonly lookups?: Lookups;
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
  /** The resources that are not simulated, by type and name; the pipeline uses none of them. */
  readonly declaredOnly: readonly DeclaredOnly[];
  /** The stack's outputs as plain values; undefined for an output of a resource that is only declared. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/**
 * @throws Error that names resource, type and property of the first resource of the pipeline that is not simulated, or
 *   the program's own error; nothing keeps running after an error
 */
export async function startLocal(options: StartLocalOptions): Promise<LocalCloud> {
  const { config, lookups = {} } = options;
  const region = config["aws:region"];
  const cloud = await openCloud({ ...options, ...(region !== undefined && { region }) });
  try {
    const { provisioner, accountId } = cloud;
    const existing = new Existing(provisioner, lookups);
    await existing.create();
    const registrar = new Registrar({ region: cloud.region, config, provisioner, lookups, existing });
    const resources: LocalResource[] = [];
    const keep = ({ urn, parent }: Registration, { resource, ...registered }: Placed) => {
      const placed = { ...resource, urn, ...(parent && { parent }) };
      resources.push(placed);
      options.onResource?.(placed);
      return registered;
    };
    const outputs = await evaluate({
      ...options,
      register: async (registration) => keep(registration, await registrar.register(registration)),
      read: async (registration, id) => keep(registration, registrar.read(registration, id)),
      invoke: providerFunctions(cloud, lookups, (reference) => {
        const { region, account = accountId } = registrar.providers.get(reference);
        return { region, accountId: account };
      }),
    });
    return { ...cloud, resources, outputs, declaredOnly: registrar.declaredOnly };
  } catch (error) {
    await cloud.stop();
    throw error;
  }
}
