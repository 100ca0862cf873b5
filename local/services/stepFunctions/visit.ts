/** One visit to a state: where it runs, what it sees as `$states`, and what is left of it when it ends. */
import type { Clock } from "../../cloud/clock";
import { type Json, withoutUndefined } from "../../cloud/json";
import type { Leaving, State, StateList } from "./definition";
import { type Bindings, evaluate, isExpression } from "./expression";
import { workflowFunctions } from "./functions";
import type { Trail } from "./history";
import type { Interpreter } from "./runExecution";
import { fillTemplate } from "./template";
import type { Variables } from "./variables";
import { WorkflowError, withinDataLimit } from "./workflowError";

/** A line of execution: the whole execution, a branch of a Parallel, or a lane of a Map. */
export interface Line {
  readonly interpreter: Interpreter;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly trail: Trail;
  readonly variables: Variables;
  /** `$states.context` but for `State`. */
  readonly context: { readonly [name: string]: Json };
  /** Runs a list of states on a line; states with branches call it. */
  run(list: StateList, input: Json, line: Line): Promise<Json>;
}

/** What follows a state. */
export interface Left {
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

  /** What expressions see: variables, functions and `$states`, with `result` or `errorOutput` where there is one. */
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

  /** `Assign` and `Output`, both with the variables as they were when the state was entered. */
  async leave(leaving: Leaving, value: Json, next: string | undefined, bindings: Bindings): Promise<Left> {
    const output = leaving.Output === undefined ? value : await fillTemplate(leaving.Output, bindings, "Output");
    withinDataLimit(output, `The output of the state '${this.name}'`);
    if (leaving.Assign) {
      const values = await fillTemplate(leaving.Assign as Json, bindings, "Assign");
      this.line.variables.assign(values as Record<string, Json>);
    }
    return { output, next };
  }

  /** A field that is a value or an expression, evaluated and checked. */
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

/** A whole number of at least `least`. */
export function isWholeFrom(least: number): (value: Json) => value is number {
  return (value): value is number => typeof value === "number" && Number.isInteger(value) && value >= least;
}
