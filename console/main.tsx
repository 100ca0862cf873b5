/** The console in the browser: the heading, the pages by the address's fragment, and the live state of the run. */
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { get, isFile, useLive, useLoaded } from "./client";
import { DashboardsPage } from "./pages/dashboards";
import { FlowPage } from "./pages/flow";
import { HealthPage } from "./pages/health";
import { RecordsPage } from "./pages/records";
import { RunsPage } from "./pages/runs";
import { SavedQueries } from "./pages/savedQueries";
import { SqlPage } from "./pages/sql";
import { UnformattedPage } from "./pages/unformatted";
import { ValuesPage } from "./pages/values";
import { timeOf } from "./parts/format";
import type { Overview, PageName } from "./wire";
import "uplot/dist/uPlot.min.css";
import "./style.css";

const ALL_PAGES: readonly (readonly [PageName, string])[] = [
  ["flow", "Flow"],
  ["dashboards", "Dashboards"],
  ["values", "Values"],
  ["records", "Records"],
  ["unformatted", "Unformatted"],
  ["sql", isFile ? "Queries" : "SQL"],
  ["runs", "Runs"],
  ["health", "Health"],
];
/** A search and the queries of dashboards need the server. */
const PAGES = ALL_PAGES.filter(([name]) => !isFile || (name !== "records" && name !== "dashboards"));

/** `#/records/shardId-…`: the page, and what it shows first. */
function placeOf(hash: string): { readonly page: PageName; readonly subject: string } {
  const [, name = "", subject = ""] = /^#\/(\w+)(?:\/(.*))?$/.exec(hash) ?? [];
  const page = PAGES.find(([known]) => known === name)?.[0] ?? "flow";
  try {
    return { page, subject: decodeURIComponent(subject) };
  } catch {
    return { page, subject: "" }; // Not an address of this page.
  }
}

function App() {
  const [place, setPlace] = useState(() => placeOf(location.hash));
  const main = useRef<HTMLElement>(null);
  const { live, isConnected } = useLive();
  const { value: overview, error } = useLoaded(() => get<Overview>("overview"), "");
  useEffect(() => {
    const moved = () => {
      setPlace(placeOf(location.hash));
      // The keyboard and screen readers go on in the new page.
      main.current?.focus();
    };
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  const title = PAGES.find(([name]) => name === place.page)?.[1] ?? "";
  useEffect(() => {
    document.title = overview ? `${title} – ${overview.project}` : "Streamlake console";
  }, [title, overview]);
  if (error !== undefined) return <Problem error={error} />;
  if (!overview) return <p class="loading">loading …</p>;
  const state = overview.endpoint === undefined ? "over" : isConnected ? "live" : "not connected";
  return (
    <>
      <header>
        <div class="run">
          <strong>{overview.project}</strong>
          <span>
            stack {overview.stack}, started {timeOf(Date.parse(overview.startedAt))} UTC
          </span>
          <span class={`state ${isConnected && overview.endpoint ? "good" : ""}`} role="status">
            {state}
          </span>
        </div>
        <nav aria-label="Pages">
          {PAGES.filter(([name]) => name !== "dashboards" || overview.dashboards).map(([name, text]) => (
            <a key={name} href={`#/${name}`} {...(name === place.page && { "aria-current": "page" as const })}>
              {text}
            </a>
          ))}
        </nav>
      </header>
      <main ref={main} tabIndex={-1}>
        <h1>{title}</h1>
        {overview.leftOut && overview.leftOut.length > 0 && (
          <p class="faint">left out of this page: {overview.leftOut.join(", ")}; streamlake console shows all</p>
        )}
        {place.page === "flow" && <FlowPage overview={overview} live={live} />}
        {place.page === "dashboards" && <DashboardsPage dashboards={overview.dashboards ?? []} />}
        {place.page === "values" && <ValuesPage live={live} />}
        {place.page === "records" && <RecordsPage key={place.subject} subject={place.subject} />}
        {place.page === "unformatted" && <UnformattedPage overview={overview} live={live} subject={place.subject} />}
        {place.page === "sql" && (isFile ? <SavedQueries /> : <SqlPage overview={overview} subject={place.subject} />)}
        {place.page === "runs" && <RunsPage overview={overview} live={live} />}
        {place.page === "health" && <HealthPage live={live} />}
      </main>
    </>
  );
}

function Problem({ error }: { readonly error: string }) {
  return (
    <main>
      <h1>The console shows nothing</h1>
      <p class="bad" role="alert">
        {error}
      </p>
    </main>
  );
}

const root = document.getElementById("app");
if (root) render(<App />, root);
