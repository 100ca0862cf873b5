/** Answers one request of any protocol: finds the service and the principal, calls the service, writes the response. */
import type * as http from "node:http";
import type * as http2 from "node:http2";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Cloud } from "../cloud";
import { type CallContext, ServiceError } from "../service";
import { answerForm } from "./formProtocol";
import type { HttpRequest, HttpResponse } from "./http";
import { answerJson, jsonError } from "./jsonProtocol";
import { isVisit, refusalOf } from "./visit";

type Incoming = http.IncomingMessage | http2.Http2ServerRequest;
type Outgoing = http.ServerResponse | http2.Http2ServerResponse;

interface CredentialScope {
  readonly accessKeyId: string;
  /** The service's name, which local uses too: `"s3"`, `"kinesis"`, `"states"` … */
  readonly service: string;
}

const CREDENTIAL = /([^\s,/=]+)\/\d{8}\/[^/]+\/([^/]+)\/aws4_request/;

export async function answer(cloud: Cloud, incoming: Incoming, outgoing: Outgoing): Promise<void> {
  try {
    await write(outgoing, await respond(cloud, requestOf(incoming)), incoming.method === "HEAD");
  } catch {
    // The client has gone, or the object's file was deleted during the transfer: the closed connection marks it incomplete.
    outgoing.destroy();
  }
}

async function respond(cloud: Cloud, request: HttpRequest): Promise<HttpResponse> {
  const scope = credentialScope(request);
  const context: CallContext = { principal: cloud.principalOf(scope?.accessKeyId), requestId: cloud.nextRequestId() };
  try {
    const page = isVisit(request) ? await visited(cloud, request) : undefined;
    if (page) return page;
    if (request.headers["x-amz-target"] !== undefined) return await answerJson(cloud, request, context);
    const type = request.headers["content-type"] ?? "";
    if (/cbor/.test(type)) throw notSpoken(type);
    if (type.startsWith("application/x-www-form-urlencoded") && scope?.service !== "s3") {
      return await answerForm(cloud, request, context, scope?.service);
    }
    const name = scope?.service ?? "s3";
    const service = cloud.services().find((candidate) => candidate.name === name);
    if (!service?.rest)
      throw new ServiceError("UnknownOperationException", `local: the REST protocol of "${name}" is not simulated`);
    return await service.rest(request, context);
  } catch (error) {
    return jsonError(error, context.requestId);
  }
}

async function visited(cloud: Cloud, request: HttpRequest): Promise<HttpResponse | undefined> {
  const handler = cloud.visitHandler();
  return handler && (refusalOf(request) ?? handler(request));
}

function notSpoken(type: string): ServiceError {
  return new ServiceError(
    "UnsupportedMediaTypeException",
    `local: ${type} is not simulated; use a client that speaks JSON (with the AWS SDK for Java: AWS_CBOR_DISABLE=true)`,
    415,
  );
}

/**
 * Reads the access key and the service of a request from the `Authorization` header or a presigned URL's query.
 * The signature is not checked: only this machine can reach the port.
 */
function credentialScope(request: Pick<HttpRequest, "headers" | "query">): CredentialScope | undefined {
  const found = CREDENTIAL.exec(request.headers.authorization ?? request.query.get("X-Amz-Credential") ?? "");
  if (!found) return undefined;
  return { accessKeyId: found[1] as string, service: found[2] as string };
}

function requestOf(incoming: Incoming): HttpRequest {
  const target = incoming.url ?? "/";
  const question = target.indexOf("?");
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(",") : value;
  }
  return {
    method: incoming.method ?? "GET",
    path: question < 0 ? target : target.slice(0, question),
    query: new URLSearchParams(question < 0 ? "" : target.slice(question + 1).replaceAll("+", "%2B")),
    headers,
    body: incoming,
  };
}

async function write(outgoing: Outgoing, response: HttpResponse, isHead: boolean): Promise<void> {
  const { body } = response;
  const headers: Record<string, string> = { ...response.headers };
  if (!(body instanceof Readable) && !isHead)
    headers["content-length"] = String(body === undefined ? 0 : Buffer.byteLength(body));
  if (response.status === 304 || response.status === 204) delete headers["content-length"];
  (outgoing as http.ServerResponse).writeHead(response.status, headers);
  if (body === undefined || isHead) outgoing.end();
  else if (body instanceof Readable) await pipeline(body, outgoing as http.ServerResponse);
  else outgoing.end(body);
}
