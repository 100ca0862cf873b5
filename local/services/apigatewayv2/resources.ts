/** The resources of HTTP APIs; what they cannot do here is refused by name. */
import { physicalName } from "../../cloud/physicalName";
import { type CloudContext, type DeclaredResource, type ResourceSimulation, ServiceError } from "../../cloud/service";
import { accessLogProblem } from "./accessLog";
import { HttpApi, type Integration, type JwtAuthorizer, type Route, type Stage } from "./httpApi";

const SEE = "see docs/fidelity.md";

export interface ApiHost {
  /** Serves an API from now on. Resolves to its URL. */
  open(api: HttpApi): Promise<string>;
  close(api: HttpApi): Promise<void>;
}

/** The APIs of a run by id, and the simulations of their resources. */
export function apiResources(cloud: CloudContext, apis: Map<string, HttpApi>, host: ApiHost) {
  const urls = new Map<string, string>();
  let ids = 0;
  const nextId = (prefix: string) => `${prefix}${(++ids).toString(36).padStart(9, "0")}`;
  const executionArn = (id: string) => `arn:aws:execute-api:${cloud.region}:${cloud.accountId}:${id}`;
  const apiOf = ({ inputs }: DeclaredResource): HttpApi => {
    const api = apis.get(String(inputs.apiId));
    if (api) return api;
    throw new ServiceError("NotFoundException", `Invalid API identifier specified: ${String(inputs.apiId)}`, 404);
  };

  const apiOutputs = ({ id, name }: HttpApi) => ({
    name,
    apiEndpoint: urls.get(id) as string,
    executionArn: executionArn(id),
    arn: `arn:aws:apigateway:${cloud.region}::/apis/${id}`,
  });

  const api: ResourceSimulation = {
    simulated: ["name", "protocolType"],
    withoutEffect: ["description", "version", "tags"],
    replaceOn: ["protocolType"],
    async create(resource) {
      refuseUnless(resource, "protocolType", resource.inputs.protocolType, "HTTP");
      const made = new HttpApi(nextId("a"), physicalName(resource));
      apis.set(made.id, made);
      urls.set(made.id, await host.open(made));
      return { id: made.id, outputs: apiOutputs(made) };
    },
    async update(id, resource) {
      const { name: _, ...outputs } = apiOutputs(apis.get(id) as HttpApi);
      return { outputs: { ...outputs, name: physicalName(resource) } };
    },
    async delete(id) {
      const gone = apis.get(id);
      apis.delete(id);
      if (gone) await host.close(gone);
    },
  };

  /** A resource that is a part of an API, by its id or name. */
  function part<Part>(
    inputs: Pick<ResourceSimulation, "simulated" | "withoutEffect" | "replaceOn">,
    read: (resource: DeclaredResource) => Part,
    partsOf: (api: HttpApi) => Map<string, Part>,
  ): ResourceSimulation {
    return {
      replaceOn: ["apiId"],
      ...inputs,
      async create(resource) {
        const id = nextId("p");
        partsOf(apiOf(resource)).set(id, read(resource));
        return { id, outputs: {} };
      },
      async update(id, resource) {
        partsOf(apiOf(resource)).set(id, read(resource));
        return { outputs: {} };
      },
      async delete(id, { inputs }) {
        const api = apis.get(String(inputs.apiId));
        if (api) partsOf(api).delete(id);
      },
    };
  }

  const stageOf = async (resource: DeclaredResource) => {
    const api = apiOf(resource);
    api.stage = readStage(resource);
    const outputs = { executionArn: `${executionArn(api.id)}/$default`, invokeUrl: urls.get(api.id) };
    return { id: "$default", outputs };
  };

  return {
    "aws:apigatewayv2/api:Api": api,
    "aws:apigatewayv2/authorizer:Authorizer": part<JwtAuthorizer>(
      { simulated: ["apiId", "authorizerType", "identitySources", "jwtConfiguration"], withoutEffect: ["name"] },
      readAuthorizer,
      (of) => of.authorizers,
    ),
    "aws:apigatewayv2/integration:Integration": part<Integration>(
      {
        simulated: ["apiId", "integrationType", "integrationUri", "payloadFormatVersion", "timeoutMilliseconds"],
        withoutEffect: ["description"],
        replaceOn: ["apiId", "integrationType"],
      },
      readIntegration,
      (of) => of.integrations,
    ),
    "aws:apigatewayv2/route:Route": part<Route>(
      {
        simulated: ["apiId", "routeKey", "target", "authorizationType", "authorizerId", "authorizationScopes"],
        withoutEffect: ["operationName"],
      },
      readRoute,
      (of) => of.routes,
    ),
    "aws:apigatewayv2/stage:Stage": {
      simulated: ["apiId", "name", "autoDeploy", "accessLogSettings", "defaultRouteSettings"],
      withoutEffect: ["description", "tags"],
      replaceOn: ["apiId", "name"],
      create: stageOf,
      update: async (_id: string, resource: DeclaredResource) => ({ outputs: (await stageOf(resource)).outputs }),
      async delete(_id: string, { inputs }: DeclaredResource) {
        const api = apis.get(String(inputs.apiId));
        if (api) api.stage = undefined;
      },
    },
  } satisfies Record<string, ResourceSimulation>;
}

