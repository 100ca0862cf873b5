/** An hour through DuckDB: rows delivered twice, hostile data, and what a missing package says. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { openDuckDb } from "../../../../local/duckdb/duckdb";
import { flattenHour } from "../../../../local/flatten/flattenHour";

let workDir: string;
beforeEach(() => {
  workDir = mkdtempSync(join(tmpdir(), "hour-"));
});
afterEach(() => rmSync(workDir, { recursive: true }));

function line(id: string, data: string): string {
  return `{"_id":"${id}","_arrived":"2026-11-20T10:04:09.123Z","_format":"json","_stream":"t","_key":"k","data":${data}}\n`;
}

async function flatten(...objects: readonly string[][]) {
  const outputPath = join(workDir, "part.parquet");
  const files = objects.map((lines, index) => {
    const path = join(workDir, `odd [name]* ${index}'.ndjson.gz`);
    writeFileSync(path, gzipSync(lines.join("")));
    return { key: `raw/${index}`, path };
  });
  const report = await flattenHour({ objects: files, outputPath, workDir });
  const db = await openDuckDb();
  const { rows } = await db.table(`SELECT * EXCLUDE (_arrived, _format) FROM '${outputPath}' ORDER BY _id`);
  db.close();
  return { report, rows };
}

test("an _id in two objects, and twice in one, is one row", async () => {
  const { report, rows } = await flatten(
    [line("a", '{"n":1}'), line("b", '{"n":2}'), line("b", '{"n":2}')],
    [line("b", '{"n":2}'), line("c", '{"n":3}')],
  );
  expect(report.rows).toBe(3);
  expect(rows).toEqual([
    ["a", "1"],
    ["b", "2"],
    ["c", "3"],
  ]);
});

test("lines without a last newline, empty texts, deep values and a text of a megabyte", async () => {
  const deep = `${'{"d":'.repeat(60)}1${"}".repeat(60)}`;
  const long = "x".repeat(1_000_000);
  const { report, rows } = await flatten([
    line("a", deep),
    line("b", `{"text":"${long}"}`),
    line("c", '{"text":"\\u0000\\ud83d\\ude00"}').trimEnd(),
  ]);
  expect(report.columns.slice(3)).toEqual([
    { name: Array(60).fill("d").join("_"), type: "bigint" },
    { name: "text", type: "string" },
  ]);
  expect(rows).toEqual([
    ["a", "1", null],
    ["b", null, long],
    ["c", null, "\0😀"],
  ]);
});

test("a thousand rows with fields of their own", async () => {
  const lines = Array.from({ length: 1000 }, (_, index) => line(`${index}`, `{"k${index}":${index},"same":"s"}`));
  const { report } = await flatten(lines);
  expect(report.columns).toHaveLength(1004);
  expect(report.rows).toBe(1000);
});
