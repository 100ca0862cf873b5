/** Executions of state machines with their states and times, runs of Glue's jobs and crawlers, and "run the hour now". */
import { Fragment } from "preact";
import { useState } from "preact/hooks";
import { get, isFile, post, useLoaded } from "../client";
import { type Column, DataTable } from "../parts/dataTable";
import { counting, duration, timeOf, visible } from "../parts/format";
import type { ExecutionView, FlushAnswer, GlueRunView, Live, Overview, RunsAnswer, StateView } from "../wire";

export interface RunsPageProps {
  readonly overview: Overview;
  readonly live: Live | undefined;
}

export function RunsPage({ overview, live }: RunsPageProps) {
  const version = `${live?.executions} ${live?.running} ${live?.glueRuns} ${live?.glueEnded}`;
  const { value, error } = useLoaded(() => get<RunsAnswer>("runs"), version);
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
      {!value && error === undefined && <p class="loading">loading …</p>}
      {value && <h2>Executions of state machines</h2>}
      {value?.executions.length === 0 && <p>No state machine has been started.</p>}
      {value?.executions.map((execution, index) => (
        <Execution key={execution.arn} execution={execution} isFirst={index === 0} />
      ))}
      {value?.glue && (
        <>
          <h2>Glue's jobs and crawlers</h2>
          <DataTable
            caption="Runs of Glue's jobs and crawlers, the last one first"
            columns={GLUE}
            rows={value.glue}
            empty="No job and no crawler has been started."
          />
        </>
      )}
    </>
  );
}

const GLUE: readonly Column<GlueRunView>[] = [
  { title: "Began (UTC)", value: ({ startMillis }) => startMillis, cell: ({ startMillis }) => timeOf(startMillis) },
  {
    title: "Name",
    value: ({ name }) => name,
    cell: ({ kind, name }) => (
      <>
        {name} <span class="faint">{kind}</span>
      </>
    ),
  },
  {
    title: "State",
    value: ({ status }) => status,
    cell: ({ status }) => <span class={`state ${moodOf(status)}`}>{status.toLowerCase()}</span>,
  },
  {
    title: "Took",
    isNumber: true,
    value: ({ startMillis, endMillis }) => (endMillis === undefined ? null : endMillis - startMillis),
    cell: ({ startMillis, endMillis }) => (endMillis === undefined ? "" : duration(endMillis - startMillis)),
  },
  {
    title: "Result",
    value: ({ effects, error }) => error ?? effects.join("\n"),
    cell: ({ effects, error, status }) => (
      <>
        {effects.map((line) => (
          <div key={line}>{visible(line)}</div>
        ))}
        {effects.length === 0 && status === "SUCCEEDED" && <span class="faint">no table changed</span>}
        {error !== undefined && <div class="bad">{visible(error)}</div>}
      </>
    ),
  },
  {
    title: "Arguments",
    value: ({ input }) => input.join("\n"),
    cell: ({ input }) => input.map((line) => <div key={line}>{visible(line)}</div>),
  },
];

function moodOf(status: string): string {
  return { SUCCEEDED: "good", RUNNING: "" }[status] ?? "bad";
}

function Execution({ execution: listed, isFirst }: { readonly execution: ExecutionView; readonly isFirst: boolean }) {
  const { arn, machine, name, status, startMillis, endMillis, input, output, error } = listed;
  const [isOpen, setOpen] = useState(isFirst);
  const version = isOpen && `${status} ${listed.states.map((state) => state.status)}`;
  const { value } = useLoaded(async () => (isOpen ? get<ExecutionView>("execution", { arn }) : undefined), version);
  const { states } = value ?? listed;
  const last = Math.max(
    startMillis,
    endMillis ?? 0,
    ...states.map(({ fromMillis, toMillis }) => toMillis ?? fromMillis),
  );
  const whole = Math.max(1, last - startMillis);
  return (
    <details
      open={isOpen}
      class="execution"
      onToggle={({ currentTarget, target }) => {
        if (target === currentTarget) setOpen(currentTarget.open);
      }}
    >
      <summary>
        <strong>{name}</strong> <span class={`state ${moodOf(status)}`}>{status.toLowerCase()}</span>{" "}
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
              <Fragment key={index}>
                <tr>
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
                <StateData state={state} />
              </Fragment>
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

/** The row below a state's own. */
function StateData({ state: { name, input, output } }: { readonly state: StateView }) {
  if (input === undefined && output === undefined) return null;
  return (
    <tr class="data">
      <td colSpan={4}>
        <details>
          <summary>
            Input and output<span class="hidden"> of {name}</span>
          </summary>
          {input !== undefined && (
            <>
              <h3>Input</h3>
              <pre>{pretty(input)}</pre>
            </>
          )}
          {output !== undefined && (
            <>
              <h3>Output</h3>
              <pre>{pretty(output)}</pre>
            </>
          )}
        </details>
      </td>
    </tr>
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
