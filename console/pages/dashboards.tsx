/** The program's dashboards: each visual drawn from the rows of its query, as its definition describes it. */
import { post, useLoaded } from "../client";
import { Chart } from "../parts/chart";
import { DataTable } from "../parts/dataTable";
import { counted, visible } from "../parts/format";
import { HeatMap } from "../parts/heatMap";
import { numberOf, pointsOf, type Row, sumsOf } from "../parts/plotData";
import type { DashboardView, RowsAnswer, SqlAnswer, VisualView } from "../wire";

export function DashboardsPage({ dashboards }: { readonly dashboards: readonly DashboardView[] }) {
  return (
    <>
      {dashboards.map(({ name, visuals }) => (
        <section key={name} aria-label={visible(name)}>
          <h2>{visible(name)}</h2>
          <div class="visuals">
            {visuals.map((visual) => (
              <VisualBox key={visual.title} visual={visual} />
            ))}
          </div>
        </section>
      ))}
    </>
  );
}

function VisualBox({ visual }: { readonly visual: VisualView }) {
  const title = visible(visual.title);
  return (
    <section class={`visual ${visual.kind}`} aria-label={title}>
      <h3>{title}</h3>
      {visual.source === "athena" ? (
        <Drawn visual={visual} />
      ) : (
        <p class="faint">The warehouse has its rows; the report of a run counts them, under "dashboards".</p>
      )}
    </section>
  );
}

function Drawn({ visual }: { readonly visual: VisualView }) {
  const { value: answer, error } = useLoaded(() => drawnRows(visual), visual.sql);
  if (error !== undefined) {
    return (
      <p class="bad" role="alert">
        {visible(error)}
      </p>
    );
  }
  if (!answer) return <p class="loading">loading …</p>;
  if (answer.rows.length === 0) return <p class="faint">no rows</p>;
  return (
    <>
      <Picture visual={visual} rows={answer.rows} />
      {answer.total > answer.rows.length && <p class="faint">{leftOut(visual, answer)}</p>}
    </>
  );
}

/** The first rows; of a visual along the time, the last ones. */
async function drawnRows(visual: VisualView): Promise<SqlAnswer> {
  const { sql } = visual;
  const answer = await post<SqlAnswer>("sql", { sql });
  const count = answer.rows.length;
  if (!isInTime(visual) || answer.total <= count) return answer;
  const from = answer.total - count;
  return { ...answer, ...(await post<RowsAnswer>("rows", { id: crypto.randomUUID(), sql, from, count })) };
}

function isInTime({ kind, fields }: VisualView): boolean {
  return (kind === "line" || kind === "bar") && fields[0]?.isDate === true;
}

function leftOut(visual: VisualView, { rows, total }: SqlAnswer): string {
  const shown = `${counted(rows.length)} of ${counted(total)} rows`;
  if (!isInTime(visual)) return `the first ${shown}; the others are left out`;
  return `the last ${shown}; those before ${visible(rows[0]?.[0] ?? "null")} are left out`;
}

function Picture({ visual, rows }: { readonly visual: VisualView; readonly rows: readonly Row[] }) {
  const { kind, fields } = visual;
  const title = visible(visual.title);
  const at = (place: string) => fields.findIndex((field) => field.place === place);
  switch (kind) {
    case "kpi":
      return <p class="number big">{visible(numberText(rows[0]?.[0] ?? null))}</p>;
    case "bar":
    case "line": {
      const by = at("color");
      const measures = fields.flatMap((field, index) => (field.isMeasure ? [{ ...field, index }] : []));
      const plots = measures.map(({ index, label }) => sumsOf(rows, { along: 0, value: index, by }, label));
      const series = plots.flatMap((plot) => plot.series);
      return <Chart label={title} kind={kind} places={plots[0]?.places ?? []} series={series} />;
    }
    case "scatter":
      return (
        <Chart
          label={title}
          kind="scatter"
          {...pointsOf(rows, { along: at("x"), value: at("y"), by: -1 }, { title, isNumeric: true })}
        />
      );
    case "heatMap":
      return (
        <HeatMap label={title} {...sumsOf(rows, { along: at("columns"), value: at("value"), by: at("rows") }, title)} />
      );
    case "pie":
      return <Pie label={title} slices={rows.map(([name, value]) => [name ?? "null", numberOf(value) ?? 0])} />;
    default:
      return (
        <DataTable<Row>
          caption={title}
          rows={rows}
          pageRows={20}
          columns={fields.map(({ label, isMeasure }, index) => ({
            title: visible(label),
            isNumber: isMeasure,
            value: (row: Row) => (isMeasure ? (numberOf(row[index]) ?? null) : visible(row[index] ?? "null")),
            cell: (row: Row) => (isMeasure ? numberText(row[index] ?? null) : visible(row[index] ?? "null")),
          }))}
        />
      );
  }
}

const RADIUS = 100;
const COLOURS = 6;

/** Slices of a circle, each with its share. */
function Pie({ label, slices }: { readonly label: string; readonly slices: readonly (readonly [string, number])[] }) {
  const total = slices.reduce((sum, [, value]) => sum + Math.max(0, value), 0);
  let from = 0;
  const cut = slices.map(([name, value], index) => {
    const share = total > 0 ? Math.max(0, value) / total : 0;
    const path = arc(from, from + share);
    from += share;
    return { name: visible(name), value, share, path, colour: `var(--colour${index % COLOURS})` };
  });
  return (
    <figure class="chart pie">
      <svg viewBox="-105 -105 210 210" role="img" aria-label={label}>
        {cut.map(({ name, value, share, path, colour }) =>
          share > 0.9999 ? (
            <circle key={name} r={RADIUS} fill={colour} />
          ) : (
            <path key={name} d={path} fill={colour}>
              <title>{`${name}: ${counted(value)}`}</title>
            </path>
          ),
        )}
      </svg>
      <figcaption>
        {cut.map(({ name, value, share }, index) => (
          <span key={name} class={`key colour${index % COLOURS}`}>
            {name}: {numberText(String(value))} ({Math.round(share * 100)} %)
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

/** A slice between two shares of the circle, clockwise from the top. */
function arc(from: number, to: number): string {
  const point = (share: number) => {
    const angle = 2 * Math.PI * share - Math.PI / 2;
    return `${(RADIUS * Math.cos(angle)).toFixed(2)} ${(RADIUS * Math.sin(angle)).toFixed(2)}`;
  };
  return `M 0 0 L ${point(from)} A ${RADIUS} ${RADIUS} 0 ${to - from > 0.5 ? 1 : 0} 1 ${point(to)} Z`;
}

function numberText(text: string | null): string {
  const number = numberOf(text);
  return number === undefined ? "–" : counted(Math.round(number * 100) / 100);
}
