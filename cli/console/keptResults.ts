/** Keeps the whole results of a page's queries in files, and reads parts of them: a page of rows, sorted, or all as a file. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { csvLines, jsonObjectOf } from "../../console/parts/resultFiles";
import type { RowsAnswer, SqlAnswer } from "../../console/wire";
import { type KeptPage, type KeptResult, keepLakeQuery, keptParts, keptRows } from "../../local/queryLake";
import { CommandError } from "../errors";
import { userOf } from "../project/runs/marker";

/** Results that are kept at once, those that were used last. */
const MAX_KEPT = 3;
/** Rows that are written at once; other requests are answered in between. */
const ROWS_AT_ONCE = 4000;

export interface KeptQuery {
  readonly sql: string;
  readonly database?: string;
  readonly nowMillis: number;
  readonly signal: AbortSignal;
}

interface Kept {
  readonly directory: string;
  readonly result: Promise<KeptResult>;
  /** The pages and files that are being read. */
  readers: number;
  /** True for a result whose directory goes with its last reader. */
  isDropped: boolean;
}

export class KeptResults {
  private readonly kept = new Map<string, Kept>();

  /** @param signal the end of the server, which removes all results */
  constructor(
    private readonly dataDir: string,
    private readonly signal: AbortSignal,
  ) {
    const dropAll = () => {
      for (const id of [...this.kept.keys()]) this.drop(id);
    };
    signal.addEventListener("abort", dropAll, { once: true });
  }

  /** @param id chosen by the page for one run of a query */
  async page(id: string, query: KeptQuery, page: KeptPage): Promise<RowsAnswer> {
    const kept = this.kept.get(id) ?? this.keep(query);
    const release = this.read(kept);
    // The last one in a map is the one that was used last.
    this.kept.delete(id);
    this.kept.set(id, kept);
    for (const old of [...this.kept.keys()].slice(0, -MAX_KEPT)) this.drop(old);
    try {
      const result = await kept.result;
      return { rows: await keptRows(result, { ...page, signal: query.signal }), total: result.total };
    } catch (error) {
      const hasFailed = await kept.result.then(
        () => false,
        () => true,
      );
      if (hasFailed && this.kept.get(id) === kept) this.drop(id);
      throw error;
    } finally {
      release();
    }
  }

  /** @throws CommandError for a result that is not kept */
  async file(id: string, form: "csv" | "json"): Promise<Readable> {
    const kept = this.kept.get(id);
    if (!kept) throw new CommandError("console: the result is not kept any more; run the query again");
    const release = this.read(kept);
    try {
      const result = await kept.result;
      return Readable.from(form === "csv" ? this.csv(result) : this.json(result)).once("close", release);
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Until the returned function is called, the result stays. */
  private read(kept: Kept): () => void {
    kept.readers += 1;
    return () => {
      kept.readers -= 1;
      removeUnread(kept);
    };
  }

  private keep({ sql, database, nowMillis, signal }: KeptQuery): Kept {
    const scratch = path.join(this.dataDir, "tmp");
    mkdirSync(scratch, { recursive: true });
    removeAbandoned(scratch);
    const directory = mkdtempSync(path.join(scratch, `kept-${process.pid}-`));
    const where = { dataDir: this.dataDir, ...(database !== undefined && { database }) };
    const query = { ...where, sql, nowMillis, signal };
    const result = keepLakeQuery(query, path.join(directory, "result.duckdb"));
    return { directory, result, readers: 0, isDropped: false };
  }

  private drop(id: string): void {
    const kept = this.kept.get(id);
    if (!kept) return;
    this.kept.delete(id);
    kept.isDropped = true;
    removeUnread(kept);
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
    yield* keptParts(result, ROWS_AT_ONCE, this.signal);
  }
}

function removeUnread({ directory, readers, isDropped }: Kept): void {
  if (isDropped && readers === 0) rmSync(directory, { recursive: true, force: true });
}

/** A console that was killed leaves its results, which may have the size of the lake. */
function removeAbandoned(scratch: string): void {
  for (const name of readdirSync(scratch)) {
    const pid = /^kept-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || userOf({ pid: Number(pid) }) !== undefined) continue;
    rmSync(path.join(scratch, name), { recursive: true, force: true });
  }
}
