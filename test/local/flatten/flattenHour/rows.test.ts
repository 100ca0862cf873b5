/** The flatten rules on DuckDB against the golden vectors: a case is a folder with `rows.ndjson` and `expected.json`. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Column } from "../../../../lake/columns";
import { type DuckDb, openDuckDb } from "../../../../local/duckdb/duckdb";
import { flattenHour } from "../../../../local/flatten/flattenHour";

interface Expected {
  readonly declared?: Column[];
  /** What the table has from its other hours. */
  readonly tableColumns?: Column[];
  readonly columns: Column[];
  readonly rows: unknown[][];
  readonly failedCasts: number;
}

const VECTORS = join(__dirname, "../../../fixtures/flatten/rows");
let dir: string;
let db: DuckDb;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "flatten-"));
  db = await openDuckDb();
});
afterAll(() => {
  db.close();
  rmSync(dir, { recursive: true });
});

test.each(readdirSync(VECTORS))("DuckDB flattens %s", async (name) => {
  const expected = JSON.parse(readFileSync(join(VECTORS, name, "expected.json"), "utf8")) as Expected;
  const rows = readFileSync(join(VECTORS, name, "rows.ndjson"), "utf8")
    .trimEnd()
    .split("\n");
  const lines = rows.map(
    (row, index) => `{"_id":"s/${index}/0.0","_arrived":"2026-11-20T10:04:09.123Z","_format":"json","data":${row}}\n`,
  );
  const workDir = join(dir, name);
  mkdirSync(workDir);
  const path = join(workDir, "raw.ndjson.gz");
  const outputPath = join(workDir, "part.parquet");
  writeFileSync(path, gzipSync(lines.join("")));

  const report = await flattenHour({
    objects: [{ key: "raw/a", path }],
    columns: expected.declared,
    tableColumns: expected.tableColumns,
    outputPath,
    workDir,
  });
  const written = await db
    .table(`SELECT * EXCLUDE (_id, _arrived, _format) FROM '${outputPath}' ORDER BY _id`)
    .catch(() => ({
      rows: rows.map(() => []),
    }));

  expect(report.columns.slice(3)).toEqual(expected.columns);
  expect(written.rows).toEqual(expected.rows);
  expect(report.failedCasts).toBe(expected.failedCasts);
  expect(report.rows).toBe(rows.length);
});
