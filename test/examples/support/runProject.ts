/** Runs an example project by the command, in a directory of its own. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { LocalReport } from "../../../cli/run/report";

const ROOT = path.resolve(__dirname, "../../..");

/** @param work a directory for the run and its report */
export async function run(work: string, project: string, input: string, ...argv: string[]): Promise<LocalReport> {
  const report = path.join(work, `${project}.json`);
  const all = ["local", "--input", input, "--dir", path.join(work, project), "--report", report, ...argv];
  const cwd = path.join(ROOT, "examples", project);
  const { code, err } = await new Promise<{ code: number; err: string }>((resolve) => {
    execFile(process.execPath, [path.join(ROOT, "bin/streamlake.js"), ...all], { cwd }, (error, _, err) =>
      resolve({ code: error ? Number(error.code) : 0, err }),
    );
  });
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return JSON.parse(readFileSync(report, "utf8")) as LocalReport;
}

/** The results that do not depend on ids, times and the number of objects. */
export function resultsOf({ tables, queries, warehouseQueries, answers, ledger, sinks, sent }: LocalReport) {
  return {
    sent: sent.records,
    rows: Object.entries(tables).map(([name, { rows }]) => [name, rows]),
    queries: queries.filter(({ columns }) => !columns.includes("_id")),
    warehouseQueries,
    answers,
    records: ledger.records,
    sinks: Object.entries(sinks).map(
      ([
        name,
        {
          counts: { repeated: _, ...counts },
          balanced,
          findings,
        },
      ]) => ({
        name,
        counts,
        balanced,
        findings,
      }),
    ),
  };
}
