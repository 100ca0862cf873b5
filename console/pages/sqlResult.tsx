/** The result of a query: a table, files to download, and a plot. */
import { useMemo, useState } from "preact/hooks";
import { Chart } from "../parts/chart";
import { type Column, DataTable } from "../parts/dataTable";
import { visible } from "../parts/format";
import { csvOf, jsonOf } from "../parts/resultFiles";
import type { SqlAnswer } from "../wire";

type Row = SqlAnswer["rows"][number];
const NUMBERS = /^(tinyint|smallint|integer|int|bigint|float|double|real|decimal)/;
const MAX_CHARACTERS = 200;
/** Places that a plot shows. */
const MAX_PLACES = 500;

export function SqlResult({ answer }: { readonly answer: SqlAnswer }) {
  const { columns, rows } = answer;
  const table = useMemo(() => columns.map((column, index) => columnOf(column, index)), [columns]);
  const numbers = columns.flatMap(({ name, type }, index) => (NUMBERS.test(type) ? [{ name, index }] : []));
  return (
    <>
      {rows.length > 0 && (
        <div class="row">
          <button type="button" onClick={() => download("result.csv", "text/csv", csvOf(answer))}>
            Download CSV
          </button>
          <button type="button" onClick={() => download("result.json", "application/json", jsonOf(answer))}>
            Download JSON
          </button>
        </div>
      )}
      <DataTable caption="Result of the query" columns={table} rows={rows} empty="The result has no rows." />
      {rows.length > 1 && numbers.length > 0 && <Plot answer={answer} numbers={numbers} />}
    </>
  );
}

function columnOf({ name, type }: SqlAnswer["columns"][number], index: number): Column<Row> {
  const isNumber = NUMBERS.test(type);
  const text = (row: Row) => row[index] ?? null;
  return {
    title: name,
    isNumber,
    value: (row) => (isNumber && text(row) !== null ? Number(text(row)) : text(row)),
    cell: (row) => cellOf(name, text(row)),
  };
}

function cellOf(name: string, text: string | null) {
  if (text === null) return <span class="faint">null</span>;
  const shown = visible(text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text);
  if (name !== "_id") return shown;
  return <a href={`#/records/${encodeURIComponent(text)}`}>{shown}</a>;
}

interface PlotProps {
  readonly answer: SqlAnswer;
  readonly numbers: readonly { readonly name: string; readonly index: number }[];
}

function Plot({ answer: { columns, rows }, numbers }: PlotProps) {
  const names = columns.map(({ name }) => name);
  const isText = (index: number) => !numbers.some((number) => number.index === index);
  const differs = (index: number) => rows.some((row) => row[index] !== rows[0]?.[index]);
  const texts = names.map((_, index) => index).filter(isText);
  const first = texts.find(differs) ?? texts[0] ?? 0;
  const [kind, setKind] = useState<"bar" | "line">("bar");
  const [along, setAlong] = useState(first);
  const [value, setValue] = useState(numbers.at(-1)?.index ?? 0);
  const [by, setBy] = useState(-1);
  const plot = useMemo(() => seriesOf(rows, along, value, by, names[value] ?? ""), [rows, along, value, by]);
  const isCut = plot.places.length > MAX_PLACES;
  return (
    <section aria-label="Plot">
      <h2>Plot</h2>
      <div class="row">
        <Select
          label="Kind"
          value={kind}
          options={[
            ["bar", "bars"],
            ["line", "line"],
          ]}
          onChange={(next) => setKind(next as "bar" | "line")}
        />
        <Select
          label="Along"
          value={String(along)}
          options={optionsOf(names)}
          onChange={(next) => setAlong(Number(next))}
        />
        <Select
          label="Value"
          value={String(value)}
          options={numbers.map(({ name, index }) => [String(index), name])}
          onChange={(next) => setValue(Number(next))}
        />
        <Select
          label="By"
          value={String(by)}
          options={[["-1", "nothing"], ...optionsOf(names)]}
          onChange={(next) => setBy(Number(next))}
        />
      </div>
      {isCut || plot.series.length > 12 ? (
        <p class="faint">
          {plot.places.length} places and {plot.series.length} series; a plot shows up to {MAX_PLACES} and 12
        </p>
      ) : (
        <Chart kind={kind} label={`${names[value]} along ${names[along]}; the table above has the numbers`} {...plot} />
      )}
    </section>
  );
}

/** Values of the same place and series are added. */
function seriesOf(rows: readonly Row[], along: number, value: number, by: number, title: string) {
  const places = [...new Set(rows.map((row) => row[along] ?? "null"))];
  const at = new Map(places.map((place, index) => [place, index]));
  const series = new Map<string, (number | null)[]>();
  for (const row of rows) {
    const name = by < 0 ? title : (row[by] ?? "null");
    const values = series.get(name) ?? places.map(() => null);
    series.set(name, values);
    const place = at.get(row[along] ?? "null") ?? 0;
    const number = row[value] === null || row[value] === undefined ? null : Number(row[value]);
    if (number !== null) values[place] = (values[place] ?? 0) + number;
  }
  return {
    places: places.map(visible),
    series: [...series].map(([name, values]) => ({ name: visible(name), values })),
  };
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

function download(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
