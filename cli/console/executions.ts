/** Describes executions of state machines for a page: each visit of a state with its times, input, output and error. */
import type { ExecutionView, StateView } from "../../console/wire";
import type { StepFunctionsService } from "../../local/services/stepFunctions/service";

type Execution = ReturnType<StepFunctionsService["executions"]>[number];
type HistoryEvent = Execution["history"]["events"][number];

/** Visits that are shown; an execution has up to 25,000 events. */
const MAX_STATES = 500;
const MAX_CHARACTERS = 20_000;
/** Of the input and of the output of a state. */
const MAX_STATE_CHARACTERS = 4000;
/** Executions whose states have their input and output, the last ones. */
const MAX_WITH_DATA = 100;

export class Executions {
  private readonly ended = new WeakMap<Execution, ExecutionView>();
  private readonly rows = new Map<string, number>();

  constructor(private readonly service: Pick<StepFunctionsService, "executions">) {}

  /** The last one first. */
  all(): ExecutionView[] {
    return this.service
      .executions()
      .map((execution) => this.view(execution))
      .reverse()
      .map((view, index) => (index < MAX_WITH_DATA ? view : withoutData(view)));
  }

  /** Rows of all hours that the hourly step has flattened and counted. */
  tableRows(): number {
    for (const execution of this.service.executions()) this.view(execution);
    return [...this.rows.values()].reduce((sum, rows) => sum + rows, 0);
  }

  counts(): { executions: number; running: number } {
    const all = this.service.executions();
    return { executions: all.length, running: all.filter(({ status }) => status === "RUNNING").length };
  }

  private view(execution: Execution): ExecutionView {
    const known = this.ended.get(execution);
    if (known) return known;
    const view = viewOf(execution);
    if (execution.end && execution.stopDate) {
      this.ended.set(execution, view);
      for (const [hour, rows] of flattened(execution.history.events)) this.rows.set(hour, rows);
    }
    return view;
  }
}

function viewOf({ arn, name, status, startDate, stopDate, input, end, history }: Execution): ExecutionView {
  const states = statesOf(history.events);
  return {
    arn,
    machine: arn.split(":").at(-2) ?? "",
    name,
    status,
    startMillis: startDate.getTime(),
    ...(stopDate && { endMillis: stopDate.getTime() }),
    input: cut(input),
    ...(end?.status === "SUCCEEDED" && { output: cut(JSON.stringify(end.output ?? null)) }),
    ...(end && end.status !== "SUCCEEDED" && { error: cut([end.error, end.cause].filter(Boolean).join(": ")) }),
    states: states.map((state) => (end && state.status === "running" ? { ...state, status: "failed" } : state)),
  };
}

/** An execution without input and output of its states. */
export function withoutData({ states, ...view }: ExecutionView): ExecutionView {
  return { ...view, states: states.map(({ input: _, output: __, ...state }) => state) };
}

/** Events refer to the previous one of their branch, so the states around each event are known. */
export function statesOf(events: readonly HistoryEvent[]): StateView[] {
  const states: { -readonly [K in keyof StateView]: StateView[K] }[] = [];
  const around = new Map<number, readonly number[]>([[0, []]]);
  for (const event of events) {
    const open = around.get(event.previousEventId) ?? [];
    around.set(event.id, open);
    const own = states[open.at(-1) ?? -1];
    if (event.type.endsWith("StateEntered")) {
      around.set(event.id, [...open, states.length]);
      const { name = "", input } = (event.stateEnteredEventDetails ?? {}) as {
        readonly name?: string;
        readonly input?: string;
      };
      const kind = event.type.slice(0, -"StateEntered".length);
      const fromMillis = event.timestamp.getTime();
      const given = input !== undefined && { input: cut(input, MAX_STATE_CHARACTERS) };
      states.push({ name, kind, depth: open.length, fromMillis, status: "running", ...given });
    } else if (event.type.endsWith("StateExited") && own) {
      around.set(event.id, open.slice(0, -1));
      const { output } = (event.stateExitedEventDetails ?? {}) as { readonly output?: string };
      own.toMillis = event.timestamp.getTime();
      if (output !== undefined) own.output = cut(output, MAX_STATE_CHARACTERS);
      own.status = "succeeded";
    } else if (/(Failed|TimedOut|Aborted)$/.test(event.type) && !event.type.startsWith("Execution") && own) {
      const details = (Object.entries(event).find(([name]) => name.endsWith("EventDetails"))?.[1] ?? {}) as {
        readonly error?: string;
        readonly cause?: string;
      };
      own.error = cut([details.error, details.cause].filter(Boolean).join(": "));
    }
  }
  return states.slice(0, MAX_STATES);
}

/** The function that counts and seals an hour returns the rows of its tables. */
function* flattened(events: readonly HistoryEvent[]): Generator<[string, number]> {
  for (const { taskSucceededEventDetails } of events) {
    const { output = "{}" } = (taskSucceededEventDetails ?? {}) as { readonly output?: string };
    if (!output.includes('"tables"')) continue;
    const { Payload } = JSON.parse(output) as {
      readonly Payload?: {
        readonly hour?: string;
        readonly tables?: readonly { table: string; rows: number }[];
      } | null;
    };
    if (typeof Payload?.hour !== "string" || !Array.isArray(Payload.tables)) continue;
    for (const { table, rows } of Payload.tables) yield [`${Payload.hour}/${table}`, rows];
  }
}

function cut(text: string, most = MAX_CHARACTERS): string {
  return text.length > most ? `${text.slice(0, most)} … (${text.length} characters)` : text;
}
