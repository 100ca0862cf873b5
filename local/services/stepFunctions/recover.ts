/** Retry, then Catch: what a Task, Map or Parallel state does with an error, in the order of the States Language. */

import type { Json } from "../../cloud/json";
import type { MapState, ParallelState, TaskState } from "./definition";
import { matchesError, Retries } from "./retry";
import type { Left, Visit } from "./visit";
import { WorkflowError } from "./workflowError";

/**
 * Runs the attempt until it succeeds, its retriers are used up, or its error is one that only ends executions.
 * Whatever goes wrong between entering and leaving counts: arguments, work, `Assign` and `Output`.
 */
export async function recovering(
  visit: Visit<TaskState | ParallelState | MapState>,
  attempt: () => Promise<Json>,
): Promise<Left> {
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

async function caught(visit: Visit<TaskState | ParallelState | MapState>, error: WorkflowError): Promise<Left> {
  const catcher = visit.state.Catch?.find((each) => matchesError(each.ErrorEquals, error.errorName));
  if (!catcher) throw error;
  const errorOutput = error.toOutput();
  return visit.leave(catcher, errorOutput, catcher.Next, visit.bindings({ errorOutput }));
}
