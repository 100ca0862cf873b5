/** Runs statements in a namespace's database, as one transaction, and reports errors as Redshift words them. */
import type { ObjectReader } from "../../catalog/objects";
import type { DuckDb } from "../../duckdb/duckdb";
import { literal } from "../../duckdb/sql";
import { addColumn, columnsOf, createTable, typeOfResult } from "./catalog";
import { type LoadError, loadCopy } from "./copy/load";
import { openDatabase } from "./database";
import { type Named, redshiftWords } from "./redshiftWords";
import { columnMetadata, fieldOf, type StatementResult } from "./results";
import type { Copy } from "./sql/copy";
import { LOAD_ERRORS, SYSTEM_SCHEMA, type TableName, tableSql, translator } from "./sql/expressions";
import { readStatement, type Statement } from "./sql/readStatement";
import { RedshiftError } from "./sql/redshiftError";
import { StreamViews, type StreamViewsOptions } from "./streaming/streamViews";

export interface SessionOptions extends StreamViewsOptions {
  /** The database's file. */
  readonly file: string;
  readonly database: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Runs queries alone, and leaves the database's file as it is. @default false */
  readonly isReadOnly?: boolean;
  /** The number of the query in SYS_LOAD_ERROR_DETAIL. */
  readonly queryId: number;
  readonly signal: AbortSignal;
  /** Opens a COPY's objects with its role. */
  reader(copy: Copy): ObjectReader;
}

export interface Progress {
  started(index: number): void;
  finished(index: number, result: StatementResult): void;
  failed(index: number, error: unknown): void;
}

const NOTHING_NAMED: Named = { tables: [], sources: [] };

/** Runs the statements; the first that fails rolls all of them back. */
export async function runStatements(
  options: SessionOptions,
  statements: readonly string[],
  progress: Progress,
): Promise<void> {
  const db = await openDatabase(options);
  const release = db.interruptAt(options.signal);
  let at = 0;
  let session: Session | undefined;
  try {
    await db.run("BEGIN");
    for (const [index, sql] of statements.entries()) {
      at = index;
      options.signal.throwIfAborted();
      progress.started(index);
      session = new Session(db, options);
      const result = await session.run(sql);
      progress.finished(index, result);
    }
    await db.run("COMMIT");
  } catch (error) {
    release();
    await db.run("ROLLBACK").catch(() => undefined);
    if (error instanceof LoadFailure) await keepErrors(db, options, error.errors);
    progress.failed(
      at,
      error instanceof LoadFailure ? error.error : redshiftWords(error, session?.named ?? NOTHING_NAMED),
    );
  } finally {
    release();
    db.close();
  }
}

/** A COPY whose errors are kept although its transaction is rolled back. */
class LoadFailure extends Error {
  constructor(
    readonly error: RedshiftError,
    readonly errors: readonly LoadError[],
  ) {
    super(error.message);
  }
}

class Session {
  named: Named = NOTHING_NAMED;
  private readonly views: StreamViews;

  constructor(
    private readonly db: DuckDb,
    private readonly options: SessionOptions,
  ) {
    this.views = new StreamViews(db, options);
  }

  async run(sql: string): Promise<StatementResult> {
    const { parameters } = this.options;
    const used = translator((name) => {
      const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
      if (value === undefined) throw new RedshiftError(`the parameter :${name} has no value`);
      return value;
    });
    this.named = used;
    const statement = readStatement(sql, used);
    const { isReadOnly = false } = this.options;
    if (isReadOnly && statement.kind !== "query") {
      throw new RedshiftError("the warehouse of a run that is over is only read: use SELECT");
    }
    await this.views.refuse(changedTables(statement, used.tables));
    if (statement.kind !== "nothing" && !isReadOnly) await this.views.refreshNamed(used.tables);
    return this.execute(statement);
  }

