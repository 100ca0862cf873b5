/** `streamlake query`: runs SQL over the files of a local run, or on Athena or in the warehouse of a deployed stack. */
import { closeSync, openSync, statSync, writeSync } from "node:fs";
import path from "node:path";
import { lakeTables, queryLake } from "../../local/queryLake";
import { queryWarehouse } from "../../local/queryWarehouse";
import { defineCommand } from "../command";
import { CommandError, UsageError } from "../errors";
import { choice, flag, text } from "../optionKinds";
import type { Run } from "../project/runs/listRuns";
import { type FileForm, FORMS, type Form, resultIn } from "../query/resultForms";
import { warehouseResult } from "../query/warehouseResult";
import type { StringResult } from "../run/athena";
import { explainQuery } from "../run/explainQuery";
import { interruptible } from "../run/interruptible";
import { cellOf, columnOf } from "../run/warehouse";
import { queryStack, type StackQuery } from "../target/queryStack";
import { readTarget, targetOptions } from "../target/target";
import { queryWarehouseOfStack, WAREHOUSE_OUTPUTS } from "../target/warehouseOfStack";
import type { Io, OutputStream } from "../terminal/io";
import { plainRows } from "../terminal/plainRows";
import { fitting, textTable } from "../terminal/textTable";
import { linesOn } from "../terminal/unseen";
import { counting, createPaint } from "../terminal/wording";

const STDIN = "-";

type Result = Pick<StringResult, "columns" | "rows">;

export const query = defineCommand({
  name: "query",
  summary:
    "Runs Athena SQL, or Redshift's with --warehouse, on a local run or a deployed stack. One value is printed alone, more in a table.",
  argument: "SQL",
  options: {
    ...targetOptions,
    warehouse: flag("runs Redshift SQL in the warehouse of the stack, by the Redshift Data API, instead of Athena's"),
    database: text(
      "NAME",
      "the database of unqualified tables; the only one of the run, or the output databaseName or warehouseDatabaseName",
    ),
    output: choice(
      "FORM",
      `${FORMS.join(", ")}; by the ending of --file, or a table or one value alone, when absent`,
      FORMS,
    ),
    file: text("FILE", "writes the rows to this file", undefined),
    json: flag("prints columns and rows as JSON, with values as the strings that Athena returns"),
    quiet: flag("prints only values, whole: a line for each row, tabs between values"),
  },
  hasColors: true,
  notes: [
    "The SQL - is read from standard input. Tables are as wide as the terminal, or 80 characters, and a last line counts the cells",
    "that are cut; in a pipe, ids are whole, and lines may be longer. Other forms cut nothing: csv (null is an empty field, the",
    'empty string is ""), json (a list of objects), ndjson (one object a line) and parquet (with the query\'s types).',
    "--json and --quiet are for scripts: Athena's own strings.",
    "",
    `  streamlake query 'SELECT "_format", count(*) AS n FROM records GROUP BY 1'`,
    "  streamlake query - < orders.sql",
    "  streamlake query 'SELECT * FROM orders' --file orders.parquet",
    "  streamlake query 'SELECT * FROM orders' --output ndjson | jq .total",
    "",
    "With --deployed or --outputs, the query runs on Athena, in the stack's outputs workgroupName and databaseName; bytes that it",
    "scanned are printed on stderr. Athena charges for them, and Ctrl-C stops the query. Needs there: athena:StartQueryExecution,",
    "athena:GetQueryExecution, athena:GetQueryResults, athena:StopQueryExecution, and what DataLake.queryAccess() lists.",
    "",
    "  streamlake query --deployed --stack prod 'SELECT count(*) FROM records'",
    "",
    "With --warehouse, the SQL is Redshift's, and tables have their schema: lake.orders. Of a local run, it reads what the run has",
    "loaded. With --deployed or --outputs, the Redshift Data API runs it, in the outputs warehouseWorkgroupName and",
    "warehouseDatabaseName, as the database user of your IAM identity; Ctrl-C cancels it. Needs what Warehouse.queryAccess() lists.",
    "AWS returns at most 500 MB, and 64 KB a row.",
    "",
    "  streamlake query --warehouse --deployed --stack prod 'SELECT count(*) FROM lake.orders'",
    "",
    "Exit code 0: the rows are written, also when there are none. 1: the query or a write failed. 2: wrong usage. 130: Ctrl-C.",
  ],
  run: async ({ database, warehouse, json, quiet, output, file, ...wanted }, io, argument = "") => {
    const form = formOf({ json, quiet, output, file }, io);
    const sql = argument === STDIN ? await interruptible(allOf(io.stdin), io.signal) : argument;
    if (sql.trim() === "") {
      const where = argument === STDIN ? "standard input contains no SQL" : "the SQL is empty";
      throw new UsageError(`streamlake query: ${where}; see --help`);
    }
    const outputs = warehouse ? WAREHOUSE_OUTPUTS : ATHENA_OUTPUTS;
    const needed = [outputs.workgroup, ...(database === undefined ? [outputs.database] : [])];
    const target = await readTarget(wanted, { command: "query", needed }, io);
    const [ofRun, ofStack] = warehouse ? [queryWarehouseOfRun, queryWarehouseOfStack] : [queryRun, queryStack];
    const result =
      "run" in target
        ? await ofRun(target.run, { sql, database }, io)
        : await ofStack(target.deployed, { sql, database }, io);
    const { rows } = result;
    const names = result.columns.map(({ Name }) => Name);
    const print = (chunk: string | Uint8Array) =>
      io.stdout.write(typeof chunk === "string" ? linesOn(io.stdout, chunk) : chunk);
    if (file !== undefined) {
      const chunks =
        form === "table" ? [tableOf(result, { write: () => undefined }, String)] : resultIn(form as FileForm, result);
      writeTo(path.resolve(io.cwd, file), chunks);
      io.stderr.write(`wrote ${counting(rows.length, "row")} to ${file}\n`);
    } else if (form !== undefined && form !== "table") {
      for (const chunk of resultIn(form, result)) print(chunk);
    } else if (json) print(`${JSON.stringify({ columns: names, rows })}\n`);
    else if (quiet || (form === undefined && rows.length === 1 && names.length === 1)) print(plainRows(rows));
    else io.stdout.write(tableOf(result, io.stdout, createPaint(io).strong));
    return 0;
  },
});

