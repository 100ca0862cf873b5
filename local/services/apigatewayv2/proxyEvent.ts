/**
 * The event of a Lambda proxy integration, and the response that its result makes, in payload format 2.0.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
import type { HttpRequest, HttpResponse } from "../../cloud/endpoint/http";
import { requestTime } from "./accessLog";
import type { HttpApi, Matched } from "./httpApi";

/** The types that are passed as strings, as measured on AWS: https://github.com/ministackorg/ministack/pull/766 */
const TEXT = /^(text\/.+|application\/(json|xml|javascript))$/;

export interface ProxyRequest {
  readonly request: HttpRequest;
  readonly body: Buffer;
  readonly matched: Matched;
  /** `requestContext.authorizer`. @default none */
  readonly authorizer: object | undefined;
  readonly requestId: string;
  readonly atMillis: number;
}

export function proxyEvent(api: HttpApi, accountId: string, proxied: ProxyRequest): object {
  const { request, body, matched, authorizer, requestId, atMillis } = proxied;
  const { method, query, headers } = request;
  const { cookie, ...others } = headers;
  const type = (headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  const isText = TEXT.test(type);
  const { path } = matched;
  const { routeKey } = matched.route;
  return {
    version: "2.0",
    routeKey,
    rawPath: path,
    rawQueryString: query.toString(),
    ...(cookie !== undefined && { cookies: cookie.split(/;\s*/) }),
    headers: Object.fromEntries(Object.entries(others).filter(([name]) => !name.startsWith(":"))),
    ...(query.size > 0 && {
      queryStringParameters: Object.fromEntries([...query.keys()].map((name) => [name, query.getAll(name).join(",")])),
    }),
    requestContext: {
      accountId,
      apiId: api.id,
      ...(authorizer && { authorizer }),
      domainName: headers.host ?? headers[":authority"] ?? "",
      domainPrefix: api.id,
      http: {
        method,
        path,
        protocol: "HTTP/1.1",
        sourceIp: "127.0.0.1",
        userAgent: headers["user-agent"] ?? "",
      },
      requestId,
      routeKey,
      stage: "$default",
      time: requestTime(atMillis),
      timeEpoch: atMillis,
    },
    ...(Object.keys(matched.pathParameters).length > 0 && { pathParameters: matched.pathParameters }),
    ...(body.length > 0 && { body: isText ? body.toString() : body.toString("base64") }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

interface Result {
  readonly statusCode?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

/** Without `statusCode`, the result itself is the body. @param payload the function's result, JSON */
export function proxyResponse(payload: string): HttpResponse {
  const result = JSON.parse(payload) as Result | string | null;
  if (typeof result !== "object" || result === null || result.statusCode === undefined) {
    const body = typeof result === "string" ? result : payload;
    return { status: 200, headers: { "content-type": "application/json" }, body };
  }
  const { statusCode, headers = {}, body = "", isBase64Encoded } = result;
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return {
    status: statusCode,
    headers: { "content-type": "text/plain;charset=UTF-8", ...Object.fromEntries(lower) },
    body: isBase64Encoded ? Buffer.from(body, "base64") : body,
  };
}
