/** Creates a cloud with no services: registration, authorized calls, credentials and the endpoint. */
import { createHash } from "node:crypto";
import type { Cloud, CloudOptions } from "./cloud";
import { answer } from "./endpoint/answer";
import { type Endpoint, startEndpoint } from "./endpoint/server";
import type { VisitHandler } from "./endpoint/visit";
import { Authorizer } from "./iam/authorizer";
import { CALLER, type Principal } from "./iam/principal";
import { Roles } from "./iam/roles";
import { Metrics } from "./metrics/metrics";
import { type Access, type CallContext, operationOf, type Service } from "./service";

export function createCloud(options: CloudOptions): Cloud {
  const services = new Map<string, Service>();
  const principals = new Map<string, Principal>();
  const endpoints: Endpoint[] = [];
  const roles = new Roles();
  const ownerOf = ({ action }: Access) => services.get(action.slice(0, action.indexOf(":")));
  const authorizer = new Authorizer(options, roles, (access) => ownerOf(access)?.policyOf?.(access.resource));
  let requests = 0;
  let visits: VisitHandler | undefined;

  const cloud: Cloud = {
    ...options,
    redeliver: options.redeliver ?? false,
    metrics: new Metrics(options.clock),
    roles,
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
    authorize(principal, access) {
      authorizer.authorize(principal, access);
      for (const one of access) {
        const refusal = ownerOf(one)?.refusalOf?.(one);
        if (refusal) throw refusal;
      }
    },
    arnOf: (principal) => authorizer.sessionArn(principal),
    async listen(port) {
      const endpoint = await startEndpoint((incoming, outgoing) => void answer(cloud, incoming, outgoing), port);
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
    onVisit(handler) {
      visits = handler;
    },
    visitHandler: () => visits,
    usage: () => ({ denied: [...authorizer.denied], unused: roles.unused() }),
    calls: () => Object.fromEntries(authorizer.allowed),
    async stop() {
      for (const endpoint of endpoints.splice(0)) await endpoint.close();
      for (const service of [...services.values()].reverse()) await service.stop?.();
    },
  };
  return cloud;
}
