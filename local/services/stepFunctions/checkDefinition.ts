/** Parses a state machine's definition; refuses, with its path, everything that the interpreter does not run like AWS. */

import { isObject } from "../../cloud/json";
import { checkTransitions } from "./checkTransitions";
import type { StateList, StateMachineDefinition } from "./definition";
import { MAX_SECONDS, number, oneOf, record, stateChecks, stateListFields } from "./fields";

const machineFields = record(
  {
    ...stateListFields,
    QueryLanguage: oneOf("JSONata"),
    Version: oneOf("1.0"),
    TimeoutSeconds: number(1, MAX_SECONDS),
  },
  ["StartAt", "States"],
);

/** The error that lists a definition's problems, each with its path. */
class DefinitionError extends Error {
  override readonly name = "DefinitionError";
  constructor(readonly problems: readonly string[]) {
    super(problems.join("; "));
  }
}

/**
 * Parses and checks a definition.
 *
 * @param resources the `Resource` values that are simulated
 * @throws DefinitionError that lists every problem
 */
export function checkDefinition(definition: string, resources: ReadonlySet<string>): StateMachineDefinition {
  let machine: unknown;
  try {
    machine = JSON.parse(definition);
  } catch (error) {
    throw new DefinitionError([`the definition is not JSON: ${(error as Error).message}`]);
  }
  const problems: string[] = [];
  if (!isObject(machine)) throw new DefinitionError(["the definition is not an object"]);
  if (machine.QueryLanguage !== "JSONata") {
    throw new DefinitionError([
      `QueryLanguage is ${JSON.stringify(machine.QueryLanguage ?? "JSONPath")}; only "JSONata" is simulated`,
    ]);
  }
  machineFields(machine, "definition", problems);
  checkStates(machine, { path: "definition", names: new Set(), assigned: new Set(), resources, problems });
  if (problems.length > 0) throw new DefinitionError(problems);
  return machine as unknown as StateMachineDefinition;
}

interface Scope {
  readonly path: string;
  /** State names of all scopes so far; a name must be unique in a state machine. */
  readonly names: Set<string>;
  /** Variables that outer scopes assign; an inner scope must not assign them. */
  readonly assigned: ReadonlySet<string>;
  readonly resources: ReadonlySet<string>;
  readonly problems: string[];
}

function checkStates(list: Record<string, unknown>, scope: Scope): void {
  const { path, problems } = scope;
  if (!isObject(list.States) || Object.keys(list.States).length === 0) {
    return void problems.push(`${path}.States has no states`);
  }
  const own = new Set<string>();
  const states = Object.entries(list.States);
  for (const [name, state] of states) {
    const at = `${path}.States.${name}`;
    if (name.length === 0 || name.length > 80)
      problems.push(`${at} has a name of the wrong length; use 1 to 80 characters`);
    if (scope.names.has(name)) problems.push(`${at} has the same name as another state`);
    scope.names.add(name);
    checkState(state, at, scope);
    for (const variable of assignedBy(state)) {
      if (scope.assigned.has(variable)) problems.push(`${at} assigns $${variable}, which an outer scope assigns`);
      own.add(variable);
    }
  }
  checkTransitions(list as unknown as StateList, path, problems);
  for (const [name, state] of states) {
    for (const [part, inner] of innerLists(state)) {
      checkStates(inner, {
        ...scope,
        path: `${path}.States.${name}.${part}`,
        assigned: new Set([...scope.assigned, ...own]),
      });
    }
  }
}

function checkState(state: unknown, path: string, scope: Scope): void {
  const { problems } = scope;
  if (!isObject(state)) return void problems.push(`${path} is not an object`);
  const check = Object.hasOwn(stateChecks, String(state.Type)) ? stateChecks[String(state.Type)] : undefined;
  if (!check) {
    return void problems.push(
      `${path}.Type is ${JSON.stringify(state.Type)}; types are ${Object.keys(stateChecks).join(", ")}`,
    );
  }
  check(state, path, problems);
  if (!["Choice", "Succeed", "Fail"].includes(state.Type as string) && "Next" in state === "End" in state) {
    problems.push(`${path} has neither or both of Next and End; use exactly one`);
  }
  if (state.Type === "Wait" && "Seconds" in state === "Timestamp" in state) {
    problems.push(`${path} has neither or both of Seconds and Timestamp; use exactly one`);
  }
  if (state.Type === "Task" && typeof state.Resource === "string" && !scope.resources.has(state.Resource)) {
    problems.push(
      `${path}.Resource "${state.Resource}" is not simulated; use one of ${[...scope.resources].join(", ")}`,
    );
  }
  for (const field of ["Retry", "Catch"]) checkAllIsLast(state[field], `${path}.${field}`, problems);
}

function checkAllIsLast(handlers: unknown, path: string, problems: string[]): void {
  if (!Array.isArray(handlers)) return;
  const index = handlers.findIndex((handler) => isObject(handler) && isAll(handler.ErrorEquals));
  if (index >= 0 && index < handlers.length - 1)
    problems.push(`${path}[${index}] matches "States.ALL"; only the last one may`);
}

function isAll(names: unknown): boolean {
  return Array.isArray(names) && names.includes("States.ALL");
}

function assignedBy(state: unknown): string[] {
  if (!isObject(state)) return [];
  const parts = [state, ...[state.Catch, state.Choices].flatMap((list) => (Array.isArray(list) ? list : []))];
  return parts.flatMap((part) => (isObject(part) && isObject(part.Assign) ? Object.keys(part.Assign) : []));
}

function innerLists(state: unknown): [string, Record<string, unknown>][] {
  if (!isObject(state)) return [];
  const lists: [string, unknown][] = [];
  if (state.Type === "Map") lists.push(["ItemProcessor", state.ItemProcessor]);
  if (state.Type === "Parallel" && Array.isArray(state.Branches)) {
    for (const [index, branch] of state.Branches.entries()) lists.push([`Branches[${index}]`, branch]);
  }
  return lists.filter((entry): entry is [string, Record<string, unknown>] => isObject(entry[1]));
}