const ATHENA_OUTPUTS = { workgroup: "workgroupName", database: "databaseName" } as const;

const ENDINGS: Readonly<Record<string, FileForm>> = {
  ".csv": "csv",
  ".json": "json",
  ".ndjson": "ndjson",
  ".jsonl": "ndjson",
  ".parquet": "parquet",
};

/** The form that the options choose; undefined for the forms of `--json`, `--quiet` and of no option at all. */
function formOf(
  { json, quiet, output, file }: { json: boolean; quiet: boolean; output: Form | undefined; file: string | undefined },
  io: Io,
): Form | undefined {
  const given = [json && "--json", quiet && "--quiet", output !== undefined && "--output"].filter(
    (name) => name !== false,
  );
  if (given.length > 1) {
    throw new UsageError(`streamlake query: ${given[0]} and ${given[1]} are two forms; give one of them`);
  }
  if (file === undefined) {
    if (output !== "parquet" || io.stdout.isTTY !== true) return output;
    throw new UsageError("streamlake query: --output parquet is binary; give --file FILE, or send it to a pipe");
  }
  if (json || quiet) throw new UsageError(`streamlake query: ${given[0]} prints; --file needs --output`);
  const ending = path.extname(file).toLowerCase();
  const form = output ?? ENDINGS[ending];
  if (form !== undefined) return form;
  const endings = Object.keys(ENDINGS).join(", ");
  throw new UsageError(`streamlake query: --file ${file} does not end in ${endings}; choose a form with --output`);
}

function writeTo(file: string, chunks: Iterable<string | Uint8Array>): void {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) {
    throw new CommandError(`streamlake query: --file must be a file, and ${file} is a directory`);
  }
  if (!statSync(path.dirname(file), { throwIfNoEntry: false })?.isDirectory()) {
    throw new CommandError(`streamlake query: --file: there is no directory ${path.dirname(file)}`);
  }
  // The chunks come before the file is opened: a refused result leaves an earlier file as it is.
  const all = [...chunks];
  const open = openSync(file, "w");
  try {
    for (const chunk of all) {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
      for (let written = 0; written < bytes.length; ) written += writeSync(open, bytes, written);
    }
  } finally {
    closeSync(open);
  }
}

async function queryWarehouseOfRun({ directory }: Run, { sql, database }: StackQuery, io: Io): Promise<Result> {
  if (database !== undefined) {
    throw new UsageError("streamlake query: the warehouse of a local run has one database; leave --database out");
  }
  return warehouseResult(sql, async (text) => {
    const asked = queryWarehouse({ dataDir: directory, sql: text, nowMillis: io.clock.now(), signal: io.signal });
    const answer = await asked.catch((error: unknown) => {
      if (io.signal.aborted || !(error instanceof Error)) throw error;
      throw new CommandError(`streamlake query: ${error.message}`, { cause: error });
    });
    io.signal.throwIfAborted();
    if ("error" in answer) return { columns: [], rows: [], count: 0, error: answer.error };
    const { columns = [], records = [] } = answer.result.set ?? {};
    return { columns: columns.map(columnOf), rows: records.map((row) => row.map(cellOf)), count: answer.result.rows };
  });
}

async function queryRun(run: Run, { sql, database }: StackQuery, io: Io) {
  const where = { dataDir: run.directory, ...(database && { database }) };
  const asked = queryLake({ ...where, sql, nowMillis: io.clock.now() });
  return interruptible(asked, io.signal).catch((error: unknown) => {
    if (io.signal.aborted || !(error instanceof Error)) throw error;
    const explained = explainQuery(error.message, sql, lakeTables(where));
    throw new CommandError(`streamlake query: ${explained}`, { cause: error });
  });
}

/** @param strong paints the headings */
function tableOf({ columns, rows }: Result, out: OutputStream, strong: (text: string) => string): string {
  let cut = 0;
  const onCut = (cells: number) => {
    cut = cells;
  };
  const names = columns.map(({ Name }) => Name);
  const table = rows.length > 0 ? textTable(names, rows, { columnWidth: 60, ...fitting(out), onCut }) : [];
  const [headings, ...lines] = table;
  const whole = cut === 0 ? "" : `, ${counting(cut, "cell is", "cells are")} cut; --output csv prints them whole`;
  const all = [
    ...(headings === undefined ? [] : [strong(headings)]),
    ...lines,
    `${counting(rows.length, "row")}${whole}`,
  ];
  return `${all.join("\n")}\n`;
}

async function allOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString("utf8");
}
