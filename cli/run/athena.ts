/** Runs SQL on Athena: starts the query, waits for it, and reads all pages of its result. */
import type { Clock } from "../../local/cloud/clock";

/** Calls an operation of Athena by name, with the input and output shapes of the AWS SDK. */
export type CallAthena = (operation: string, input: object) => Promise<unknown>;

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
  };
}

interface ResultPage {
  readonly ResultSet: {
    readonly ResultSetMetadata: { readonly ColumnInfo: readonly { readonly Name: string; readonly Type: string }[] };
    readonly Rows: readonly { readonly Data: readonly { readonly VarCharValue?: string }[] }[];
  };
  readonly NextToken?: string;
}

export interface QueryOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Between two looks at a running query. @default 20, for the simulated Athena */
  readonly pollMillis?: number;
}

const POLL_MILLIS = 20;

export async function runQuery(
  call: CallAthena,
  sql: string,
  { database, workgroup }: QueryContext,
  { clock, signal, pollMillis = POLL_MILLIS }: QueryOptions,
): Promise<QueryResult> {
  const { QueryExecutionId } = (await call("StartQueryExecution", {
    QueryString: sql,
    QueryExecutionContext: { Database: database },
    WorkGroup: workgroup,
  })) as { QueryExecutionId: string };

  for (;;) {
    const { QueryExecution } = (await call("GetQueryExecution", { QueryExecutionId })) as Execution;
    const { State, StateChangeReason } = QueryExecution.Status;
    if (State === "SUCCEEDED") {
      // The results of SHOW and DESCRIBE have no heading row.
      const hasHeading = (QueryExecution.StatementType ?? "DML") === "DML";
      return { sql, ...(await readResults(call, QueryExecutionId, hasHeading)) };
    }
    if (State === "FAILED" || State === "CANCELLED") {
      return { sql, columns: [], rows: [], error: StateChangeReason ?? State.toLowerCase() };
    }
    await clock.sleep(pollMillis, signal);
  }
}

async function readResults(
  call: CallAthena,
  QueryExecutionId: string,
  hasHeading: boolean,
): Promise<Omit<QueryResult, "sql">> {
  const rows: Cell[][] = [];
  let columns: { Name: string; Type: string }[] = [];
  for (let token: string | undefined, first = true; first || token !== undefined; first = false) {
    const page = (await call("GetQueryResults", {
      QueryExecutionId,
      ...(token && { NextToken: token }),
    })) as ResultPage;
    columns = [...page.ResultSet.ResultSetMetadata.ColumnInfo];
    for (const { Data } of page.ResultSet.Rows.slice(first && hasHeading ? 1 : 0)) {
      rows.push(columns.map(({ Type }, index) => cellOf(Data[index]?.VarCharValue, Type)));
    }
    token = page.NextToken;
  }
  return { columns: columns.map(({ Name }) => Name), rows };
}

const NUMBERS = new Set(["tinyint", "smallint", "integer", "bigint", "float", "double", "real"]);

function cellOf(text: string | undefined, type: string): Cell {
  if (text === undefined) return null;
  if (type === "boolean") return text === "true";
  if (!NUMBERS.has(type)) return text;
  const number = Number(text);
  return Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number)) ? number : text;
}
