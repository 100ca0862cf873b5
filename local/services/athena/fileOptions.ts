/** The options that DuckDB's JSON and Parquet readers share: the file name and the partition columns of each row. */

import type { GlueColumn } from "../../catalog/catalog";
import { duckTypeOf } from "../../catalog/glueTypes";
import { literal } from "../../duckdb/sql";

/** The column with the path of a row's file. */
export const FILE = "__file";

/** @param folders the partition columns that come from folder names */
export function sourceOptions(folders: readonly GlueColumn[]): string {
  const types = folders.map((key) => `${literal(key.Name)}: ${duckTypeOf(key)}`);
  const hive =
    types.length === 0 ? "hive_partitioning = false" : `hive_partitioning = true, hive_types = {${types.join(", ")}}`;
  return `${hive}, filename = '${FILE}'`;
}
