/** The ledger, IAM, and a search of the logs. */
import { useState } from "preact/hooks";
import { get, isFile, useLoaded } from "../client";
import { type Column, DataTable } from "../parts/dataTable";
import { counted, counting, timeOf, visible } from "../parts/format";
import type { HealthAnswer, LedgerView, Live, LogsAnswer } from "../wire";

type Unused = HealthAnswer["unused"][number];
const UNUSED: readonly Column<Unused>[] = [
  { title: "Role", value: ({ role }) => role },
  { title: "Action", value: ({ action }) => action },
  { title: "Resource", value: ({ resource }) => resource },
];

const LOGS: readonly Column<LogsAnswer["lines"][number]>[] = [
  { title: "Log group", value: ({ group }) => group },
  { title: "Line", value: ({ line }) => line, cell: ({ line }) => <code class="line">{visible(line)}</code> },
];

export function HealthPage({ live }: { readonly live: Live | undefined }) {
  const version = `${live?.denied} ${live?.failedBatches} ${live?.executions} ${live?.running}`;
  const { value, error } = useLoaded(() => get<HealthAnswer>("health"), version);
  if (error !== undefined) return <p class="bad">{error}</p>;
  if (!value) return <p class="loading">loading …</p>;
  const { ledgers, ledgersAt, isOutdated, denied, unused, failedBatches, logGroups } = value;
  return (
    <>
      <h2>Ledger</h2>
      <p class="faint">
        read {timeOf(Date.parse(ledgersAt))} UTC
        {isOutdated && "; records have arrived since then, which it leaves out"}
      </p>
      {ledgers.map((ledger) => (
        <Ledger key={`${ledger.stream} ${ledger.bucket}`} ledger={ledger} />
      ))}
      <p class={failedBatches > 0 ? "bad" : ""}>
        {failedBatches === 0
          ? "No batch was discarded."
          : `${counting(failedBatches, "batch was", "batches were")} discarded.`}
      </p>
      <h2>IAM</h2>
      {denied.length === 0 ? <p>No call was denied.</p> : <DeniedCalls denied={denied} />}
      <details>
        <summary>{counting(unused.length, "granted action was", "granted actions were")} not used</summary>
        <DataTable caption="Granted actions that no call used" columns={UNUSED} rows={unused} />
      </details>
      {!isFile && <Logs groups={logGroups} />}
    </>
  );
}

function DeniedCalls({ denied }: { readonly denied: readonly string[] }) {
  return (
    <ul class="bad">
      {denied.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}

function Ledger({ ledger }: { readonly ledger: LedgerView }) {
  const { stream, bucket, sent, landed, unformatted, failed, rawRows, tableRows, balanced, findings } = ledger;
  return (
    <article>
      <p>
        <span class={`state ${balanced ? "good" : "bad"}`}>{balanced ? "balanced" : "broken"}</span> {stream} into{" "}
        {bucket}
      </p>
      <p>
        {counted(sent)} records in = {counted(landed)} landed + {counted(unformatted)} unformatted + {counted(failed)}{" "}
        failed
        <br />
        {counted(rawRows)} rows in raw, {counted(tableRows)} in tables
      </p>
      {findings.map((finding) => (
        <p key={finding} class="bad">
          {finding}
        </p>
      ))}
    </article>
  );
}

function Logs({ groups }: { readonly groups: readonly string[] }) {
  const [group, setGroup] = useState("");
  const [text, setText] = useState("");
  const [asked, setAsked] = useState({ group: "", text: "", turn: 0 });
  const { value, error } = useLoaded(() => get<LogsAnswer>("logs", { group: asked.group, text: asked.text }), asked);
  const search = (event: Event) => {
    event.preventDefault();
    setAsked({ group, text, turn: asked.turn + 1 });
  };
  return (
    <>
      <h2>Logs</h2>
      <form class="row" onSubmit={search}>
        <label>
          Log group{" "}
          <select value={group} onChange={({ currentTarget }) => setGroup(currentTarget.value)}>
            <option value="">all</option>
            {groups.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label>
          Text <input value={text} onInput={({ currentTarget }) => setText(currentTarget.value)} />
        </label>
        <button type="submit">Search</button>
      </form>
      {error !== undefined && <p class="bad">{error}</p>}
      {value && (
        <DataTable
          caption="Lines of logs, newest file first"
          columns={LOGS}
          rows={value.lines}
          empty="no line has it"
        />
      )}
      {value?.isCut && <p class="faint">older lines are left out; the files in logs/ have all</p>}
    </>
  );
}
