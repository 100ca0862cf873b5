/** The result of a query: a table, files to download, and a plot. */
import { useMemo } from "preact/hooks";
import { isFile } from "../client";
import { type Column, DataTable } from "../parts/dataTable";
import { visible } from "../parts/format";
import { csvOf, jsonOf } from "../parts/resultFiles";
import type { SqlAnswer } from "../wire";
import { SqlPlot } from "./sqlPlot";
import { WholeTable } from "./wholeTable";

type Row = SqlAnswer["rows"][number];
const NUMBERS = /^(tinyint|smallint|integer|int|bigint|float|double|real|decimal)/;
const MAX_CHARACTERS = 200;

interface SqlResultProps {
  readonly answer: SqlAnswer;
  /** The query; absent where no server answers. */
  readonly asked?: { readonly sql: string; readonly database: string };
}

export function SqlResult({ answer, asked }: SqlResultProps) {
  const { columns, rows } = answer;
  const table = useMemo(() => columns.map((column, index) => columnOf(column, index)), [columns]);
  const numbers = columns.flatMap(({ name, type }, index) => (NUMBERS.test(type) ? [{ name, index }] : []));
  return (
    <>
      {asked && answer.total > rows.length ? (
        <WholeTable answer={answer} asked={asked} columns={table} />
      ) : (
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
        </>
      )}
      {rows.length > 1 && numbers.length > 0 && <SqlPlot answer={answer} numbers={numbers} {...(asked && { asked })} />}
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
  if (name !== "_id" || isFile) return shown;
  return <a href={`#/records/${encodeURIComponent(text)}`}>{shown}</a>;
}

function download(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
