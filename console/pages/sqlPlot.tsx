/** Plots a result: bars, a line or a heat map of sums, or a point for each row. */
import { useMemo, useState } from "preact/hooks";
import { post, useLoaded } from "../client";
import { Chart } from "../parts/chart";
import { counted, visible } from "../parts/format";
import { HeatMap } from "../parts/heatMap";
import { type Axes, type PlotData, type PointData, pointsOf, sumsOf, withHours } from "../parts/plotData";
import { wholeSql } from "../parts/wholeSql";
import type { SqlAnswer } from "../wire";

const KINDS = [
  ["bar", "bars"],
  ["line", "line"],
  ["scatter", "scatter"],
  ["heat", "heat map"],
] as const;
type Kind = (typeof KINDS)[number][0];

/** Places and series that a plot shows. */
const MAX_PLACES = 500;
const MAX_POINTS = 5000;
const MAX_SERIES: Readonly<Record<Kind, number>> = { bar: 12, line: 12, scatter: 12, heat: 50 };

export interface SqlPlotProps {
  readonly answer: SqlAnswer;
  /** The columns of numbers. */
  readonly numbers: readonly { readonly name: string; readonly index: number }[];
  /** The query; absent where no server answers. */
  readonly asked?: { readonly sql: string; readonly database: string };
}

export function SqlPlot({ answer, numbers, asked }: SqlPlotProps) {
  const { columns, rows } = useMemo(() => withHours(answer), [answer]);
  const names = columns.map(({ name }) => name);
  const isNumber = (index: number) => numbers.some((number) => number.index === index);
  const differs = (index: number) => rows.some((row) => row[index] !== rows[0]?.[index]);
  const texts = names.map((_, index) => index).filter((index) => !isNumber(index));
  const [kind, setKind] = useState<Kind>("bar");
  const [axes, setAxes] = useState<Axes>({
    along: texts.find(differs) ?? texts[0] ?? 0,
    value: numbers.at(-1)?.index ?? 0,
    by: -1,
  });
  const title = names[axes.value] ?? "";
  const isScatter = kind === "scatter";
  const step = Math.ceil(answer.total / MAX_POINTS);
  const isPart = answer.total > answer.rows.length;
  const by = axes.by < 0 ? undefined : names[axes.by];
  const question =
    isPart && asked
      ? wholeSql({
          sql: asked.sql,
          along: names[axes.along] ?? "",
          value: title,
          ...(by !== undefined && { by }),
          ...(isScatter && { step }),
        })
      : undefined;
  const whole = useLoaded(async () => {
    if (question === undefined) return undefined;
    return { question, answer: await post<SqlAnswer>("sql", { sql: question, database: asked?.database }) };
  }, question);
  const all = whole.value?.question === question ? whole.value?.answer.rows : undefined;
  const plot = useMemo<PlotData | PointData>(() => {
    const [from, at] = all ? [all, { along: 0, value: 1, by: axes.by < 0 ? -1 : 2 }] : [rows, axes];
    return isScatter ? pointsOf(from, at, { title, isNumeric: isNumber(axes.along) }) : sumsOf(from, at, title);
  }, [rows, all, axes, isScatter]);
  const shown = isScatter
    ? `${counted(all?.length ?? 0)} of ${counted(answer.total)} rows, one of each ${step}`
    : `sums of all ${counted(answer.total)} rows`;
  const state = all
    ? shown
    : question !== undefined && whole.error === undefined
      ? "adding up all rows …"
      : `the first ${counted(rows.length)} of ${counted(answer.total)} rows`;
  const label = `${title} along ${names[axes.along]}; the table above has the numbers`;
  const isCut = plot.places.length > MAX_PLACES || plot.series.length > MAX_SERIES[kind];
  const change = (name: keyof Axes) => (next: string) => setAxes({ ...axes, [name]: Number(next) });
  return (
    <section aria-label="Plot">
      <h2>Plot</h2>
      <div class="row">
        <Select label="Kind" value={kind} options={KINDS} onChange={(next) => setKind(next as Kind)} />
        <Select label="Along" value={String(axes.along)} options={optionsOf(names)} onChange={change("along")} />
        <Select
          label="Value"
          value={String(axes.value)}
          options={numbers.map(({ name, index }) => [String(index), name])}
          onChange={change("value")}
        />
        <Select
          label="By"
          value={String(axes.by)}
          options={[["-1", "nothing"], ...optionsOf(names)]}
          onChange={change("by")}
        />
      </div>
      {isPart && (
        <p class="faint" role="status">
          {state}
          {whole.error !== undefined && `: ${visible(whole.error)}`}
        </p>
      )}
      {isCut ? (
        <p class="faint">
          {plot.places.length} places and {plot.series.length} series; this kind of plot shows up to {MAX_PLACES} and{" "}
          {MAX_SERIES[kind]}
        </p>
      ) : kind === "heat" ? (
        <HeatMap label={label} {...plot} />
      ) : (
        <Chart kind={kind} label={label} {...plot} />
      )}
    </section>
  );
}

function optionsOf(names: readonly string[]): [string, string][] {
  return names.map((name, index) => [String(index), name]);
}

interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [string, string])[];
  onChange(value: string): void;
}

function Select({ label, value, options, onChange }: SelectProps) {
  return (
    <label>
      {label}{" "}
      <select value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        {options.map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
