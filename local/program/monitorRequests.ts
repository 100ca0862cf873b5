/** Reads the parts of a program's requests that Pulumi's mocks do not receive: URN, parent, provider, unknown inputs. */
import * as pulumi from "@pulumi/pulumi";
import {
  type ReadResourceRequest,
  type RegisterResourceRequest,
  type RegisterResourceResponse,
  Result,
} from "@pulumi/pulumi/proto/resource_pb";
import * as state from "@pulumi/pulumi/runtime/state";
import type { FirstFailure } from "./firstFailure";
import { Transforms } from "./transforms";

export interface RequestDetails {
  readonly urn: string;
  /** The URN of its parent; absent at the root. */
  readonly parent?: string;
  /** True for a component that runs in a plugin. */
  readonly remote: boolean;
  /** The reference of an explicit provider, `<urn>::<id>`; else empty. */
  readonly provider: string;
  /** The inputs with a value that is unknown here. */
  readonly unknownInputs: readonly string[];
  /** By input, the URNs of the resources whose outputs it uses. */
  readonly dependencies: Readonly<Record<string, readonly string[]>>;
  /** True for a resource that is looked up and not declared. */
  readonly isRead: boolean;
  /** True for the stack itself, the parent of all other resources. */
  readonly isStack: boolean;
  /** Takes the part of the answer that mocks cannot give. */
  answered(answer: { readonly known: boolean }): void;
}

type Request = RegisterResourceRequest | ReadResourceRequest;
type Callback = (error: unknown, response?: RegisterResourceResponse) => void;

/** The part of Pulumi's mock monitor that is watched. */
interface Monitor {
  newUrn(parent: string, type: string, name: string): string;
  registerResource(request: RegisterResourceRequest, callback: Callback): Promise<void>;
  readResource(request: ReadResourceRequest, callback: Callback): Promise<void>;
  call?(request: { getTok(): string }, callback: (error: unknown) => void): void;
}

const STACK = "pulumi:pulumi:Stack";

/** Watches the runtime's mock monitor, which must be set. */
export function watchRequests(failure: FirstFailure) {
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const newUrn = monitor.newUrn.bind(monitor);
  const register = monitor.registerResource.bind(monitor);
  const read = monitor.readResource.bind(monitor);
  const transforms = new Transforms();
  transforms.install();
  let current: RequestDetails | undefined;

  // As Pulumi's engine, URNs do not begin with the stack's type.
  monitor.newUrn = (parent, type, name) => newUrn(isStack(parent) ? "" : parent, type, name);
  const detailsOf = (request: Request, answered: RequestDetails["answered"]): RequestDetails => {
    const parent = request.getParent();
    return {
      urn: monitor.newUrn(parent, request.getType(), request.getName()),
      ...(parent && !isStack(parent) && { parent }),
      provider: request.getProvider(),
      ...inputDetails(request),
      isStack: request.getType() === STACK,
      answered,
    };
  };
  monitor.registerResource = async (request, callback) => {
    try {
      await transforms.apply(request, monitor.newUrn(request.getParent(), request.getType(), request.getName()));
    } catch (error) {
      failure.note(error);
    }
    let result: Result = Result.SUCCESS;
    current = detailsOf(request, ({ known }) => {
      if (!known) result = Result.SKIP;
    });
    // The monitor calls the mock synchronously within `registerResource`.
    await register(request, (error, response) => {
      // The result of a resource that was not created; the runtime resolves its missing outputs as unknown.
      response?.setResult(result);
      callback(error, response);
    });
  };
  monitor.readResource = async (request, callback) => {
    current = detailsOf(request, () => undefined);
    await read(request, callback);
  };
  monitor.call = (request, callback) => {
    const error = new Error(`local: the method ${request.getTok()} of a component in a plugin is not simulated`);
    failure.note(error);
    callback(error);
  };

  return {
    /** The details of the request whose mock is called; read it synchronously in the mock. */
    current(): RequestDetails {
      return current as RequestDetails;
    },
    /** Makes the stack the parent of all further resources, as Pulumi's host does. */
    openStack(project: string, stack: string): void {
      const root = new pulumi.ComponentResource(STACK, `${project}-${stack}`);
      (state as unknown as { setStackResource(root: pulumi.Resource): void }).setStackResource(root);
    },
  };
}

function isStack(urn: string): boolean {
  return urn.split("::")[2] === STACK;
}

function inputDetails(request: Request): Pick<RequestDetails, "remote" | "isRead" | "unknownInputs" | "dependencies"> {
  if (!isRegistration(request)) {
    return { remote: false, isRead: true, unknownInputs: [], dependencies: {} };
  }
  const inputs = (request.getObject()?.toJavaScript() ?? {}) as Record<string, unknown>;
  const dependencies: Record<string, readonly string[]> = {};
  request.getPropertydependenciesMap().forEach((urns, property) => {
    dependencies[property] = urns.getUrnsList();
  });
  return {
    remote: request.getRemote(),
    isRead: false,
    unknownInputs: Object.keys(inputs).filter((property) => holdsUnknown(inputs[property])),
    dependencies,
  };
}

/** A program with two copies of Pulumi has two classes of requests. */
function isRegistration(request: Request): request is RegisterResourceRequest {
  return "getRemote" in request;
}

function holdsUnknown(value: unknown): boolean {
  if (value === pulumi.runtime.unknownValue) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsUnknown);
}
