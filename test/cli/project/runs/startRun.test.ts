import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { listRuns } from "../../../../cli/project/runs/listRuns";
import { changeMarker, type RunMarker } from "../../../../cli/project/runs/marker";
import { beginRun, endRun, startRun } from "../../../../cli/project/runs/startRun";

let base: string;
beforeEach(() => {
  base = mkdtempSync(path.join(tmpdir(), "runs-"));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const marker = (changes: Partial<RunMarker> = {}): RunMarker => ({
  project: "lake",
  stack: "dev",
  seed: 7,
  startedAt: "2026-11-20T10:00:00.000Z",
  pid: process.pid,
  ...changes,
});
const runsDir = (stack = "dev") => path.join(base, stack, "runs");
const ids = (stack = "dev") => readdirSync(runsDir(stack)).sort();
const at = (hour: number) => `2026-11-20T${String(hour).padStart(2, "0")}:00:00.000Z`;

/** A run that has ended with results. */
function ended(hour: number, keep = 5): string {
  const directory = startRun(base, marker({ startedAt: at(hour) }));
  beginRun(directory, keep);
  changeMarker(directory, { outcome: { records: 1, balanced: true } });
  endRun(directory, "stopped");
  return directory;
}

/** The id of a process that has ended. */
const deadPid = (): number => spawnSync(process.execPath, ["-e", ""]).pid;

test("a run has a directory of its own, named after its start, that contains only the marker", () => {
  const directory = startRun(base, marker());
  expect(directory).toBe(path.join(runsDir(), "20261120-100000"));
  expect(readdirSync(directory)).toEqual(["streamlake-run.json"]);
});

test("runs that start in the same second have directories of their own", () => {
  startRun(base, marker());
  startRun(base, marker());
  startRun(base, marker());
  expect(ids()).toEqual(["20261120-100000", "20261120-100000-2", "20261120-100000-3"]);
});

test("the last runs stay, the ones before them go when a run begins", () => {
  for (const hour of [1, 2, 3, 4]) ended(hour, 3);
  expect(ids()).toEqual(["20261120-020000", "20261120-030000", "20261120-040000"]);
});

test("a run whose program never ran costs no former run its files, and leaves none", () => {
  for (const hour of [1, 2]) ended(hour, 2);
  const failing = startRun(base, marker({ startedAt: at(3) }));
  endRun(failing, "stopped");
  expect(ids()).toEqual(["20261120-010000", "20261120-020000"]);
});

test("a run that a process uses is never deleted", () => {
  const served = startRun(base, marker({ startedAt: at(1) }));
  beginRun(served, 1);
  changeMarker(served, { outcome: { records: 1, balanced: true } });
  const starting = startRun(base, marker({ startedAt: at(2) }));
  ended(3, 1);
  expect(ids()).toEqual(["20261120-010000", "20261120-020000", "20261120-030000"]);
  endRun(served, "stopped");
  endRun(starting, "stopped");
  ended(4, 1);
  expect(ids()).toEqual(["20261120-040000"]);
});

test("a killed run counts as a run; one that was killed before its program ran goes with the next", () => {
  const killed = startRun(base, marker({ startedAt: at(1) }));
  beginRun(killed, 5);
  changeMarker(killed, { pid: deadPid() });
  changeMarker(startRun(base, marker({ startedAt: at(2) })), { pid: deadPid() });
  ended(3, 2);
  expect(ids()).toEqual(["20261120-010000", "20261120-030000"]);
  ended(4, 2);
  expect(ids()).toEqual(["20261120-030000", "20261120-040000"]);
});

test("what streamlake did not create is never deleted, and the rest of a deletion goes", () => {
  mkdirSync(path.join(runsDir(), "thesis"), { recursive: true });
  writeFileSync(path.join(runsDir(), "notes.txt"), "x");
  mkdirSync(path.join(runsDir(), ".deleted-20261119-100000-1", "s3"), { recursive: true });
  ended(1, 1);
  ended(2, 1);
  expect(ids()).toEqual(["20261120-020000", "notes.txt", "thesis"]);
});

test("a stack's directory that streamlake did not create is left alone", () => {
  const precious = path.join(base, "prod", "thesis.txt");
  mkdirSync(path.dirname(precious));
  writeFileSync(precious, "x");
  expect(() => startRun(base, marker({ stack: "prod" }))).toThrow(
    `${path.join(base, "prod")} was not created by streamlake (it has no streamlake-run.json); choose another --dir`,
  );
  expect(readdirSync(path.join(base, "prod"))).toEqual(["thesis.txt"]);
  mkdirSync(path.join(base, "dev"));
  expect(startRun(base, marker())).toBe(path.join(runsDir(), "20261120-100000"));
});

test("a file in place of the directory is refused by its path", () => {
  writeFileSync(path.join(base, "file"), "x");
  expect(() => startRun(path.join(base, "file"), marker())).toThrow(
    `${path.join(base, "file", "dev")} lies below a file, or is one; choose another --dir`,
  );
});

describe("the run of a former version, which lies in the stack's directory itself", () => {
  const former = (changes: object = {}) => {
    mkdirSync(path.join(base, "dev", "s3", "lake"), { recursive: true });
    writeFileSync(path.join(base, "dev", "s3", "lake", "object"), "x");
    const { pid: _, ...rest } = marker({ startedAt: at(1) });
    writeFileSync(path.join(base, "dev", "streamlake-run.json"), JSON.stringify({ ...rest, ...changes }));
  };

  test("is listed where it is, and moves to the others when a run starts", () => {
    former();
    expect(listRuns(base, undefined)).toMatchObject([
      { id: "20261120-010000", directory: path.join(base, "dev"), state: "ended" },
    ]);
    startRun(base, marker({ startedAt: at(2) }));
    expect(readdirSync(path.join(base, "dev"))).toEqual(["runs"]);
    expect(readFileSync(path.join(runsDir(), "20261120-010000", "s3", "lake", "object"), "utf8")).toBe("x");
    expect(listRuns(base, "dev").map(({ id, state }) => [id, state])).toEqual([
      ["20261120-020000", "running"],
      ["20261120-010000", "ended"],
    ]);
  });

  test("moves on after a move that was killed half way", () => {
    former();
    mkdirSync(path.join(runsDir(), "20261120-010000", "glue"), { recursive: true });
    startRun(base, marker({ startedAt: at(2) }));
    expect(readdirSync(path.join(runsDir(), "20261120-010000")).sort()).toEqual(["glue", "s3", "streamlake-run.json"]);
  });

  test("that a process uses is not moved", () => {
    former({ pid: process.pid });
    expect(() => startRun(base, marker())).toThrow(
      `${path.join(base, "dev")} is in use by a former version of streamlake (process ${process.pid}); end that run or choose another --dir`,
    );
    expect(existsSync(path.join(base, "dev", "s3"))).toBe(true);
  });

  test("that was killed is listed as such before and after it moves", () => {
    former({ pid: deadPid() });
    expect(listRuns(base, "dev")).toMatchObject([{ state: "killed" }]);
    ended(2);
    expect(listRuns(base, "dev")).toMatchObject([{ state: "ended" }, { id: "20261120-010000", state: "killed" }]);
  });
});
