/** Runs a Pulumi program in this process: a callback creates each resource and returns its outputs. */
import * as pulumi from "@pulumi/pulumi";
import { isUnknown } from "@pulumi/pulumi/output";
import { FirstFailure } from "./firstFailure";
import { type RequestDetails, watchRequests } from "./monitorRequests";
import { isPlainObject, plainInputs } from "./plainInputs";

/** A resource as the program registers it. */
export interface Registration extends RequestDetails {
  readonly type: string;
  /** The logical name. */
  readonly name: string;
  /** False for a component. */
  readonly custom: boolean;
  /** The known inputs. */
  readonly inputs: Record<string, unknown>;
}

export interface Registered {
  readonly id: string;
  readonly outputs: Record<string, unknown>;
  /**
   * False if outputs that are not listed are unknown, and an empty id too. Callbacks of `apply` on them do not run, as in a
   * preview. @default true
   */
  readonly known?: boolean;
}

interface EvaluateOptions {
  /** The program, which returns the stack's outputs or a promise of them. */
  readonly program: () => unknown;
  readonly project: string;
  readonly stack: string;
  /** By full key, `"aws:region"`, `"<project>:batchSize"`. */
  readonly config: Readonly<Record<string, string>>;
  /** Creates a resource. Its first error ends the evaluation. */
  register(resource: Registration): Promise<Registered>;
  /** Looks up an existing resource (`.get`) or stack by its id. @default refuses every look-up */
  read?(resource: Registration, id: string): Promise<Registered>;
  /**
   * Answers a provider's function, `"aws:index/getRegion:getRegion"`.
   *
   * @param provider the reference of an explicit provider, else empty
   */
  invoke(token: string, inputs: Record<string, unknown>, provider: string): Promise<Record<string, unknown>>;
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
  let requests: ReturnType<typeof watchRequests> | undefined;
  const mocks = mocksFor(options, failure, () => (requests as NonNullable<typeof requests>).current());
  await pulumi.runtime.setMocks(mocks, options.project, options.stack, false);
  requests = watchRequests(failure);
  pulumi.runtime.setAllConfig({ ...options.config });
  // An uncaught error of the program (a callback of `apply` that throws) would end the process; report it instead.
  const onUnhandled = (error: unknown) => failure.note(error);
  process.on("unhandledRejection", onUnhandled);
  try {
    const returned = await failure.unlessFailed(undefined, async () => {
      requests?.openStack(options.project, options.stack);
      return options.program();
    });
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

function mocksFor(
  options: EvaluateOptions,
  failure: FirstFailure,
  currentRequest: () => RequestDetails,
): pulumi.runtime.Mocks {
  const { register, read = refuseLookUp, invoke } = options;
  return {
    newResource: (args) => {
      const details = currentRequest();
      return failure.unlessFailed({ id: "", state: {} as Record<string, unknown> }, async () => {
        const { type, name, custom = true } = args;
        if (details.isStack) return { id: "", state: {} };
        const registration = { ...details, type, name, custom, inputs: plainInputs(args.inputs) };
        // An imported resource has all its inputs in the program.
        const isRead = details.isRead && args.id !== undefined;
        const {
          id,
          outputs,
          known = true,
        } = isRead ? await read(registration, args.id as string) : await register(registration);
        details.answered({ known });
        return { id, state: custom ? { ...args.inputs, ...outputs } : outputs };
      });
    },
    call: ({ token, inputs, provider = "" }) =>
      failure.unlessFailed({}, () => invoke(token, plainInputs(inputs), provider)),
  };
}

async function refuseLookUp({ type, name }: Registration): Promise<never> {
  throw new Error(`local: "${name}" looks up an existing ${type}; only resources of the program exist here`);
}

async function plainOutputs(returned: unknown): Promise<Record<string, unknown>> {
  if (typeof returned !== "object" || returned === null) return {};
  const outputs = pulumi.output(returned as Record<string, unknown>);
  // Awaits the stack's outputs as Pulumi's host does; with a rejected output, `apply` would never end.
  const { promise } = outputs as unknown as { promise(withUnknowns: boolean): Promise<Record<string, unknown>> };
  return { ...(withoutUnknowns(await promise.call(outputs, true)) as Record<string, unknown>) };
}

/** Unknown values, which are of resources that are only declared, become undefined. */
function withoutUnknowns(value: unknown): unknown {
  if (isUnknown(value)) return undefined;
  if (Array.isArray(value)) return value.map(withoutUnknowns);
  if (typeof value !== "object" || value === null || !isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withoutUnknowns(part)]));
}
