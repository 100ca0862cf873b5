/** Runs SQL on Athena: starts the query, waits for it, and reads all pages of its result. */
import type { Clock } from "../../local/cloud/clock";

/** Calls an operation of one service of AWS by name, with the input and output shapes of the AWS SDK. */
export type CallService = (operation: string, input: object) => Promise<unknown>;

export type Cell = string | number | boolean | null;

export interface QueryResult {
  readonly sql: string;
  readonly columns: readonly string[];
  /** Numbers and booleans by column type if a double holds them exactly; otherwise Athena's string. */
  readonly rows: readonly (readonly Cell[])[];
  /** The reason why the query failed. */
  readonly error?: string;
  /** The reason for an empty result that is no failure. */
  readonly note?: string;
}

/**
 * A crawled table enters the catalog with its first rows, so a named query on a table without rows is no failure.
 *
 * @param tablesWithRows names of tables
 */
export function withoutTable(result: QueryResult, tablesWithRows: ReadonlySet<string>): QueryResult {
  const missing = /^TABLE_NOT_FOUND: (?:line \d+:\d+: )?Table '(?:[^']*\.)?([^'.]+)' does not exist$/.exec(
    result.error ?? "",
  )?.[1];
  if (missing === undefined || tablesWithRows.has(missing)) return result;
  const { sql, columns, rows } = result;
  return { sql, columns, rows, note: `the table ${missing} has no rows yet` };
}

export interface QueryContext {
  readonly database: string;
  readonly workgroup: string;
}

interface Execution {
  readonly QueryExecution: {
    /** `"DML"`, `"DDL"` or `"UTILITY"`. */
    readonly StatementType?: string;
    readonly Status: { readonly State: string; readonly StateChangeReason?: string };
    readonly Statistics?: { readonly DataScannedInBytes?: number };
  };
}

interface ResultPage {
  readonly ResultSet: {
    readonly ResultSetMetadata: { readonly ColumnInfo: readonly ResultColumn[] };
    readonly Rows: readonly { readonly Data: readonly { readonly VarCharValue?: string }[] }[];
  };
  readonly NextToken?: string;
}

export interface QueryOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Between two looks at a running query. @default 20, for the simulated Athena */
  readonly pollMillis?: number;
  /** Stops the query when the signal ends the wait, so that it scans no more. @default false */
  readonly stops?: boolean;
}

export interface ResultColumn {
  readonly Name: string;
  /** `"varchar"`, `"decimal"` */
  readonly Type: string;
  /** The digits of a decimal. */
  readonly Precision?: number;
  /** The digits of a decimal after its point. */
  readonly Scale?: number;
}

/** A result with Athena's own strings. */
export interface StringResult {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** Athena charges for them, at least 10 MB for each query. */
  readonly scannedBytes: number;
  readonly error?: string;
}

const POLL_MILLIS = 20;

export async function runQuery(
  call: CallService,
  sql: string,
  context: QueryContext,
  options: QueryOptions,
): Promise<QueryResult> {
  const { columns, rows, error } = await queryStrings(call, sql, context, options);
  if (error !== undefined) return { sql, columns: [], rows: [], error };
  const cells = rows.map((row) => row.map((text, index) => cellOf(text, columns[index]?.Type ?? "")));
  return { sql, columns: columns.map(({ Name }) => Name), rows: cells };
}

export async function queryStrings(
  call: CallService,
  sql: string,
  { database, workgroup }: QueryContext,
  options: QueryOptions,
): Promise<StringResult> {
  const { QueryExecutionId } = (await call("StartQueryExecution", {
    QueryString: sql,
    QueryExecutionContext: { Database: database },
    WorkGroup: workgroup,
  })) as { QueryExecutionId: string };

  try {
    return await queryEnd(call, QueryExecutionId, options);
  } catch (error) {
    // The error of the wait is the one to report.
    if (options.stops && options.signal.aborted) await call("StopQueryExecution", { QueryExecutionId }).catch(() => 0);
    throw error;
  }
}

async function queryEnd(
  call: CallService,
  QueryExecutionId: string,
  { clock, signal, pollMillis = POLL_MILLIS }: QueryOptions,
): Promise<StringResult> {
  for (;;) {
    const { QueryExecution } = (await call("GetQueryExecution", { QueryExecutionId })) as Execution;
    const { State, StateChangeReason } = QueryExecution.Status;
    const scannedBytes = QueryExecution.Statistics?.DataScannedInBytes ?? 0;
    if (State === "SUCCEEDED") {
      // The results of SHOW and DESCRIBE have no heading row.
      const hasHeading = (QueryExecution.StatementType ?? "DML") === "DML";
      return { scannedBytes, ...(await readResults(call, QueryExecutionId, hasHeading)) };
    }
    if (State === "FAILED" || State === "CANCELLED") {
      return { columns: [], rows: [], scannedBytes, error: StateChangeReason ?? State.toLowerCase() };
    }
    await clock.sleep(pollMillis, signal);
  }
}

async function readResults(
  call: CallService,
  QueryExecutionId: string,
  hasHeading: boolean,
): Promise<Pick<StringResult, "columns" | "rows">> {
  const rows: (string | null)[][] = [];
  let columns: readonly ResultColumn[] = [];
  for (let token: string | undefined, first = true; first || token !== undefined; first = false) {
    const page = (await call("GetQueryResults", {
      QueryExecutionId,
      ...(token && { NextToken: token }),
    })) as ResultPage;
    columns = [...page.ResultSet.ResultSetMetadata.ColumnInfo];
    for (const { Data } of page.ResultSet.Rows.slice(first && hasHeading ? 1 : 0)) {
      rows.push(columns.map((_, index) => Data[index]?.VarCharValue ?? null));
    }
    token = page.NextToken;
  }
  return { columns, rows };
}

const NUMBERS = new Set(["tinyint", "smallint", "integer", "bigint", "float", "double", "real"]);

function cellOf(text: string | null, type: string): Cell {
  if (text === null) return null;
  if (type === "boolean") return text === "true";
  if (!NUMBERS.has(type)) return text;
  const number = Number(text);
  return Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number)) ? number : text;
}
