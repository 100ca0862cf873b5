/** A state machine in the Amazon States Language, JSONata flavour, after `checkDefinition` has accepted it. */
import type { Json } from "../../cloud/json";

/** A string that starts with `{%` and ends with `%}`: a JSONata expression. */
export type Expression = string;

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  /** @default 1 */
  readonly IntervalSeconds?: number;
  /** @default 3 */
  readonly MaxAttempts?: number;
  /** @default 2 */
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  /** @default "NONE" */
  readonly JitterStrategy?: "FULL" | "NONE";
}

/** What a state, a catcher or a choice does with values when it is left. */
export interface Leaving {
  readonly Assign?: { readonly [name: string]: Json };
  readonly Output?: Json;
}

export interface Catcher extends Leaving {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
}

interface Following extends Leaving {
  readonly Next?: string;
  readonly End?: true;
}

/** States that can fail for reasons outside the definition, and say what happens then. */
export interface Recovering extends Following {
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
}

export interface TaskState extends Recovering {
  readonly Type: "Task";
  readonly Resource: string;
  readonly Arguments?: Json;
  readonly TimeoutSeconds?: number | Expression;
}

export interface ParallelState extends Recovering {
  readonly Type: "Parallel";
  readonly Branches: readonly StateList[];
  readonly Arguments?: Json;
}

export interface MapState extends Recovering {
  readonly Type: "Map";
  readonly Items?: Expression | Json[];
  readonly ItemSelector?: Json;
  readonly ItemProcessor: StateList;
  readonly MaxConcurrency?: number | Expression;
}

export interface PassState extends Following {
  readonly Type: "Pass";
}

export interface WaitState extends Following {
  readonly Type: "Wait";
  readonly Seconds?: number | Expression;
  readonly Timestamp?: string;
}

export interface ChoiceRule extends Leaving {
  readonly Condition: Expression;
  readonly Next: string;
}

export interface ChoiceState extends Leaving {
  readonly Type: "Choice";
  readonly Choices: readonly ChoiceRule[];
  readonly Default?: string;
}

export interface SucceedState {
  readonly Type: "Succeed";
  readonly Output?: Json;
}

export interface FailState {
  readonly Type: "Fail";
  readonly Error?: string;
  readonly Cause?: string;
}

export type State =
  | TaskState
  | ParallelState
  | MapState
  | PassState
  | WaitState
  | ChoiceState
  | SucceedState
  | FailState;

/** States of one scope: a state machine, a branch, or the processor of a map. */
export interface StateList {
  readonly StartAt: string;
  readonly States: { readonly [name: string]: State };
}

export interface StateMachineDefinition extends StateList {
  readonly QueryLanguage: "JSONata";
  readonly TimeoutSeconds?: number;
}
