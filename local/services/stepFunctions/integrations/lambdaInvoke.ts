/** `lambda:invoke`: calls a function and waits for its result; an error that it throws is the task's error. */
import { isObject, type Json } from "../../../cloud/json";
import { WorkflowError } from "../workflowError";
import { argumentsOf, type Integration, withErrorNames } from "./integration";

/** The Lambda service's response to Invoke. */
interface Invoked {
  readonly StatusCode: number;
  readonly ExecutedVersion?: string;
  readonly FunctionError?: string;
  readonly Payload?: Uint8Array | string;
}

// AWS's name for a denied Invoke: AccessDeniedException is not in the service's model, so the SDK's base exception is reported.
const ERRORS = { prefix: "Lambda", accessDenied: "AWSLambdaException" };

export const lambdaInvoke: Integration = async (call, service) => {
  const { FunctionName, Payload = {} } = argumentsOf(call, ["FunctionName", "Payload"], ["FunctionName"]);
  const input = { FunctionName, Payload: Buffer.from(JSON.stringify(Payload)) };
  const invoked = (await withErrorNames(ERRORS, () => service("lambda", "Invoke", input))) as Invoked;
  const answer = readPayload(invoked.Payload);
  if (invoked.FunctionError !== undefined) {
    const type = isObject(answer) && typeof answer.errorType === "string" ? answer.errorType : "Lambda.Unknown";
    throw new WorkflowError(type, JSON.stringify(answer));
  }
  return { ExecutedVersion: invoked.ExecutedVersion ?? "$LATEST", Payload: answer, StatusCode: invoked.StatusCode };
};

function readPayload(payload: Uint8Array | string | undefined): Json {
  if (payload === undefined || payload.length === 0) return null;
  return JSON.parse(typeof payload === "string" ? payload : Buffer.from(payload).toString("utf8")) as Json;
}
