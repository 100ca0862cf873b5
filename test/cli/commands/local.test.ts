import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { LocalReport } from "../../../cli/run/report";
import { filesBelow } from "../../../local/duckdb/files";

const ROOT = path.join(__dirname, "../../..");
const BIN = path.join(ROOT, "bin/streamlake.js");

let work: string;
beforeAll(() => {
  work = mkdtempSync(path.join(tmpdir(), "local-"));
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function streamlake(...argv: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [BIN, ...argv], { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

function start(...argv: string[]): { child: ChildProcess; out: () => string; until: (text: string) => Promise<void> } {
  const child = spawn(process.execPath, [BIN, ...argv], { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  child.stdout?.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    out += chunk;
  });
  const until = async (text: string) => {
    while (!out.includes(text)) {
      if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode} before "${text}":\n${out}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return { child, out: () => out, until };
}

const reportAt = (file: string) => JSON.parse(readFileSync(file, "utf8")) as LocalReport;

describe("a run on generated records", () => {
  let ended: Ended;
  let report: LocalReport;
  beforeAll(async () => {
    const file = path.join(work, "report.json");
    ended = await streamlake(
      "local",
      "--records",
      "400",
      "--malformed",
      "0.25",
      "--seed",
      "11",
      "--dir",
      path.join(work, "generated"),
      "--report",
      file,
      "--html",
      path.join(work, "run.html"),
    );
    report = reportAt(file);
  });

  test("is written as one page", () => {
    const page = readFileSync(path.join(work, "run.html"), "utf8");
    expect(ended.out).toMatch(/^Page\n {2}\S*run\.html {3}the run as one page, [\d.]+ kB; it needs no server$/m);
    const json = /id="answers">([^<]*)</.exec(page)?.[1] ?? "";
    const { answers } = JSON.parse(json) as {
      answers: { values: { tables: { table: string; rows: { count: number }[] }[] } };
    };
    const counts = answers.values.tables.map(({ table, rows }) => [
      table,
      rows.reduce((sum, { count }) => sum + count, 0),
    ]);
    expect(counts).toEqual([["records", report.raw.rows]]);
  });

  test("succeeds and prints its results, without colour or cursor movements in a pipe", () => {
    expect(ended.err).toBe("");
    expect(ended.code).toBe(0);
    for (const title of [
      "Program",
      "Sent",
      "Landed",
      "Workflow",
      "Tables",
      "Query",
      "IAM",
      "Ledger",
      "Used",
      "Files",
    ]) {
      expect(ended.out).toMatch(new RegExp(`^${title}`, "m"));
    }
    expect(ended.out).toMatch(/^Workflow\n(?: {2}\S+-workflow-[0-9a-f]{7} {2}\S+ {2}SUCCEEDED\n)+\n/m);
    expect(ended.out).toContain("nothing lost, nothing duplicated");
    expect(ended.out).not.toContain("\u001b");
  });

  test("accounts for every record", () => {
    expect(report).toMatchObject({ stack: "dev", seed: 11, failedBatches: 0 });
    expect(report.sent).toMatchObject({ records: 400, malformed: 100 });
    expect(Object.values(report.sent.byFormat).reduce((sum, count) => sum + count, 0)).toBe(300);
    expect(Object.keys(report.sent.byFormat).sort()).toEqual(["binary", "csv", "json", "ndjson"]);
    expect(report.unformatted.records).toBe(100);
    expect(Object.keys(report.unformatted.byReason).sort()).toEqual(["checksum", "empty", "format"]);
    expect(report.ledger).toMatchObject({ lost: 0, duplicated: 0, unknown: 0, balanced: true, findings: [] });
    expect(report.ledger.records).toEqual({ sent: 400, landed: 300, unformatted: 100, failed: 0 });
    expect(report.tables.records?.rows).toBe(report.raw.rows);
    expect(report.tables.records?.columns.map(({ name }) => name).slice(0, 3)).toEqual(["_id", "_arrived", "_format"]);
    expect(report.iam.denied).toEqual([]);
    expect(report.workflows.length).toBeGreaterThan(0);
  });

  test("counts what it used of AWS's meters", () => {
    const { records, recordBytes, functions, s3, transitions, queries, usd } = report.used;
    expect({ records, queries }).toEqual({ records: 400, queries: 3 });
    expect(recordBytes).toBeGreaterThan(50);
    expect(functions.map(({ name, memoryMebibytes }) => [name.replace(/-[0-9a-f]+$/, ""), memoryMebibytes])).toEqual(
      expect.arrayContaining([
        ["router-router-function", 1024],
        ["etl-plan-function", 512],
      ]),
    );
    expect(Math.min(...functions.flatMap(({ calls, millis }) => [calls, millis]))).toBeGreaterThan(0);
    expect(s3.puts).toBeGreaterThanOrEqual(report.raw.objects);
    expect(s3.gets).toBeGreaterThan(0);
    expect(transitions).toBeGreaterThan(10);
    expect(usd).toBeGreaterThan(0);
  });

  test("writes every promised field into its report", () => {
    const fields = Object.entries(report).map(([name, value]) => {
      const isGroup = ["sent", "raw", "unformatted", "ledger", "iam", "used"].includes(name);
      return [name, isGroup ? Object.keys(value as object) : []] as const;
    });
    expect(Object.fromEntries(fields)).toMatchObject({
      stack: [],
      seed: [],
      durationMs: [],
      sent: ["records", "byFormat", "malformed"],
      raw: ["rows", "objects"],
      unformatted: ["records", "byReason"],
      failedBatches: [],
      tables: [],
      ledger: expect.arrayContaining(["lost", "duplicated", "balanced"]),
      iam: ["denied", "unused"],
      used: ["records", "recordBytes", "functions", "s3", "transitions", "stateMachines", "queries", "usd"],
      queries: [],
    });
    expect(Object.keys(report.tables.records ?? {}).sort()).toEqual(["columns", "files", "rows"]);
    expect(report.queries.map((query) => Object.keys(query).sort())).toEqual(
      Array.from({ length: 3 }, () => ["columns", "rows", "sql"]),
    );
    expect(report.durationMs).toBeGreaterThan(0);
  });

  test("lists unused permissions in at most a dozen lines, and all of them in the report", () => {
    const section = /^IAM\n([\s\S]*?)\n\n/m.exec(ended.out)?.[1]?.split("\n") ?? [];
    expect(section.length).toBeGreaterThan(2);
    expect(section.length).toBeLessThanOrEqual(12);
    expect(section.join(" ")).toMatch(/s3:PutObject on lake-failed-[0-9a-f]{7}\/aws\/lambda\/\*/);
    expect(report.iam.unused.filter(({ action }) => action.startsWith("logs:")).length).toBeGreaterThan(8);
  });

  test("its functions log no errors", async () => {
    const [id = ""] = readdirSync(path.join(work, "generated", "dev", "runs"));
    const logs = filesBelow(path.join(work, "generated", "dev", "runs", id, "logs"), ".log");
    expect(logs.length).toBeGreaterThan(2);
    expect(logs.filter((file) => /"level":"ERROR"/.test(readFileSync(file, "utf8")))).toEqual([]);
  });

  test("asks the program's named queries", () => {
    expect(report.queries).toHaveLength(3);
    const counts = report.queries.find(({ columns }) => columns.includes("row_count"));
    const total = counts?.rows.reduce((sum, row) => sum + Number(row[counts.columns.indexOf("row_count")]), 0);
    expect(total).toBe(report.raw.rows);
  });

  test("its files answer SQL afterwards, and show what was unformatted", async () => {
    const dir = path.join(work, "generated");
    const query = await streamlake(
      "query",
      'SELECT count(*) AS n, count(DISTINCT "_id") AS ids FROM records',
      "--dir",
      dir,
    );
    expect(query.err).toBe("");
    expect(query.out).toMatch(new RegExp(`${report.raw.rows} +${report.raw.rows}`));
    const inspected = await streamlake("inspect", "--dir", dir);
    expect(inspected.out).toMatch(/^100 unformatted records of the stack "dev"/);
    const id = /shardId-\d+\/\d+\/0/.exec(inspected.out)?.[0] ?? "";
    expect((await streamlake("inspect", "--dir", dir, "--record", id)).code).toBe(0);
  });
});

test("a real CSV file comes out in SQL with every row and the right values", async () => {
  const rows = Array.from(
    { length: 1234 },
    (_, row) => `${row}|name ${row % 7}  |${row % 2 === 0 ? "" : "x,y"}|${row}.50\r\n`,
  );
  const input = path.join(work, "rows.csv");
  writeFileSync(input, `row|padded|maybe|amount\r\n${rows.join("")}`);
  const file = path.join(work, "csv.json");
  const sql = `SELECT count(*) AS n, sum(CAST("row" AS bigint)) AS total, count(DISTINCT "padded") AS names,
    sum(CAST("amount" AS double)) AS amounts, count_if("maybe" = 'x,y') AS maybes FROM records`;
  const ended = await streamlake(
    "local",
    "--input",
    input,
    "--batch",
    "100",
    "--query",
    sql,
    "--dir",
    path.join(work, "csv"),
    "--report",
    file,
  );
  expect(ended.err).toBe("");
  expect(ended.code).toBe(0);
  const report = reportAt(file);
  expect(report.sent).toEqual({ records: 13, byFormat: { csv: 13 }, malformed: 0 });
  expect(report.queries[0]?.rows).toEqual([[1234, 760_761, 7, 761_378, 617]]);
});

test("a record above the stream's limit ends the run with its file and line", async () => {
  const input = path.join(work, "large.ndjson");
  writeFileSync(input, `{"a":1}\n{"a":"${"x".repeat(1_100_000)}"}\n`);
  const ended = await streamlake("local", "--input", input, "--dir", path.join(work, "large"));
  expect(ended.code).toBe(1);
  expect(ended.err).toBe(
    `streamlake local: ${input}: line 2: 1100022 bytes with the stream partition key, and the stream accepts at most 1048576\n`,
  );
});

test("records of which none can be used are no failure of the run", async () => {
  const dir = path.join(work, "unusable");
  const ended = await streamlake("local", "--records", "3", "--malformed", "1", "--dir", dir);
  expect(ended).toMatchObject({ code: 0, err: "" });
  expect(ended.out).toContain("no rows: the table records has no rows yet");
});

test("a reader that goes away early ends the run without success", async () => {
  const { child, until } = start("local", "--records", "20", "--dir", path.join(work, "unread"));
  await until("Program");
  child.stdout?.destroy();
  expect(await once(child, "exit")).toEqual([141, null]);
});

test("Ctrl-C while serving ends the run: exit 130, the port free, the files readable", async () => {
  const dir = path.join(work, "served");
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const run = start("local", "--records", "20", "--serve", "--port", String(port), "--dir", dir);
  await run.until(`is served at http://127.0.0.1:${port}`);
  run.child.kill("SIGINT");
  expect(await once(run.child, "exit")).toEqual([130, null]);
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  server.close();
  expect(await streamlake("query", "SELECT count(*) FROM records", "--dir", dir)).toMatchObject({ code: 0 });
});

test("Ctrl-C in the middle of sending ends the run, and the next one may begin", async () => {
  const dir = path.join(work, "interrupted");
  const run = start("local", "--records", "5000000", "--dir", dir);
  await run.until("Program");
  run.child.kill("SIGTERM");
  expect(await once(run.child, "exit")).toEqual([143, null]);
  const [id = ""] = readdirSync(path.join(dir, "dev", "runs"));
  expect(existsSync(path.join(dir, "dev", "runs", id, "s3"))).toBe(true);
  expect(await streamlake("local", "--records", "1", "--malformed", "0", "--dir", dir)).toMatchObject({ code: 0 });
});

test("two runs at once have files of their own, and --keep leaves as many as asked for", async () => {
  const dir = path.join(work, "side-by-side");
  const local = (records: number, ...argv: string[]) =>
    streamlake("local", "--records", String(records), "--malformed", "0", "--formats", "json", "--dir", dir, ...argv);
  const both = await Promise.all([local(20), local(30)]);
  expect(both).toMatchObject([{ code: 0 }, { code: 0 }]);
  const kept = async () => {
    const { runs } = JSON.parse((await streamlake("runs", "--dir", dir, "--json")).out) as {
      runs: { id: string; records: number; ledger: string; state: string }[];
    };
    return runs.map(({ id, ...rest }) => ({ ...rest, id }));
  };
  const runs = await kept();
  expect(runs.map(({ records }) => records).sort()).toEqual([20, 30]);
  for (const { id, records, ledger } of runs) {
    expect(ledger).toBe("balanced");
    const asked = await streamlake("query", "SELECT count(*) AS n FROM records", "--run", id, "--json", "--dir", dir);
    expect(asked).toMatchObject({ code: 0, err: "" });
    expect(JSON.parse(asked.out)).toEqual({ columns: ["n"], rows: [[String(records)]] });
  }
  expect(await local(40, "--keep", "1")).toMatchObject({ code: 0 });
  expect(await kept()).toMatchObject([{ records: 40, ledger: "balanced", state: "ended" }]);
});

test("a killed run is told as such, and its files are read on request only", async () => {
  const dir = path.join(work, "killed");
  expect(await streamlake("local", "--records", "10", "--malformed", "0", "--dir", dir)).toMatchObject({ code: 0 });
  const run = start("local", "--records", "5000000", "--dir", dir);
  await run.until("Program");
  run.child.kill("SIGKILL");
  await once(run.child, "exit");
  const { runs } = JSON.parse((await streamlake("runs", "--dir", dir, "--json")).out) as {
    runs: { id: string; state: string }[];
  };
  expect(runs.map(({ state }) => state)).toEqual(["killed", "ended"]);
  const [killed = "", ended = ""] = runs.map(({ id }) => id);
  const asked = await streamlake("query", "SELECT count(*) FROM records", "--dir", dir);
  expect(asked).toMatchObject({
    code: 0,
    err: `streamlake query: reads the run ${ended}; the last one, ${killed}, was killed before its results (--run ${killed} reads it)\n`,
  });
  const inspected = await streamlake("inspect", "--run", killed, "--dir", dir);
  expect(inspected).toMatchObject({
    code: 0,
    err: `streamlake inspect: the run ${killed} was killed before its results; what is there is read\n`,
  });
});

test("--quiet prints only the values of the queries, and an error of a query is printed once with the way out", async () => {
  const dir = path.join(work, "quiet");
  const input = path.join(work, "prices.csv");
  writeFileSync(input, "name,price\na,1.5\nb,2.5\n");
  const asked = ["SELECT count(*) FROM records", "SELECT name, price FROM records ORDER BY name"];
  expect(await streamlake("local", "--input", input, "--quiet", "--dir", dir, "--query", ...asked)).toEqual({
    code: 0,
    out: "2\na\t1.5\nb\t2.5\n",
    err: "",
  });
  const failed = await streamlake("local", "--input", input, "--dir", dir, "--query", "SELECT sum(price) FROM records");
  expect(failed.code).toBe(1);
  expect(failed.err).toBe(
    "streamlake local: query: SELECT sum(price) FROM records: FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters (varchar) for function sum; price is text, as " +
      "values of CSV are unless the table declares the column; write sum(CAST(price AS double))\n",
  );
  expect(failed.out).toContain("  SELECT sum(price) FROM records\n  failed; its error is one of the last lines\n");
  expect(failed.out).not.toContain("FUNCTION_NOT_FOUND");
});

test("a number of kept runs that is none is refused", async () => {
  expect(await streamlake("local", "--keep", "0")).toEqual({
    code: 2,
    out: "",
    err: 'streamlake local: --keep must be a whole number from 1 to 1000, not "0"\n',
  });
  const cwd = path.join(work, "keeps");
  mkdirSync(cwd);
  writeFileSync(path.join(cwd, "Pulumi.yaml"), "name: lake\nruntime: nodejs\nmain: program.js\n");
  writeFileSync(path.join(cwd, "Pulumi.dev.yaml"), "config:\n  streamlake:keepRuns: all\n");
  const attempt = promisify(execFile)(process.execPath, [BIN, "local"], { cwd });
  await expect(attempt).rejects.toMatchObject({
    code: 2,
    stdout: "",
    stderr: 'streamlake local: streamlake:keepRuns of the stack dev must be a whole number from 1 to 1000, not "all"\n',
  });
});

test("a run leaves no process behind", async () => {
  // A process group of its own, which has every process that the run starts.
  const argv = ["local", "--records", "20", "--dir", path.join(work, "group")];
  const child = spawn(process.execPath, [BIN, ...argv], { cwd: ROOT, stdio: "ignore", detached: true });
  expect(await once(child, "exit")).toEqual([0, null]);
  const isThere = () => {
    try {
      return process.kill(-Number(child.pid), 0);
    } catch {
      return false;
    }
  };
  // esbuild's process ends a moment after the one that it served.
  while (isThere()) await new Promise((resolve) => setTimeout(resolve, 20));
});

test("a taken port is one clear line", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const ended = await streamlake("local", "--port", String(port), "--dir", path.join(work, "taken"));
  server.close();
  expect(ended).toEqual({
    code: 1,
    out: "",
    err: `streamlake local: port ${port} of 127.0.0.1 is in use; stop what uses it, or choose another with --port\n`,
  });
});

test.each([
  [["--get", "/customers/1"], "--get needs one IngestApi, and the program declares none"],
  [["--warehouse-query", "SELECT 1"], "--warehouse-query needs a Warehouse, and the program declares none"],
])("%j of a program without it is refused before records are sent", async (options, problem) => {
  const dir = path.join(work, "without");
  const { code, out, err } = await streamlake("local", "--records", "10", "--dir", dir, ...options);
  expect([code, err]).toEqual([1, `streamlake local: ${problem}\n`]);
  expect(out).not.toContain("Sent");
});

test("wrong options are reported before anything starts", async () => {
  const dir = path.join(work, "nothing");
  expect(await streamlake("local", "--input", "none.csv", "--dir", dir)).toEqual({
    code: 2,
    out: "",
    err: `streamlake local: --input: there is no file ${path.join(ROOT, "none.csv")}\n`,
  });
  expect(await streamlake("local", "--input", path.join(work, "*.none"), "--dir", dir)).toEqual({
    code: 2,
    out: "",
    err: `streamlake local: --input: no file with content matches ${path.join(work, "*.none")}\n`,
  });
  expect(await streamlake("local", "--report", path.join(work, "none/report.json"), "--dir", dir)).toEqual({
    code: 2,
    out: "",
    err: `streamlake local: --report: there is no directory ${path.join(work, "none")}\n`,
  });
  expect(await streamlake("local", "--report", work, "--dir", dir)).toMatchObject({ code: 2, out: "" });
  const refused = async (...argv: string[]) => {
    const { code, out, err } = await streamlake("local", ...argv, "--dir", dir);
    return [code, out, err];
  };
  const long = path.join(work, `${"x".repeat(300)}.html`);
  expect(await refused("--html", long)).toEqual([
    2,
    "",
    `streamlake local: --html: ${long} cannot be written (ENAMETOOLONG)\n`,
  ]);
  expect(await refused("--html", work)).toEqual([
    2,
    "",
    `streamlake local: --html must be a file, and ${work} is a directory\n`,
  ]);
  const same = path.join(work, "same");
  expect(await refused("--html", same, "--report", same)).toEqual([
    2,
    "",
    `streamlake local: --html and --report name the same file, ${same}\n`,
  ]);
  expect(existsSync(same)).toBe(false);
  expect(await streamlake("local", "--stack", "nope", "--dir", dir)).toEqual({
    code: 2,
    out: "",
    err: "streamlake: there is no Pulumi.nope.yaml; --stack is one of dev, prod, staging\n",
  });
  expect(existsSync(dir)).toBe(false);
});
