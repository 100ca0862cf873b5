/** Reads and checks a declared function, with AWS's defaults for absent inputs. */
import type { LogLevel } from "./bootstrap";

export interface FunctionSpec {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly region: string;
  /** `"index.handler"` */
  readonly handler: string;
  /** `"nodejs24.x"` */
  readonly runtime: string;
  /** The directory of the unpacked package. */
  readonly root: string;
  readonly memoryMebibytes: number;
  readonly timeoutMillis: number;
  readonly variables: Readonly<Record<string, string>>;
  /** Maximum number of concurrent invocations. @default no limit of its own */
  readonly reservedConcurrency?: number;
  /** True if the function is connected to a VPC, which is declared only. */
  readonly isInVpc: boolean;
  readonly logGroup: string;
  readonly logFormat: "JSON" | "Text";
  /** With JSON, the function's entries below this level are not logged. */
  readonly logLevel: LogLevel;
  /** True if starts, ends and reports are logged; with JSON, this requires a system log level of INFO or lower. */
  readonly logsPlatform: boolean;
  readonly systemLogLevel: string;
  readonly description: string;
}

/**
 * Variables that Lambda sets itself and that a function must not declare.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html, "Reserved environment variables"
 */
const RESERVED = new Set([
  "_HANDLER",
  "_X_AMZN_TRACE_ID",
  "AWS_DEFAULT_REGION",
  "AWS_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_LAMBDA_RUNTIME_API",
  "LAMBDA_TASK_ROOT",
  "LAMBDA_RUNTIME_DIR",
]);

/** Names and values: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_ENVIRONMENT_BYTES = 4096;

type Inputs = Readonly<Record<string, unknown>>;

/**
 * Reads the inputs of `aws:lambda/function:Function`.
 *
 * @param made the parts that provisioning determines: name, ARN, region, directory
 * @throws Error that names the wrong value and the correct ones
 */
export function readFunctionSpec(
  logicalName: string,
  inputs: Inputs,
  made: Pick<FunctionSpec, "name" | "arn" | "region" | "root">,
): FunctionSpec {
  const refuse = (problem: string): never => {
    throw new Error(`local/lambda: function "${logicalName}": ${problem}`);
  };
  const number = (property: string, fallback: number, lowest: number, highest: number) => {
    const value = inputs[property] ?? fallback;
    if (typeof value === "number" && Number.isInteger(value) && value >= lowest && value <= highest) return value;
    return refuse(`${property} is ${JSON.stringify(value)}; use a whole number from ${lowest} to ${highest}`);
  };
  const runtime = String(inputs.runtime);
  if (!/^nodejs(20|22|24)\.x$/.test(runtime)) refuse(`runtime "${runtime}" is not simulated; use "nodejs24.x"`);
  const handler = String(inputs.handler);
  if (!/^[^.\s]+(\.[^.\s]+)+$/.test(handler)) refuse(`handler "${handler}" is not one; write it as "index.handler"`);
  if (typeof inputs.role !== "string") refuse("role is missing; give the ARN of a role that Lambda may assume");

  const variables = ((inputs.environment as Inputs | undefined)?.variables ?? {}) as Record<string, string>;
  const reserved = Object.keys(variables).find((name) => RESERVED.has(name));
  const bytes = Object.entries(variables).reduce((sum, [name, value]) => sum + Buffer.byteLength(`${name}${value}`), 0);
  if (bytes > MAX_ENVIRONMENT_BYTES) {
    refuse(`the environment variables have ${bytes} bytes; Lambda takes at most ${MAX_ENVIRONMENT_BYTES}`);
  }
  if (reserved) refuse(`the environment variable "${reserved}" is reserved; Lambda sets it itself`);

  const logging = (inputs.loggingConfig ?? {}) as Inputs;
  const reservedConcurrency = number("reservedConcurrentExecutions", -1, -1, 1_000_000);
  return {
    ...made,
    roleArn: inputs.role as string,
    handler,
    runtime,
    memoryMebibytes: number("memorySize", 128, 128, 10_240),
    timeoutMillis: 1000 * number("timeout", 3, 1, 900),
    variables,
    ...(reservedConcurrency >= 0 && { reservedConcurrency }),
    isInVpc: hasSubnets(inputs.vpcConfig),
    logGroup: typeof logging.logGroup === "string" ? logging.logGroup : `/aws/lambda/${made.name}`,
    logFormat: logging.logFormat === "JSON" ? "JSON" : "Text",
    logLevel: (logging.applicationLogLevel ?? "INFO") as LogLevel,
    logsPlatform: logging.logFormat !== "JSON" || (logging.systemLogLevel ?? "INFO") !== "WARN",
    systemLogLevel: String(logging.systemLogLevel ?? "INFO"),
    description: typeof inputs.description === "string" ? inputs.description : "",
  };
}

function hasSubnets(vpcConfig: unknown): boolean {
  const { subnetIds } = Object(vpcConfig) as { subnetIds?: unknown };
  return Array.isArray(subnetIds) && subnetIds.length > 0;
}
