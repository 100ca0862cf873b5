/** `streamlake query`: runs SQL over the files of a local run, or on the Athena of a deployed stack. */
import { lakeTables, queryLake } from "../../local/queryLake";
import { defineCommand } from "../command";
import { CommandError, UsageError } from "../errors";
import { flag, text } from "../optionKinds";
import type { Run } from "../project/runs/listRuns";
import { explainQuery } from "../run/explainQuery";
import { interruptible } from "../run/interruptible";
import { queryStack } from "../target/queryStack";
import { readTarget, targetOptions } from "../target/target";
import type { Io } from "../terminal/io";
import { plainRows } from "../terminal/plainRows";
import { fitting, textTable } from "../terminal/textTable";
import { counting } from "../terminal/wording";

const STDIN = "-";

export const query = defineCommand({
  name: "query",
  summary:
    "Runs Athena SQL over the files of a local run, or on a deployed stack. One value is printed alone, more in a table.",
  argument: "SQL",
  options: {
    ...targetOptions,
    database: text("NAME", "the database of unqualified tables; the only one of the run, or the output databaseName"),
    json: flag("prints columns and rows as JSON, with values as the strings that Athena returns"),
    quiet: flag("prints only values, whole: a line for each row, tabs between values"),
  },
  notes: [
    "The SQL - is read from standard input. Tables are as wide as the terminal, or 80 characters; --quiet and --json cut nothing.",
    "",
    `  streamlake query 'SELECT "_format", count(*) AS n FROM records GROUP BY 1'`,
    "  streamlake query - < orders.sql",
    "",
    "With --deployed or --outputs, the query runs on Athena, in the stack's outputs workgroupName and databaseName; bytes that it",
    "scanned are printed on stderr. Athena charges for them, and Ctrl-C stops the query. Needs there: athena:StartQueryExecution,",
    "athena:GetQueryExecution, athena:GetQueryResults, athena:StopQueryExecution, and what DataLake.queryAccess() lists.",
    "",
    "  streamlake query --deployed --stack prod 'SELECT count(*) FROM records'",
  ],
  run: async ({ database, json, quiet, ...wanted }, io, argument = "") => {
    if (json && quiet) throw new UsageError("streamlake query: --json and --quiet are two forms; give one of them");
    const sql = argument === STDIN ? await interruptible(allOf(io.stdin), io.signal) : argument;
    if (sql.trim() === "") {
      const where = argument === STDIN ? "standard input contains no SQL" : "the SQL is empty";
      throw new UsageError(`streamlake query: ${where}; see --help`);
    }
    const needed = ["workgroupName", ...(database === undefined ? ["databaseName"] : [])];
    const target = await readTarget(wanted, { command: "query", needed }, io);
    const { columns, rows } =
      "run" in target
        ? await queryRun(target.run, { sql, database }, io)
        : await queryStack(target.deployed, { sql, database }, io);
    const names = columns.map(({ Name }) => Name);
    if (json) io.stdout.write(`${JSON.stringify({ columns: names, rows })}\n`);
    else if (quiet || (rows.length === 1 && names.length === 1)) io.stdout.write(plainRows(rows));
    else io.stdout.write(tableOf(names, rows, io));
    return 0;
  },
});

async function queryRun(run: Run, { sql, database }: { sql: string; database: string | undefined }, io: Io) {
  const where = { dataDir: run.directory, ...(database && { database }) };
  const asked = queryLake({ ...where, sql, nowMillis: io.clock.now() });
  return interruptible(asked, io.signal).catch((error: unknown) => {
    if (io.signal.aborted || !(error instanceof Error)) throw error;
    const explained = explainQuery(error.message, sql, lakeTables(where));
    throw new CommandError(`streamlake query: ${explained}`, { cause: error });
  });
}

function tableOf(names: readonly string[], rows: readonly (readonly (string | null)[])[], io: Io): string {
  const lines = rows.length > 0 ? textTable(names, rows, { columnWidth: 60, ...fitting(io.stdout) }) : [];
  return `${[...lines, counting(rows.length, "row")].join("\n")}\n`;
}

async function allOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString("utf8");
}
