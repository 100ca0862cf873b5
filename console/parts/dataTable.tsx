/** A table of values: sorted by a click on a heading, in pages, and read by screen readers as a table. */
import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { counted } from "./format";

export interface Column<R> {
  readonly title: string;
  readonly isNumber?: boolean;
  /** The value that is sorted. */
  value(row: R): string | number | null;
  /** @default the value */
  cell?(row: R): ComponentChildren;
}

export interface DataTableProps<R> {
  /** For screen readers. */
  readonly caption: string;
  readonly columns: readonly Column<R>[];
  readonly rows: readonly R[];
  /** @default 50 */
  readonly pageRows?: number;
  /** Text instead of a table without rows. */
  readonly empty?: string;
}

export interface Order {
  readonly column: number;
  readonly isDown: boolean;
}

export function DataTable<R>({ caption, columns, rows, pageRows = 50, empty = "no rows" }: DataTableProps<R>) {
  const [order, setOrder] = useState<Order>();
  const [page, setPage] = useState(0);
  const sorted = useMemo(() => sortedRows(rows, columns, order), [rows, columns, order]);
  if (rows.length === 0) return <p class="faint">{empty}</p>;
  const pages = Math.ceil(sorted.length / pageRows);
  const current = Math.min(page, pages - 1);
  const shown = sorted.slice(current * pageRows, (current + 1) * pageRows);
  const sortBy = (next: Order) => {
    setOrder(next);
    setPage(0);
  };
  const from = current * pageRows;
  return (
    <>
      <TableView caption={caption} columns={columns} rows={shown} order={order} onOrder={sortBy} />
      {pages > 1 && (
        <Pages
          caption={caption}
          from={from}
          count={shown.length}
          total={sorted.length}
          pageRows={pageRows}
          onFrom={(next) => setPage(Math.floor(next / pageRows))}
        />
      )}
    </>
  );
}

export interface TableViewProps<R> extends Pick<DataTableProps<R>, "caption" | "columns" | "rows"> {
  readonly order: Order | undefined;
  onOrder(order: Order): void;
}

/** The rows of one page. */
export function TableView<R>({ caption, columns, rows, order, onOrder }: TableViewProps<R>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls a region that has the focus
    <section class="scroll" tabIndex={0} aria-label={caption}>
      <table>
        <caption class="hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ title, isNumber }, index) => {
              const state = order?.column === index ? (order.isDown ? "descending" : "ascending") : "none";
              return (
                <th key={index} scope="col" class={isNumber ? "number" : ""} aria-sort={state}>
                  <button
                    type="button"
                    onClick={() => onOrder({ column: index, isDown: order?.column === index && !order.isDown })}
                  >
                    {title}
                    <span aria-hidden="true">{{ none: "", ascending: " ↑", descending: " ↓" }[state]}</span>
                  </button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {columns.map(({ isNumber, value, cell }, place) => (
                <td key={place} class={isNumber ? "number" : ""}>
                  {cell ? cell(row) : (value(row) ?? <span class="faint">null</span>)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export interface PagesProps {
  readonly caption: string;
  /** Rows before the first on the page. */
  readonly from: number;
  /** Rows on the page. */
  readonly count: number;
  readonly total: number;
  readonly pageRows: number;
  onFrom(from: number): void;
  readonly children?: ComponentChildren;
}

/** The controls that turn pages. */
export function Pages({ caption, from, count, total, pageRows, onFrom, children }: PagesProps) {
  return (
    <nav class="pages" aria-label={`Pages of ${caption}`}>
      <button type="button" disabled={from === 0} onClick={() => onFrom(Math.max(0, from - pageRows))}>
        Previous
      </button>
      <span>
        {counted(from + 1)} to {counted(from + count)} of {counted(total)}
      </span>
      <button type="button" disabled={from + count >= total} onClick={() => onFrom(from + pageRows)}>
        Next
      </button>
      {children}
    </nav>
  );
}

/** Nulls come last in both directions. */
function sortedRows<R>(rows: readonly R[], columns: readonly Column<R>[], order: Order | undefined): readonly R[] {
  const column = order && columns[order.column];
  if (!column) return rows;
  const sign = order.isDown ? -1 : 1;
  return [...rows].sort((left, right) => {
    const [a, b] = [column.value(left), column.value(right)];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return sign * (a < b ? -1 : a > b ? 1 : 0);
  });
}
