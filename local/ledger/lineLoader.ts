/** Loads lines of tab-separated values into a table, through a file, so that any number of them uses little memory. */
import { createWriteStream, statSync } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { DuckDb } from "../duckdb/duckdb";
import { sqlFiles } from "../duckdb/files";

/** A line of tab-separated values; paths are JSON strings, which contain neither tabs nor line ends. */
export type Line = string;
/** The value of a column without value. */
export const NULL = "\\N";

export class LineLoader {
  constructor(
    private readonly db: DuckDb,
    private readonly scratch: string,
  ) {}

  /** @param lines some lines at a time, each with its line end */
  async load(table: string, columns: string, lines: AsyncIterable<Line> | Iterable<Line>): Promise<void> {
    const file = path.join(this.scratch, `${table}.tsv`);
    await pipeline(Readable.from(lines), createWriteStream(file));
    await this.db.run(`CREATE TABLE ${table} (${columns})`);
    if (statSync(file).size === 0) return;
    const types = columns.split(", ").map((column) => `'${column.replace(" ", "': '")}'`);
    const options = `columns = {${types.join(", ")}}, delim = '\t', header = false, auto_detect = false, nullstr = '\\N'`;
    await this.db.run(
      `INSERT INTO ${table} FROM read_csv(${sqlFiles([file])}, ${options}, quote = '', escape = '', new_line = '\\n')`,
    );
  }
}
