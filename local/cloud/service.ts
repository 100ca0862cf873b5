/** The interfaces of a simulated AWS service: the resource types it provisions and the API operations it answers. */
import type { Clock } from "./clock";
import type { HttpRequest, HttpResponse } from "./endpoint/http";
import type { Statement } from "./iam/policy";
import type { Principal } from "./iam/principal";
import type { Metrics } from "./metrics/metrics";

/** A declared resource with resolved inputs. Archives and assets are Pulumi objects that hold promises. */
export interface DeclaredResource {
  /** The provider's type token, `aws:kinesis/stream:Stream`. */
  readonly type: string;
  /** The logical name. */
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

/** The outputs of a resource, which the program sees in addition to its inputs or in their place. */
export type Outputs = Record<string, unknown>;

/** Creates, updates and deletes the resources of one type in this process. */
export interface ResourceSimulation {
  /** Inputs that work as on AWS. */
  readonly simulated: readonly string[];
  /** Inputs that are accepted without effect, each with a line in docs/fidelity.md. Any other input is refused by name. */
  readonly withoutEffect?: readonly string[];
  /** Simulated inputs that are left out where their value is of a resource that is only declared. @default [] */
  readonly mayBeUnknown?: readonly string[];
  /** Inputs that AWS cannot change in place: the AWS provider replaces the resource. @default [] */
  readonly replaceOn?: readonly string[];
  /** The input with the physical name; Pulumi fills it in if the program does not. @default "name", if that is an input */
  readonly nameInput?: string;
  /** The prefix of a physical name that is filled in. @default "" */
  readonly nameBeginsWith?: string;
  /** Creates the resource. The program sees `id`, `outputs` (ARN, URL …) and the inputs that no output overwrites. */
  create(resource: DeclaredResource): Promise<{ id: string; outputs: Outputs }>;
  /**
   * Updates the resource to the declared inputs, or fails and changes nothing. Absent if every input is in `replaceOn`.
   *
   * @param olds the inputs before the update
   */
  update?(id: string, resource: DeclaredResource, olds: Record<string, unknown>): Promise<{ outputs: Outputs }>;
  /** Deletes the resource. Its name becomes free, and operations answer AWS's error for a missing one. Refuses as AWS does. */
  delete(id: string, resource: DeclaredResource): Promise<void>;
}

/** One permission that a call needs: the action, the resource's ARN and the known condition keys. */
export interface Access {
  readonly action: string;
  readonly resource: string;
  readonly context?: Record<string, string>;
}

/** The caller and the request id of a call. */
export interface CallContext {
  readonly principal: Principal;
  readonly requestId: string;
}

/** One API operation of a service with a JSON or query protocol. */
export interface Operation<Input = never, Output = unknown> {
  /** Every permission that the caller needs; empty only for calls that need none on AWS. */
  access(input: Input): readonly Access[];
  run(input: Input, context: CallContext): Promise<Output> | Output;
}

/** An error of AWS: the code, which SDKs use as the exception's name, and the HTTP status. */
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

/** One simulated service. A run has one instance, whose state its resources and operations share. */
export interface Service {
  /** The name in IAM actions and in endpoints: `"kinesis"`, `"s3"`, `"states"`. */
  readonly name: string;
  readonly resources: Readonly<Record<string, ResourceSimulation>>;
  /** By operation name, `"PutRecords"`. */
  // biome-ignore lint/suspicious/noExplicitAny: one table holds operations with different inputs; each narrows its own
  readonly operations: Readonly<Record<string, Operation<any>>>;
  /** Answers a request of a service with a REST protocol (S3). Throws `ServiceError`s as JSON operations do. */
  rest?(request: HttpRequest, context: CallContext): Promise<HttpResponse>;
  /** The resource-based policy of an ARN of this service, if it has one: a bucket policy, a topic policy. */
  policyOf?(resource: string): readonly Statement[] | undefined;
  /** The error for a resource of this service that nobody can use in its present state: a disabled key. */
  refusalOf?(access: Access): ServiceError | undefined;
  /** Resolves when the service has no background work (a job run, a crawl). */
  idle?(): Promise<void>;
  /** Stops timers and processes and closes handles. */
  stop?(): Promise<void>;
}

/** The environment of every service. */
export interface CloudContext {
  readonly region: string;
  readonly accountId: string;
  readonly clock: Clock;
  /** Uniform in [0, 1), from the run's seed. */
  readonly random: () => number;
  /** The directory of this run's files. */
  readonly dataDir: string;
  /** True if a service that AWS promises only "at least once" of does all of its work at least twice, in other pieces. */
  readonly redeliver: boolean;
  /** What CloudWatch knows of the services; each publishes its own. */
  readonly metrics: Metrics;
  /** Calls another simulated service as a principal; permissions are enforced. */
  call(principal: Principal, service: string, operation: string, input: object): Promise<unknown>;
  /** Throws and records a `ServiceError` `AccessDeniedException` unless the principal has all these permissions. */
  authorize(principal: Principal, access: readonly Access[]): void;
  /** Another service of this run, for calls that are not API operations. Throws for an unknown name. */
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
