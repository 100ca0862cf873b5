/** Evaluates a Pulumi program with mocked resources, and returns these with resolved inputs, for unit tests. */
import * as pulumi from "@pulumi/pulumi";
import { createProvider, type DeclaredResource, UNKNOWN } from "./declaredResource";
import { FirstFailure } from "./firstFailure";
import { snapshotOf } from "./snapshot";

export interface DeclareOptions {
  /** Runs as `pulumi preview`: ARNs and ids are unknown, and callbacks of `apply` on them do not run. @default false */
  preview?: boolean;
  /** @default "project" */
  project?: string;
  /** @default "stack" */
  stack?: string;
  /**
   * Configuration, with its namespace: `{ "streamlake:allowDataDeletion": "true" }`. Resources are in `aws:region`, or else
   * in us-east-1. @default {}
   */
  config?: Readonly<Record<string, string>>;
}

export interface Declared {
  /** Every resource, components included, in the order of their names. */
  readonly resources: readonly DeclaredResource[];
  /** The program's return value, with resolved outputs. */
  readonly outputs: unknown;
  /** The resource with this logical name, else the component. Throws if there is none, or more than one. */
  one(logicalName: string): DeclaredResource;
  /** The resources of one type, `"aws:kinesis/stream:Stream"`. */
  all(type: string): readonly DeclaredResource[];
  /**
   * The inputs of all resources except components, for snapshots: the same in every checkout. Names are sorted, strings
   * of JSON are parsed, code is `<archive>`, a file is `<asset>`, and an input that contains a secret is `<secret>`.
   *
   * @example expect((await declare(program)).snapshot()).toMatchSnapshot()
   */
  snapshot(): Readonly<Record<string, unknown>>;
}

/**
 * Runs the program once, and waits for all declared resources. Programs are evaluated one at a time, because a process
 * has one Pulumi runtime.
 *
 * @param program constructs components and resources; its return value becomes `outputs`
 * @throws the program's own error at construction, a look-up other than `getAvailabilityZones`, or another stack that it
 *   reads. A later failure (a callback that does not bundle) ends the test run with Pulumi's unhandled rejection.
 */
export async function declare(program: () => unknown, options: DeclareOptions = {}): Promise<Declared> {
  const turn = last.then(() => evaluate(program, options));
  last = turn.catch(() => undefined); // the caller gets the error; the next one only waits
  return turn;
}

let last: Promise<unknown> = Promise.resolve();

async function evaluate(program: () => unknown, options: DeclareOptions): Promise<Declared> {
  const preview = options.preview ?? false;
  const failure = new FirstFailure();
  const provider = createProvider(preview, options.config?.["aws:region"], (error) => failure.note(error));
  await pulumi.runtime.setMocks(provider, options.project ?? "project", options.stack ?? "stack", preview);
  pulumi.runtime.setAllConfig({ ...options.config });
  let result: unknown;
  try {
    result = await program();
  } catch (error) {
    // A program that goes on without the answer of a look-up fails for want of it.
    failure.throwIfFailed();
    throw error;
  } finally {
    // Also after an error: registrations that are under way would reach the next program.
    await pulumi.runtime.disconnect();
  }
  failure.throwIfFailed();
  const outputs = await settle(result);
  const resources = [...provider.resources].sort((a, b) => (`${a.name} ${a.type}` < `${b.name} ${b.type}` ? -1 : 1));
  return {
    resources,
    outputs,
    one: (logicalName) => oneOf(resources, logicalName),
    all: (type) => resources.filter((resource) => resource.type === type),
    snapshot: () => snapshotOf(resources),
  };
}

function oneOf(resources: readonly DeclaredResource[], logicalName: string): DeclaredResource {
  const named = resources.filter(({ name }) => name === logicalName);
  const raw = named.filter(({ component }) => !component);
  const [found, another] = raw.length > 0 ? raw : named;
  if (!found) {
    const names = resources.map(({ name }) => name).join(", ");
    throw new Error(`no resource is named "${logicalName}"; declared are: ${names || "none"}`);
  }
  if (another) throw new Error(`two resources are named "${logicalName}": ${found.type} and ${another.type}`);
  return found;
}

/** Resolves a value that is or contains outputs to a plain value; rejects like an output that fails. */
function settle(value: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const output = pulumi.output(value) as pulumi.Output<unknown> & {
      isKnown: Promise<boolean>;
      promise(): Promise<unknown>;
    };
    output.isKnown.then(async (known) => (known ? output.promise() : UNKNOWN)).then(resolve, reject);
  });
}
