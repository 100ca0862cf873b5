/** The ledger, alarms with their history, the use of AWS's meters, IAM, and a search of the logs. */
import { get, isFile, useLoaded } from "../client";
import { type Column, DataTable } from "../parts/dataTable";
import { counted, counting, timeOf, visible } from "../parts/format";
import type { AlarmView, HealthAnswer, LedgerView, Live, SinkView } from "../wire";
import { Logs } from "./logs";

type Unused = HealthAnswer["unused"][number];
const UNUSED: readonly Column<Unused>[] = [
  { title: "Role", value: ({ role }) => role },
  { title: "Action", value: ({ action }) => action },
  { title: "Resource", value: ({ resource }) => resource },
];

export function HealthPage({ live }: { readonly live: Live | undefined }) {
  const version = `${live?.denied} ${live?.failedBatches} ${live?.executions} ${live?.running}`;
  const { value, error } = useLoaded(() => get<HealthAnswer>("health"), version);
  if (error !== undefined) return <p class="bad">{error}</p>;
  if (!value) return <p class="loading">loading …</p>;
  const { ledgers, sinks, ledgersAt, isOutdated, denied, unused, failedBatches, alarms, used, logGroups } = value;
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
      {sinks.map((sink) => (
        <Sink key={sink.name} sink={sink} />
      ))}
      <p class={failedBatches > 0 ? "bad" : ""}>
        {failedBatches === 0
          ? "No batch was discarded."
          : `${counting(failedBatches, "batch was", "batches were")} discarded.`}
      </p>
      <h2>Alarms</h2>
      <Alarms alarms={alarms} />
      {used.length > 0 && <h2>Used</h2>}
      {used.map((line) => (
        <p key={line}>{line}</p>
      ))}
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

function Alarms({ alarms }: { readonly alarms: readonly AlarmView[] }) {
  if (alarms.length === 0) return <p>The program declares no alarm, or the run is of a former version.</p>;
  const quiet = alarms.filter(({ state, history }) => state !== "ALARM" && history.length === 0);
  const others = alarms.filter((alarm) => !quiet.includes(alarm));
  return (
    <>
      {others.map((alarm) => (
        <Alarm key={alarm.name} alarm={alarm} />
      ))}
      {quiet.length > 0 && (
        <details>
          <summary>{counting(quiet.length, "alarm has", "alarms have")} not changed</summary>
          <p>{quiet.map(({ name }) => name).join(", ")}</p>
        </details>
      )}
    </>
  );
}

function Alarm({ alarm: { name, state, description, reason, history } }: { readonly alarm: AlarmView }) {
  return (
    <article>
      <p>
        <span class={`state ${{ ALARM: "bad", OK: "good", INSUFFICIENT_DATA: "" }[state]}`}>
          {state.toLowerCase().replace("_", " ")}
        </span>{" "}
        <strong>{name}</strong>
        {description !== undefined && `: ${visible(description)}`}
      </p>
      <p class="faint">{visible(reason)}</p>
      <details>
        <summary>History</summary>
        <ul>
          {history.map(({ atMillis, summary }, index) => (
            <li key={index}>
              {timeOf(atMillis)} UTC: {visible(summary)}
            </li>
          ))}
        </ul>
      </details>
    </article>
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
        {counting(sent, "record")} in = {counted(landed)} landed + {counted(unformatted)} unformatted +{" "}
        {counted(failed)} failed
        <br />
        {counting(rawRows, "row")} in raw, {counted(tableRows)} in tables
      </p>
      {findings.map((finding) => (
        <p key={finding} class="bad">
          {finding}
        </p>
      ))}
    </article>
  );
}

function Sink({ sink: { name, kind, resource, stream, lines, balanced, findings } }: { readonly sink: SinkView }) {
  return (
    <article>
      <p>
        <span class={`state ${balanced ? "good" : "bad"}`}>{balanced ? "balanced" : "broken"}</span> {name}, {kind}{" "}
        <span class="faint">{stream === undefined ? resource : `${resource}, stream ${stream}`}</span>
      </p>
      {lines.map((line) => (
        <p key={line}>{visible(line)}</p>
      ))}
      {findings.map((finding) => (
        <p key={finding} class="bad">
          {visible(finding)}
        </p>
      ))}
    </article>
  );
}
