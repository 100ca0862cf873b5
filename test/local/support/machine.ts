/** Runs small state machines in tests: a clock that skips from a fixed instant, fixed random numbers, tasks by function. */
import { type Clock, skippingClock } from "../../../local/cloud/clock";
import type { Json } from "../../../local/cloud/json";
import { checkDefinition } from "../../../local/services/stepFunctions/checkDefinition";
import { History } from "../../../local/services/stepFunctions/history";
import { type ExecutionEnd, runExecution, type TaskCall } from "../../../local/services/stepFunctions/runExecution";

export const START = Date.parse("2026-11-20T10:00:00.000Z");
export const TASK = "arn:aws:states:::lambda:invoke";

export interface MachineRun {
  readonly end: ExecutionEnd;
  readonly history: History;
  /** Milliseconds that the execution took on its own clock. */
  readonly millis: number;
}

export interface MachineOptions {
  readonly input?: Json;
  readonly task?: (call: TaskCall) => Promise<Json> | Json;
  readonly random?: () => number;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

export function fixedClock(): Clock {
  return skippingClock({ now: () => START, sleep: () => Promise.reject(new Error("the base clock never sleeps")) });
}

/** A definition out of states; the first one starts. */
export function machineOf(states: Record<string, object>, more: object = {}): string {
  return JSON.stringify({ QueryLanguage: "JSONata", StartAt: Object.keys(states)[0], States: states, ...more });
}

export async function run(
  states: Record<string, object>,
  options: MachineOptions = {},
  more: object = {},
): Promise<MachineRun> {
  const machine = checkDefinition(machineOf(states, more), new Set([TASK]));
  const clock = options.clock ?? fixedClock();
  const before = clock.now();
  const history = new History();
  const end = await runExecution(
    {
      machine,
      input: options.input ?? {},
      context: {
        Execution: {
          Id: "arn:execution",
          Name: "run-1",
          Input: options.input ?? {},
          StartTime: "2026-11-20T10:00:00.000Z",
        },
        StateMachine: { Id: "arn:machine", Name: "hourly" },
      },
      roleArn: "arn:role",
      history,
      signal: options.signal ?? new AbortController().signal,
    },
    {
      clock,
      random: options.random ?? (() => 0.5),
      region: "us-east-1",
      invokeTask: async (call) => {
        if (!options.task) throw new Error("this machine has no task");
        return options.task(call);
      },
    },
  );
  return { end, history, millis: clock.now() - before };
}
