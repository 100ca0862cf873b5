/** Plots a result: bars, a line or a heat map of sums, or a point for each row. */
import { useMemo, useState } from "preact/hooks";
import { Chart } from "../parts/chart";
import { HeatMap } from "../parts/heatMap";
import { type Axes, type PlotData, type PointData, pointsOf, sumsOf, withHours } from "../parts/plotData";
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
const MAX_SERIES: Readonly<Record<Kind, number>> = { bar: 12, line: 12, scatter: 12, heat: 50 };

export interface SqlPlotProps {
  readonly answer: SqlAnswer;
  /** The columns of numbers. */
  readonly numbers: readonly { readonly name: string; readonly index: number }[];
}

export function SqlPlot({ answer, numbers }: SqlPlotProps) {
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
  const plot = useMemo<PlotData | PointData>(
    () =>
      kind === "scatter" ? pointsOf(rows, axes, { title, isNumeric: isNumber(axes.along) }) : sumsOf(rows, axes, title),
    [rows, axes, kind === "scatter"],
  );
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