  private async execute(statement: Statement): Promise<StatementResult> {
    const { db } = this;
    switch (statement.kind) {
      case "query":
        return this.query(statement.sql);
      case "change":
        return { rows: await this.change(statement.sql) };
      case "define":
        for (const sql of statement.sql) await db.run(sql);
        return { rows: 0 };
      case "truncate":
        await db.run(`DELETE FROM ${tableSql(statement.table)}`);
        // TRUNCATE commits the transaction in which it runs.
        await db.run("COMMIT; BEGIN");
        return { rows: 0 };
      case "create table":
        await createTable(db, statement.create);
        return { rows: 0 };
      case "add column":
        await addColumn(db, statement.table, statement.column);
        return { rows: 0 };
      case "merge": {
        const { ambiguous, changes } = statement.merge;
        const found = await db.rows(ambiguous);
        if (found.length > 0) throw new RedshiftError("Found multiple matches to update the same tuple.");
        let rows = 0;
        for (const sql of changes) rows = await this.change(sql);
        return { rows };
      }
      case "copy":
        return this.copy(statement.copy);
      case "kinesis schema":
        await this.views.createSchema(statement.schema);
        return { rows: 0 };
      case "stream view":
        await this.views.create(statement.view);
        return { rows: 0 };
      case "refresh":
        await this.views.refresh(statement.table);
        return { rows: 0 };
      case "drop view":
        await this.views.drop(statement.table, statement.isIfThere);
        return { rows: 0 };
      case "nothing":
        for (const table of statement.tables) await columnsOf(db, table);
        return { rows: 0 };
    }
  }

  private async query(sql: string): Promise<StatementResult> {
    const { db } = this;
    const described = await db.rows(`DESCRIBE ${sql}`);
    const columns = described.map((row) => ({
      name: String(row.column_name),
      type: typeOfResult(String(row.column_type)),
    }));
    const names = columns.map((_, index) => `c${index}`);
    const values = columns.map(({ type }, index) => {
      const name = names[index] as string;
      if (type.name === "super") return `CASE WHEN ${name} IS NOT NULL THEN CAST(CAST(${name} AS JSON) AS VARCHAR) END`;
      return type.name === "timestamptz" ? `CAST(${name} AS VARCHAR)` : name;
    });
    const { rows } = await db.table(`SELECT ${values.join(", ")} FROM (${sql}) AS result(${names.join(", ")})`);
    const records = rows.map((row) =>
      row.map((value, index) => fieldOf(value, (columns[index] as (typeof columns)[number]).type)),
    );
    return {
      set: { columns: columns.map(({ name, type }) => columnMetadata(name, type)), records },
      rows: rows.length,
    };
  }

  private async change(sql: string): Promise<number> {
    const { rows } = await this.db.table(sql);
    return Number(rows[0]?.[0] ?? 0);
  }

  private async copy(copy: Copy): Promise<StatementResult> {
    const { rows, errors, failure } = await loadCopy(this.db, this.options.reader(copy), copy);
    if (failure) throw new LoadFailure(failure, errors);
    await keepErrors(this.db, this.options, errors);
    return { rows };
  }
}

/** The tables that the statement changes, of those that it names. */
function changedTables({ kind }: Statement, tables: readonly TableName[]): readonly TableName[] {
  if (kind === "define") return tables;
  return ["change", "truncate", "add column", "merge", "copy"].includes(kind) ? tables.slice(0, 1) : [];
}

async function keepErrors(
  db: DuckDb,
  { queryId, nowMillis }: SessionOptions,
  errors: readonly LoadError[],
): Promise<void> {
  const time = new Date(nowMillis).toISOString().replace("Z", "");
  for (const { table, file, line, column, type, code, reason } of errors) {
    const values = [
      queryId,
      literal(table),
      `TIMESTAMP '${time}'`,
      literal(file),
      line,
      literal(column),
      literal(type),
      code,
      literal(reason),
    ];
    await db.run(`INSERT INTO ${SYSTEM_SCHEMA}.${LOAD_ERRORS} VALUES (${values.join(", ")})`);
  }
}
