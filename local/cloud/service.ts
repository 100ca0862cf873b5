/** What one simulated AWS service is made of: the resource types it provisions and the API operations it answers. */
import type { Clock } from "./clock";
import type { HttpRequest, HttpResponse } from "./endpoint/http";
import type { Statement } from "./iam/policy";
import type { Principal } from "./iam/principal";

/** A resource as the program declared it, its inputs resolved. Archives and assets are Pulumi objects with promises inside. */
export interface DeclaredResource {
  /** The provider's type token, `aws:kinesis/stream:Stream`. */
  readonly type: string;
  /** The logical name. */
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

/** What a resource is once it is made or changed: what the program sees beside its inputs, or in their place. */
export type Outputs = Record<string, unknown>;

/** How one resource type is made, changed and ended in this process. */
export interface ResourceSimulation {
  /** Inputs that work here as on AWS. */
  readonly simulated: readonly string[];
  /** Inputs that are accepted and change nothing here; each is a line of docs/fidelity.md. Every other input is refused by name. */
  readonly withoutEffect?: readonly string[];
  /** Inputs that AWS cannot change on what exists: the AWS provider makes another resource in its place. @default [] */
  readonly replaceOn?: readonly string[];
  /** The input that holds the physical name, which Pulumi fills in where the program does not. @default "name", where that is an input */
  readonly nameInput?: string;
  /** What a name that is filled in begins with. @default "" */
  readonly nameBeginsWith?: string;
  /** Makes it real. `id` and `outputs` (ARN, URL, name …) are what the program sees; inputs are outputs too, unless overwritten. */
  create(resource: DeclaredResource): Promise<{ id: string; outputs: Outputs }>;
  /**
   * Makes what exists as it is declared now: all of it, or nothing and an error. Absent where every input is in `replaceOn`.
   *
   * @param olds the inputs that it has so far
   */
  update?(id: string, resource: DeclaredResource, olds: Record<string, unknown>): Promise<{ outputs: Outputs }>;
  /** Ends it: its name is free, and operations answer AWS's error for what does not exist. Refuses as AWS does. */
  delete(id: string, resource: DeclaredResource): Promise<void>;
}

/** One thing a call does, for IAM: the action, the ARN it is done to, and the condition keys that are known. */
export interface Access {
  readonly action: string;
  readonly resource: string;
  readonly context?: Record<string, string>;
}

/** Who calls, and when. */
export interface CallContext {
  readonly principal: Principal;
  readonly requestId: string;
}

/** One API operation of a JSON or query protocol service. */
export interface Operation<Input = never, Output = unknown> {
  /** What the caller needs, all of it; empty only for calls that need no permission on AWS. */
  access(input: Input): readonly Access[];
  run(input: Input, context: CallContext): Promise<Output> | Output;
}

/** An error as AWS words it: the code that SDKs turn into the exception's name, and the HTTP status. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

/** One simulated service. It exists once per run; its resources and operations share its state. */
export interface Service {
  /** The name in IAM actions and in endpoints: `"kinesis"`, `"s3"`, `"states"`. */
  readonly name: string;
  readonly resources: Readonly<Record<string, ResourceSimulation>>;
  /** By operation name, `"PutRecords"`. S3 has its own front (REST), the others are called through these. */
  // biome-ignore lint/suspicious/noExplicitAny: operations of different inputs stand in one table; each narrows its own at the wire
  readonly operations: Readonly<Record<string, Operation<any>>>;
  /** The front of a service whose protocol is REST. It throws `ServiceError`s for what the JSON protocols throw them for. */
  rest?(request: HttpRequest, context: CallContext): Promise<HttpResponse>;
  /** The resource-based policy of an ARN of this service, where it has one: a bucket policy, a topic policy. */
  policyOf?(resource: string): readonly Statement[] | undefined;
  /** Resolves when nothing that it does in the background (a job run, a crawl) is under way. */
  idle?(): Promise<void>;
  /** Ends timers, processes and handles. */
  stop?(): Promise<void>;
}

/** What every service is given. */
export interface CloudContext {
  readonly region: string;
  readonly accountId: string;
  readonly clock: Clock;
  /** Uniform in [0, 1), from the run's seed. */
  readonly random: () => number;
  /** Where this run keeps its files. */
  readonly dataDir: string;
  /** Calls another simulated service as a principal, permissions enforced: the door between services. */
  call(principal: Principal, service: string, operation: string, input: object): Promise<unknown>;
  /** Throws a `ServiceError` `AccessDeniedException` (and records it) unless the principal may do all of this. */
  authorize(principal: Principal, access: readonly Access[]): void;
  /** Another service of this run, for what has no API operation (an S3 object's path, news of records). Throws for an unknown name. */
  service(name: string): Service;
}

/** The operation by name. Throws AWS's own error code for one that is not simulated; the message names local. */
export function operationOf(service: Service, name: string): Operation<unknown> {
  const operation = Object.hasOwn(service.operations, name) ? service.operations[name] : undefined;
  if (operation) return operation;
  throw new ServiceError(
    "UnknownOperationException",
    `local/${service.name}: the operation ${name} is not simulated; see docs/fidelity.md`,
  );
}
