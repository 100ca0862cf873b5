import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { consoleAssets } from "../../../cli/console/assets";
import { pageFile } from "../../../cli/console/pageFile";
import { savedSource } from "../../../cli/console/savedSource";
import type { ConsoleSource } from "../../../cli/console/source";
import type { QueryResult } from "../../../cli/run/athena";
import type { PageAnswers } from "../../../console/wire";
import { systemClock } from "../../../local/cloud/clock";
import { HOSTILE, RECORD, type SavedRun, SHARD, savedRun } from "../support/savedRun";

let saved: SavedRun;
let source: ConsoleSource;
beforeAll(() => {
  saved = savedRun();
  source = savedSource(saved.run);
});
afterAll(() => rmSync(saved.work, { recursive: true, force: true }));

const write = (queries: readonly QueryResult[], of = source) =>
  pageFile(of, { queries, clock: systemClock, signal: new AbortController().signal });
const answersIn = (page: string) =>
  JSON.parse(/<script type="application\/json" id="answers">([^<]*)<\/script>/.exec(page)?.[1] ?? "") as PageAnswers;

test("the page may run its own script by its hash, and load nothing", async () => {
  const page = await write([]);
  const { "app.js": script, "app.css": style } = consoleAssets();
  const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  expect(/http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]).toBe(
    [
      "default-src 'none'",
      `script-src ${hash(script)}`,
      `style-src ${hash(style)}`,
      "img-src data:",
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
    ].join("; "),
  );
  expect(page.indexOf("Content-Security-Policy")).toBeLessThan(page.indexOf("<style>"));
  expect(page).toContain(`<script type="module">${script}</script>`);
  expect(page.match(/<script[^>]*>/g)).toEqual([
    '<script type="application/json" id="answers">',
    '<script type="module">',
  ]);
  expect(page.match(/(?:src|href)="[^"]*"/g)).toEqual(['href="data:,"']);
});

test("the script has no string that ends or hides its element", () => {
  expect(consoleAssets()["app.js"]).not.toMatch(/<\/script|<!--/i);
  expect(consoleAssets()["app.css"]).not.toMatch(/<\/style/i);
});

test("the answers are those of the console, without the path of the run's files", async () => {
  const sql = "SELECT '</script><b>' AS x, 1 AS n";
  const page = await write([
    { sql, columns: ["x", "n"], rows: [["</script><!--<script>", 1.5]] },
    { sql: "SELECT * FROM none", columns: [], rows: [], error: "TABLE_NOT_FOUND" },
  ]);
  expect(page).not.toContain(saved.work);
  const { live, answers } = answersIn(page);
  expect(live).toEqual({ ...RECORD.sample, perSecond: {} });
  expect(Object.keys(answers)).toEqual([
    "overview",
    "unformatted",
    "runs",
    "health",
    "values",
    `execution?arn=${encodeURIComponent(String(RECORD.executions[0]?.arn))}`,
    "queries",
    `record?id=${encodeURIComponent(`${SHARD}/101/0`)}`,
    `record?id=${encodeURIComponent(`${SHARD}/102/0`)}`,
  ]);
  expect(answers.overview).toMatchObject({ project: "shop", files: "", flow: RECORD.flow, leftOut: [] });
  const [execution] = RECORD.executions;
  expect(answers.runs).toMatchObject({ executions: [{ name: "hour-2026-11-20T10" }], glue: RECORD.glueRuns });
  expect(answers[`execution?arn=${encodeURIComponent(String(execution?.arn))}`]).toEqual(execution);
  expect(answers.health).toMatchObject({ ledgers: RECORD.ledgers, failedBatches: 0 });
  expect(answers.values).toMatchObject({ sizes: { fromBytes: [8], rows: [{ format: "json", counts: [1] }] } });
  expect(answers[`record?id=${encodeURIComponent(`${SHARD}/101/0`)}`]).toMatchObject({
    hex: Buffer.from(HOSTILE).toString("hex"),
  });
  expect(answers.queries).toEqual([
    {
      sql,
      answer: {
        columns: [
          { name: "x", type: "varchar" },
          { name: "n", type: "double" },
        ],
        rows: [["</script><!--<script>", "1.5"]],
        total: 1,
      },
    },
    { sql: "SELECT * FROM none", problem: "TABLE_NOT_FOUND" },
  ]);
});

test("a large run's page stays below 8 MB: parts are left out, and named", async () => {
  const rows = Array.from({ length: 3000 }, () => ["x".repeat(15_000)]);
  const executions = Array.from({ length: 60 }, (_, index) => ({ ...RECORD.executions[0], name: `run-${index}` }));
  const large = { ...source, record: () => ({ ...RECORD, executions }) } as ConsoleSource;
  const page = await write([{ sql: "SELECT x", columns: ["x"], rows }], large);
  expect(Buffer.byteLength(page)).toBeLessThan(8_000_000);
  const { answers } = answersIn(page);
  expect(answers.overview).toMatchObject({ leftOut: ["45 of 60 executions"] });
  expect(answers.runs).toMatchObject({ executions: { length: 15 } });
  const [query] = answers.queries as { answer: { rows: string[][]; total: number } }[];
  expect([query?.answer.rows.length, query?.answer.total]).toEqual([300, 3000]);
  expect(query?.answer.rows[0]?.[0]).toBe(`${"x".repeat(6000)} … (15000 characters)`);
});

test("a large run's page has the first bytes of a record, all of them true", async () => {
  const rows = Array.from({ length: 900 }, () => Array.from({ length: 4 }, () => "x".repeat(20_000)));
  const page = await write([{ sql: "SELECT x", columns: ["a", "b", "c", "d"], rows }]);
  const { answers } = answersIn(page);
  const { failedDeliveries } = answers.unformatted as { failedDeliveries: { examples: { hex: string }[] }[] };
  expect(failedDeliveries[0]?.examples).toMatchObject([
    { bytes: 3, hex: "3c623e" },
    { bytes: 5000, hex: "61".repeat(3000) },
  ]);
  expect(answers[`record?id=${encodeURIComponent(`${SHARD}/101/0`)}`]).toMatchObject({
    hex: Buffer.from(HOSTILE).toString("hex"),
  });
});

test("a run whose page cannot be small enough is refused", async () => {
  const queries = Array.from({ length: 40_000 }, (_, index) => ({
    name: `q${index}`,
    description: "d".repeat(300),
    sql: "",
    database: "",
  }));
  const large = { ...source, record: () => ({ ...RECORD, queries }) } as ConsoleSource;
  await expect(write([], large)).rejects.toThrow(
    /^streamlake local: --html: the page of this run has 1\d\.\d MB, and at most 8\.0 MB are written; streamlake console shows the run$/,
  );
});
