/** Answers a request to an HTTP API: route, throttling, authorization, function, access log. */
import type { Cloud } from "../../cloud/cloud";
import type { HttpRequest, HttpResponse } from "../../cloud/endpoint/http";
import { ServiceError } from "../../cloud/service";
import type { LambdaService } from "../lambda/service";
import { requestTime, writeAccessLog } from "./accessLog";
import type { HttpApi, Matched } from "./httpApi";
import { proxyEvent, proxyResponse } from "./proxyEvent";
import { checkSignature } from "./signature";
import type { Throttle } from "./throttle";
import { checkToken, type KeySets } from "./token";

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

export interface ApiContext {
  readonly cloud: Cloud;
  readonly api: HttpApi;
  readonly throttle: Throttle;
  readonly keySets: KeySets;
  /** Called with each response of a function, before it is sent. */
  readonly onAnswer: (answer: FunctionAnswer) => void;
}

/** The response of a function to a request. */
export interface FunctionAnswer {
  readonly functionArn: string;
  /** `POST /records`. */
  readonly routeKey: string;
  readonly response: HttpResponse;
}

/** A response with what only the access log shows. */
interface Answered {
  readonly response: HttpResponse;
  readonly matched?: Matched;
  readonly integrationError?: string;
}

export async function answerRequest(context: ApiContext, request: HttpRequest): Promise<HttpResponse> {
  const { cloud, api } = context;
  const atMillis = cloud.clock.now();
  const requestId = cloud.nextRequestId();
  const { response, matched, integrationError } = await answered(context, request, { requestId, atMillis });
  const { status } = response;
  publish(context, {
    Count: 1,
    "4xx": status >= 400 && status < 500 ? 1 : 0,
    "5xx": status >= 500 ? 1 : 0,
    Latency: cloud.clock.now() - atMillis,
  });
  const headers = { ...response.headers, "apigw-requestid": requestId };
  if (api.stage?.accessLog) {
    const { body } = response;
    const isError = response.headers?.[PROBLEM] !== undefined;
    writeAccessLog(cloud, api.stage.accessLog, api.id, {
      "error.message": isError ? messageOf(response) : undefined,
      httpMethod: request.method,
      "identity.sourceIp": "127.0.0.1",
      integrationErrorMessage: integrationError,
      protocol: "HTTP/1.1",
      requestId,
      requestTime: requestTime(atMillis),
      requestTimeEpoch: atMillis,
      responseLatency: cloud.clock.now() - atMillis,
      responseLength: typeof body === "string" || body instanceof Uint8Array ? Buffer.byteLength(body) : 0,
      routeKey: matched?.route.routeKey,
      stage: "$default",
      status: response.status,
    });
  }
  return { ...response, headers };
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html */
function publish({ cloud, api }: ApiContext, values: Readonly<Record<string, number>>): void {
  const ofApi: Record<string, string> = { ApiId: api.id };
  for (const dimensions of [ofApi, { ...ofApi, Stage: "$default" }]) {
    const add = cloud.metrics.publisher("AWS/ApiGateway", dimensions);
    for (const [name, value] of Object.entries(values)) {
      add(name, value, name.endsWith("Latency") ? "Milliseconds" : "Count");
    }
  }
}

async function answered(
  context: ApiContext,
  request: HttpRequest,
  of: { readonly requestId: string; readonly atMillis: number },
): Promise<Answered> {
  const { cloud, api, throttle } = context;
  const matched = api.stage && api.match(request.method, request.path);
  if (!matched) return { response: own(404, "Not Found", "no route matches") };
  if (!throttle.take(api.stage)) return { response: own(429, "Too Many Requests", "the stage throttles"), matched };
  const body = await bodyOf(request);
  if (!body) {
    return {
      response: own(413, "Request Entity Too Large", `the body has more than ${MAX_BODY_BYTES} bytes`),
      matched,
    };
  }
  const authorized = await authorize(context, request, body, matched);
  if ("response" in authorized) return { ...authorized, matched };
  const integration = api.integrations.get(matched.route.integrationId);
  if (!integration) return { response: own(500, "Internal Server Error", "the route has no integration"), matched };

  const event = proxyEvent(api, cloud.accountId, { request, body, matched, ...authorized, ...of });
  const sourceArn = arnOf(context, sourceOf(matched, request.method));
  const lambda = cloud.service("lambda") as LambdaService;
  const late = new AbortController();
  const began = cloud.clock.now();
  try {
    const end = await Promise.race([
      lambda.invokeFor(
        "apigateway.amazonaws.com",
        sourceArn,
        integration.functionArn,
        Buffer.from(JSON.stringify(event)),
      ),
      // The sleep ends with the call, whichever is first.
      cloud.clock.sleep(integration.timeoutMillis, late.signal),
    ]);
    if (!end)
      return {
        response: own(503, "Service Unavailable", "the function takes longer than the integration allows"),
        matched,
      };
    if (!end.functionError) {
      const response = proxyResponse(end.payload);
      const { functionArn } = integration;
      context.onAnswer({ functionArn, routeKey: matched.route.routeKey, response });
      return { response, matched };
    }
    return {
      response: own(500, "Internal Server Error", "the function failed; its log has the error"),
      matched,
      integrationError: end.payload,
    };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const response =
      error.status === 413
        ? own(413, "Request Entity Too Large", "the event of the function has more than 6 MB")
        : own(500, "Internal Server Error", error.message);
    return { response, matched, integrationError: error.message };
  } finally {
    late.abort();
    publish(context, { IntegrationLatency: cloud.clock.now() - began });
  }
}

async function authorize(
  context: ApiContext,
  request: HttpRequest,
  body: Buffer,
  { route }: Matched,
): Promise<{ readonly authorizer: object | undefined } | { readonly response: HttpResponse }> {
  const { cloud, api, keySets } = context;
  if (route.authorization === "NONE") return { authorizer: undefined };
  if (route.authorization === "JWT") {
    const authorizer = api.authorizers.get(route.authorizerId ?? "");
    if (!authorizer) return { response: own(500, "Internal Server Error", "the route has no authorizer") };
    const { authorization } = request.headers;
    const checked = await checkToken(authorization, authorizer, route.scopes, keySets, cloud.clock.now());
    if ("claims" in checked) {
      const claims = Object.entries(checked.claims).map(([name, value]) => [name, String(value)]);
      const scopes = route.scopes.length > 0 ? checked.scopes : null;
      return { authorizer: { jwt: { claims: Object.fromEntries(claims), scopes } } };
    }
    const { status, problem } = checked;
    if (status === 403) return { response: own(403, "Forbidden", problem) };
    return { response: own(401, "Unauthorized", problem, { "www-authenticate": "Bearer" }) };
  }
  const checked = await checkSignature(cloud, request, body);
  if ("problem" in checked) return { response: own(403, "Forbidden", checked.problem) };
  try {
    const resource = arnOf(context, `/$default/${request.method}${request.path}`);
    cloud.authorize(checked.principal, [{ action: "execute-api:Invoke", resource }]);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return { response: own(403, "Forbidden", error.message) };
  }
  const { accessKeyId, principal } = checked;
  const userArn = cloud.arnOf(principal);
  return { authorizer: { iam: { accessKey: accessKeyId, accountId: cloud.accountId, userArn } } };
}

/** The stage, the method and the route's path; `$default` has neither method nor path. */
function sourceOf({ route: { routeKey } }: Matched, method: string): string {
  return routeKey === "$default" ? "/$default/$default" : `/$default/${method}${routeKey.split(" ")[1]}`;
}

function arnOf({ cloud, api }: ApiContext, rest: string): string {
  return `arn:aws:execute-api:${cloud.region}:${cloud.accountId}:${api.id}${rest}`;
}

/** Undefined for a body that is too large. */
async function bodyOf({ body }: HttpRequest): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    // Reads on, because a client that still sends does not see the answer.
    if (length <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return length <= MAX_BODY_BYTES ? Buffer.concat(chunks) : undefined;
}

/** The header with the cause of an answer of API Gateway itself; AWS has none. */
const PROBLEM = "x-local-problem";

/** An answer of API Gateway itself. */
function own(status: number, message: string, problem: string, headers: Record<string, string> = {}): HttpResponse {
  const type = { "content-type": "application/json" };
  return { status, headers: { ...type, ...headers, [PROBLEM]: printable(problem) }, body: JSON.stringify({ message }) };
}

/** Header values have no control characters and no characters beyond Latin-1. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?");
}

function messageOf({ body }: HttpResponse): string {
  return (JSON.parse(String(body)) as { message: string }).message;
}
