/** Rows are kept for the run that has them, whatever the order of its answers and those of another run. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { openJournal } from "../../../../cli/send/api/journal";
import { openRunJournals } from "../../../../cli/send/api/runJournals";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "run-journals-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const open = (first: string) =>
  openRunJournals(["a.csv"], first, (file, run) =>
    openJournal(dir, { api: "http://127.0.0.1:1", file, digest: "d", rowId: undefined, run }, false),
  );

test("an answer of a run that has ended, after one of the next run, adds no row to those of the next", () => {
  const journals = open("one");
  journals.acknowledge("a.csv", 1, 3, "one");
  journals.answeredBy("two");
  journals.acknowledge("a.csv", 10, 11, "two");
  journals.answeredBy("one");
  journals.acknowledge("a.csv", 4, 6, "one");
  expect([journals.isOther, journals.acknowledged]).toEqual([true, 2]);
  journals.close();

  const next = open("two");
  expect([next.sentBefore, next.gone]).toEqual([2, 0]);
  expect(Array.from({ length: 12 }, (_, row) => row).filter((row) => next.isSent("a.csv", row))).toEqual([10, 11]);
  next.close();
});
