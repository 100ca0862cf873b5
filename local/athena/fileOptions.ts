/** Options that DuckDB's file readers share: where a row is from. */
import { literal } from "../engine/sql";
import type { GlueColumn } from "../glue/catalog";
import { duckTypeOf } from "../glue/glueTypes";

/** The column that says which file a row is from. */
export const FILE = "__file";

/** @param folders the partition columns that come from folder names */
export function sourceOptions(folders: readonly GlueColumn[]): string {
  const types = folders.map((key) => `${literal(key.Name)}: ${duckTypeOf(key)}`);
  const hive =
    types.length === 0 ? "hive_partitioning = false" : `hive_partitioning = true, hive_types = {${types.join(", ")}}`;
  return `${hive}, filename = '${FILE}'`;
}
