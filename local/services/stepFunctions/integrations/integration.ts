/** What a service integration of Step Functions is here: one call, or a call and polls, as the state machine's role. */

import { isObject, type Json } from "../../../cloud/json";
import { ServiceError } from "../../../cloud/service";
import type { TaskCall } from "../runExecution";
import { WorkflowError } from "../workflowError";

/** Calls an operation of a simulated service as the state machine's role. */
export type ServiceCall = (service: string, operation: string, input: object) => Promise<unknown>;

/** Runs one task; the result is what AWS's integration answers, without `SdkHttpMetadata` and `SdkResponseMetadata`. */
export type Integration = (call: TaskCall, service: ServiceCall) => Promise<Json>;

/** How an integration names the errors of its service. */
export interface ErrorNames {
  /** `"Glue"`: errors are `Glue.EntityNotFoundException`. */
  readonly prefix: string;
  /** The name for a call that IAM denies. */
  readonly accessDenied: string;
}

/** Runs a call; an error of the service becomes one of the workflow, named as the integration names it. */
export async function withErrorNames<T>({ prefix, accessDenied }: ErrorNames, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const { code, status, message } = error;
    const exception =
      code === "AccessDeniedException" ? accessDenied : code.endsWith("Exception") ? code : `${code}Exception`;
    throw new WorkflowError(
      `${prefix}.${exception}`,
      `${message} (Service: ${prefix}, Status Code: ${status}, Error Code: ${code})`,
    );
  }
}

/** The arguments by name. Throws for a name that is not simulated, and for one that is missing. */
export function argumentsOf(
  call: TaskCall,
  names: readonly string[],
  required: readonly string[],
): Record<string, Json> {
  const given = call.arguments;
  if (!isObject(given)) throw new Error(`${call.resource} wants an object as its arguments`);
  for (const name of Object.keys(given)) {
    if (!names.includes(name))
      throw new Error(`${call.resource}: the argument ${name} is not simulated; simulated are ${names.join(", ")}`);
  }
  for (const name of required)
    if (!(name in given)) throw new Error(`${call.resource}: the argument ${name} is missing`);
  return given as Record<string, Json>;
}
