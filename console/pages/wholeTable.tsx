/** A result whose rows are not all in the page: the server keeps all of them, sorts them, gives pages, and writes files. */
import { useState } from "preact/hooks";
import { fileAddress, post, useLoaded } from "../client";
import { type Column, type Order, Pages, TableView } from "../parts/dataTable";
import { counting } from "../parts/format";
import type { RowsAnswer, SqlAnswer } from "../wire";

type Row = SqlAnswer["rows"][number];

export interface WholeTableProps {
  readonly answer: SqlAnswer;
  readonly asked: { readonly sql: string; readonly database: string };
  readonly columns: readonly Column<Row>[];
}

const PAGE_ROWS = 50;
const CAPTION = "Result of the query";

export function WholeTable({ answer, asked, columns }: WholeTableProps) {
  // The server keeps a result by the run of its query in this page.
  const [id] = useState(() => crypto.randomUUID());
  const [order, setOrder] = useState<Order>();
  const [from, setFrom] = useState(0);
  const [saving, setSaving] = useState<{ readonly form?: string; readonly error?: string }>({});
  const rowsOf = (place: number, count: number) =>
    post<RowsAnswer>("rows", {
      id,
      ...asked,
      from: place,
      count,
      ...(order && { by: order.column, isDown: order.isDown }),
    });
  // Another run of the query may have its rows in another order, so all pages are of the kept one, also the first.
  const version = `${order?.column} ${order?.isDown} ${from}`;
  const { value, error } = useLoaded(async () => ({ version, ...(await rowsOf(from, PAGE_ROWS)) }), version);
  const isLoading = value?.version !== version && error === undefined;
  const { rows, total } = value ?? { rows: [], total: answer.total };
  const save = async (form: "csv" | "json") => {
    setSaving({ form });
    try {
      await rowsOf(0, 0);
      const link = document.createElement("a");
      link.href = fileAddress("result", { id, form });
      link.download = `result.${form}`;
      link.click();
      setSaving({});
    } catch (failure) {
      setSaving({ error: (failure as Error).message });
    }
  };
  const go = (event: Event) => {
    event.preventDefault();
    const { value: row } = (event.currentTarget as HTMLFormElement).elements.namedItem("row") as HTMLInputElement;
    setFrom(Math.min(Math.max(0, Number(row) - 1 || 0), Math.max(0, total - 1)));
  };
  return (
    <>
      <div class="row">
        {(["csv", "json"] as const).map((form) => (
          <button key={form} type="button" disabled={saving.form !== undefined} onClick={() => save(form)}>
            Download {form.toUpperCase()}
          </button>
        ))}
        <span class={saving.error === undefined ? "faint" : "bad"} role="status">
          {saving.error ?? (saving.form === undefined ? "" : `preparing ${counting(total, "row")} …`)}
        </span>
      </div>
      <TableView
        caption={CAPTION}
        columns={columns}
        rows={rows}
        order={order}
        onOrder={(next) => {
          setOrder(next);
          setFrom(0);
        }}
      />
      <Pages caption={CAPTION} from={from} count={rows.length} total={total} pageRows={PAGE_ROWS} onFrom={setFrom}>
        <form class="row" onSubmit={go}>
          <label>
            Row <input name="row" type="number" min={1} max={total} class="short" />
          </label>
          <button type="submit">Go</button>
        </form>
      </Pages>
      <p role="status" class={error === undefined ? "faint" : "bad"}>
        {error ?? (isLoading ? "the server reads all rows …" : "")}
      </p>
    </>
  );
}
