/** Gives the result of a warehouse the columns and strings of Athena's, so that all forms of a result take both. */
import { CommandError } from "../errors";
import type { Cell, ResultColumn, StringResult } from "../run/athena";
import { explainWarehouse, missingTable, type WarehouseColumn, type WarehouseResult } from "../run/warehouse";

/** The tables that a database user may see, with their schemas. */
const TABLES = `SELECT table_schema, table_name FROM information_schema.tables
WHERE table_schema NOT IN ('information_schema', 'pg_catalog') ORDER BY 1, 2`;

/**
 * @param run runs a statement to its end
 * @throws CommandError with the statement's error and the way out
 */
export async function warehouseResult(
  sql: string,
  run: (sql: string) => Promise<WarehouseResult>,
): Promise<Pick<StringResult, "columns" | "rows"> & { readonly count: number }> {
  const { columns, rows, count, error } = await run(sql);
  if (error === undefined) {
    return { columns: columns.map(athenaColumn), rows: rows.map((row) => strings(row, columns)), count };
  }
  const tables = missingTable(error) === undefined ? [] : (await run(TABLES)).rows.map((row) => row.join("."));
  throw new CommandError(`streamlake query: ${explainWarehouse(error, tables)}`);
}

/** By Redshift's names; others, such as super and timestamptz, are strings in every form of a result. */
const TYPES: Readonly<Record<string, string>> = {
  bool: "boolean",
  int2: "smallint",
  int4: "integer",
  int8: "bigint",
  float4: "real",
  float8: "double",
  numeric: "decimal",
  date: "date",
  timestamp: "timestamp",
};

function athenaColumn({ name, type, precision, scale }: WarehouseColumn): ResultColumn {
  return { Name: name, Type: TYPES[type] ?? "varchar", Precision: precision, Scale: scale };
}

/** @throws CommandError for an integer whose last digits the AWS SDK for JavaScript has rounded */
function strings(row: readonly Cell[], columns: readonly WarehouseColumn[]): (string | null)[] {
  return row.map((cell, at) => {
    const { name, type } = columns[at] as WarehouseColumn;
    if (typeof cell === "number" && type.startsWith("int") && !Number.isSafeInteger(cell)) {
      throw new CommandError(
        `streamlake query: column "${name}": integers beyond ${Number.MAX_SAFE_INTEGER} do not arrive whole; CAST them to VARCHAR`,
      );
    }
    return cell === null ? null : String(cell);
  });
}
