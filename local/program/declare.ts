/** Evaluates a Pulumi program with mocked resources, for unit tests: what it declares, with inputs resolved. */
import * as pulumi from "@pulumi/pulumi";
import { createProvider, type DeclaredResource, UNKNOWN } from "./declaredResource";

export interface DeclareOptions {
  /** As `pulumi preview` sees it: what only AWS knows (ARNs, ids) is unknown, and nothing inside `apply` runs for it. @default false */
  preview?: boolean;
  /** @default "project" */
  project?: string;
  /** @default "stack" */
  stack?: string;
  /** Configuration, with its namespace: `{ "streamlake:allowDataDeletion": "true" }`. @default {} */
  config?: Readonly<Record<string, string>>;
}

export interface Declared {
  /** Every resource, components included, in the order of their names. */
  readonly resources: readonly DeclaredResource[];
  /** What the program returned, outputs resolved. */
  readonly outputs: unknown;
  /** The one resource of that logical name that is not a component, else the component. Throws when there is none, or several. */
  one(logicalName: string): DeclaredResource;
  /** Those of one type, `"aws:kinesis/stream:Stream"`. */
  all(type: string): readonly DeclaredResource[];
}

/**
 * Runs the program once and waits for all that it declares. Programs are evaluated one after the other: Pulumi's runtime
 * is one for the process.
 *
 * @param program constructs components and resources; what it returns becomes `outputs`
 * @throws what the program throws at construction. What fails later (a callback that does not bundle) ends the test run
 *   by Pulumi's own unhandled rejection.
 */
export async function declare(program: () => unknown, options: DeclareOptions = {}): Promise<Declared> {
  const turn = last.then(() => evaluate(program, options));
  last = turn.catch(() => undefined); // the caller gets the error; the next one only waits
  return turn;
}

let last: Promise<unknown> = Promise.resolve();

async function evaluate(program: () => unknown, options: DeclareOptions): Promise<Declared> {
  const preview = options.preview ?? false;
  const provider = createProvider(preview);
  await pulumi.runtime.setMocks(provider, options.project ?? "project", options.stack ?? "stack", preview);
  pulumi.runtime.setAllConfig({ ...options.config });
  const result = await program();
  await pulumi.runtime.disconnect();
  const outputs = await settle(result);
  const resources = [...provider.resources].sort((a, b) => (`${a.name} ${a.type}` < `${b.name} ${b.type}` ? -1 : 1));
  return {
    resources,
    outputs,
    one: (logicalName) => oneOf(resources, logicalName),
    all: (type) => resources.filter((resource) => resource.type === type),
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

/** A plain value of what may be, or hold, outputs. */
function settle(value: unknown): Promise<unknown> {
  return new Promise((resolve) => {
    const output = pulumi.output(value) as pulumi.Output<unknown> & {
      isKnown: Promise<boolean>;
      promise(): Promise<unknown>;
    };
    output.isKnown.then(async (known) => resolve(known ? await output.promise() : UNKNOWN));
  });
}
