/** The account that a run simulates: its services, who calls them, and the door between them. */
import { createHash } from "node:crypto";
import { iamService } from "../services/iam/service";
import { stsService } from "../services/sts/service";
import { type Endpoint, startEndpoint } from "./endpoint/server";
import { Authorizer } from "./iam/authorizer";
import { CALLER, type Principal } from "./iam/principal";
import type { Usage } from "./iam/usage";
import { type CallContext, type CloudContext, type Operation, type Service, ServiceError } from "./service";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export interface Cloud extends CloudContext {
  /** Adds services. `iam` and `sts` are there from the start. Throws where a name is taken. */
  register(...services: readonly Service[]): void;
  services(): readonly Service[];
  /** Serves every registered service on 127.0.0.1; port 0 takes a free one. Resolves to the URL. */
  listen(port: number): Promise<string>;
  /** What a process must have in its environment for its calls to be this principal's. */
  credentialsFor(principal: Principal): Credentials;
  /** Whose credentials these are; unknown ones are the caller's own. */
  principalOf(accessKeyId: string | undefined): Principal;
  /** As `arn:aws:sts::…:assumed-role/…`. */
  arnOf(principal: Principal): string;
  nextRequestId(): string;
  usage(): Usage;
  /** Closes the endpoint, then stops every service, last registered first. */
  stop(): Promise<void>;
}

export type CloudOptions = Pick<CloudContext, "region" | "accountId" | "clock" | "random" | "dataDir">;

export function createCloud(options: CloudOptions): Cloud {
  const services = new Map<string, Service>();
  const principals = new Map<string, Principal>();
  const endpoints: Endpoint[] = [];
  const iam = iamService(options);
  const authorizer = new Authorizer(options, iam.roles, ({ action, resource }) =>
    services.get(action.slice(0, action.indexOf(":")))?.policyOf?.(resource),
  );
  let requests = 0;

  const cloud: Cloud = {
    ...options,
    register(...added) {
      for (const service of added) {
        if (services.has(service.name)) throw new Error(`local: the service "${service.name}" is registered twice`);
        services.set(service.name, service);
      }
    },
    services: () => [...services.values()],
    service(name) {
      const service = services.get(name);
      if (!service)
        throw new Error(`local: the service "${name}" is not simulated; there are ${[...services.keys()].join(", ")}`);
      return service;
    },
    async call(principal, serviceName, operationName, input) {
      const operation = operationOf(cloud.service(serviceName), operationName);
      const context: CallContext = { principal, requestId: cloud.nextRequestId() };
      cloud.authorize(principal, operation.access(input));
      return operation.run(input, context);
    },
    authorize: (principal, access) => authorizer.authorize(principal, access),
    arnOf: (principal) => authorizer.sessionArn(principal),
    async listen(port) {
      const endpoint = await startEndpoint(cloud, port);
      endpoints.push(endpoint);
      return endpoint.url;
    },
    credentialsFor(principal) {
      const digest = createHash("sha256").update(principal.kind === "role" ? principal.arn : "caller");
      const hex = digest.digest("hex");
      const accessKeyId = `${principal.kind === "role" ? "ASIA" : "AKIA"}${hex.slice(0, 16).toUpperCase()}`;
      principals.set(accessKeyId, principal);
      return { accessKeyId, secretAccessKey: hex.slice(16, 56), sessionToken: `local-${hex.slice(0, 32)}` };
    },
    principalOf: (accessKeyId) => principals.get(accessKeyId ?? "") ?? CALLER,
    nextRequestId: () => `00000000-0000-4000-8000-${(++requests).toString(16).padStart(12, "0")}`,
    usage: () => ({ denied: [...authorizer.denied], unused: iam.roles.unused() }),
    async stop() {
      for (const endpoint of endpoints.splice(0)) await endpoint.close();
      for (const service of [...services.values()].reverse()) await service.stop?.();
    },
  };
  cloud.register(iam, stsService(cloud));
  return cloud;
}

/** Throws AWS's own error for an operation that the service does not have here, saying that local is why. */
export function operationOf(service: Service, name: string): Operation<unknown> {
  const operation = Object.hasOwn(service.operations, name) ? service.operations[name] : undefined;
  if (operation) return operation;
  throw new ServiceError(
    "UnknownOperationException",
    `local/${service.name}: the operation ${name} is not simulated; see docs/fidelity.md`,
  );
}
