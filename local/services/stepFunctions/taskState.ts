/** Runs a Task: evaluates its arguments, calls the service integration and returns its result. */

import type { Json } from "../../cloud/json";
import { withDeadline } from "./deadline";
import type { TaskState } from "./definition";
import { recovering } from "./recover";
import { fillTemplate } from "./template";
import { isWholeFrom, type StateResult, type Visit } from "./visit";
import { WorkflowError, withinDataLimit } from "./workflowError";

export function runTask(visit: Visit<TaskState>): Promise<StateResult> {
  return recovering(visit, () => callTask(visit));
}

async function callTask(visit: Visit<TaskState>): Promise<Json> {
  const { state, line, name } = visit;
  const given = state.Arguments;
  const parameters = given === undefined ? visit.input : await fillTemplate(given, visit.bindings(), "Arguments");
  withinDataLimit(parameters, `The arguments of the state '${name}'`);
  const limit = state.TimeoutSeconds;
  const seconds =
    limit === undefined
      ? undefined
      : await visit.field(limit, "TimeoutSeconds", "a whole number of at least 1", isWholeFrom(1));
  const [resourceType, resource] = splitResource(state.Resource);
  const shared = { resourceType, resource };
  line.trail.add(line.clock, "TaskScheduled", {
    ...shared,
    region: line.interpreter.region,
    parameters: JSON.stringify(parameters),
    ...(seconds !== undefined && { timeoutInSeconds: seconds }),
  });
  line.trail.add(line.clock, "TaskStarted", shared);
  try {
    const result = await withDeadline(line.clock, line.signal, seconds, timeout, (clock, signal) =>
      line.interpreter.invokeTask({ resource: state.Resource, arguments: parameters, clock, signal }),
    );
    withinDataLimit(result, `The result of the state '${name}'`);
    line.trail.add(line.clock, "TaskSucceeded", { ...shared, output: JSON.stringify(result) });
    return result;
  } catch (error) {
    if (error instanceof WorkflowError) {
      const type = error.errorName === "States.Timeout" ? "TaskTimedOut" : "TaskFailed";
      line.trail.add(line.clock, type, { ...shared, error: error.errorName, cause: error.message });
    }
    throw error;
  }
}

function timeout(): WorkflowError {
  return new WorkflowError("States.Timeout", "");
}

/** Splits `arn:aws:states:::aws-sdk:glue:startCrawler` into the type `aws-sdk:glue` and the resource `startCrawler`. */
function splitResource(arn: string): [type: string, resource: string] {
  const parts = arn.split(":").slice(5);
  return [parts.slice(0, -1).join(":"), parts.at(-1) ?? ""];
}
