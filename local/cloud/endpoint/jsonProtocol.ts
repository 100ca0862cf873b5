/** AWS JSON 1.0 and 1.1: the operation in `X-Amz-Target`, JSON in, JSON out. https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
import type { Cloud } from "../cloud";
import { type CallContext, operationOf, ServiceError } from "../service";
import { type HttpRequest, type HttpResponse, textOf } from "./http";

/** The service of each target prefix. */
const SERVICES: Readonly<Record<string, string>> = {
  AWSGlue: "glue",
  AWSStepFunctions: "states",
  AmazonAthena: "athena",
  AmazonSQS: "sqs",
  AmazonSSM: "ssm",
  DynamoDB_20120810: "dynamodb",
  GraniteServiceVersion20100801: "cloudwatch",
  Firehose_20150804: "firehose",
  Kinesis_20131202: "kinesis",
  Logs_20140328: "logs",
  RedshiftData: "redshift-data",
  RedshiftServerless: "redshift-serverless",
  TrentService: "kms",
  secretsmanager: "secretsmanager",
};

export async function answerJson(cloud: Cloud, request: HttpRequest, context: CallContext): Promise<HttpResponse> {
  const target = request.headers["x-amz-target"] ?? "";
  const type = request.headers["content-type"] ?? "";
  if (!/^application\/x-amz-json-1\.[01]\b/.test(type)) {
    throw new ServiceError(
      "UnsupportedMediaTypeException",
      `local: the content type "${type}" is not simulated; use a client that speaks JSON (with the AWS SDK for Java: AWS_CBOR_DISABLE=true)`,
      415,
    );
  }
  const [prefix = "", operationName = ""] = target.split(".");
  const name = SERVICES[prefix];
  const service = cloud.services().find((candidate) => candidate.name === name);
  if (!service)
    throw new ServiceError("UnknownOperationException", `local: nothing here answers ${target}; see docs/fidelity.md`);
  const operation = operationOf(service, operationName);
  const input = parse(await textOf(request.body));
  cloud.authorize(context.principal, operation.access(input));
  const output = await operation.run(input, context);
  return {
    status: 200,
    headers: { "content-type": type, "x-amzn-requestid": context.requestId },
    body: stringifyOutput(output ?? {}),
  };
}

/** A `Date` becomes seconds since the epoch, bytes become base64; `undefined` is left out. */
function stringifyOutput(output: unknown): string {
  return JSON.stringify(output, function (this: Record<string, unknown>, key, value) {
    const original = this[key];
    if (original instanceof Date) return original.getTime() / 1000;
    if (original instanceof Uint8Array) return Buffer.from(original).toString("base64");
    return value;
  });
}

/** The response for an error of a JSON service. */
export function jsonError(error: unknown, requestId: string): HttpResponse {
  const { code, message, status } = serviceErrorOf(error);
  return {
    status,
    headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-errortype": code, "x-amzn-requestid": requestId },
    body: JSON.stringify({ __type: code, message }),
  };
}

/** The error as a `ServiceError`. Any other error is a defect of local and becomes a 500 with its message. */
export function serviceErrorOf(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  return new ServiceError("InternalFailure", error instanceof Error ? error.message : String(error), 500);
}

function parse(body: string): object {
  let value: unknown;
  try {
    value = body === "" ? {} : JSON.parse(body);
  } catch (error) {
    throw new ServiceError(
      "SerializationException",
      `${body.length} characters do not parse as JSON: ${(error as Error).name}`,
    );
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new ServiceError("SerializationException", "the body is not a JSON object");
}
