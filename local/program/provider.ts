/** The local cloud as a Pulumi provider: check, diff, create, update, delete, read and invoke, in plain values. */

import { physicalName } from "../cloud/physicalName";
import type { DeclaredResource, ResourceSimulation } from "../cloud/service";
import { changedPaths } from "./compareInputs";
import { plainInputs } from "./plainInputs";
import { providerFunctions } from "./providerFunctions";
import { DEFAULTS, type Failure, type ManagedResource, type Provisioner, unknownInputs } from "./provision";

type Values = Record<string, unknown>;

/**
 * Represents an unknown value in a preview, as in Pulumi's wire format (`UnknownStringValue` in
 * sdk/go/common/resource/plugin), so that an adapter of the wire translates nothing. Assets and archives are accepted in
 * the wire's form and as objects of Pulumi's classes; secrets are unwrapped.
 */
const UNKNOWN_VALUE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

interface CheckedInputs {
  /** The inputs for the other operations: the program's, with a physical name filled in if it has none. */
  readonly inputs: Values;
  /** The refused inputs; the engine shows them and stops. */
  readonly failures: readonly Failure[];
}

interface InputDiff {
  readonly changes: boolean;
  /** The names of the changed inputs that force a replacement; empty for an update. */
  readonly replaces: readonly string[];
  /** The path of every difference. */
  readonly changed: readonly string[];
  /** True if the old resource must be deleted first, because both have the same explicit name. */
  readonly deleteBeforeReplace: boolean;
}

interface PreviewOptions {
  /** Changes nothing and returns the known outputs. @default false */
  readonly preview?: boolean;
}

/** A provider's operations on one cloud. Each throws an Error that names the resource, its type and the problem. */
export interface LocalProvider {
  /** @param olds the checked inputs of the existing resource; undefined for a new resource and for a replacement */
  check(type: string, name: string, olds: Values | undefined, news: Values): Promise<CheckedInputs>;
  /** Compares checked inputs. An unknown value counts as changed. */
  diff(type: string, id: string, olds: Values, news: Values): Promise<InputDiff>;
  /** Creates the resource. In a preview the id is empty, and the outputs are the inputs. */
  create(
    type: string,
    name: string,
    inputs: Values,
    options?: PreviewOptions,
  ): Promise<{ id: string; outputs: Values }>;
  /** Resolves to all outputs and inputs. In a preview, outputs that are not inputs keep their current values. */
  update(type: string, id: string, inputs: Values, options?: PreviewOptions): Promise<Values>;
  /** Deletes the resource; a missing one counts as deleted. */
  delete(type: string, id: string): Promise<void>;
  /** The resource as last created or updated; undefined if it does not exist. */
  read(type: string, id: string): Promise<{ inputs: Values; outputs: Values } | undefined>;
  /** Calls a function of the provider, `"aws:index/getRegion:getRegion"`. */
  invoke(token: string, inputs: Values): Promise<Values>;
}

export function createLocalProvider(
  account: { readonly region: string; readonly accountId: string },
  provisioner: Provisioner,
): LocalProvider {
  return {
    async check(type, name, olds, news) {
      const inputs = given(news);
      try {
        const simulation = provisioner.simulationOf(type, name);
        const failures = unknownInputs(type, name, inputs, simulation);
        return { inputs: named(provisioner, simulation, { type, name, inputs }, olds), failures };
      } catch (error) {
        return { inputs, failures: [{ property: "", reason: (error as Error).message }] };
      }
    },
    async diff(type, id, olds, news) {
      const simulation = provisioner.simulationOf(type, id);
      const [before, after] = [given(olds), given(news)];
      const changed = await changedPaths(withoutDefaults(before), withoutDefaults(after));
      const roots = new Set(changed.map((at) => /^[^.[]+/.exec(at)?.[0] ?? at));
      const replaces = (simulation.replaceOn ?? []).filter((property) => roots.has(property));
      const name = nameInputOf(simulation);
      const keepsName = name !== undefined && !defaultsOf(after).includes(name) && before[name] === after[name];
      return {
        changes: changed.length > 0,
        replaces,
        changed,
        deleteBeforeReplace: replaces.length > 0 && keepsName && after[name] !== undefined,
      };
    },
    async create(type, name, inputs, { preview = false } = {}) {
      if (preview) return { id: "", outputs: withoutDefaults(given(inputs)) };
      const made = await provisioner.create(type, name, given(inputs));
      return { id: made.id, outputs: outputsOf(made) };
    },
    async update(type, id, inputs, { preview = false } = {}) {
      if (!preview) return outputsOf(await provisioner.update(type, id, given(inputs)));
      return { ...withoutDefaults(given(inputs)), ...provisioner.find(type, id)?.outputs };
    },
    delete: (type, id) => provisioner.delete(type, id),
    async read(type, id) {
      const found = provisioner.find(type, id);
      return found && { inputs: { ...found.inputs }, outputs: outputsOf(found) };
    },
    invoke: providerFunctions(account),
  };
}

/** A filled-in name stays the same from check to check; a new resource or a replacement gets a free one. */
function named(
  provisioner: Provisioner,
  simulation: ResourceSimulation,
  resource: DeclaredResource,
  olds: Values | undefined,
): Values {
  const { type, inputs } = resource;
  const property = nameInputOf(simulation);
  if (property === undefined || (inputs[property] ?? "") !== "") return inputs;
  const prefix = `${property}Prefix`;
  const isKept = olds !== undefined && defaultsOf(olds).includes(property) && olds[prefix] === inputs[prefix];
  const name = () => {
    if (inputs[prefix] === UNKNOWN_VALUE) return UNKNOWN_VALUE;
    const taken = new Set(
      provisioner
        .all()
        .filter((other) => other.type === type)
        .map((other) => other.inputs[property]),
    );
    for (let attempt = 0; ; attempt++) {
      const free = `${simulation.nameBeginsWith ?? ""}${physicalName(resource, property, attempt)}`;
      if (!taken.has(free)) return free;
    }
  };
  return { ...inputs, [property]: isKept ? olds[property] : name(), [DEFAULTS]: [property] };
}

/** The inputs without the marks of secrets and without null values, which the AWS provider treats as absent. */
function given(inputs: Values): Values {
  return Object.fromEntries(
    Object.entries(plainInputs(inputs)).filter(([, value]) => (value ?? undefined) !== undefined),
  );
}

/** The input with the physical name of a resource. */
export function nameInputOf({ nameInput, simulated, withoutEffect = [] }: ResourceSimulation): string | undefined {
  return nameInput ?? [...simulated, ...withoutEffect].find((property) => property === "name");
}

function defaultsOf(inputs: Values): readonly unknown[] {
  return Array.isArray(inputs[DEFAULTS]) ? inputs[DEFAULTS] : [];
}

function withoutDefaults({ [DEFAULTS]: _defaults, ...inputs }: Values): Values {
  return inputs;
}

function outputsOf({ inputs, outputs }: ManagedResource): Values {
  return { ...withoutDefaults(inputs), ...outputs };
}
