/** Map and Parallel: run branches concurrently, each with its own clock, variables and position in the history. */

import type { Json } from "../../cloud/json";
import type { MapState, ParallelState, StateList } from "./definition";
import { evaluate, isExpression } from "./expression";
import { recovering } from "./recover";
import { fillTemplate } from "./template";
import { Variables } from "./variables";
import { isWholeFrom, type Line, type StateResult, type Visit } from "./visit";
import { Stopped, WorkflowError, withinDataLimit } from "./workflowError";

/** Maximum concurrent iterations of an inline Map when `MaxConcurrency` is 0 or absent. */
const MAX_INLINE_ITERATIONS = 40;

/** The result is the list of the branches' outputs. The first branch that fails stops the others and fails the state. */
export function runParallel(visit: Visit<ParallelState>): Promise<StateResult> {
  const { state, line } = visit;
  return recovering(visit, async () => {
    const given = state.Arguments;
    const input = given === undefined ? visit.input : await fillTemplate(given, visit.bindings(), "Arguments");
    line.trail.add(line.clock, "ParallelStateStarted");
    const branches = state.Branches.map((branch) => (at: Line) => at.run(branch, input, at));
    const results = await runConcurrently(line, branches.length, branches);
    line.trail.add(line.clock, "ParallelStateSucceeded");
    return withinDataLimit(results, `The result of the state '${visit.name}'`);
  });
}

/** The result is the list of the iterations' outputs, in the order of the items. */
export function runMap(visit: Visit<MapState>): Promise<StateResult> {
  const { state, line } = visit;
  return recovering(visit, async () => {
    const items = await itemsOf(visit);
    const maxConcurrency = await visit.field(
      state.MaxConcurrency ?? 0,
      "MaxConcurrency",
      "a whole number",
      isWholeFrom(0),
    );
    line.trail.add(line.clock, "MapStateStarted", { length: items.length });
    const iterations = items.map((item, index) => (at: Line) => iterate(visit, state.ItemProcessor, item, index, at));
    const results = await runConcurrently(
      line,
      maxConcurrency === 0 ? MAX_INLINE_ITERATIONS : maxConcurrency,
      iterations,
    );
    line.trail.add(line.clock, "MapStateSucceeded");
    return withinDataLimit(results, `The result of the state '${visit.name}'`);
  });
}

async function itemsOf(visit: Visit<MapState>): Promise<Json[]> {
  const given = visit.state.Items ?? visit.input;
  const items = isExpression(given)
    ? await evaluate(given, visit.bindings(), "Items")
    : await fillTemplate(given, visit.bindings(), "Items");
  if (Array.isArray(items)) return items;
  throw new WorkflowError("States.QueryEvaluationError", `The items of the state '${visit.name}' are not an array.`);
}

async function iterate(visit: Visit<MapState>, list: StateList, value: Json, index: number, at: Line): Promise<Json> {
  const item = { Item: { Index: index, Value: value } };
  const details = { name: visit.name, index };
  const line = { ...at, context: { ...at.context, Map: item } };
  const selector = visit.state.ItemSelector;
  const input = selector === undefined ? value : await fillTemplate(selector, visit.bindings({ item }), "ItemSelector");
  line.trail.add(line.clock, "MapIterationStarted", details);
  try {
    const output = await line.run(list, input, line);
    line.trail.add(line.clock, "MapIterationSucceeded", details);
    return output;
  } catch (error) {
    line.trail.add(line.clock, error instanceof Stopped ? "MapIterationAborted" : "MapIterationFailed", details);
    throw error;
  }
}

/** Runs functions concurrently in at most `lanes` lanes, each with its own line. The first error stops all of them. */
async function runConcurrently<T>(
  line: Line,
  lanes: number,
  work: readonly ((at: Line) => Promise<T>)[],
): Promise<T[]> {
  const stop = new AbortController();
  const signal = AbortSignal.any([line.signal, stop.signal]);
  const results: T[] = [];
  let started = 0;
  const lane = async (): Promise<number> => {
    const clock = line.clock.fork?.() ?? line.clock;
    while (started < work.length) {
      signal.throwIfAborted();
      const index = started++;
      const at = { ...line, clock, signal, trail: line.trail.fork(), variables: new Variables(line.variables) };
      results[index] = await (work[index] as (at: Line) => Promise<T>)(at);
    }
    return clock.now();
  };
  const running = Array.from({ length: Math.min(lanes, work.length) }, lane);
  try {
    const ends = await Promise.all(running);
    const last = Math.max(line.clock.now(), ...ends);
    if (line.clock.fork) await line.clock.sleep(last - line.clock.now(), line.signal);
    return results;
  } catch (error) {
    stop.abort(new Stopped("another branch failed"));
    await Promise.allSettled(running);
    throw error;
  }
}
