/** The settings of functions that run inline callbacks: environment, permissions, secrets and network, with checks. */
import type * as pulumi from "@pulumi/pulumi";
import type { Permission } from "../parts/permission";
import { type Secrets, secretProblems, secretVariable } from "./secrets";
import { type VpcArgs, vpcProblems } from "./vpc";

export interface FunctionSettings {
  /**
   * Environment variables, the only way to pass names of resources to callbacks, which read `process.env.NAME` in their
   * body. Lambda takes at most 4 KB. Whoever may read the function's configuration sees the values: use `secrets` for
   * those that are secret.
   * @default {}
   */
  environment?: Record<string, pulumi.Input<string>>;
  /** Permissions of the callbacks, from the owners of the resources, in addition to the component's own. @default [] */
  permissions?: readonly Permission[];
  /**
   * Secrets that callbacks read by name, as `secret("SALT")`. The function fetches the values before its first event,
   * and again when they are too old; neither the package nor Pulumi's state contains them. If a value cannot be read,
   * the invocation fails and Lambda retries it, so that no record is lost. The role gets the permission to read exactly
   * these secrets.
   * @default none
   * @example secrets: { SALT: { secretArn: salt.arn } }
   */
  secrets?: Secrets;
  /** The network of the function. @default none: Lambda's own network, with access to the internet */
  vpc?: VpcArgs;
}

/** The total of names and values, bytes: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_ENVIRONMENT_BYTES = 4096;

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html, "Defined runtime environment variables" */
const RESERVED: ReadonlySet<string> = new Set([
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

/** @param own the variables that the component itself sets */
export function functionSettingsProblems(
  settings: FunctionSettings,
  own: readonly string[] = [],
): (string | undefined)[] {
  const { environment = {}, secrets = {}, vpc } = settings;
  const taken = new Set([...own, ...Object.keys(secrets).map(secretVariable)]);
  return [
    ...Object.keys(environment).map((variable) => variableProblem(variable, taken)),
    sizeProblem(environment),
    ...secretProblems(secrets),
    ...vpcProblems(vpc),
  ];
}

function variableProblem(variable: string, taken: ReadonlySet<string>): string | undefined {
  if (RESERVED.has(variable)) return `environment: Lambda sets ${variable} itself; use another name.`;
  if (taken.has(variable)) return `environment: the component sets ${variable} itself; use another name.`;
  if (/^[A-Za-z][A-Za-z0-9_]+$/.test(variable)) return undefined;
  return `environment: "${variable}" is not a name; use two or more letters, digits and "_", a letter first.`;
}

/** Counts values that are known here; AWS checks the rest. */
function sizeProblem(environment: NonNullable<FunctionSettings["environment"]>): string | undefined {
  const bytes = Object.entries(environment)
    .map(
      ([variable, value]) => Buffer.byteLength(variable) + (typeof value === "string" ? Buffer.byteLength(value) : 0),
    )
    .reduce((sum, size) => sum + size, 0);
  if (bytes <= MAX_ENVIRONMENT_BYTES) return undefined;
  return `environment has ${bytes} bytes; Lambda takes at most ${MAX_ENVIRONMENT_BYTES}: put large values into Parameter Store, and read them as secrets.`;
}
