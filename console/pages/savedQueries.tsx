/** The queries of a run with their results, on a page that is a file. */
import { get, useLoaded } from "../client";
import { counted, visible } from "../parts/format";
import type { QueryView } from "../wire";
import { SqlResult } from "./sqlResult";

export function SavedQueries() {
  const { value, error } = useLoaded(() => get<QueryView[]>("queries"), "");
  if (error !== undefined) return <p class="bad">{error}</p>;
  if (!value) return <p class="loading">loading …</p>;
  if (value.length === 0) return <p>The run has run no query.</p>;
  return (
    <>
      {value.map(({ sql, answer, problem }, index) => (
        <section key={index} aria-label={`Query ${index + 1}`}>
          <h2>Query {index + 1}</h2>
          <pre>{visible(sql)}</pre>
          {problem !== undefined && <p class="bad">{visible(problem)}</p>}
          {answer && answer.total > answer.rows.length && (
            <p class="faint">
              the first {counted(answer.rows.length)} of {counted(answer.total)} rows
            </p>
          )}
          {answer && <SqlResult answer={{ ...answer, millis: 0 }} />}
        </section>
      ))}
    </>
  );
}
