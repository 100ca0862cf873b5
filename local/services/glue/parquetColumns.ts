/** Reads the columns of Parquet files with Glue's type names, and merges those of several files. */

import type { GlueColumn } from "../../catalog/catalog";
import { glueType } from "../../catalog/glueTypes";
import type { DuckDb } from "../../duckdb/duckdb";
import { sqlFiles } from "../../duckdb/files";
import { identifier } from "../../duckdb/sql";

/** The columns of one file, in its order. Throws for a type without a Glue counterpart. */
export async function parquetColumns(db: DuckDb, file: string): Promise<GlueColumn[]> {
  const described = await db.rows(
    `DESCRIBE SELECT * FROM read_parquet(${sqlFiles([file])}, hive_partitioning = false)`,
  );
  return described.map(({ column_name: name, column_type: type }) => {
    const glue = glueType(String(type));
    if (!glue) throw new Error(`column ${identifier(String(name))} has type ${String(type)}, which is not simulated`);
    return { Name: String(name).toLowerCase(), Type: glue };
  });
}

/** Merges the columns of all files: where types differ, numbers widen and everything else becomes a string. */
export function mergeColumns(files: readonly (readonly GlueColumn[])[]): GlueColumn[] {
  const merged = new Map<string, string>();
  for (const { Name, Type } of files.flat()) {
    const before = merged.get(Name);
    merged.set(Name, before === undefined ? Type : widen(before, Type));
  }
  return [...merged].map(([Name, Type]) => ({ Name, Type }));
}

const NUMBERS = ["tinyint", "smallint", "int", "bigint", "float", "double"];

function widen(left: string, right: string): string {
  if (left === right) return left;
  const [inLeft, inRight] = [left, right].map((type) => /^array<(.*)>$/.exec(type)?.[1]);
  if (inLeft !== undefined && inRight !== undefined) return `array<${widen(inLeft, inRight)}>`;
  const wider = Math.max(NUMBERS.indexOf(left), NUMBERS.indexOf(right));
  return NUMBERS.includes(left) && NUMBERS.includes(right) ? (NUMBERS[wider] as string) : "string";
}
