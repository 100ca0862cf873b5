/** Options that DuckDB's file readers share: where a row is from. */

import type { GlueColumn } from "../../catalog/catalog";
import { duckTypeOf } from "../../catalog/glueTypes";
import { literal } from "../../duckdb/sql";

/** The column that says which file a row is from. */
export const FILE = "__file";

/** @param folders the partition columns that come from folder names */
export function sourceOptions(folders: readonly GlueColumn[]): string {
  const types = folders.map((key) => `${literal(key.Name)}: ${duckTypeOf(key)}`);
  const hive =
    types.length === 0 ? "hive_partitioning = false" : `hive_partitioning = true, hive_types = {${types.join(", ")}}`;
  return `${hive}, filename = '${FILE}'`;
}
