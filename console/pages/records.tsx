/** Follows a record, an object or a text from the stream to the table, and finds unformatted records by their reason. */
import { useState } from "preact/hooks";
import { get, useLoaded } from "../client";
import { counted, counting, visible } from "../parts/format";
import type { TraceAnswer, TraceFinding, UnformattedAnswer } from "../wire";
import { RefusedRecords } from "./refusedRecords";

/** A subject with a reason: `reason:hook order-4711`, the text may be left out. */
const REASON = /^reason:(\S+)\s*(.*)$/;

export function RecordsPage({ subject }: { readonly subject: string }) {
  const [, reason = "", rest = subject] = REASON.exec(subject) ?? [];
  const [text, setText] = useState(rest);
  const isTraced = subject !== "" && reason === "";
  const { value, error } = useLoaded<TraceAnswer | undefined>(
    async () => (isTraced ? get<TraceAnswer>("trace", { subject }) : undefined),
    subject,
  );
  const refusals = useLoaded(() => get<UnformattedAnswer>("unformatted"), "");
  const counts = new Map<string, number>();
  for (const group of refusals.value?.groups ?? []) {
    counts.set(group.reason, (counts.get(group.reason) ?? 0) + group.records);
  }
  if (reason !== "" && !counts.has(reason)) counts.set(reason, 0);
  const show = (of: string) => {
    const wanted = of === "" ? text : `reason:${of} ${text}`;
    location.hash = `#/records/${encodeURIComponent(wanted.trim())}`;
  };
  const search = (event: Event) => {
    event.preventDefault();
    show(reason);
  };
  return (
    <>
      <form class="search" onSubmit={search}>
        <label for="subject">An id of a record or a row, an object's key, or a text in keys and values</label>
        <div class="row">
          <input
            id="subject"
            value={text}
            autoComplete="off"
            spellcheck={false}
            placeholder="shardId-000000000000/4959…, order-4711"
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
          <button type="submit">{reason === "" ? "Follow" : "Search"}</button>
          <label>
            Reason{" "}
            <select value={reason} onChange={({ currentTarget }) => show(currentTarget.value)}>
              <option value="">any</option>
              {[...counts].sort().map(([name, records]) => (
                <option key={name} value={name}>
                  {name} ({counted(records)})
                </option>
              ))}
            </select>
          </label>
        </div>
      </form>
      <div aria-live="polite">
        {error !== undefined && <p class="bad">{error}</p>}
        {error === undefined && isTraced && !value && <p class="loading">searching …</p>}
        {value && <Found found={value} />}
        {reason !== "" && <RefusedRecords reason={reason} text={rest} />}
        {subject === "" && (
          <p class="faint">
            At most 10 records are shown, the newest hour first; with a reason, 200 unformatted ones. Rows have their
            ids in the column <code>_id</code>, which is a link in the results on the page <a href="#/sql">SQL</a>.
          </p>
        )}
      </div>
    </>
  );
}

function Found({ found: { findings, stream, hours, isCut } }: { readonly found: TraceAnswer }) {
  return (
    <>
      {findings.length === 0 && stream && (
        <ol class="steps">
          <li>
            <h2>Stream</h2>
            <p>
              {stream.stream}, arrived {stream.arrived}, {counting(stream.bytes, "byte")}
            </p>
            <Key text={stream.partitionKey} />
          </li>
          {hours.every(({ rows = 0 }) => rows === 0) && (
            <li>
              <h2>Not landed</h2>
              <p>No object has it: the router has not written it yet, or it is in a failed batch.</p>
            </li>
          )}
        </ol>
      )}
      {findings.length === 0 && !stream && hours.length === 0 && <p>Nothing was found in the objects of the run.</p>}
      {findings.length === 0 && !stream && hours.length > 0 && (
        <p>Nothing was found in the objects of lines, which are searched; Parquet of Firehose answers SQL.</p>
      )}
      {findings.map((finding) => (
        <Finding key={finding.object + finding.record} finding={finding} />
      ))}
      {isCut && <p class="faint">only the first 10 records are shown</p>}
      {hours.length > 0 && <h2>Tables</h2>}
      {hours.map(({ table, hour, state, rows, sql, error }) => (
        <article key={`${table} ${hour} ${sql}`}>
          <p>
            <strong>{table}</strong>, hour {hour}: {state}
            {rows !== undefined && `; ${counting(rows, "row")} in the table`}
          </p>
          {error !== undefined && <p class="bad">{error}</p>}
          <pre>{visible(sql)}</pre>
          <a href={`#/sql/${encodeURIComponent(sql)}`}>Run this query</a>
        </article>
      ))}
    </>
  );
}

function Finding({ finding }: { readonly finding: TraceFinding }) {
  const { record, stream, partitionKey, arrived, object, format, rowIds, reason, detail } = finding;
  return (
    <ol class="steps" aria-label={`Record ${record}`}>
      <li>
        <h2>Stream</h2>
        <p>
          {stream}, arrived {arrived}
        </p>
        <p>
          <a href={`#/records/${encodeURIComponent(record)}`}>
            <code>{record}</code>
          </a>
        </p>
        <Key text={partitionKey} />
      </li>
      <li>
        <h2>Router</h2>
        {reason === undefined ? (
          <p>
            format <strong>{format}</strong>, {counting(rowIds.length, "row")}
          </p>
        ) : (
          <p>
            unformatted, <a href={`#/records/${encodeURIComponent(`reason:${reason}`)}`}>{reason}</a>:{" "}
            {visible(detail ?? "")} <a href={`#/unformatted/${encodeURIComponent(record)}`}>see its bytes</a>
          </p>
        )}
      </li>
      <li>
        <h2>Object</h2>
        <p>
          <code>{object}</code>
        </p>
      </li>
    </ol>
  );
}

function Key({ text }: { readonly text: string }) {
  return (
    <p>
      stream partition key <code>{visible(text)}</code>
    </p>
  );
}
