/** Kept rows are read chunk by chunk. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { KeptRows } from "../../../local/cloud/keptRows";

const work = mkdtempSync(path.join(tmpdir(), "kept-rows-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const fileOf = (name: string) => path.join(work, "results", name);
const keep = (name: string, count: number) =>
  new KeptRows(
    fileOf(name),
    Array.from({ length: count }, (_, index) => `ü-${index}`),
  );

test("rows are those of an array, wherever a slice begins and ends", () => {
  const kept = keep("slices", 2001);
  expect(kept.slice(0, 2)).toEqual(["ü-0", "ü-1"]);
  expect(kept.slice(998, 1002)).toEqual(["ü-998", "ü-999", "ü-1000", "ü-1001"]);
  expect(kept.slice(999, 2000)).toHaveLength(1001);
  expect(kept.slice(2000, 3000)).toEqual(["ü-2000"]);
  expect(kept.slice(3000, 4000)).toEqual([]);
  expect([kept.length, kept.bytes]).toEqual([2001, readFileSync(fileOf("slices")).length]);
});

test("a result without rows has none", () => {
  const kept = keep("empty", 0);
  expect([kept.length, kept.bytes, kept.slice(0, 1000)]).toEqual([0, 0, []]);
});

test("a chunk is read without the others", () => {
  const kept = keep("damaged", 3000);
  const [first = "", second = ""] = readFileSync(fileOf("damaged"), "utf8").split("\n");
  writeFileSync(fileOf("damaged"), `${"x".repeat(Buffer.byteLength(first))}\n${second}\n`);
  expect(kept.slice(1999, 2000)).toEqual(["ü-1999"]);
  expect(() => kept.slice(999, 1001)).toThrow("is not valid JSON");
});
