import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { findRun, listRuns } from "../../../../cli/project/runs/listRuns";
import { changeMarker, type RunMarker } from "../../../../cli/project/runs/marker";
import { beginRun, startRun } from "../../../../cli/project/runs/startRun";

let base: string;
beforeEach(() => {
  base = mkdtempSync(path.join(tmpdir(), "runs-"));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const outcome = { records: 10, balanced: true };

function run(hour: number, changes: Partial<RunMarker>, stack = "dev"): string {
  const startedAt = `2026-11-20T${String(hour).padStart(2, "0")}:00:00.000Z`;
  const directory = startRun(base, { project: "lake", stack, seed: 7, startedAt, pid: process.pid });
  beginRun(directory, 5);
  changeMarker(directory, changes);
  return directory;
}

test("runs are listed with their states, the last one first", () => {
  const deadPid = spawnSync(process.execPath, ["-e", ""]).pid;
  run(1, { outcome, pid: undefined });
  run(2, { stopped: true, pid: undefined }, "prod");
  run(3, { pid: deadPid });
  run(4, { outcome });
  run(5, {});
  run(6, { outcome, pid: deadPid });
  mkdirSync(path.join(base, "other", "runs", "thesis"), { recursive: true });
  expect(listRuns(base, undefined).map(({ id, stack, state }) => [id, stack, state])).toEqual([
    ["20261120-060000", "dev", "ended"],
    ["20261120-050000", "dev", "running"],
    ["20261120-040000", "dev", "served"],
    ["20261120-030000", "dev", "killed"],
    ["20261120-020000", "prod", "stopped"],
    ["20261120-010000", "dev", "ended"],
  ]);
  expect(listRuns(base, "prod").map(({ id }) => id)).toEqual(["20261120-020000"]);
  expect(listRuns(path.join(base, "none"), undefined)).toEqual([]);
});

const wanted = (id?: string, stack?: string) => ({ run: id, stack });

test("the last run with results is read, without a note if it is the last one", () => {
  run(1, { outcome, pid: undefined });
  const directory = run(2, { outcome, pid: undefined });
  const found = findRun(base, wanted());
  expect(found.run.directory).toBe(directory);
  expect(found.note).toBeUndefined();
  expect(findRun(base, wanted("20261120-010000")).note).toBeUndefined();
});

test.each<[Partial<RunMarker>, string]>([
  [{}, "has no results yet"],
  [{ stopped: true, pid: undefined }, "was stopped before its results"],
  [{ failed: true, pid: undefined }, "failed before its results"],
  [{ pid: 2 ** 22 + 1 }, "was killed before its results"],
])("a last run without results is noted: %j", (changes, end) => {
  run(1, { outcome, pid: undefined });
  run(2, changes);
  const found = findRun(base, wanted());
  expect(found.run.id).toBe("20261120-010000");
  expect(found.note).toBe(
    `reads the run 20261120-010000; the last one, 20261120-020000, ${end} (--run 20261120-020000 reads it)`,
  );
  expect(findRun(base, wanted("20261120-020000")).note).toBe(`the run 20261120-020000 ${end}; what is there is read`);
});

test("a run without results is read if there is no other", () => {
  run(1, { stopped: true, pid: undefined });
  expect(findRun(base, wanted())).toMatchObject({
    run: { id: "20261120-010000" },
    note: "the run 20261120-010000 was stopped before its results; what is there is read",
  });
});

test("a run that does not exist is an error with the way out", () => {
  expect(() => findRun(path.join(base, "none"), wanted())).toThrow(
    `there is no run in ${path.join(base, "none")}; start one with: streamlake local`,
  );
  run(1, { outcome, pid: undefined });
  expect(() => findRun(base, wanted(undefined, "prod"))).toThrow(
    `there is no run of the stack "prod" in ${base}; start one with: streamlake local`,
  );
  expect(() => findRun(base, wanted("20261120-01000"))).toThrow(
    `there is no run 20261120-01000 in ${base}; did you mean 20261120-010000?`,
  );
  expect(() => findRun(base, wanted("last", "dev"))).toThrow(
    `there is no run last of the stack "dev" in ${base}; the runs are listed by: streamlake runs`,
  );
});

test("the same id in two stacks needs --stack", () => {
  run(1, { outcome, pid: undefined });
  const directory = run(1, { outcome, pid: undefined }, "prod");
  expect(() => findRun(base, wanted("20261120-010000"))).toThrow(
    "the stacks prod and dev have a run 20261120-010000; add --stack",
  );
  expect(findRun(base, wanted("20261120-010000", "prod")).run.directory).toBe(directory);
});
