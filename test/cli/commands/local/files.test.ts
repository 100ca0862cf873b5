/** A local run on a directory with files of several formats: every row becomes a row of a table. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import type { LocalReport } from "../../../../cli/run/report";
import { parquet } from "../../../../formats/parquet/parquet";

const ROOT = path.join(__dirname, "../../../..");
const BIN = path.join(ROOT, "bin/streamlake.js");
const work = mkdtempSync(path.join(tmpdir(), "files-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

function streamlake(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [BIN, ...argv], { cwd: ROOT }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

test("a directory of CSV, packed NDJSON and Parquet lands whole", async () => {
  const input = path.join(work, "in");
  const report = path.join(work, "report.json");
  mkdirSync(path.join(input, "more"), { recursive: true });
  writeFileSync(path.join(input, "orders.csv"), "id,total\n1,10.5\n2,20\n3,1\n");
  writeFileSync(path.join(input, "rows.ndjson.gz"), gzipSync('{"id":4}\n{"id":5}\n'));
  const rows = [{ id: 6 }, { id: 7 }, { id: 8 }, { id: 9 }];
  writeFileSync(path.join(input, "more", "part.parquet"), parquet.encode(rows, {}));
  writeFileSync(path.join(input, ".hidden"), "not sent");

  const dir = path.join(work, "runs");
  const { code, out, err } = await streamlake("local", "--input", input, "--dir", dir, "--report", report);

  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toMatch(/^ {2}leaves out 1 hidden file: .*in\/\.hidden$/m);
  expect(out).toMatch(/^ {2}.*in\/more\/part\.parquet: rows of Parquet, sent as NDJSON$/m);
  const { sent, ledger } = JSON.parse(readFileSync(report, "utf8")) as LocalReport;
  expect(sent.byFormat).toEqual({ csv: 1, json: 2, ndjson: 1 });
  expect(ledger).toMatchObject({
    records: { sent: 4, landed: 4, unformatted: 0, failed: 0 },
    rows: { raw: 9, tables: 9 },
  });

  const query = await streamlake("query", "--dir", dir, "--quiet", "SELECT CAST(id AS bigint) FROM records ORDER BY 1");
  expect(query.out).toBe("1\n2\n3\n4\n5\n6\n7\n8\n9\n");
});
