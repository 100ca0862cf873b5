/** Checks a list of states: every target exists, every state is reachable, and some state ends the list. */

import { isObject } from "../../cloud/json";
import type { State, StateList } from "./definition";

/** Adds the problems of one scope's transitions to `problems`. */
export function checkTransitions(list: StateList, path: string, problems: string[]): void {
  const reached = new Set<string>();
  const waiting = [list.StartAt];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    const state = Object.hasOwn(list.States, name) ? list.States[name] : undefined;
    if (isObject(state)) waiting.push(...targetsOf(state as State));
    else problems.push(`${path} refers to the state "${name}", which it does not define`);
  }
  const names = Object.keys(list.States);
  for (const name of names) if (!reached.has(name)) problems.push(`${path}.States.${name} is never reached`);
  const ends = Object.values(list.States).some(
    (state) => isObject(state) && (state.End === true || state.Type === "Succeed" || state.Type === "Fail"),
  );
  if (!ends) problems.push(`${path} has no state that ends it`);
}

function targetsOf(state: State): string[] {
  const targets: unknown[] = [];
  if ("Next" in state) targets.push(state.Next);
  if (state.Type === "Choice") targets.push(state.Default, ...nextsOf(state.Choices));
  if ("Catch" in state) targets.push(...nextsOf(state.Catch));
  return targets.filter((target) => typeof target === "string");
}

function nextsOf(list: unknown): unknown[] {
  return Array.isArray(list) ? list.map((part) => (isObject(part) ? part.Next : undefined)) : [];
}
