/** Runs one visit to a state, by the state's type. */

import type { Json } from "../../cloud/json";
import { runMap, runParallel } from "./branches";
import type { ChoiceState, FailState, WaitState } from "./definition";
import { evaluate } from "./expression";
import { timestamp } from "./fields";
import { runTask } from "./taskState";
import { isText, isWholeFrom, type StateResult, type Visit } from "./visit";
import { WorkflowError } from "./workflowError";

export function runState(visit: Visit): Promise<StateResult> {
  const { state, input } = visit;
  switch (state.Type) {
    case "Task":
      return runTask(visit as Visit<typeof state>);
    case "Map":
      return runMap(visit as Visit<typeof state>);
    case "Parallel":
      return runParallel(visit as Visit<typeof state>);
    case "Choice":
      return choose(visit as Visit<ChoiceState>);
    case "Wait":
      return wait(visit as Visit<WaitState>);
    case "Pass":
      return visit.leave(state, input, state.Next, visit.bindings());
    case "Succeed":
      return visit.leave(state, input, undefined, visit.bindings());
    case "Fail":
      return fail(visit as Visit<FailState>);
  }
}

/** Follows the first rule whose condition is true, else the default, else fails with `States.NoChoiceMatched`. */
async function choose(visit: Visit<ChoiceState>): Promise<StateResult> {
  const { state, input } = visit;
  for (const [index, rule] of state.Choices.entries()) {
    const field = `Choices[${index}]/Condition`;
    const met: Json = await evaluate(rule.Condition, visit.bindings(), field);
    if (typeof met !== "boolean") {
      throw new WorkflowError(
        "States.QueryEvaluationError",
        `The field '${field}' of the state '${visit.name}' is not a boolean.`,
      );
    }
    if (met) return visit.leave(rule, input, rule.Next, visit.bindings());
  }
  if (state.Default !== undefined) return visit.leave(state, input, state.Default, visit.bindings());
  throw new WorkflowError(
    "States.NoChoiceMatched",
    `No choice of the state '${visit.name}' matches, and it has no Default.`,
  );
}

async function wait(visit: Visit<WaitState>): Promise<StateResult> {
  const { state, input, line } = visit;
  if (state.Seconds !== undefined) {
    const seconds = await visit.field(state.Seconds, "Seconds", "a whole number of at least 0", isWholeFrom(0));
    await line.clock.sleep(seconds * 1_000, line.signal);
  } else {
    const until = await visit.field(state.Timestamp as string, "Timestamp", "a timestamp", isTimestamp);
    await line.clock.sleep(Math.max(0, Date.parse(until) - line.clock.now()), line.signal);
  }
  return visit.leave(state, input, state.Next, visit.bindings());
}

async function fail(visit: Visit<FailState>): Promise<never> {
  const { state } = visit;
  const name = await visit.field(state.Error ?? "", "Error", "a string", isText);
  throw new WorkflowError(name, await visit.field(state.Cause ?? "", "Cause", "a string", isText));
}

function isTimestamp(value: Json): value is string {
  const problems: string[] = [];
  timestamp(value, "", problems);
  return problems.length === 0;
}
