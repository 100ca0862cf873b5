/** The type of a service integration: a call, or a call and polls, with the state machine's role. */

import { isObject, type Json } from "../../../cloud/json";
import { ServiceError } from "../../../cloud/service";
import type { TaskCall } from "../runExecution";
import { WorkflowError } from "../workflowError";

/** Calls an operation of a simulated service with the state machine's role. */
type ServiceCall = (service: string, operation: string, input: object) => Promise<unknown>;

/** Runs one task; returns AWS's result without `SdkHttpMetadata` and `SdkResponseMetadata`. */
export type Integration = (call: TaskCall, service: ServiceCall) => Promise<Json>;

/** The error names that an integration gives to its service's errors. */
interface ErrorNames {
  /** `"Glue"`: errors are `Glue.EntityNotFoundException`. */
  readonly prefix: string;
  /** The name of the error for a call that IAM denies. */
  readonly accessDenied: string;
}

/** Runs a call and converts a service's error to a workflow error with the integration's name for it. */
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

/** Returns the arguments by name. Throws for one that is missing or not simulated. */
export function argumentsOf(
  call: TaskCall,
  names: readonly string[],
  required: readonly string[],
): Record<string, Json> {
  const given = call.arguments;
  if (!isObject(given)) throw new Error(`the arguments of ${call.resource} must be an object`);
  for (const name of Object.keys(given)) {
    if (!names.includes(name))
      throw new Error(`${call.resource}: the argument ${name} is not simulated; use ${names.join(", ")}`);
  }
  for (const name of required)
    if (!(name in given)) throw new Error(`${call.resource}: the argument ${name} is missing`);
  return given as Record<string, Json>;
}
