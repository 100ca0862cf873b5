/** Creates, updates and deletes resources with the services that simulate them, and keeps the list of existing ones. */

import type { Outputs, ResourceSimulation, Service } from "../cloud/service";
import { withContent } from "./content";

/** An existing resource. */
export interface ManagedResource {
  /** `aws:s3/bucket:Bucket` */
  readonly type: string;
  /** The logical name. */
  readonly name: string;
  /** The provider's id. */
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The provider's outputs, in addition to the inputs or in their place. */
  readonly outputs: Readonly<Outputs>;
  /** False if the resource is only declared, and nothing runs for it. */
  readonly simulated: boolean;
}

/** A refused input; if the property is empty, the type is refused. */
export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** The reason why a resource cannot be simulated. */
export interface Obstacle {
  /** `"the type is not simulated"` */
  readonly reason: string;
  /** The error that names the resource and the reason. */
  readonly refusal: string;
}

type Inputs = Record<string, unknown>;

/**
 * The key under which a provider lists the inputs that it has filled in, as the AWS provider does; it is not an input.
 */
export const DEFAULTS = "__defaults";

const SEE = "see docs/fidelity.md";

export class Provisioner {
  readonly #existing = new Map<string, ManagedResource>();

  constructor(private readonly services: () => readonly Service[]) {}

  /** The existing resources, oldest first. */
  all(): readonly ManagedResource[] {
    return [...this.#existing.values()];
  }

  find(type: string, id: string): ManagedResource | undefined {
    return this.#existing.get(keyOf(type, id));
  }

  /** @throws Error that names resource, type and property, if one is not simulated or the creation fails */
  async create(type: string, name: string, inputs: Inputs): Promise<ManagedResource> {
    const simulation = this.simulationOf(type, name);
    refuseUnknownInputs(type, name, inputs, simulation);
    const { id, outputs } = await inItsName(type, name, () =>
      simulation.create({ type, name, inputs: withContent(inputs) }),
    );
    return this.#keep({ type, name, id, inputs, outputs, simulated: simulation.simulated.length > 0 });
  }

  /** @throws Error as `create` does, and if the resource does not exist */
  async update(type: string, id: string, inputs: Inputs): Promise<ManagedResource> {
    const existing = this.#existingOne(type, id);
    const { name } = existing;
    const simulation = this.simulationOf(type, name);
    refuseUnknownInputs(type, name, inputs, simulation);
    const { outputs } = await inItsName(type, name, async () => {
      if (!simulation.update) throw new Error("cannot be changed, only replaced");
      return simulation.update(id, { type, name, inputs: withContent(inputs) }, withContent(existing.inputs));
    });
    return this.#keep({ ...existing, inputs, outputs });
  }

  /** Deletes the resource; a missing one counts as deleted. */
  async delete(type: string, id: string): Promise<void> {
    const existing = this.find(type, id);
    if (!existing) return;
    const { name, inputs } = existing;
    const simulation = this.simulationOf(type, name);
    await inItsName(type, name, async () => simulation.delete(id, { type, name, inputs: withContent(inputs) }));
    this.#existing.delete(keyOf(type, id));
  }

  /** @throws Error that names resource and type, for a type that no service simulates */
  simulationOf(type: string, name: string): ResourceSimulation {
    const found = this.findSimulation(type);
    if (found) return found;
    throw new Error(typeNotSimulated(type, name));
  }

  findSimulation(type: string): ResourceSimulation | undefined {
    return this.services()
      .map((service) => ownOf(service.resources, type))
      .find((simulation) => simulation !== undefined);
  }

  /** Why `create` refuses the resource before it tries: its type, or inputs by name. */
  obstacle(type: string, name: string, inputs: Inputs): Obstacle | undefined {
    const simulation = this.findSimulation(type);
    if (!simulation) return { reason: "the type is not simulated", refusal: typeNotSimulated(type, name) };
    const unknown = unknownNames(inputs, simulation);
    if (unknown.length === 0) return undefined;
    const [what, are] = wordsFor(unknown);
    const reason = `${what} ${unknown.join(", ")} ${are} not simulated`;
    return { reason, refusal: notSimulated(type, name, unknown) };
  }

  #existingOne(type: string, id: string): ManagedResource {
    const existing = this.find(type, id);
    if (existing) return existing;
    throw new Error(`local: there is no ${type} with the id "${id}"`);
  }

  #keep(resource: ManagedResource): ManagedResource {
    this.#existing.set(keyOf(resource.type, resource.id), resource);
    return resource;
  }
}

/** One failure for each input that the simulation does not know. */
export function unknownInputs(type: string, name: string, inputs: Inputs, simulation: ResourceSimulation): Failure[] {
  return unknownNames(inputs, simulation).map((property) => ({
    property,
    reason: notSimulated(type, name, [property]),
  }));
}

function refuseUnknownInputs(type: string, name: string, inputs: Inputs, simulation: ResourceSimulation): void {
  const unknown = unknownNames(inputs, simulation);
  if (unknown.length > 0) throw new Error(notSimulated(type, name, unknown));
}

function unknownNames(inputs: Inputs, { simulated, withoutEffect = [] }: ResourceSimulation): string[] {
  const known = [...simulated, ...withoutEffect, DEFAULTS];
  return Object.keys(inputs).filter((property) => inputs[property] !== undefined && !known.includes(property));
}

function typeNotSimulated(type: string, name: string): string {
  return `local: the resource type ${type} is not simulated (resource "${name}"); ${SEE}`;
}

function wordsFor(properties: readonly string[]): [what: string, are: string] {
  return properties.length === 1 ? ["the property", "is"] : ["the properties", "are"];
}

function notSimulated(type: string, name: string, properties: readonly string[]): string {
  const [what, are] = wordsFor(properties);
  return `local: ${what} ${properties.join(", ")} of ${type} ${are} not simulated (resource "${name}"); ${SEE}`;
}

async function inItsName<T>(type: string, name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    const where = words.includes(SEE) ? "" : `; ${SEE}`;
    throw new Error(`local: resource "${name}" (${type}): ${words}${where}`, { cause: error });
  }
}

function keyOf(type: string, id: string): string {
  return `${type} ${id}`;
}

function ownOf<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
