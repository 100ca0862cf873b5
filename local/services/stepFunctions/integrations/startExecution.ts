/** `states:startExecution`: starts an execution and does not wait for it. */
import { withoutUndefined } from "../../../cloud/json";
import { argumentsOf, type Integration, withErrorNames } from "./integration";

// An execution that exists already is `StepFunctions.ExecutionAlreadyExistsException`. A denied call has no exception
// of its own in the service's model, so the SDK's base exception is reported.
const ERRORS = { prefix: "StepFunctions", accessDenied: "AWSStepFunctionsException" };

export const startExecution: Integration = async (call, service) => {
  const names = ["StateMachineArn", "Input", "Name"];
  const { StateMachineArn, Input = {}, Name } = argumentsOf(call, names, ["StateMachineArn"]);
  if (typeof Input === "string") throw new Error(`${call.resource}: Input is a string; give the JSON itself`);
  const input = withoutUndefined({ stateMachineArn: StateMachineArn, input: JSON.stringify(Input), name: Name });
  const started = await withErrorNames(ERRORS, () => service("states", "StartExecution", input));
  const { executionArn, startDate } = started as { executionArn: string; startDate: Date };
  return { ExecutionArn: executionArn, StartDate: startDate.toISOString() };
};
