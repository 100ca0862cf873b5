/** Sends requests to an HTTP API: signed with AWS credentials, with a token, or as they are. */
import { SignatureV4 } from "@smithy/signature-v4";
import { clientConfig } from "../../../functions/effects/clientConfig";
import { CommandError } from "../../errors";
import { clientOptions } from "../awsClients";
import type { ApiRequest } from "./rowGroups";

/** How requests are authorized: Signature Version 4, a token of an OpenID provider, or not at all. */
export type ApiAuthorization = "signed" | "none" | { readonly token: string };

export interface ApiAnswer {
  readonly status: number;
  /** From the header `Retry-After`. */
  readonly retryAfterSeconds: number;
  /** Parsed JSON; undefined for any other content. */
  readonly body: unknown;
  /** The cause of a refusal, which only local gives. */
  readonly localProblem: string | undefined;
  /** The run of the local cloud that answers. */
  readonly localRun: string | undefined;
}

/** @throws the error of the connection */
export type ApiPost = (request: ApiRequest, signal: AbortSignal) => Promise<ApiAnswer>;

/** `a1b2c3d4e5.execute-api.us-east-1.amazonaws.com` */
const HOST = /^[a-z0-9]+\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/;

/** @param url may end with a path, as of a custom domain name */
export function apiClient(
  url: string,
  authorization: ApiAuthorization,
  env: Readonly<Record<string, string | undefined>>,
): ApiPost {
  const base = new URL(url);
  const root = base.pathname.replace(/\/+$/, "");
  const sign = authorization === "signed" ? signer(base, env) : async (_: string, sent: ApiRequest) => headersOf(sent);
  const token: Record<string, string> =
    typeof authorization === "object" ? { authorization: `Bearer ${authorization.token}` } : {};
  return async (request, signal) => {
    const path = `${root}${request.path}`;
    const headers = { ...(await sign(path, request)), ...token };
    const init = { method: "POST", headers, body: request.body, redirect: "manual", signal } as const;
    const response = await fetch(new URL(path, base), init);
    const text = await response.text();
    return {
      status: response.status,
      retryAfterSeconds: Number(response.headers.get("retry-after")) || 0,
      body: parsed(text),
      localProblem: response.headers.get("x-local-problem") ?? undefined,
      localRun: response.headers.get("x-local-run") ?? undefined,
    };
  };
}

function headersOf({ contentType }: ApiRequest): Record<string, string> {
  return { "content-type": contentType };
}

function signer({ host, hostname, protocol, origin }: URL, env: Readonly<Record<string, string | undefined>>) {
  const given = clientOptions("EXECUTE_API", env, origin);
  const config = clientConfig(HOST.exec(hostname)?.[1] ?? given.region);
  const { sha256, region } = config;
  const credentials = given.credentials ?? config.credentials;
  const signing = new SignatureV4({ credentials, region, sha256, service: "execute-api" });
  return async (path: string, request: ApiRequest): Promise<Record<string, string>> => {
    const unsigned = { method: "POST", protocol, hostname, path, query: {}, body: request.body };
    try {
      const signed = await signing.sign({ ...unsigned, headers: { host, ...headersOf(request) } });
      const { host: _, ...headers } = signed.headers; // fetch writes it itself
      return headers;
    } catch (cause) {
      const { message } = cause as Error;
      throw new CommandError(
        `streamlake produce: the request cannot be signed (${message}); configure AWS credentials and a Region, or give --token or --unsigned`,
        { cause },
      );
    }
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
