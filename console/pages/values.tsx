/** The values of the run by format: rows, sizes, and the distribution of each column of numbers. */
import { useMemo } from "preact/hooks";
import { get, useLoaded } from "../client";
import { Chart } from "../parts/chart";
import { type Column, DataTable } from "../parts/dataTable";
import { byteCount, counted, visible } from "../parts/format";
import type { Live, ValuesAnswer, ValuesColumn } from "../wire";

type Table = ValuesAnswer["tables"][number];
type Numbers = ValuesColumn["formats"][number];

const NUMBERS: readonly Column<Numbers>[] = [
  { title: "Format", value: ({ format }) => format },
  ...(["count", "min", "mean", "max"] as const).map(
    (name): Column<Numbers> => ({
      title: { count: "Numbers", min: "Least", mean: "Mean", max: "Greatest" }[name],
      isNumber: true,
      value: (row) => row[name],
      cell: (row) => brief(row[name]),
    }),
  ),
];

export function ValuesPage({ live }: { readonly live: Live | undefined }) {
  const { value, error } = useLoaded(() => get<ValuesAnswer>("values"), live?.counts["tables:rows"]);
  if (error !== undefined) return <p class="bad">{error}</p>;
  if (!value) return <p class="loading">loading …</p>;
  return (
    <>
      <Sizes sizes={value.sizes} />
      {value.tables.length === 0 && <p>No table has the column _format.</p>}
      {value.tables.map((table) => (
        <TableValues key={`${table.database} ${table.table}`} table={table} />
      ))}
    </>
  );
}

function Sizes({ sizes: { fromBytes, rows, isSample } }: { readonly sizes: ValuesAnswer["sizes"] }) {
  const plot = useMemo(
    () => ({
      places: fromBytes.map((bytes) => `${byteCount(bytes)} …`),
      series: rows.map(({ format, counts }) => ({ name: visible(format), values: counts })),
    }),
    [fromBytes, rows],
  );
  if (rows.length === 0) return <p>No row has landed in raw.</p>;
  return (
    <>
      <h2>Rows by size</h2>
      <p class="faint">
        bytes of a row as JSON; each size reaches to the next one
        {isSample && ", from some of the objects, which lie evenly between the others"}
      </p>
      <Chart kind="bar" label="Rows by size and format" {...plot} />
    </>
  );
}

function TableValues({ table: { table, rows, columns, leftOutColumns, error } }: { readonly table: Table }) {
  const plot = useMemo(
    () => ({
      places: rows.map(({ format }) => visible(format)),
      series: [{ name: "rows", values: rows.map(({ count }) => count) }],
    }),
    [rows],
  );
  const label = `Rows of ${table} by format: ${rows.map(({ format, count }) => `${format} ${count}`).join(", ")}`;
  return (
    <section aria-label={`Table ${table}`}>
      <h2>{table}</h2>
      {error !== undefined && <p class="bad">{visible(error)}</p>}
      {rows.length > 0 && <Chart kind="bar" label={label} {...plot} />}
      <div class="plots">
        {columns.map((column) => (
          <ColumnValues key={column.name} column={column} />
        ))}
      </div>
      {leftOutColumns > 0 && <p class="faint">{leftOutColumns} more columns of numbers are left out</p>}
    </section>
  );
}

function ColumnValues({ column: { name, from, to, formats } }: { readonly column: ValuesColumn }) {
  const plot = useMemo(() => {
    const width = (to - from) / (formats[0]?.bins.length ?? 1);
    return {
      places: (formats[0]?.bins ?? []).map((_, index) => brief(from + index * width)),
      series: formats.map(({ format, bins }) => ({ name: visible(format), values: bins })),
    };
  }, [from, to, formats]);
  return (
    <article>
      <h3>{visible(name)}</h3>
      {from < to && (
        <Chart kind="bar" label={`Numbers of ${name} by size and format; the table below has more`} {...plot} />
      )}
      <DataTable caption={`Numbers of ${name} by format`} columns={NUMBERS} rows={formats} />
    </article>
  );
}

/** Four digits, and all digits of a whole number. */
function brief(number: number): string {
  return Number.isInteger(number) || Math.abs(number) >= 1000 ? counted(number) : String(Number(number.toPrecision(4)));
}
