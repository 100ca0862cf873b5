/** A kept result is read page by page. */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { KeptResult } from "../../../../local/services/redshiftdata/keptResult";
import { columnMetadata } from "../../../../local/services/redshiftdata/results";

const work = mkdtempSync(path.join(tmpdir(), "kept-result-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const columns = [columnMetadata("id", { name: "varchar" })];

function keep(name: string, rows: number): KeptResult {
  const records = Array.from({ length: rows }, (_, index) => [{ stringValue: `ü-${index}` }]);
  return new KeptResult(path.join(work, "results", name), { columns, records });
}

test("pages have 1,000 rows, and the last one has the rest", () => {
  const kept = keep("rest", 2001);
  expect([kept.rows, kept.columns]).toEqual([2001, columns]);
  const pages = kept.pages.map((page) => kept.read(page));
  expect(pages.map((page) => [page.length, page[0]])).toEqual([
    [1000, [{ stringValue: "ü-0" }]],
    [1000, [{ stringValue: "ü-1000" }]],
    [1, [{ stringValue: "ü-2000" }]],
  ]);
  expect(keep("full", 2000).pages).toHaveLength(2);
  expect(kept.bytes).toBe(readFileSync(path.join(work, "results", "rest")).length);
});

test("an empty result has one page without rows", () => {
  const kept = keep("empty", 0);
  expect([kept.rows, kept.pages.map((page) => kept.read(page))]).toEqual([0, [[]]]);
});

test("a page is read without the others", () => {
  const kept = keep("damaged", 3000);
  const [first, second, third] = kept.pages as [{ at: number; bytes: number }, never, { at: number; bytes: number }];
  for (const { at, bytes } of [first, third]) {
    const file = openSync(path.join(work, "results", "damaged"), "r+");
    writeSync(file, "x".repeat(bytes), at);
    closeSync(file);
  }
  expect(kept.read(second)[999]).toEqual([{ stringValue: "ü-1999" }]);
  expect(() => kept.read(first)).toThrow("is not valid JSON");
});
