/** Follows a record, an object or a text from the stream to the table. */
import { useState } from "preact/hooks";
import { get, useLoaded } from "../client";
import { counting, visible } from "../parts/format";
import type { TraceAnswer, TraceFinding } from "../wire";

export function RecordsPage({ subject }: { readonly subject: string }) {
  const [text, setText] = useState(subject);
  const { value, error } = useLoaded<TraceAnswer | undefined>(
    async () => (subject === "" ? undefined : get<TraceAnswer>("trace", { subject })),
    subject,
  );
  const search = (event: Event) => {
    event.preventDefault();
    location.hash = `#/records/${encodeURIComponent(text.trim())}`;
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
          <button type="submit">Follow</button>
        </div>
      </form>
      <div aria-live="polite">
        {error !== undefined && <p class="bad">{error}</p>}
        {error === undefined && subject !== "" && !value && <p class="loading">searching …</p>}
        {value && <Found found={value} />}
        {subject === "" && (
          <p class="faint">
            At most 10 records are shown, the newest hour first. Rows have their ids in the column <code>_id</code>,
            which is a link in the results on the page <a href="#/sql">SQL</a>.
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
          <li>
            <h2>Not landed</h2>
            <p>No object has it: the router has not written it yet, or it is in a failed batch.</p>
          </li>
        </ol>
      )}
      {findings.length === 0 && !stream && <p>Nothing was found in the objects of the run.</p>}
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
          <code>{record}</code>
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
            unformatted, <strong>{reason}</strong>: {visible(detail ?? "")}{" "}
            <a href={`#/unformatted/${encodeURIComponent(record)}`}>see its bytes</a>
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
