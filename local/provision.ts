/** Makes declared resources with the services that simulate them, and refuses by name what none does. */
import type { Registration } from "./evaluate";
import type { ResourceSimulation, Service } from "./service";

/** A resource of the program as it runs here. */
export interface LocalResource {
  /** `aws:s3/bucket:Bucket`, or a component's own type. */
  readonly type: string;
  /** The logical name. */
  readonly name: string;
  readonly urn: string;
  /** The URN of the component it belongs to; absent at the root. */
  readonly parent?: string;
  /** The provider's id; empty for a component. */
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Whether something runs behind it; false where it is only declared (an alarm, a key), and for components. */
  readonly simulated: boolean;
}

const SEE = "see docs/fidelity.md";

/** @throws Error naming resource, type and property, for what is not simulated and for what fails to be made */
export async function provision(services: readonly Service[], registration: Registration): Promise<LocalResource> {
  const { type, name, custom, inputs } = registration;
  const place = {
    type,
    name,
    inputs,
    urn: registration.urn,
    ...(registration.parent && { parent: registration.parent }),
  };
  if (!custom) return { ...place, id: "", outputs: {}, simulated: false };
  const simulation = services.map((service) => ownOf(service.resources, type)).find((found) => found !== undefined);
  if (!simulation) throw new Error(`local: the resource type ${type} is not simulated (resource "${name}"); ${SEE}`);
  refuseUnknownInputs(registration, simulation);
  try {
    const { id, outputs } = await simulation.create({ type, name, inputs });
    return { ...place, id, outputs, simulated: simulation.simulated.length > 0 };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    const where = words.includes(SEE) ? "" : `; ${SEE}`;
    throw new Error(`local: resource "${name}" (${type}): ${words}${where}`, { cause: error });
  }
}

function refuseUnknownInputs({ type, name, inputs }: Registration, simulation: ResourceSimulation): void {
  const known = [...simulation.simulated, ...(simulation.withoutEffect ?? [])];
  const unknown = Object.keys(inputs).filter((property) => inputs[property] !== undefined && !known.includes(property));
  if (unknown.length === 0) return;
  const properties = unknown.length === 1 ? `the property ${unknown[0]}` : `the properties ${unknown.join(", ")}`;
  throw new Error(
    `local: ${properties} of ${type} ${unknown.length === 1 ? "is" : "are"} not simulated (resource "${name}"); ${SEE}`,
  );
}

function ownOf<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
