/** Options for AWS clients: the usual credentials on AWS; none are needed for an endpoint on this machine. */

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

export interface ClientOptions {
  readonly endpoint?: string;
  readonly region?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/**
 * @param service the suffix in the environment variable `AWS_ENDPOINT_URL_<SERVICE>`
 * @param endpointUrl absent on AWS, `"http://127.0.0.1:4566"` for `streamlake local --serve`
 */
export function clientOptions(
  service: string,
  env: Readonly<Record<string, string | undefined>>,
  endpointUrl: string | undefined,
): ClientOptions {
  const endpoint = endpointUrl ?? env[`AWS_ENDPOINT_URL_${service}`] ?? env.AWS_ENDPOINT_URL;
  const here = endpoint !== undefined && LOOPBACK.has(new URL(endpoint).hostname);
  const configured = Boolean(env.AWS_ACCESS_KEY_ID || env.AWS_PROFILE);
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION;
  return {
    ...(endpoint !== undefined && { endpoint }),
    ...(region ? { region } : here && { region: "us-east-1" }),
    ...(here && !configured && { credentials: { accessKeyId: "local", secretAccessKey: "local" } }),
  };
}
