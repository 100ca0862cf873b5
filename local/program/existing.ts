/** Answers a program's look-ups of existing resources and stacks: by what it declares itself, and by the file of look-ups. */
import type { Registration } from "./evaluate";
import { existingProperties, type Lookups, stackOutputs, unanswered } from "./lookups";
import { nameInputOf } from "./provider";
import type { ManagedResource, Provisioner } from "./provision";

const STACK_REFERENCE = "pulumi:pulumi:StackReference";

/** The outputs by which a program may look up a resource that it declares itself. */
const IDENTITIES = ["name", "arn", "bucket"];

type Values = Readonly<Record<string, unknown>>;

export class Existing {
  /** By type and the id in the file. */
  readonly #created = new Map<string, ManagedResource>();

  constructor(
    private readonly provisioner: Provisioner,
    private readonly lookups: Lookups,
  ) {}

  /** Creates the resources of simulated types that the file lists. */
  async create(): Promise<void> {
    for (const [type, resources] of Object.entries(this.lookups.existing ?? {})) {
      for (const [id, properties] of Object.entries(resources)) await this.#createOne(type, id, properties);
    }
  }

  /** @throws Error that names the look-up, and the entry that answers it */
  read({ type, name }: Registration, id: string): ManagedResource {
    const looked = { type, name, id, inputs: {}, simulated: true };
    if (type === STACK_REFERENCE) {
      return { ...looked, outputs: { name: id, outputs: stackOutputs(this.lookups, id), secretOutputNames: [] } };
    }
    const found = this.#created.get(keyOf(type, id)) ?? this.#declared(type, id);
    const properties = existingProperties(this.lookups, type, id);
    if (found) return { ...found, name, outputs: { ...properties, ...found.inputs, ...found.outputs } };
    if (properties) return { ...looked, outputs: properties };
    throw unanswered(`the existing ${type} "${id}" (resource "${name}")`, { existing: { [type]: { [id]: {} } } });
  }

  async #createOne(type: string, id: string, properties: Values): Promise<void> {
    const simulation = this.provisioner.findSimulation(type);
    if (!simulation) return;
    const nameInput = nameInputOf(simulation);
    const named =
      nameInput === undefined ? {} : { [nameInput]: id.slice(Math.max(id.lastIndexOf("/"), id.lastIndexOf(":")) + 1) };
    const known = [...simulation.simulated, ...(simulation.withoutEffect ?? [])];
    const inputs = Object.fromEntries(Object.entries(properties).filter(([property]) => known.includes(property)));
    this.#created.set(keyOf(type, id), await this.provisioner.create(type, id, { ...named, ...inputs }));
  }

  #declared(type: string, id: string): ManagedResource | undefined {
    const isIt = (resource: ManagedResource) =>
      resource.type === type && IDENTITIES.some((output) => resource.outputs[output] === id);
    return this.provisioner.find(type, id) ?? this.provisioner.all().find(isIt);
  }
}

function keyOf(type: string, id: string): string {
  return `${type} ${id}`;
}
