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

interface Order {
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
  const sortBy = (column: number) => {
    setOrder({ column, isDown: order?.column === column && !order.isDown });
    setPage(0);
  };
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls a region that has the focus */}
      <section class="scroll" tabIndex={0} aria-label={caption}>
        <table>
          <caption class="hidden">{caption}</caption>
          <thead>
            <tr>
              {columns.map(({ title, isNumber }, index) => {
                const state = order?.column === index ? (order.isDown ? "descending" : "ascending") : "none";
                return (
                  <th key={index} scope="col" class={isNumber ? "number" : ""} aria-sort={state}>
                    <button type="button" onClick={() => sortBy(index)}>
                      {title}
                      <span aria-hidden="true">{{ none: "", ascending: " ↑", descending: " ↓" }[state]}</span>
                    </button>
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, index) => (
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
      {pages > 1 && (
        <nav class="pages" aria-label={`Pages of ${caption}`}>
          <button type="button" disabled={current === 0} onClick={() => setPage(current - 1)}>
            Previous
          </button>
          <span>
            {counted(current * pageRows + 1)} to {counted(current * pageRows + shown.length)} of{" "}
            {counted(sorted.length)}
          </span>
          <button type="button" disabled={current === pages - 1} onClick={() => setPage(current + 1)}>
            Next
          </button>
        </nav>
      )}
    </>
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
