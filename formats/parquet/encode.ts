/** Writes rows to a Parquet file, for producers and tests. */
import type { Row } from "../row";

/** @throws TypeError without rows, for rows with different names, and for columns with values of several types */
export function encodeParquet(rows: readonly Row[]): Uint8Array {
  const [first] = rows;
  const names = Object.keys(first ?? {});
  if (names.length === 0) throw new TypeError("parquet holds at least one row and one column a payload");
  const odd = rows.find((row) => Object.keys(row).length !== names.length || names.some((name) => !(name in row)));
  if (odd) throw new TypeError(`parquet rows of one payload need the same ${names.length} names`);
  const { parquetWriteBuffer } = require("hyparquet-writer") as Writer;
  const columnData = names.map((name) => ({ name, data: rows.map((row) => row[name] ?? null) }));
  try {
    return new Uint8Array(parquetWriteBuffer({ columnData: columnData.map(typed) }));
  } catch (cause) {
    throw new TypeError("parquet: a column holds values of more than one type", { cause });
  }
}

/** The part of hyparquet-writer that is used; like hyparquet, it is an ES module. */
interface Writer {
  parquetWriteBuffer(options: { columnData: readonly ColumnData[] }): ArrayBuffer;
}

interface ColumnData {
  readonly name: string;
  readonly data: readonly unknown[];
}

/** Numbers become INT64 if all are integers, and DOUBLE otherwise. */
function typed(column: ColumnData): ColumnData & { type?: string } {
  const values = column.data.filter((value) => value !== null);
  if (values.length === 0) return { ...column, type: "STRING" };
  if (!values.every((value) => typeof value === "number" || typeof value === "bigint")) return column;
  if (values.every((value) => typeof value === "bigint" || Number.isSafeInteger(value))) {
    const data = column.data.map((value) => (value === null ? null : BigInt(value as number)));
    return { ...column, data, type: "INT64" };
  }
  return { ...column, type: "DOUBLE" };
}
