/** What a run before has sent is known after any end of it, and only for the same rows. */
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type JournalOf, openJournal } from "../../../../cli/send/api/journal";
import { seededRandom } from "../../../../local/cloud/random";

const OF: JournalOf = {
  api: "https://a.example.com",
  file: "/in/a.csv",
  digest: "d1",
  rowId: undefined,
  run: undefined,
};

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "journal-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function sent(of: JournalOf = OF, anew = false): number[] {
  const journal = openJournal(dir, of, anew);
  journal.close();
  const rows = Array.from({ length: 60 }, (_, row) => row).filter((row) => journal.isSent(row));
  expect(journal.sentBefore).toBe(rows.length);
  return rows;
}

function acknowledge(...ranges: [number, number][]): void {
  const journal = openJournal(dir, OF, false);
  for (const [from, to] of ranges) journal.acknowledge(from, to);
  journal.close();
}

test("rows are known to the next run, in whatever order they were acknowledged", () => {
  expect(sent()).toEqual([]);
  acknowledge([5, 6], [1, 2]);
  acknowledge([3, 3], [9, 9], [5, 5]);
  expect(sent()).toEqual([1, 2, 3, 5, 6, 9]);
});

test.each<[string, Partial<JournalOf>]>([
  ["API", { api: "https://b.example.com" }],
  ["file", { file: "/in/b.csv" }],
  ["content", { digest: "d2" }],
  ["column of ids", { rowId: "row_id" }],
])("another %s has other rows", (_name, other) => {
  acknowledge([1, 5]);
  expect(sent({ ...OF, ...other })).toEqual([]);
  expect(sent()).toEqual([1, 2, 3, 4, 5]);
});

test("rows of another run of a local cloud are gone, and counted", () => {
  const of = { ...OF, run: "one" };
  const one = openJournal(dir, of, false);
  one.acknowledge(1, 5);
  one.acknowledge(4, 7);
  one.close();
  expect(sent(of)).toEqual([1, 2, 3, 4, 5, 6, 7]);

  const other = openJournal(dir, { ...OF, run: "two" }, false);
  expect([other.gone, other.sentBefore, other.isSent(3)]).toEqual([7, 0, false]);
  other.acknowledge(2, 2);
  other.close();
  expect(sent({ ...OF, run: "two" })).toEqual([2]);
  expect(readdirSync(dir)).toHaveLength(1);
});

test("a removed or restarted journal knows nothing", () => {
  acknowledge([1, 5]);
  expect(sent(OF, true)).toEqual([]);
  expect(sent()).toEqual([]);
  acknowledge([1, 5]);
  const journal = openJournal(dir, OF, false);
  journal.remove();
  journal.close();
  expect(readdirSync(dir)).toEqual([]);
});

test("cut off at any byte, it knows no row that was not acknowledged, and goes on", () => {
  acknowledge([1, 20], [31, 45], [21, 25]);
  const [name = ""] = readdirSync(dir);
  const file = path.join(dir, name);
  const whole = readFileSync(file);
  const all = sent();
  for (let length = 0; length <= whole.length; length++) {
    writeFileSync(file, whole);
    truncateSync(file, length);
    const left = sent();
    expect(left.filter((row) => !all.includes(row))).toEqual([]);
    acknowledge([50, 51]);
    expect(sent()).toEqual([...left, 50, 51]);
  }
});

test("lines that it did not write are left out", () => {
  acknowledge([1, 2]);
  const [name = ""] = readdirSync(dir);
  appendFileSync(path.join(dir, name), "7-3\nx\n-4\n4-\n10-11\n");
  expect(sent()).toEqual([1, 2, 10, 11]);
});

test("any ranges are known as they are", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = seededRandom(seed);
    const of = { ...OF, digest: String(seed) };
    const expected = new Set<number>();
    const journal = openJournal(dir, of, false);
    for (let range = 0; range < 12; range++) {
      const from = Math.floor(random() * 50);
      const to = from + Math.floor(random() * 6);
      journal.acknowledge(from, to);
      for (let row = from; row <= to; row++) expected.add(row);
    }
    journal.close();
    expect([seed, sent(of)]).toEqual([seed, [...expected].sort((one, other) => one - other)]);
  }
});
