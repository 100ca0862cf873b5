/** SQL over the run: an editor beside the catalog, ready queries, results as a table, a file and a plot. */
import { useEffect, useRef, useState } from "preact/hooks";
import { get, post, useLoaded } from "../client";
import { counted, counting } from "../parts/format";
import type { Catalog, Overview, SqlAnswer } from "../wire";
import { SqlResult } from "./sqlResult";

export interface SqlPageProps {
  readonly overview: Overview;
  /** The SQL to start with. */
  readonly subject: string;
}

interface Asked {
  readonly sql: string;
  readonly database: string;
  readonly turn: number;
}

const MAX_HISTORY = 20;
/** Statements of this page since it was opened. */
let history: readonly string[] = [];

export function SqlPage({ overview: { queries }, subject }: SqlPageProps) {
  const [sql, setSql] = useState(subject || (queries[0]?.sql ?? "SHOW TABLES"));
  const [database, setDatabase] = useState(queries[0]?.database ?? "");
  const [asked, setAsked] = useState<Asked>();
  const editor = useRef<HTMLTextAreaElement>(null);
  const catalog = useLoaded(() => get<Catalog>("catalog"), asked?.turn ?? 0);
  const { value, error } = useLoaded<{ asked: Asked; answer: SqlAnswer } | undefined>(
    async () => asked && { asked, answer: await post<SqlAnswer>("sql", { sql: asked.sql, database: asked.database }) },
    asked,
  );
  const databases = catalog.value?.databases ?? [];
  const current = database || (databases[0]?.name ?? "");
  const run = (text = sql, where = current) => {
    history = [text, ...history.filter((one) => one !== text)].slice(0, MAX_HISTORY);
    setAsked({ sql: text, database: where, turn: (asked?.turn ?? 0) + 1 });
  };
  useEffect(() => {
    if (subject === "") return;
    setSql(subject);
    run(subject);
  }, [subject]);
  const choose = (text: string, where = current) => {
    setSql(text);
    setDatabase(where);
    run(text, where);
  };
  const insert = (text: string) => {
    const { current: area } = editor;
    if (!area) return;
    const { selectionStart: from, selectionEnd: to } = area;
    setSql(sql.slice(0, from) + text + sql.slice(to));
    area.focus();
  };
  const isRunning = asked !== undefined && error === undefined && value?.asked !== asked;
  return (
    <div class="sql">
      <section class="editor" aria-label="Editor">
        <label for="sql">SQL of Athena, over the files of the run (Ctrl+Enter runs it)</label>
        <textarea
          id="sql"
          ref={editor}
          rows={8}
          spellcheck={false}
          value={sql}
          onInput={({ currentTarget }) => setSql(currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            run();
          }}
        />
        <div class="row">
          <button type="button" class="main" onClick={() => run()} disabled={isRunning}>
            {isRunning ? "running …" : "Run"}
          </button>
          {databases.length > 1 && (
            <label>
              Database{" "}
              <select value={current} onChange={({ currentTarget }) => setDatabase(currentTarget.value)}>
                {databases.map(({ name }) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            </label>
          )}
          <Choice
            title="Ready queries"
            texts={queries.map(({ name }) => name)}
            onChoose={(index) => {
              const query = queries[index];
              if (query) choose(query.sql, query.database);
            }}
          />
          <Choice
            title="History"
            texts={history.map((text) => text.replace(/\s+/g, " ").slice(0, 80))}
            onChoose={(index) => {
              const text = history[index];
              if (text !== undefined) choose(text);
            }}
          />
        </div>
        <div role="status">
          {error !== undefined && <p class="bad">{error}</p>}
          {isRunning && <p class="loading">running …</p>}
          {error === undefined && value && (
            <p class="faint">
              {counting(value.answer.total, "row")} in {counted(value.answer.millis / 1000)} s
              {value.answer.total > value.answer.rows.length &&
                `; the server reads them again for a sort, for rows beyond the first ${counted(value.answer.rows.length)}, and for a file`}
            </p>
          )}
        </div>
        {error === undefined && value && <SqlResult key={value.asked.turn} answer={value.answer} asked={value.asked} />}
      </section>
      <aside class="catalog" aria-label="Catalog">
        <h2>Catalog</h2>
        {catalog.error !== undefined && <p class="bad">{catalog.error}</p>}
        {databases.map(({ name, tables }) => (
          <div key={name}>
            <h3>{name}</h3>
            {tables.map(({ name: table, columns }) => (
              <details key={table}>
                <summary>
                  {table} <span class="faint">{columns.length} columns</span>
                </summary>
                <ul>
                  {columns.map((column) => (
                    <li key={column.name}>
                      <button type="button" class="plain" onClick={() => insert(`"${column.name}"`)}>
                        {column.name}
                      </button>{" "}
                      <span class="faint">{column.type}</span>
                    </li>
                  ))}
                </ul>
              </details>
            ))}
          </div>
        ))}
      </aside>
    </div>
  );
}

interface ChoiceProps {
  readonly title: string;
  readonly texts: readonly string[];
  onChoose(index: number): void;
}

function Choice({ title, texts, onChoose }: ChoiceProps) {
  return (
    <select
      aria-label={title}
      value=""
      disabled={texts.length === 0}
      onChange={({ currentTarget }) => {
        if (currentTarget.value !== "") onChoose(Number(currentTarget.value));
        currentTarget.value = "";
      }}
    >
      <option value="">{title} …</option>
      {texts.map((text, index) => (
        <option key={text} value={String(index)}>
          {text}
        </option>
      ))}
    </select>
  );
}
