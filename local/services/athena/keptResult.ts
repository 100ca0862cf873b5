/** The rows of a query in a file of DuckDB: numbered, so that they are sorted and read part by part in bounded memory. */
import { openDuckDb } from "../../duckdb/duckdb";
import type { QueryResult } from "./query";
import { type ColumnInfo, valueText } from "./resultTypes";

export interface KeptResult {
  readonly file: string;
  readonly columns: readonly ColumnInfo[];
  /** DuckDB's types of the columns. */
  readonly duckTypes: readonly string[];
  readonly total: number;
}

export interface KeptPage {
  /** Rows before the first. */
  readonly from: number;
  readonly count: number;
  /** The number of the column that sorts the rows, nulls last. @default the order of the query */
  readonly by?: number;
  /** The highest value first. @default false */
  readonly isDown?: boolean;
  readonly signal?: AbortSignal;
}

/** The columns are `c0`, `c1` …, because a table has no two columns of one name. */
export function keepSql(sql: string, columns: number): string {
  const names = Array.from({ length: columns }, (_, index) => `c${index}`);
  // A comment at the end of the query ends with its line.
  return `CREATE TABLE kept.result AS SELECT row_number() OVER () AS n, * FROM (${sql}\n) AS q (${names.join(", ")})`;
}

export async function keptRows(kept: KeptResult, page: KeptPage): Promise<QueryResult["rows"]> {
  for await (const rows of read(kept, [page], page.signal)) return rows;
  return [];
}

/** All rows in the order of the query, so many at once. */
export function keptParts(kept: KeptResult, count: number, signal: AbortSignal): AsyncGenerator<QueryResult["rows"]> {
  const pages = Array.from({ length: Math.ceil(kept.total / count) }, (_, index) => ({ from: index * count, count }));
  return read(kept, pages, signal);
}

async function* read(
  { file, duckTypes }: KeptResult,
  pages: readonly KeptPage[],
  signal: AbortSignal | undefined,
): AsyncGenerator<QueryResult["rows"]> {
  const db = await openDuckDb({ databasePath: file });
  const release = signal && db.interruptAt(signal);
  try {
    for (const page of pages) {
      signal?.throwIfAborted();
      const { rows } = await db.table(pageSql(page));
      yield rows.map((row) => row.map((value, index) => valueText(value, duckTypes[index] ?? "VARCHAR")));
    }
  } finally {
    release?.();
    db.close();
  }
}

function pageSql({ from, count, by, isDown = false }: KeptPage): string {
  const order = by === undefined ? "n" : `c${by} ${isDown ? "DESC" : "ASC"} NULLS LAST, n`;
  // The sort has the one column alone; the page's rows are read by their numbers.
  const where =
    by === undefined
      ? `n > ${from} AND n <= ${from + count}`
      : `n IN (SELECT n FROM result ORDER BY ${order} LIMIT ${count} OFFSET ${from})`;
  return `SELECT * EXCLUDE (n) FROM result WHERE ${where} ORDER BY ${order}`;
}
