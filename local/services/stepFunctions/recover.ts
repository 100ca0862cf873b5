/** Applies Retry and then Catch to the errors of a Task, Map or Parallel state. */

import type { Json } from "../../cloud/json";
import type { MapState, ParallelState, TaskState } from "./definition";
import { matchesError, Retries } from "./retry";
import type { StateResult, Visit } from "./visit";
import { WorkflowError } from "./workflowError";

/**
 * Repeats the attempt until it succeeds, its retriers are exhausted, or its error cannot be retried.
 * This covers every error between entry and exit: of arguments, work, `Assign` and `Output`.
 */
export async function recovering(
  visit: Visit<TaskState | ParallelState | MapState>,
  attempt: () => Promise<Json>,
): Promise<StateResult> {
  const { state, line } = visit;
  const retries = new Retries(state.Retry ?? [], line.interpreter.random);
  for (;;) {
    try {
      const result = await attempt();
      return await visit.leave(state, result, state.Next, visit.bindings({ result }));
    } catch (error) {
      if (!(error instanceof WorkflowError)) throw error;
      const millis = retries.next(error.errorName);
      if (millis === undefined) return caught(visit, error);
      visit.retryCount = retries.count;
      await line.clock.sleep(millis, line.signal);
    }
  }
}

async function caught(visit: Visit<TaskState | ParallelState | MapState>, error: WorkflowError): Promise<StateResult> {
  const catcher = visit.state.Catch?.find((each) => matchesError(each.ErrorEquals, error.errorName));
  if (!catcher) throw error;
  const errorOutput = error.toOutput();
  return visit.leave(catcher, errorOutput, catcher.Next, visit.bindings({ errorOutput }));
}
