import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import stringWidth from "string-width";
import { dispatch } from "../../../cli/dispatch";
import { startRun } from "../../../cli/project/runs/startRun";
import type { Io } from "../../../cli/terminal/io";
import { Catalog } from "../../../local/catalog/catalog";
import { CALLER } from "../../../local/cloud/iam/principal";
import { openDuckDb } from "../../../local/duckdb/duckdb";
import { table } from "../../local/support/athenaLake";
import { makeRedshift } from "../../local/support/redshift";
import { testIo } from "../support/testIo";

const ID = `shardId-000000000000/${"4".repeat(56)}/0`;
let cwd: string;

beforeAll(async () => {
  cwd = mkdtempSync(path.join(tmpdir(), "query-"));
  const startedAt = "2026-11-20T10:00:00.000Z";
  const outcome = { records: 2, balanced: true };
  const base = path.join(cwd, ".streamlake");
  const run = startRun(base, { project: "lake", stack: "dev", seed: 7, startedAt, begun: true, outcome });
  const catalog = new Catalog(run);
  catalog.putDatabase({ Name: "lake", CreateTime: 0, CatalogId: "000000000000" });
  const columns = ["_id", "price", "note", "wide"].map((Name) => ({ Name, Type: "string" }));
  catalog.putTable(table("orders", [...columns, { Name: "n", Type: "bigint" }]));
  const folder = path.join(run, "s3", "bucket", "parquet-output", "orders");
  mkdirSync(folder, { recursive: true });
  const db = await openDuckDb();
  const row = `'${ID}' AS _id, '1.5' AS price, repeat('long ', 20000) AS note, repeat('漢字', 60) AS wide`;
  await db.run(
    `COPY (SELECT ${row}, 7::BIGINT AS n UNION ALL SELECT ${row}, 8::BIGINT) TO '${folder}/a.parquet' (FORMAT parquet)`,
  );
  db.close();
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

async function query(argv: string[], changes: Partial<Io> = {}) {
  const io = testIo({ cwd, ...changes });
  const code = await dispatch(["query", ...argv], io);
  return { code, out: io.out().toString(), err: io.err() };
}

test("one value is printed alone", async () => {
  expect(await query(["SELECT count(*) FROM orders"])).toEqual({ code: 0, out: "2\n", err: "" });
  expect(await query(["SELECT _id FROM orders LIMIT 1"])).toEqual({ code: 0, out: `${ID}\n`, err: "" });
});

test("SQL is read from standard input", async () => {
  const stdin = () => ({ stdin: Readable.from([Buffer.from("SELECT sum(n)\n"), Buffer.from("FROM orders;\n")]) });
  expect(await query(["-"], stdin())).toEqual({ code: 0, out: "15\n", err: "" });
});

test("--quiet prints whole values between tabs", async () => {
  const { out } = await query(["--quiet", "SELECT _id, n, price FROM orders ORDER BY n"]);
  expect(out).toBe(`${ID}\t7\t1.5\n${ID}\t8\t1.5\n`);
});

test.each([80, 200])("a table fits a terminal of %d columns", async (columns) => {
  const out: Buffer[] = [];
  const stdout = { write: (chunk: string | Uint8Array) => out.push(Buffer.from(chunk)), isTTY: true, columns };
  expect((await query(["SELECT * FROM orders"], { stdout, env: { NO_COLOR: "1" } })).code).toBe(0);
  const lines = Buffer.concat(out).toString().split("\n");
  expect(lines).toHaveLength(6);
  expect(lines[4]).toBe("2 rows, 6 cells are cut; --output csv prints them whole");
  expect(lines[0]).toMatch(/^_id +price +note +wide +n$/);
  for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
});

test("elsewhere ids are whole, and other cells fit 80 columns", async () => {
  const { out } = await query(["SELECT _id, note, n FROM orders ORDER BY n"]);
  const lines = out.split("\n");
  expect(lines[0]).toMatch(/^_id +note +n$/);
  expect(lines[2]).toMatch(new RegExp(`^${ID}  [long ]+…  7$`));
  expect((lines[2] ?? "").length).toBeLessThanOrEqual(80 - 20 + ID.length);
  expect(lines.at(-2)).toBe("2 rows, 2 cells are cut; --output csv prints them whole");
});

const ORDERED = "SELECT n, price, CASE WHEN n = 7 THEN '' END AS gap FROM orders ORDER BY n";

test.each([
  ["csv", 'n,price,gap\n7,1.5,""\n8,1.5,\n'],
  ["json", '[\n  {"n":7,"price":"1.5","gap":""},\n  {"n":8,"price":"1.5","gap":null}\n]\n'],
  ["ndjson", '{"n":7,"price":"1.5","gap":""}\n{"n":8,"price":"1.5","gap":null}\n'],
  ["table", "n  price  gap\n─  ─────  ───\n7    1.5\n8    1.5\n2 rows\n"],
])("--output %s goes to a pipe, or to a file", async (form, text) => {
  expect(await query(["--output", form, ORDERED])).toEqual({ code: 0, out: text, err: "" });
  const file = `rows-${form}.txt`;
  const written = await query(["--output", form, "--file", file, ORDERED]);
  expect(written).toEqual({ code: 0, out: "", err: `wrote 2 rows to ${file}\n` });
  expect(readFileSync(path.join(cwd, file), "utf8")).toBe(text);
});

test("a table is a table also with one value, where --output asks for it", async () => {
  expect((await query(["--output", "table", "SELECT 1 AS one"])).out).toBe("one\n───\n  1\n1 row\n");
});

test("the ending of --file chooses the form, and Parquet has the query's types", async () => {
  const sql = "SELECT n, price, DATE '2026-11-21' AS day FROM orders ORDER BY n";
  expect(await query(["--file", "rows.parquet", sql])).toEqual({
    code: 0,
    out: "",
    err: "wrote 2 rows to rows.parquet\n",
  });
  const db = await openDuckDb();
  const read = await db.rows(`SELECT *, typeof(day) AS type FROM '${path.join(cwd, "rows.parquet")}' ORDER BY n`);
  expect(read).toEqual([
    { n: "7", price: "1.5", day: "2026-11-21", type: "DATE" },
    { n: "8", price: "1.5", day: "2026-11-21", type: "DATE" },
  ]);
  db.close();
});

test("a result that is refused leaves an earlier file as it is", async () => {
  writeFileSync(path.join(cwd, "kept.json"), "kept");
  const { code, err } = await query(["--file", "kept.json", "SELECT n, price AS n FROM orders"]);
  expect({ code, err }).toEqual({
    code: 2,
    err: 'streamlake query: two columns are named "n", and --output json has values by name; name them with AS\n',
  });
  expect(readFileSync(path.join(cwd, "kept.json"), "utf8")).toBe("kept");
});

const BOLD = "\u001b[1mn  price\u001b[0m";

test.each([
  [["--color", "auto"], {}, true, true],
  [["--color", "auto"], { NO_COLOR: "1" }, true, false],
  [["--color", "always"], { NO_COLOR: "1" }, false, true],
  [["--color", "never"], {}, true, false],
  [[], {}, false, false],
])("%j with %j on a terminal (%s) has colours: %s", async (argv, env, isTTY, isPainted) => {
  const out: Buffer[] = [];
  const stdout = { write: (chunk: string | Uint8Array) => out.push(Buffer.from(chunk)), isTTY, columns: 80 };
  await query([...argv, "SELECT n, price FROM orders"], { stdout, env });
  const [headings = ""] = Buffer.concat(out).toString().split("\n");
  expect(headings).toBe(isPainted ? BOLD : "n  price");
});

test.each([[], ["--quiet"], ["--json"], ["--output", "csv"], ["--output", "json"], ["--output", "ndjson"]])(
  "terminal codes of a row do not reach a terminal (%j %j)",
  async (...argv) => {
    const out: Buffer[] = [];
    const stdout = { write: (chunk: string | Uint8Array) => out.push(Buffer.from(chunk)), isTTY: true, columns: 80 };
    const sql = "SELECT 'a' || chr(27) || '[31m' || chr(8238) || 'b' AS n";
    expect((await query([...argv, sql], { stdout })).code).toBe(0);
    const shown = Buffer.concat(out).toString();
    expect(shown).not.toMatch(/(?!\n)\p{Cc}|\p{Cf}/u);
    expect(shown).toContain("a\\u001b[31m\\u202eb");
  },
);

test("Parquet does not go to a terminal", async () => {
  const stdout = { write: () => undefined, isTTY: true, columns: 80 };
  expect(await query(["--output", "parquet", "SELECT 1"], { stdout })).toEqual({
    code: 2,
    out: "",
    err: "streamlake query: --output parquet is binary; give --file FILE, or send it to a pipe\n",
  });
});

test.each([
  [["--output", "csv", "--json", "SELECT 1"], 2, "--json and --output are two forms; give one of them"],
  [["--quiet", "--file", "a.csv", "SELECT 1"], 2, "--quiet prints; --file needs --output"],
  [
    ["--file", "a.txt", "SELECT 1"],
    2,
    "--file a.txt does not end in .csv, .json, .ndjson, .jsonl, .parquet; choose a form with --output",
  ],
  [["--output", "xml", "SELECT 1"], 2, '--output must be one of table, csv, json, ndjson, parquet, not "xml"'],
  [["--color", "yes", "SELECT 1"], 2, '--color must be one of auto, always, never, not "yes"'],
])("%j is refused", async (argv, code, message) => {
  expect(await query(argv)).toEqual({ code, out: "", err: `streamlake query: ${message}\n` });
});

test("a file in a directory that does not exist is refused", async () => {
  expect(await query(["--file", "none/a.csv", "SELECT 1"])).toEqual({
    code: 1,
    out: "",
    err: `streamlake query: --file: there is no directory ${path.join(cwd, "none")}\n`,
  });
});

test.each([
  [["-"], 2, "standard input contains no SQL; see --help"],
  [["  "], 2, "the SQL is empty; see --help"],
  [["SELECT 1", "--json", "--quiet"], 2, "--json and --quiet are two forms; give one of them"],
  [
    ["SELECT sum(price) FROM orders"],
    1,
    "FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters (varchar) for function sum; price is text, as values of CSV are " +
      "unless the table declares the column; write sum(CAST(price AS double))",
  ],
  [["SELECT * FROM order"], 1, 'SYNTAX_ERROR: line 1:15: syntax error at or near "order"'],
  [
    ["SELECT * FROM ordrs"],
    1,
    "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.lake.ordrs' does not exist; did you mean orders?; the tables are orders",
  ],
])("%j is refused in one line", async (argv, code, message) => {
  expect(await query(argv as string[])).toEqual({ code, out: "", err: `streamlake query: ${message}\n` });
});

describe("the warehouse of a run", () => {
  const LOADED = "SELECT id, total FROM lake.orders ORDER BY id";
  let run: string;

  beforeAll(async () => {
    const startedAt = "2026-11-19T10:00:00.000Z";
    const base = path.join(cwd, "with-warehouse");
    run = startRun(base, {
      project: "lake",
      stack: "dev",
      seed: 7,
      startedAt,
      begun: true,
      outcome: { records: 2, balanced: true },
    });
    const readsStreams = { Effect: "Allow", Action: "kinesis:*", Resource: "*" };
    const redshift = await makeRedshift([readsStreams]);
    await redshift.run('CREATE SCHEMA "lake"');
    await redshift.run('CREATE TABLE "lake"."orders" ("id" VARCHAR(20), "total" BIGINT)');
    await redshift.run("INSERT INTO \"lake\".\"orders\" VALUES ('a', 2), ('b', NULL)");
    await redshift.declare("aws:kinesis/stream:Stream", "clicks", { name: "clicks", shardCount: 1 });
    await redshift.run("CREATE EXTERNAL SCHEMA kds FROM KINESIS IAM_ROLE default");
    await redshift.run('CREATE MATERIALIZED VIEW live AUTO REFRESH YES AS SELECT partition_key FROM kds."clicks"');
    const record = { StreamName: "clicks", Data: "e30=", PartitionKey: "key-1" };
    await redshift.cloud.call(CALLER, "kinesis", "PutRecord", record);
    await redshift.run("REFRESH MATERIALIZED VIEW live");
    cpSync(path.join(redshift.dataDir, "redshift"), path.join(run, "redshift"), { recursive: true });
    await redshift.close();
  });

  const ask = (...argv: string[]) => query(["--warehouse", "--dir", "with-warehouse", ...argv]);

  test("is queried in Redshift's SQL, with the same forms", async () => {
    expect(await ask("--output", "ndjson", LOADED)).toEqual({
      code: 0,
      out: '{"id":"a","total":2}\n{"id":"b","total":null}\n',
      err: "",
    });
    expect((await ask("SELECT NVL(sum(total), 0) FROM lake.orders")).out).toBe("2\n");
  });

  test("has the rows that its views of streams have read", async () => {
    expect(await ask("SELECT partition_key FROM live")).toEqual({ code: 0, out: "key-1\n", err: "" });
  });

  test.each([
    ["SELECT * FROM orders", 'ERROR: relation "orders" does not exist; did you mean lake.orders?'],
    ["DELETE FROM lake.orders", "ERROR: the warehouse of a run that is over is only read: use SELECT"],
  ])("refuses %s in one line", async (sql, line) => {
    expect(await ask(sql)).toEqual({ code: 1, out: "", err: `streamlake query: ${line}\n` });
    expect((await ask("SELECT count(*) FROM lake.orders")).out).toBe("2\n");
  });

  test("is one: --database is refused, and runs without a warehouse or with several", async () => {
    expect(await ask("--database", "lake", LOADED)).toEqual({
      code: 2,
      out: "",
      err: "streamlake query: the warehouse of a local run has one database; leave --database out\n",
    });
    const { err } = await query(["--warehouse", LOADED]);
    expect(err).toMatch(/^streamlake query: ".+" has no warehouse that was loaded or asked\n$/);
    cpSync(path.join(run, "redshift", "shop"), path.join(run, "redshift", "shop-2"), { recursive: true });
    expect((await ask(LOADED)).err).toMatch(
      /^streamlake query: ".+" has several warehouses; ask one by the Data API of --serve\n$/,
    );
  });
});
