/** Runs a state machine from its input to its end; all its effects go through the given `Interpreter`. */
import type { Clock } from "../../cloud/clock";
import type { Json } from "../../cloud/json";
import { withDeadline } from "./deadline";
import type { StateList, StateMachineDefinition } from "./definition";
import type { History } from "./history";
import { runState } from "./runState";
import { Variables } from "./variables";
import { type Line, Visit } from "./visit";
import { ExecutionTimeout, Stopped, WorkflowError } from "./workflowError";

/** One call of a service integration. */
export interface TaskCall {
  /** `"arn:aws:states:::lambda:invoke"` */
  readonly resource: string;
  readonly arguments: Json;
  /** The clock of the calling branch, on which polls sleep. */
  readonly clock: Clock;
  /** Aborts when the result is no longer needed. */
  readonly signal: AbortSignal;
}

/** The effects of an execution: time, randomness and task calls. */
export interface Interpreter {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly region: string;
  /** @throws WorkflowError if the service returns an error */
  invokeTask(call: TaskCall): Promise<Json>;
}

interface ExecutionStart {
  readonly machine: StateMachineDefinition;
  readonly input: Json;
  /** `$states.context` without `State`: `Execution` and `StateMachine`. */
  readonly context: { readonly [name: string]: Json };
  readonly roleArn: string;
  readonly history: History;
  /** Stops the execution with the status `ABORTED`. */
  readonly signal: AbortSignal;
}

export type ExecutionEnd =
  | { readonly status: "SUCCEEDED"; readonly output: Json }
  | { readonly status: "FAILED" | "TIMED_OUT" | "ABORTED"; readonly error?: string; readonly cause?: string };

/** Runs to the end and never throws. Any error other than a WorkflowError is a defect in local: it becomes `States.Runtime`. */
export async function runExecution(start: ExecutionStart, interpreter: Interpreter): Promise<ExecutionEnd> {
  const trail = start.history.start();
  const { clock } = interpreter;
  trail.add(clock, "ExecutionStarted", { input: JSON.stringify(start.input), roleArn: start.roleArn });
  const end = await outcome(start, interpreter, trail);
  trail.add(
    clock,
    EVENTS[end.status],
    end.status === "SUCCEEDED" ? { output: JSON.stringify(end.output) } : failure(end),
  );
  return end;
}

const EVENTS = {
  SUCCEEDED: "ExecutionSucceeded",
  FAILED: "ExecutionFailed",
  TIMED_OUT: "ExecutionTimedOut",
  ABORTED: "ExecutionAborted",
} as const;

function failure({ error, cause }: { error?: string; cause?: string }): Record<string, string> {
  return { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
}

async function outcome(start: ExecutionStart, interpreter: Interpreter, trail: Line["trail"]): Promise<ExecutionEnd> {
  const { machine, input, context } = start;
  const expired = () =>
    new ExecutionTimeout(`the execution ran longer than its timeout of ${machine.TimeoutSeconds} s`);
  try {
    const running = withDeadline(interpreter.clock, start.signal, machine.TimeoutSeconds, expired, (clock, signal) => {
      const line: Line = { interpreter, clock, signal, trail, variables: new Variables(), context, run: runStates };
      return runStates(machine, input, line);
    });
    return { status: "SUCCEEDED", output: await Promise.race([running, rejectedBy(start.signal)]) };
  } catch (error) {
    if (error instanceof WorkflowError) return { status: "FAILED", error: error.errorName, cause: error.message };
    if (error instanceof ExecutionTimeout)
      return { status: "TIMED_OUT", error: "States.Timeout", cause: error.message };
    if (error instanceof Stopped) return { status: "ABORTED" };
    return { status: "FAILED", error: "States.Runtime", cause: error instanceof Error ? error.message : String(error) };
  }
}

/** Rejects when the signal aborts, so that work still running is not awaited. */
function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

async function runStates(list: StateList, input: Json, line: Line): Promise<Json> {
  let name: string | undefined = list.StartAt;
  let value = input;
  while (name !== undefined) {
    line.signal.throwIfAborted();
    const state = list.States[name] as NonNullable<StateList["States"][string]>;
    line.trail.add(line.clock, `${state.Type}StateEntered`, { name, input: JSON.stringify(value) });
    const left = await runState(new Visit(line, name, state, value));
    line.trail.add(line.clock, `${state.Type}StateExited`, { name, output: JSON.stringify(left.output) });
    name = left.next;
    value = left.output;
  }
  return value;
}
