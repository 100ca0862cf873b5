/** A local run with redelivery: every batch succeeds at least twice, and all results are those of a run without. */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { LocalReport } from "../../../../cli/run/report";
import { filesBelow } from "../../../../local/duckdb/files";

const ROOT = path.join(__dirname, "../../../..");
const BIN = path.join(ROOT, "bin/streamlake.js");
const work = mkdtempSync(path.join(tmpdir(), "redeliver-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const COLUMNS = ["_format", "transaction_id", "sensor_id", "buyer", "sku", "quantity", "total"].map(
  (name) => `"${name}"`,
);
const ALL_ROWS = `SELECT ${COLUMNS}, count(*), count(DISTINCT "_id") FROM "records" GROUP BY ${COLUMNS} ORDER BY ${COLUMNS}`;
const UNFORMATTED =
  'SELECT "reason", "detail", "payload", count(DISTINCT "id") FROM "unformatted" GROUP BY 1, 2, 3 ORDER BY 1, 2, 3';

interface Run {
  readonly report: LocalReport;
  /** The number of records that each invocation of the router got. */
  readonly batches: readonly number[];
  run(...argv: string[]): Promise<string>;
}

async function runLocal(name: string, ...more: string[]): Promise<Run> {
  const dir = path.join(work, name);
  const file = path.join(work, `${name}.json`);
  const run = (...argv: string[]) =>
    new Promise<string>((resolve, reject) => {
      execFile(process.execPath, [BIN, ...argv, "--dir", dir], { cwd: ROOT }, (error, out, err) =>
        error || err !== "" ? reject(error ?? new Error(err)) : resolve(out),
      );
    });
  await run("local", "--records", "400", "--seed", "11", "--report", file, ...more);
  const [id = ""] = readdirSync(path.join(dir, "dev", "runs"));
  const batches = filesBelow(path.join(dir, "dev", "runs", id, "logs"), ".log").flatMap((log) =>
    readFileSync(log, "utf8")
      .split("\n")
      .flatMap((line) => /"Records":(\d+)/.exec(line)?.slice(1) ?? [])
      .map(Number),
  );
  return { report: JSON.parse(readFileSync(file, "utf8")) as LocalReport, batches, run };
}

/** The results, without what differs between any two runs, and without the numbers of objects, calls and executions. */
function resultsOf({ durationMs: _, raw, ledger, ledgers, workflows, queries, used: __, ...rest }: LocalReport) {
  return {
    ...rest,
    rows: raw.rows,
    ledger: { ...ledger, rawObjects: 0 },
    ledgers: ledgers.map((route) => ({ ...route, ledger: { ...route.ledger, rawObjects: 0 } })),
    workflows: [...new Set(workflows.map(({ status }) => status))],
    // The ids and arrivals of the rows in the second query are those of the run.
    queries: queries.filter(({ columns }) => !columns.includes("_id")),
  };
}

test("the report and the answers of SQL are equal with and without redelivery", async () => {
  const [once, twice] = [await runLocal("once"), await runLocal("twice", "--redeliver")];
  expect(resultsOf(twice.report)).toEqual(resultsOf(once.report));
  expect(once.report.queries).toHaveLength(3);
  // The schedule of the hourly step calls its target twice.
  expect(twice.report.workflows).toHaveLength(once.report.workflows.length + 1);

  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  expect(sum(once.batches)).toBe(400);
  expect(sum(twice.batches)).toBe(800);
  expect(twice.report.raw.objects).toBeGreaterThan(once.report.raw.objects);

  for (const sql of [ALL_ROWS, UNFORMATTED]) {
    const [expected, found] = [await once.run("query", "--quiet", sql), await twice.run("query", "--quiet", sql)];
    expect(expected.split("\n").length).toBeGreaterThan(20);
    expect(found).toBe(expected);
  }
  const inspected = (text: string) => text.replace(/shardId-\S+|run of \S+|\d{4}-\d\d-\d\dT\d\d/g, "");
  expect(inspected(await twice.run("inspect"))).toBe(inspected(await once.run("inspect")));
});
