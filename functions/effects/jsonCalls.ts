/** Calls services with AWS's JSON protocol without their clients, which are larger than the rest of a package. */
import { type SignedCallOptions, type SignedService, signedCalls } from "./signedCalls";

/** @throws CallError with the answer's code, or the error of the connection, after the last attempt */
export type JsonCall = (operation: string, input: object) => Promise<unknown>;

interface JsonService extends Omit<SignedService, "read" | "readError"> {
  /** The part of `X-Amz-Target` before the operation. */
  readonly target: string;
  /** The version of AWS's JSON protocol. @default "1.1" */
  readonly version?: "1.0" | "1.1";
}

const SERVICES = {
  dynamodb: { name: "dynamodb", target: "DynamoDB_20120810", version: "1.0" },
  glue: { name: "glue", target: "AWSGlue" },
  redshiftData: { name: "redshift-data", target: "RedshiftData", id: "REDSHIFT_DATA" },
  secretsManager: { name: "secretsmanager", target: "secretsmanager", id: "SECRETS_MANAGER" },
  // The plain FIPS endpoints are from the SDK's endpoint rules for SSM.
  ssm: { name: "ssm", target: "AmazonSSM", plainFipsRegions: ["us-gov-east-1", "us-gov-west-1"] },
} satisfies Readonly<Record<string, JsonService>>;

export function jsonCalls(service: keyof typeof SERVICES, options: SignedCallOptions = {}): JsonCall {
  const { target, version = "1.1", ...protocol }: JsonService = SERVICES[service];
  const call = signedCalls({ ...protocol, read: (text) => JSON.parse(text), readError }, options);
  return (operation, input) => {
    const headers = { "content-type": `application/x-amz-json-${version}`, "x-amz-target": `${target}.${operation}` };
    return call(headers, JSON.stringify(input));
  };
}

function readError(text: string, headers: Headers): { code?: string; message?: string } {
  const { __type, message, Message } = parsed(text);
  // `aws.glue#EntityNotFoundException:http://…`: the code is between `#` and `:` (Smithy, AWS JSON protocols).
  const code = (headers.get("x-amzn-errortype") ?? __type)?.replace(/:.*$/s, "").replace(/^.*#/s, "");
  const words = message ?? Message;
  return { ...(code !== undefined && { code }), ...(words !== undefined && { message: words }) };
}

/** Returns no fields if the text is not JSON, as in a proxy's error; the HTTP status is enough. */
function parsed(text: string): Record<string, string | undefined> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
