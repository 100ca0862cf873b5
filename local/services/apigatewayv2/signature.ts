/** Checks Signature Version 4 of a request to an API, by the credentials of the run. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Cloud } from "../../cloud/cloud";
import type { HttpRequest } from "../../cloud/endpoint/http";
import type { Principal } from "../../cloud/iam/principal";

export type Checked = { readonly principal: Principal; readonly accessKeyId: string } | { readonly problem: string };

/** How old a signature may be (IAM user guide, "Troubleshoot Signature Version 4"). */
const MAX_AGE_MILLIS = 5 * 60 * 1000;
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256\s+Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request,\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/;

/**
 * Credentials that the run did not issue are those of the caller, and their secret is the access key id itself: `local` and
 * `local`, `test` and `test`.
 */
export async function checkSignature(
  cloud: Pick<Cloud, "region" | "clock" | "principalOf" | "credentialsFor">,
  request: HttpRequest,
  body: Uint8Array,
): Promise<Checked> {
  const { headers } = request;
  const found = AUTHORIZATION.exec(headers.authorization ?? "");
  if (!found) return { problem: "the request is not signed with Signature Version 4" };
  const [, accessKeyId = "", day = "", region = "", service, signedHeaders = "", signature = ""] = found;
  if (service !== "execute-api") return { problem: `the signature is for the service "${service}", not "execute-api"` };
  if (region !== cloud.region) return { problem: `the signature is for ${region}, and the API is in ${cloud.region}` };
  const signingDate = dateOf(headers["x-amz-date"]);
  if (!signingDate || !headers["x-amz-date"]?.startsWith(day)) return { problem: "x-amz-date is missing or wrong" };
  if (Math.abs(cloud.clock.now() - signingDate.getTime()) > MAX_AGE_MILLIS)
    return { problem: "the signature has expired" };
  const names = signedHeaders.split(";");
  if (!names.includes("host")) return { problem: "the signature does not cover the header host" };

  const principal = cloud.principalOf(accessKeyId);
  const issued = cloud.credentialsFor(principal);
  const isIssued = issued.accessKeyId === accessKeyId;
  if (isIssued && principal.kind === "role" && headers["x-amz-security-token"] !== issued.sessionToken) {
    return { problem: "the session token is missing or wrong" };
  }
  const claimed = headers["x-amz-content-sha256"];
  if (claimed !== undefined && claimed !== "UNSIGNED-PAYLOAD" && claimed !== sha256(body)) {
    return { problem: "the body is not the one that was signed" };
  }
  const expected = await signatureOf(request, body, {
    credentials: { accessKeyId, secretAccessKey: isIssued ? issued.secretAccessKey : accessKeyId },
    region,
    names,
    signingDate,
  });
  if (!timingSafeEqual(Buffer.from(expected, "hex"), Buffer.from(signature, "hex"))) {
    const hint = isIssued ? "" : "; local takes credentials whose secret is the access key id, as local and local";
    return { problem: `the signature does not match${hint}` };
  }
  return { principal, accessKeyId };
}

async function signatureOf(
  { method, path, query, headers }: HttpRequest,
  body: Uint8Array,
  options: {
    credentials: { accessKeyId: string; secretAccessKey: string };
    region: string;
    names: readonly string[];
    signingDate: Date;
  },
): Promise<string> {
  const { credentials, region, names, signingDate } = options;
  const signer = new SignatureV4({ credentials, region, service: "execute-api", sha256: Sha256, applyChecksum: false });
  const signed = await signer.sign(
    {
      method,
      protocol: "http:",
      hostname: "",
      path,
      query: queryOf(query),
      headers: Object.fromEntries(names.map((name) => [name, headers[name] ?? ""])),
      body,
    },
    { signingDate, signableHeaders: new Set(names) },
  );
  return /Signature=([0-9a-f]{64})$/.exec(signed.headers.authorization ?? "")?.[1] ?? "";
}

function queryOf(query: URLSearchParams): Record<string, string | string[]> {
  return Object.fromEntries([...new Set(query.keys())].map((name) => [name, query.getAll(name)]));
}

/** `20261120T101500Z` */
function dateOf(text: string | undefined): Date | undefined {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? "") ?? [];
  const millis = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(millis) ? undefined : new Date(millis);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Node's hash in the form that the signer takes. */
class Sha256 {
  private readonly hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash("sha256") : createHmac("sha256", keyOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.hash.update(keyOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }

  reset(): void {
    throw new Error("a hash is used once");
  }
}

function keyOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === "string") return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
