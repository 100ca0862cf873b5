/** Executions of state machines with their states and times, and "run the hour now". */
import { useState } from "preact/hooks";
import { get, isFile, post, useLoaded } from "../client";
import { counting, duration, timeOf, visible } from "../parts/format";
import type { ExecutionView, FlushAnswer, Live, Overview } from "../wire";

export interface RunsPageProps {
  readonly overview: Overview;
  readonly live: Live | undefined;
}

export function RunsPage({ overview, live }: RunsPageProps) {
  const version = `${live?.executions} ${live?.running}`;
  const { value, error } = useLoaded(() => get<ExecutionView[]>("runs"), version);
  const [isRunning, setRunning] = useState(false);
  const [outcome, setOutcome] = useState<{ readonly text: string; readonly isBad: boolean }>();
  const flush = async () => {
    setRunning(true);
    setOutcome(undefined);
    try {
      setOutcome({ text: flushText(await post<FlushAnswer>("flush", {})), isBad: false });
    } catch (failure) {
      setOutcome({ text: (failure as Error).message, isBad: true });
    }
    setRunning(false);
  };
  return (
    <>
      {!isFile && (
        <div class="row">
          <button type="button" onClick={flush} disabled={isRunning || overview.endpoint === undefined}>
            {isRunning ? "running …" : "Run the hour now"}
          </button>
          <span role="status" class={outcome?.isBad ? "bad" : ""}>
            {overview.endpoint === undefined ? "the run is over; nothing runs its hour" : outcome?.text}
          </span>
        </div>
      )}
      {error !== undefined && <p class="bad">{error}</p>}
      {value?.length === 0 && <p>No state machine has been started.</p>}
      {value?.map((execution, index) => (
        <Execution key={execution.arn} execution={execution} isOpen={index === 0} />
      ))}
    </>
  );
}

function Execution({ execution, isOpen }: { readonly execution: ExecutionView; readonly isOpen: boolean }) {
  const { machine, name, status, startMillis, endMillis, input, output, error, states } = execution;
  const last = Math.max(
    startMillis,
    endMillis ?? 0,
    ...states.map(({ fromMillis, toMillis }) => toMillis ?? fromMillis),
  );
  const whole = Math.max(1, last - startMillis);
  const mood = { SUCCEEDED: "good", RUNNING: "" }[status] ?? "bad";
  return (
    <details open={isOpen} class="execution">
      <summary>
        <strong>{name}</strong> <span class={`state ${mood}`}>{status.toLowerCase()}</span>{" "}
        <span class="faint">
          {machine}, {timeOf(startMillis)} UTC{endMillis !== undefined && `, ${duration(endMillis - startMillis)}`}
        </span>
      </summary>
      {error !== undefined && <p class="bad">{visible(error)}</p>}
      <section class="scroll" aria-label={`States of ${name}`}>
        <table class="states">
          <thead>
            <tr>
              <th scope="col">State</th>
              <th scope="col">Kind</th>
              <th scope="col" class="number">
                Took
              </th>
              <th scope="col">
                <span class="hidden">When</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {states.map((state, index) => (
              <tr key={index}>
                <th scope="row" class={`depth${Math.min(4, state.depth)}`}>
                  {state.name}
                  {state.status !== "succeeded" && (
                    <span class={state.status === "failed" ? "bad" : ""}> {state.status}</span>
                  )}
                  {state.error !== undefined && <div class="bad">{visible(state.error)}</div>}
                </th>
                <td>{state.kind}</td>
                <td class="number">
                  {state.toMillis === undefined ? "" : duration(state.toMillis - state.fromMillis)}
                </td>
                <td class="when">
                  <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                    <rect
                      class={state.status}
                      x={((state.fromMillis - startMillis) / whole) * 99}
                      width={Math.max(1, (((state.toMillis ?? last) - state.fromMillis) / whole) * 99)}
                      height="10"
                    />
                  </svg>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <h3>Input</h3>
      <pre>{pretty(input)}</pre>
      {output !== undefined && (
        <>
          <h3>Output</h3>
          <pre>{pretty(output)}</pre>
        </>
      )}
    </details>
  );
}

function flushText({ flushed, isBehind }: FlushAnswer): string {
  const rows = flushed.map(({ hour, table, rows }) => `${counting(rows, "row")} of ${table} in ${hour}`);
  const done = rows.length === 0 ? "nothing new to flatten" : `flattened ${rows.join(", ")}`;
  return isBehind ? `${done}; a function has not taken all records within 10 s` : done;
}

function pretty(text: string): string {
  try {
    return visible(JSON.stringify(JSON.parse(text), null, 2));
  } catch {
    return visible(text); // The server has cut it.
  }
}
