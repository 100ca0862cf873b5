/** Calls a service without its client: signs with the SDK's signer, and retries like the SDK's clients. */
import { setTimeout as sleep } from "node:timers/promises";
import { partition } from "@aws-sdk/core/client";
import { SignatureV4 } from "@smithy/signature-v4";
import { type ClientConfig, clientConfig } from "./clientConfig";

/** The protocol of one service. */
export interface SignedService {
  /** Part of the host name and of the signature. */
  readonly name: string;
  /** Part of the environment variable of the endpoint, `AWS_ENDPOINT_URL_<id>`. @default the name, in capitals */
  readonly id?: string;
  /** Regions where the FIPS endpoint has the ordinary name. @default none */
  readonly plainFipsRegions?: readonly string[];
  /** Reads an answer of status 2xx. */
  read(text: string): unknown;
  /** Reads the code and message of an answer of any other status. */
  readError(text: string, headers: Headers): { readonly code?: string; readonly message?: string };
}

export interface SignedCallOptions {
  /** The service's Region. @default the environment's */
  readonly region?: string;
  /** A client of any service, for its credentials, Region and hash. @default the environment's */
  readonly client?: { readonly config: ClientConfig };
  /** Waits before another attempt. Defaults to real time. */
  readonly sleep?: (millis: number) => Promise<unknown>;
  /** Timeout of one attempt. @default 10000 */
  readonly requestTimeoutMillis?: number;
}

/** @throws CallError with the answer's code, or the error of the connection, after the last attempt */
export type SignedCall = (headers: Readonly<Record<string, string>>, body: string) => Promise<unknown>;

/** The service's refusal; `name` is its code, as `EntityNotFoundException`. */
export class CallError extends Error {
  constructor(
    override readonly name: string,
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const ATTEMPTS = 4;
const FIRST_WAIT_MILLIS = 100;
const REQUEST_TIMEOUT_MILLIS = 10_000;

export function signedCalls(service: SignedService, options: SignedCallOptions = {}): SignedCall {
  const config = options.client?.config ?? clientConfig(options.region);
  const { credentials, region, sha256 } = config;
  const signer = new SignatureV4({ credentials, region, sha256, service: service.name });
  const wait = options.sleep ?? sleep;
  const timeoutMillis = options.requestTimeoutMillis ?? REQUEST_TIMEOUT_MILLIS;

  async function attempt(headers: Readonly<Record<string, string>>, body: string): Promise<unknown> {
    const url = await endpoint(service, config);
    const signed = await signer.sign({
      method: "POST",
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: {},
      headers: { host: url.host, ...headers },
      body,
    });
    const { host: _, ...sent } = signed.headers; // fetch writes it itself
    const signal = AbortSignal.timeout(timeoutMillis);
    const response = await fetch(url, { method: "POST", headers: sent, body, signal });
    const text = await response.text();
    if (response.ok) return service.read(text);
    const { code = "UnknownError", message } = service.readError(text, response.headers);
    throw new CallError(code, response.status, message ?? `HTTP status ${response.status}`);
  }

  return async (headers, body) => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await attempt(headers, body);
      } catch (error) {
        if (tries === ATTEMPTS || !mayPass(error)) throw error;
        await wait(FIRST_WAIT_MILLIS * 2 ** (tries - 1));
      }
    }
  };
}

/** The endpoint of the SDK's own clients (AWS SDKs and Tools reference guide, service-specific and FIPS endpoints). */
async function endpoint(
  { name, id = name.toUpperCase(), plainFipsRegions = [] }: SignedService,
  config: ClientConfig,
): Promise<URL> {
  const own = process.env[`AWS_ENDPOINT_URL_${id}`] || process.env.AWS_ENDPOINT_URL;
  if (own) return new URL(own);
  const region = await config.region();
  const fips = (await config.useFipsEndpoint()) && !plainFipsRegions.includes(region) ? "-fips" : "";
  return new URL(`https://${name}${fips}.${region}.${partition(region).dnsSuffix}/`);
}

/** True if another attempt may succeed: throttling, an error of the service, or a failed connection. */
export function mayPass(error: unknown): boolean {
  if (!(error instanceof CallError)) return isOfConnection(error);
  return (
    error.status >= 500 ||
    error.status === 429 ||
    /throttl|throughputexceeded|TooManyRequests|RequestLimit/i.test(error.name)
  );
}

/** fetch throws TypeError for a failed connection and TimeoutError for one that takes too long. */
function isOfConnection(error: unknown): boolean {
  const { name } = Object(error) as { name?: unknown };
  return name === "TypeError" || name === "TimeoutError";
}
