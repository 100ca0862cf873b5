/** Keeps the whole results of a page's queries in files, and reads parts of them: a page of rows, sorted, or all as a file. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { csvLines, jsonObjectOf } from "../../console/parts/resultFiles";
import type { RowsAnswer, SqlAnswer } from "../../console/wire";
import { type KeptPage, type KeptResult, keepLakeQuery, keptRows } from "../../local/queryLake";
import { CommandError } from "../errors";

/** Results that are kept at once, those that were used last. */
const MAX_KEPT = 3;
/** Rows that a file's writer has in memory. */
const ROWS_AT_ONCE = 10_000;

export interface KeptQuery {
  readonly sql: string;
  readonly database?: string;
  readonly nowMillis: number;
  readonly signal: AbortSignal;
}

interface Kept {
  readonly directory: string;
  readonly result: Promise<KeptResult>;
}

export class KeptResults {
  private readonly kept = new Map<string, Kept>();

  /** @param signal the end of the server, which removes all results */
  constructor(
    private readonly dataDir: string,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener("abort", () => [...this.kept.keys()].forEach((id) => void this.remove(id)), { once: true });
  }

  /** @param id chosen by the page for one run of a query */
  async page(id: string, query: KeptQuery, page: KeptPage): Promise<RowsAnswer> {
    const result = await this.resultOf(id, query);
    return { rows: await keptRows(result, { ...page, signal: query.signal }), total: result.total };
  }

  /** @throws CommandError for a result that is not kept */
  async file(id: string, form: "csv" | "json"): Promise<Readable> {
    const kept = this.kept.get(id);
    if (!kept) throw new CommandError("console: the result is not kept any more; run the query again");
    const result = await kept.result;
    return Readable.from(form === "csv" ? this.csv(result) : this.json(result));
  }

  private async resultOf(id: string, query: KeptQuery): Promise<KeptResult> {
    const known = this.kept.get(id) ?? this.keep(query);
    // The last one in a map is the one that was used last.
    this.kept.delete(id);
    this.kept.set(id, known);
    for (const old of [...this.kept.keys()].slice(0, -MAX_KEPT)) void this.remove(old);
    try {
      return await known.result;
    } catch (error) {
      if (this.kept.get(id) === known) await this.remove(id);
      throw error;
    }
  }

  private keep({ sql, database, nowMillis, signal }: KeptQuery): Kept {
    const scratch = path.join(this.dataDir, "tmp");
    mkdirSync(scratch, { recursive: true });
    const directory = mkdtempSync(path.join(scratch, "kept-"));
    const where = { dataDir: this.dataDir, ...(database !== undefined && { database }) };
    const query = { ...where, sql, nowMillis, signal };
    return { directory, result: keepLakeQuery(query, path.join(directory, "result.duckdb")) };
  }

  private async remove(id: string): Promise<void> {
    const kept = this.kept.get(id);
    this.kept.delete(id);
    await kept?.result.catch(() => undefined);
    if (kept) rmSync(kept.directory, { recursive: true, force: true });
  }

  private async *csv(result: KeptResult): AsyncGenerator<string> {
    yield csvLines([result.columns.map(({ Name }) => Name)]);
    for await (const rows of this.parts(result)) yield csvLines(rows);
  }

  private async *json(result: KeptResult): AsyncGenerator<string> {
    const object = jsonObjectOf(result.columns.map(({ Name, Type }) => ({ name: Name, type: Type })));
    let before = "[\n";
    for await (const rows of this.parts(result)) {
      yield `${before}${rows.map(object).join(",\n")}`;
      before = ",\n";
    }
    yield "\n]\n";
  }

  private async *parts(result: KeptResult): AsyncGenerator<SqlAnswer["rows"]> {
    for (let from = 0; from < result.total; from += ROWS_AT_ONCE) {
      yield await keptRows(result, { from, count: ROWS_AT_ONCE, signal: this.signal });
    }
  }
}
