/** Runs SQL on the Athena of a deployed stack. */
import { AthenaClient } from "@aws-sdk/client-athena";
import { CommandError } from "../errors";
import { queryStrings, type StringResult } from "../run/athena";
import { explainQuery, type TableColumns } from "../run/explainQuery";
import type { Io } from "../terminal/io";
import { waitingFor } from "../terminal/waitingFor";
import { byteCount } from "../terminal/wording";
import { athenaCalls } from "./athenaCalls";
import { onAws } from "./awsProblem";
import type { DeployedStack } from "./target";

const POLL_MILLIS = 300;
const NEEDS =
  "athena:StartQueryExecution, athena:GetQueryExecution and athena:GetQueryResults on the workgroup, and what DataLake.queryAccess() lists";

export interface StackQuery {
  readonly sql: string;
  /** @default the output databaseName */
  readonly database: string | undefined;
}

/** The number that a query returns, or the reason why it failed. */
export async function countOnStack(
  stack: DeployedStack,
  sql: string,
  { clock, signal }: Io,
): Promise<{ readonly count?: number; readonly error?: string }> {
  const { databaseName: database = "", workgroupName: workgroup = "" } = stack.outputs;
  const client = new AthenaClient(stack.client("ATHENA"));
  const options = { clock, signal, pollMillis: POLL_MILLIS, stops: true };
  try {
    const { rows, error } = await queryStrings(athenaCalls(client), sql, { database, workgroup }, options);
    return error === undefined ? { count: Number(rows[0]?.[0]) } : { error };
  } finally {
    client.destroy();
  }
}

/** @throws CommandError with the query's error and the way out */
export async function queryStack(stack: DeployedStack, { sql, database }: StackQuery, io: Io): Promise<StringResult> {
  const { databaseName = "", workgroupName: workgroup = "" } = stack.outputs;
  const context = { database: database ?? databaseName, workgroup };
  const client = new AthenaClient(stack.client("ATHENA"));
  const { clock, signal } = io;
  const query = (text: string) =>
    queryStrings(athenaCalls(client), text, context, { clock, signal, pollMillis: POLL_MILLIS, stops: true });
  try {
    return await onAws({ command: "query", stack, needs: NEEDS }, async () => {
      const result = await waitingFor(
        () => `waiting for the workgroup ${workgroup}`,
        io,
        () => query(sql),
      );
      if (result.error !== undefined) {
        const explained = explainQuery(result.error, sql, await tablesFor(result.error, query));
        throw new CommandError(`streamlake query: ${explained}`);
      }
      io.stderr.write(`scanned ${byteCount(result.scannedBytes)} in the workgroup ${workgroup}\n`);
      return result;
    });
  } finally {
    client.destroy();
  }
}

/** The tables' names, for the error that lacks one; SHOW TABLES scans nothing. */
async function tablesFor(error: string, query: (sql: string) => Promise<StringResult>): Promise<TableColumns> {
  if (!error.startsWith("TABLE_NOT_FOUND")) return {};
  const { rows } = await query("SHOW TABLES");
  return Object.fromEntries(rows.map(([name]) => [String(name), []]));
}
