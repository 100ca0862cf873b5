/** One visit to a state: its line, the `$states` of its expressions, and its result. */
import type { Clock } from "../../cloud/clock";
import { type Json, withoutUndefined } from "../../cloud/json";
import type { ExitFields, State, StateList } from "./definition";
import { type Bindings, evaluate, isExpression } from "./expression";
import { workflowFunctions } from "./functions";
import type { Trail } from "./history";
import type { Interpreter } from "./runExecution";
import { fillTemplate } from "./template";
import type { Variables } from "./variables";
import { WorkflowError, withinDataLimit } from "./workflowError";

/** A sequential part of an execution: the whole execution, a branch of a Parallel, or a lane of a Map. */
export interface Line {
  readonly interpreter: Interpreter;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly trail: Trail;
  readonly variables: Variables;
  /** `$states.context` without `State`. */
  readonly context: { readonly [name: string]: Json };
  /** Runs a list of states on a line; called by states with branches. */
  run(list: StateList, input: Json, line: Line): Promise<Json>;
}

/** The result of a visit. */
export interface StateResult {
  readonly output: Json;
  /** The next state; undefined ends the scope. */
  readonly next?: string;
}

export class Visit<S extends State = State> {
  readonly enteredMillis: number;
  /** Retries of this visit so far. */
  retryCount = 0;

  constructor(
    readonly line: Line,
    readonly name: string,
    readonly state: S,
    readonly input: Json,
  ) {
    this.enteredMillis = line.clock.now();
  }

  /** The names that expressions can use: variables, functions and `$states`, with `result` or `errorOutput` if given. */
  bindings(more: { result?: Json; errorOutput?: Json; item?: Json } = {}): Bindings {
    const { clock, variables, interpreter, context } = this.line;
    const state = {
      Name: this.name,
      EnteredTime: new Date(this.enteredMillis).toISOString(),
      RetryCount: this.retryCount,
    };
    const { item, ...rest } = more;
    return {
      ...variables.all(),
      ...workflowFunctions(clock, interpreter.random),
      states: { input: this.input, ...rest, context: { ...context, ...withoutUndefined({ Map: item }), State: state } },
    };
  }

  /** Evaluates `Output` and `Assign`, both with the variables at the state's entry. */
  async leave(leaving: ExitFields, value: Json, next: string | undefined, bindings: Bindings): Promise<StateResult> {
    const output = leaving.Output === undefined ? value : await fillTemplate(leaving.Output, bindings, "Output");
    withinDataLimit(output, `The output of the state '${this.name}'`);
    if (leaving.Assign) {
      const values = await fillTemplate(leaving.Assign as Json, bindings, "Assign");
      this.line.variables.assign(values as Record<string, Json>);
    }
    return { output, next };
  }

  /** Evaluates a field that is a value or an expression, and checks the result. */
  async field<T extends Json>(
    value: Json,
    name: string,
    wanted: string,
    right: (value: Json) => value is T,
  ): Promise<T> {
    const found = isExpression(value) ? await evaluate(value, this.bindings(), name) : value;
    if (right(found)) return found;
    throw new WorkflowError(
      "States.QueryEvaluationError",
      `The field '${name}' of the state '${this.name}' is not ${wanted}.`,
    );
  }
}

export const isText = (value: Json): value is string => typeof value === "string";

/** Checks for a whole number of at least `least`. */
export function isWholeFrom(least: number): (value: Json) => value is number {
  return (value): value is number => typeof value === "number" && Number.isInteger(value) && value >= least;
}
