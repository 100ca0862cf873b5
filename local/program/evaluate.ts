/** Runs a Pulumi program in this process: a callback creates each resource and returns its outputs. */
import * as pulumi from "@pulumi/pulumi";
import { FirstFailure } from "./firstFailure";
import { plainInputs } from "./plainInputs";

/** A resource as the program registers it. */
export interface Registration {
  readonly type: string;
  /** The logical name. */
  readonly name: string;
  /** False for a component. */
  readonly custom: boolean;
  readonly inputs: Record<string, unknown>;
  readonly urn: string;
  /** The URN of its parent; absent at the root. */
  readonly parent?: string;
}

interface EvaluateOptions {
  /** The program, which returns the stack's outputs or a promise of them. */
  readonly program: () => unknown;
  readonly project: string;
  readonly stack: string;
  /** By full key, `"aws:region"`, `"<project>:batchSize"`. */
  readonly config: Readonly<Record<string, string>>;
  /** Creates a resource. Its first error ends the evaluation. */
  register(resource: Registration): Promise<{ id: string; outputs: Record<string, unknown> }>;
  /** Answers a provider's function, `"aws:index/getRegion:getRegion"`. */
  invoke(token: string, inputs: Record<string, unknown>): Promise<Record<string, unknown>>;
}

/** Evaluations run one at a time, because a process has one Pulumi runtime. */
let previous: Promise<unknown> = Promise.resolve();

/**
 * Runs the program until every resource is created; resolves to its outputs as plain values.
 *
 * @throws the first error of the program, a resource or a function, after all pending work has ended
 */
export function evaluate(options: EvaluateOptions): Promise<Record<string, unknown>> {
  const running = previous.then(() => evaluateAlone(options));
  previous = running.catch(() => undefined);
  return running;
}

async function evaluateAlone(options: EvaluateOptions): Promise<Record<string, unknown>> {
  const failure = new FirstFailure();
  const place = new RegistrationPlace();
  await pulumi.runtime.setMocks(mocksFor(options, failure, place), options.project, options.stack, false);
  place.watch(pulumi.runtime.getMonitor() as unknown as Monitor);
  pulumi.runtime.setAllConfig({ ...options.config });
  // An uncaught error of the program (a callback of `apply` that throws) would end the process; report it instead.
  const onUnhandled = (error: unknown) => failure.note(error);
  process.on("unhandledRejection", onUnhandled);
  try {
    const returned = await failure.unlessFailed(undefined, async () => options.program());
    await disconnected(failure);
    await failure.settled();
    failure.throwIfFailed();
    return await Promise.race([plainOutputs(returned), failure.rejected]);
  } finally {
    process.off("unhandledRejection", onUnhandled);
  }
}

/** Maximum wait for the runtime after a failure: its pending work ends at once, or never. */
const FAILED_MILLIS = 500;

/** Resolves when every registration has ended, or after a failure: a registration with rejected inputs never ends. */
async function disconnected(failure: FirstFailure): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const left = new Promise<void>((resolve) => {
    failure.rejected.catch(() => {
      timer = setTimeout(resolve, FAILED_MILLIS);
    });
  });
  await Promise.race([pulumi.runtime.disconnect(), left]);
  clearTimeout(timer);
}

function mocksFor(options: EvaluateOptions, failure: FirstFailure, place: RegistrationPlace): pulumi.runtime.Mocks {
  return {
    newResource: (args) =>
      failure.unlessFailed({ id: "", state: {} as Record<string, unknown> }, async () => {
        const { type, name, custom = true } = args;
        if (args.id)
          throw new Error(`local: "${name}" looks up an existing ${type}; only resources of the program exist here`);
        const inputs = plainInputs(args.inputs);
        const { id, outputs } = await options.register({ type, name, custom, inputs, ...place.of(type, name) });
        return { id, state: custom ? { ...args.inputs, ...outputs } : outputs };
      }),
    call: (args) => failure.unlessFailed({}, () => options.invoke(args.token, plainInputs(args.inputs))),
  };
}

/** The part of Pulumi's mock monitor that knows a resource's URN and parent, which mocks do not receive. */
interface Monitor {
  newUrn(parent: string, type: string, name: string): string;
  registerResource(request: { getParent(): string }, callback: unknown): Promise<void>;
}

class RegistrationPlace {
  private parent = "";
  private newUrn: Monitor["newUrn"] = () => "";

  /** The monitor calls the mock synchronously within `registerResource`. */
  watch(monitor: Monitor): void {
    const register = monitor.registerResource.bind(monitor);
    this.newUrn = monitor.newUrn.bind(monitor);
    monitor.registerResource = (request, callback) => {
      this.parent = request.getParent();
      return register(request, callback);
    };
  }

  /** Must be called first in the mock. */
  of(type: string, name: string): { urn: string; parent?: string } {
    const { parent } = this;
    return { urn: this.newUrn(parent, type, name), ...(parent && { parent }) };
  }
}

async function plainOutputs(returned: unknown): Promise<Record<string, unknown>> {
  if (typeof returned !== "object" || returned === null) return {};
  const outputs = pulumi.output(returned as Record<string, unknown>);
  // Awaits the stack's outputs as Pulumi's host does; with a rejected output, `apply` would never end.
  return { ...(await (outputs as unknown as { promise(): Promise<Record<string, unknown>> }).promise()) };
}
