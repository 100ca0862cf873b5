/**
 * Decides for each resource of a program: it is simulated, it is only declared, or it is refused.
 *
 * A resource that local cannot simulate is only declared: nothing runs for it, and its outputs are unknown unless the
 * file of look-ups has them. It is refused if the pipeline needs it: a component of Streamlake declares it, a simulated
 * input of the pipeline uses an unknown output of it, or it changes a resource of the pipeline (a grant to a role).
 */
import { AWS_PROVIDER, type AwsProvider, AwsProviders } from "./awsProviders";
import type { Registered, Registration } from "./evaluate";
import type { Existing } from "./existing";
import { declaredOutputs, entryToAdd, type Lookups } from "./lookups";
import { Pipeline } from "./pipeline";
import type { ManagedResource, Obstacle, Provisioner } from "./provision";

/** A resource of the program that is not simulated, and that the pipeline does not use. */
export interface DeclaredOnly {
  readonly type: string;
  /** The logical name. */
  readonly name: string;
  /** `"the type is not simulated"` */
  readonly reason: string;
}

interface RegistrarOptions {
  readonly region: string;
  readonly config: Readonly<Record<string, string>>;
  readonly provisioner: Provisioner;
  readonly lookups: Lookups;
  readonly existing: Existing;
}

/** A resource as the program sees it, and as the list of resources shows it. */
export interface Placed extends Registered {
  readonly resource: ManagedResource;
}

const SEE = "see docs/fidelity.md";

export class Registrar {
  readonly #declaredOnly: DeclaredOnly[] = [];
  readonly providers: AwsProviders;
  readonly #pipeline = new Pipeline();

  constructor(private readonly options: RegistrarOptions) {
    this.providers = new AwsProviders(options.region, options.config);
  }

  /** By type and name. */
  get declaredOnly(): readonly DeclaredOnly[] {
    const orderOf = ({ type, name }: DeclaredOnly) => `${type} ${name}`;
    return [...this.#declaredOnly].sort((one, other) => (orderOf(one) < orderOf(other) ? -1 : 1));
  }

  /** Answers the look-up of an existing resource or stack. */
  read(registration: Registration, id: string): Placed {
    this.#pipeline.add(registration);
    const resource = this.options.existing.read(registration, id);
    return { id, outputs: resource.outputs, resource };
  }

  async register(registration: Registration): Promise<Placed> {
    const { type, name, inputs, urn, custom, remote } = registration;
    this.#pipeline.add(registration);
    const declared: ManagedResource = { type, name, id: "", inputs, outputs: {}, simulated: false };
    if (!custom && !remote) return { id: "", outputs: {}, resource: declared };
    if (type.startsWith("pulumi:providers:")) {
      if (type === AWS_PROVIDER) this.providers.add(urn, inputs);
      return { id: name, outputs: {}, resource: { ...declared, id: name, simulated: true } };
    }
    const made = await this.#made(registration);
    if ("refusal" in made) return this.#onlyDeclared(registration, made, declared);
    this.#pipeline.simulated(registration, this.options.provisioner.findSimulation(type)?.simulated ?? []);
    return { id: made.id, outputs: made.outputs, resource: made };
  }

  async #made(registration: Registration): Promise<ManagedResource | Obstacle> {
    const { type, name, inputs, provider } = registration;
    const { region, ...own } = inputs;
    const settings = this.providers.get(provider);
    const obstacle = this.#obstacle(registration, own, typeof region === "string" ? region : settings.region);
    if (obstacle) return obstacle;
    try {
      const made = await this.options.provisioner.create(type, name, own);
      return { ...made, outputs: { ...this.#tagsOf(type, own, settings), ...made.outputs } };
    } catch (error) {
      const { message } = error as Error;
      // The phrases with which services refuse a value that AWS accepts.
      if (!/not simulated|not declare/.test(message)) throw error;
      return { reason: shortReason(message), refusal: message };
    }
  }

  /** The first reason against the resource that is found without creating it. */
  #obstacle(registration: Registration, inputs: Registration["inputs"], region: string): Obstacle | undefined {
    const { type, name, remote, unknownInputs } = registration;
    const of = `${type} "${name}"`;
    if (remote) {
      const reason = "the component runs in a plugin, which is not simulated";
      return { reason, refusal: `local: ${of}: ${reason}; ${this.#answer(registration)}` };
    }
    const { provisioner } = this.options;
    const known = provisioner.obstacle(type, name, inputs);
    if (known) return known;
    // IAM has no regions.
    if (region !== this.options.region && !type.startsWith("aws:iam/")) {
      const reason = `it is in ${region}, and local simulates one region, ${this.options.region}`;
      return {
        reason,
        refusal: `local: ${of}: ${reason}; set aws:region to ${region}, or use a provider of ${this.options.region}; ${SEE}`,
      };
    }
    const account = this.#pipeline.accountConflict(registration, this.providers.get(registration.provider).account);
    if (account) return { reason: account, refusal: `local: ${of}: ${account}; ${SEE}` };
    const { simulated, mayBeUnknown = [] } = provisioner.simulationOf(type, name);
    const needed = unknownInputs.find((property) => simulated.includes(property) && !mayBeUnknown.includes(property));
    return needed === undefined ? undefined : this.#unknownValue(registration, needed);
  }

  #unknownValue(registration: Registration, property: string): Obstacle {
    const { type, name } = registration;
    const sources = this.#pipeline.declaredOnlyAmong(registration.dependencies[property] ?? []);
    const [source] = sources;
    const from = sources.map((one) => `"${one.name}" (${one.type})`).join(", ") || "a resource";
    const reason = `${property} is of ${from}, which is not simulated`;
    const answer = source ? this.#answer(source) : SEE;
    return { reason, refusal: `local: "${name}" (${type}): ${reason}; ${answer}` };
  }

  #answer({ type, name }: { type: string; name: string }): string {
    return entryToAdd({ declared: { [type]: { [name]: {} } } });
  }

  #onlyDeclared(registration: Registration, { reason, refusal }: Obstacle, declared: ManagedResource): Placed {
    const { type, name } = registration;
    this.#pipeline.declaredOnly(registration, refusal);
    this.#declaredOnly.push({ type, name, reason });
    const { id = "", ...answers } = declaredOutputs(this.options.lookups, type, name) ?? {};
    const outputs = {
      ...this.#tagsOf(type, registration.inputs, this.providers.get(registration.provider)),
      ...answers,
    };
    return { id: String(id), outputs, known: false, resource: { ...declared, id: String(id) || name, outputs } };
  }

  /** Every tag of the resource, as the AWS provider adds its default tags. */
  #tagsOf(type: string, { tags }: Registration["inputs"], { defaultTags }: AwsProvider): Record<string, unknown> {
    const isTagged = tags !== undefined || Object.keys(defaultTags).length > 0;
    const simulation = this.options.provisioner.findSimulation(type);
    const takesTags = simulation && [...simulation.simulated, ...(simulation.withoutEffect ?? [])].includes("tags");
    return isTagged && takesTags ? { tagsAll: { ...defaultTags, ...(tags as object | undefined) } } : {};
  }
}

/** The problem without the names of the service, the resource and the documentation, which the list shows itself. */
function shortReason(message: string): string {
  return message
    .replace(/^local: resource ".*?" \(.*?\): /, "")
    .replace(/^local(\/\w+)?: /, "")
    .replace(/[;,] see docs\/fidelity\.md$/, "");
}
