/** Reads whose credentials signed a request, and for which service. The signature itself is not checked: the port is the machine's own. */
import type { HttpRequest } from "./http";

export interface CredentialScope {
  readonly accessKeyId: string;
  /** `"s3"`, `"kinesis"`, `"states"` …: the name of a service in local too. */
  readonly service: string;
}

const CREDENTIAL = /([^\s,/=]+)\/\d{8}\/[^/]+\/([^/]+)\/aws4_request/;

/** From the `Authorization` header, or from the query of a presigned URL. */
export function credentialScope(request: Pick<HttpRequest, "headers" | "query">): CredentialScope | undefined {
  const found = CREDENTIAL.exec(request.headers.authorization ?? request.query.get("X-Amz-Credential") ?? "");
  if (!found) return undefined;
  return { accessKeyId: found[1] as string, service: found[2] as string };
}
