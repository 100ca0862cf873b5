/** The environment variables of a function's process: Lambda's own, the endpoint, and no others of this process. */
import type { StartMessage } from "./bootstrap";
import type { FunctionSpec } from "./functionSpec";

export interface FunctionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/**
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html, "Defined runtime environment variables"
 *
 * @param endpoint the URL at which local serves the AWS APIs
 * @param path the value of `PATH`; Node needs it only for child processes
 */
export function functionEnvironment(
  spec: FunctionSpec,
  logStream: string,
  credentials: FunctionCredentials,
  endpoint: string,
  path: string,
): Record<string, string> {
  const start: StartMessage = {
    root: spec.root,
    handler: spec.handler,
    logFormat: spec.logFormat,
    logLevel: spec.logLevel,
    context: {
      functionName: spec.name,
      functionVersion: "$LATEST",
      invokedFunctionArn: spec.arn,
      memoryLimitInMB: String(spec.memoryMebibytes),
      logGroupName: spec.logGroup,
      logStreamName: logStream,
    },
  };
  return {
    // Rows of a local run are the developer's own, so routers may quote the messages of failed hooks.
    EXPOSE_HOOK_ERRORS: "true",
    // Local runs functions on its own Node.js; the SDK's warning of an older one would be an ERROR line of each log.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    ...spec.variables,
    PATH: path,
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    _HANDLER: spec.handler,
    LAMBDA_TASK_ROOT: spec.root,
    AWS_REGION: spec.region,
    AWS_DEFAULT_REGION: spec.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${spec.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: spec.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMebibytes),
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: spec.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_ENDPOINT_URL: endpoint,
    STREAMLAKE_START: JSON.stringify(start),
  };
}
