/** Types of a state machine in the Amazon States Language with JSONata, after `checkDefinition`. */
import type { Json } from "../../cloud/json";

/** A string that starts with `{%` and ends with `%}`: a JSONata expression. */
type Expression = string;

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

/** The fields that a state, a catcher or a choice rule evaluates on exit. */
export interface ExitFields {
  readonly Assign?: { readonly [name: string]: Json };
  readonly Output?: Json;
}

interface Catcher extends ExitFields {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
}

interface Following extends ExitFields {
  readonly Next?: string;
  readonly End?: true;
}

/** The fields of states that can retry and catch errors. */
interface Recovering extends Following {
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

interface PassState extends Following {
  readonly Type: "Pass";
}

export interface WaitState extends Following {
  readonly Type: "Wait";
  readonly Seconds?: number | Expression;
  readonly Timestamp?: string;
}

interface ChoiceRule extends ExitFields {
  readonly Condition: Expression;
  readonly Next: string;
}

export interface ChoiceState extends ExitFields {
  readonly Type: "Choice";
  readonly Choices: readonly ChoiceRule[];
  readonly Default?: string;
}

interface SucceedState {
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

/** The states of one scope: a state machine, a branch, or a Map's processor. */
export interface StateList {
  readonly StartAt: string;
  readonly States: { readonly [name: string]: State };
}

export interface StateMachineDefinition extends StateList {
  readonly QueryLanguage: "JSONata";
  readonly TimeoutSeconds?: number;
}
