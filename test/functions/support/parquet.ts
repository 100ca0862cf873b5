/** Parquet objects of a given number of rows, made by DuckDB. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

/** @param columns how many columns; each takes some 100 bytes of footer */
export async function parquetOf(rows: number, columns = 1): Promise<Buffer> {
  const directory = mkdtempSync(path.join(tmpdir(), "parquet-"));
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    const file = path.join(directory, "part-0.parquet");
    const names = Array.from({ length: columns }, (_, index) => `i AS c${index}`).join();
    await connection.run(`COPY (SELECT ${names} FROM range(${rows}) t(i)) TO '${file}' (FORMAT parquet)`);
    return readFileSync(file);
  } finally {
    connection.closeSync();
    instance.closeSync();
    rmSync(directory, { recursive: true });
  }
}
