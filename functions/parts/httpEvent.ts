/**
 * Reads the events of an HTTP API, and writes its answers, in payload format 2.0.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
import { STATUS_CODES } from "node:http";
import { IngestRefusal } from "../../lake/ingest/refusal";

export interface HttpRequest {
  readonly method: string;
  /** Without the query, decoded by API Gateway. */
  readonly path: string;
  /** The variable `key` of the route's path, decoded. @default none */
  readonly pathKey: string | undefined;
  /** The query as the client sent it, without "?". */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** @throws IngestRefusal for a body whose bytes were lost on the way */
  body(): Buffer;
}

export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface HttpEvent {
  readonly version: string;
  readonly rawPath: string;
  readonly rawQueryString?: string;
  readonly pathParameters?: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly requestContext: { readonly http: { readonly method: string } };
  readonly body?: string;
  readonly isBase64Encoded: boolean;
}

/** @throws Error for an event of any other source */
export function httpRequestOf(event: unknown): HttpRequest {
  const {
    version,
    rawPath,
    rawQueryString: query = "",
    pathParameters,
    headers,
    requestContext,
    body = "",
    isBase64Encoded,
  } = Object(event) as Partial<HttpEvent>;
  const method = requestContext?.http?.method;
  if (version !== "2.0" || rawPath === undefined || headers === undefined || method === undefined) {
    throw new Error("the event is not one of an HTTP API with payload format 2.0");
  }
  return {
    method,
    path: rawPath,
    pathKey: pathParameters?.key,
    query,
    headers,
    body: () => bodyOf(body, isBase64Encoded === true, headers),
  };
}

/**
 * API Gateway passes `text/*` and a few other types as a string, in which bytes that are not UTF-8 are replaced. The length
 * then differs, because the replacement character has three bytes.
 */
function bodyOf(body: string, isBase64: boolean, headers: HttpEvent["headers"]): Buffer {
  if (isBase64) return Buffer.from(body, "base64");
  const bytes = Buffer.from(body);
  const sent = headers["content-length"];
  if (sent === undefined || Number(sent) === bytes.length) return bytes;
  throw new IngestRefusal(
    400,
    `The body of ${sent} bytes is not UTF-8, which its content type promises: send it as application/octet-stream to /records.`,
  );
}

export function jsonAnswer(
  statusCode: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return { statusCode, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
}

/** A problem of RFC 9457. */
export function problemAnswer(
  status: number,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  const body = { type: "about:blank", title: STATUS_CODES[status], status, detail };
  const type = { "content-type": "application/problem+json" };
  return { statusCode: status, headers: { ...type, ...headers }, body: JSON.stringify(body) };
}
