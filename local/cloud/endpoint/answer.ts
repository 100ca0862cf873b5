/** Answers one request of any protocol: finds the service and the principal, calls the service, writes the response. */
import type { Cloud } from "../cloud";
import { type CallContext, ServiceError } from "../service";
import { answerForm } from "./formProtocol";
import type { HttpRequest, HttpResponse } from "./http";
import { answerJson, jsonError } from "./jsonProtocol";
import { readRequest, writeResponse } from "./messages";
import type { Incoming, Outgoing } from "./server";
import { isVisit, refusalOf } from "./visit";

interface CredentialScope {
  readonly accessKeyId: string;
  /** The service's name, which local uses too: `"s3"`, `"kinesis"`, `"states"` … */
  readonly service: string;
}

const CREDENTIAL = /([^\s,/=]+)\/\d{8}\/[^/]+\/([^/]+)\/aws4_request/;

export async function answer(cloud: Cloud, incoming: Incoming, outgoing: Outgoing): Promise<void> {
  try {
    await writeResponse(outgoing, await respond(cloud, readRequest(incoming, outgoing)), incoming.method === "HEAD");
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
