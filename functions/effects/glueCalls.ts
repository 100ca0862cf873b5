/** Operations of Glue without Glue's client, whose 270 operations weigh more than all the rest of a package. */
import { setTimeout as sleep } from "node:timers/promises";
import { S3Client } from "@aws-sdk/client-s3";
import { partition } from "@aws-sdk/core/client";
import { SignatureV4 } from "@smithy/signature-v4";

/** @throws GlueError with the answer's code, or the error of the connection, after the last attempt */
export type GlueCall = (operation: string, input: object) => Promise<unknown>;

export interface GlueCallOptions {
  /** Lends region, credentials and hash; a router's package has this client anyway. Defaults to one made from the environment. */
  readonly client?: S3Client;
  /** Waits before another attempt. Defaults to real time. */
  readonly sleep?: (millis: number) => Promise<unknown>;
  /** How long one attempt may take. @default 10000 */
  readonly requestTimeoutMillis?: number;
}

/** Glue's refusal; `name` is its code, as `EntityNotFoundException`. */
export class GlueError extends Error {
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

/** Glue's JSON protocol, signed by the SDK's own signer. */
export function glueCalls(options: GlueCallOptions = {}): GlueCall {
  const { config } = options.client ?? new S3Client({});
  const { credentials, region, sha256 } = config;
  const signer = new SignatureV4({ credentials, region, sha256, service: "glue" });
  const wait = options.sleep ?? sleep;
  const timeoutMillis = options.requestTimeoutMillis ?? REQUEST_TIMEOUT_MILLIS;

  async function attempt(operation: string, body: string): Promise<unknown> {
    const url = await endpoint(config);
    const signed = await signer.sign({
      method: "POST",
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: {},
      headers: {
        host: url.host,
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `AWSGlue.${operation}`,
      },
      body,
    });
    const { host: _, ...headers } = signed.headers; // fetch writes it itself
    const signal = AbortSignal.timeout(timeoutMillis);
    return answerOf(await fetch(url, { method: "POST", headers, body, signal }));
  }

  return async (operation, input) => {
    const body = JSON.stringify(input);
    for (let tries = 1; ; tries += 1) {
      try {
        return await attempt(operation, body);
      } catch (error) {
        if (tries === ATTEMPTS || !mayPass(error)) throw error;
        await wait(FIRST_WAIT_MILLIS * 2 ** (tries - 1));
      }
    }
  };
}

/** Where the SDK's own clients would ask (AWS SDKs and Tools reference guide, service-specific and FIPS endpoints). */
async function endpoint(config: S3Client["config"]): Promise<URL> {
  const own = process.env.AWS_ENDPOINT_URL_GLUE || process.env.AWS_ENDPOINT_URL;
  if (own) return new URL(own);
  const region = await config.region();
  const fips = (await config.useFipsEndpoint()) ? "-fips" : "";
  return new URL(`https://glue${fips}.${region}.${partition(region).dnsSuffix}/`);
}

async function answerOf(response: Response): Promise<unknown> {
  const text = await response.text();
  if (response.ok) return JSON.parse(text);
  const { __type, message, Message } = parsed(text);
  // `aws.glue#EntityNotFoundException:http://…`: the code is between (Smithy, AWS JSON protocols, error codes).
  const code = String(response.headers.get("x-amzn-errortype") ?? __type ?? "UnknownError");
  const name = code.replace(/:.*$/s, "").replace(/^.*#/s, "");
  throw new GlueError(name, response.status, String(message ?? Message ?? `HTTP status ${response.status}`));
}

/** A proxy's error need not be JSON; its status says enough. */
function parsed(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

/** Throttled, broken at Glue's side, or not connected: worth another attempt. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof GlueError)) return isOfConnection(error);
  return error.status >= 500 || error.status === 429 || /throttl|TooManyRequests|RequestLimit/i.test(error.name);
}

/** fetch throws TypeError for a failed connection and TimeoutError for one that takes too long. */
function isOfConnection(error: unknown): boolean {
  const { name } = Object(error) as { name?: unknown };
  return name === "TypeError" || name === "TimeoutError";
}
