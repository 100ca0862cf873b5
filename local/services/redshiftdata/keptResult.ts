/** Keeps the result of a statement on disk, so that a page of it is read without the others. */
import { closeSync, mkdirSync, openSync, readSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { ColumnMetadata, Field, StatementResult } from "./results";

/** Rows of a page of GetStatementResult. */
const MAX_PAGE = 1000;

type ResultSet = NonNullable<StatementResult["set"]>;
type Records = readonly (readonly Field[])[];

interface Place {
  readonly at: number;
  readonly bytes: number;
}

/** Writes a page as one line of JSON. */
export class KeptResult {
  readonly columns: readonly ColumnMetadata[];
  readonly rows: number;
  readonly bytes: number;
  /** An empty result has one page. */
  readonly pages: readonly Place[];

  constructor(
    private readonly file: string,
    { columns, records }: ResultSet,
  ) {
    this.columns = columns;
    this.rows = records.length;
    const pages: Place[] = [];
    let at = 0;
    mkdirSync(path.dirname(file), { recursive: true });
    const written = openSync(file, "w");
    try {
      for (let first = 0; first === 0 || first < records.length; first += MAX_PAGE) {
        const line = Buffer.from(`${JSON.stringify(records.slice(first, first + MAX_PAGE))}\n`);
        writeFileSync(written, line);
        pages.push({ at, bytes: line.length });
        at += line.length;
      }
    } finally {
      closeSync(written);
    }
    this.bytes = at;
    this.pages = pages;
  }

  read({ at, bytes }: Place): Records {
    const buffer = Buffer.alloc(bytes);
    const opened = openSync(this.file, "r");
    try {
      readSync(opened, buffer, 0, bytes, at);
    } finally {
      closeSync(opened);
    }
    return JSON.parse(buffer.toString("utf8")) as Records;
  }
}