function refuseUnless({ name }: DeclaredResource, input: string, value: unknown, simulated: unknown): void {
  if (value === simulated) return;
  throw new Error(
    `local/apigatewayv2: "${name}": ${input} ${JSON.stringify(value)} is not simulated; use ${JSON.stringify(simulated)}, ${SEE}`,
  );
}

function readAuthorizer(resource: DeclaredResource): JwtAuthorizer {
  const { authorizerType, identitySources, jwtConfiguration } = resource.inputs;
  refuseUnless(resource, "authorizerType", authorizerType, "JWT");
  const [source] = (identitySources ?? []) as string[];
  refuseUnless(resource, "identitySources", source, "$request.header.Authorization");
  const { issuer, audiences } = jwtConfiguration as { issuer: string; audiences: string[] };
  return { issuer, audiences };
}

function readIntegration(resource: DeclaredResource): Integration {
  const { integrationType, integrationUri, payloadFormatVersion, timeoutMilliseconds = 30_000 } = resource.inputs;
  refuseUnless(resource, "integrationType", integrationType, "AWS_PROXY");
  refuseUnless(resource, "payloadFormatVersion", payloadFormatVersion, "2.0");
  const functionArn = /(arn:aws:lambda:[^:]*:\d+:function:[^/]+)(\/invocations)?$/.exec(String(integrationUri))?.[1];
  if (functionArn !== undefined) return { functionArn, timeoutMillis: Number(timeoutMilliseconds) };
  throw new Error(
    `local/apigatewayv2: "${resource.name}": integrationUri is not that of a function, and others are not simulated; ${SEE}`,
  );
}

function readRoute(resource: DeclaredResource): Route {
  const { routeKey, target, authorizationType = "NONE", authorizerId, authorizationScopes = [] } = resource.inputs;
  if (!["NONE", "AWS_IAM", "JWT"].includes(String(authorizationType))) {
    throw new Error(
      `local/apigatewayv2: "${resource.name}": authorizationType ${JSON.stringify(authorizationType)} is not simulated; use "AWS_IAM", "JWT" or "NONE", ${SEE}`,
    );
  }
  return {
    routeKey: String(routeKey),
    integrationId: String(target).replace(/^integrations\//, ""),
    authorization: authorizationType as Route["authorization"],
    authorizerId: authorizerId as string | undefined,
    scopes: authorizationScopes as string[],
  };
}

function readStage(resource: DeclaredResource): Stage {
  const { name, autoDeploy, accessLogSettings, defaultRouteSettings = {} } = resource.inputs;
  refuseUnless(resource, "name", name, "$default");
  refuseUnless(resource, "autoDeploy", autoDeploy, true);
  const {
    throttlingRateLimit,
    throttlingBurstLimit,
    detailedMetricsEnabled: _,
    ...others
  } = Object(defaultRouteSettings);
  const [other] = Object.keys(others);
  if (other !== undefined) {
    throw new Error(
      `local/apigatewayv2: "${resource.name}": defaultRouteSettings.${other} is not simulated; leave it out, ${SEE}`,
    );
  }
  return {
    accessLog: accessLogSettings === undefined ? undefined : readAccessLog(resource, Object(accessLogSettings)),
    rate: throttlingRateLimit,
    burst: throttlingBurstLimit,
  };
}

function readAccessLog({ name }: DeclaredResource, settings: { destinationArn: string; format: string }) {
  const { destinationArn, format } = settings;
  const group = /^arn:aws:logs:[^:]*:\d+:log-group:([^:]+)(:\*)?$/.exec(destinationArn)?.[1];
  const problem =
    group === undefined ? `the destination "${destinationArn}" of its access logs` : accessLogProblem(format);
  if (problem === undefined && group !== undefined) return { group, format };
  throw new Error(`local/apigatewayv2: "${name}": ${problem} is not simulated; ${SEE}`);
}
