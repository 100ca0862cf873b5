import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { endRun, lastRun, type RunMarker, startRun } from "../../../cli/project/dataDirectory";

let base: string;
beforeEach(() => {
  base = mkdtempSync(path.join(tmpdir(), "data-"));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const marker = (changes: Partial<RunMarker> = {}): RunMarker => ({
  project: "lake",
  stack: "dev",
  seed: 7,
  startedAt: "2026-11-20T10:00:00.000Z",
  ...changes,
});

test("a run starts from an empty directory of its own, the last run's files gone", () => {
  const directory = startRun(base, marker());
  expect(directory).toBe(path.join(base, "dev"));
  mkdirSync(path.join(directory, "s3"));
  writeFileSync(path.join(directory, "s3", "object"), "x");
  startRun(base, marker({ startedAt: "2026-11-20T11:00:00.000Z" }));
  expect(readdirSync(directory)).toEqual(["streamlake-run.json"]);
});

test("an empty directory is taken, one that streamlake did not make is left alone", () => {
  mkdirSync(path.join(base, "dev"));
  expect(startRun(base, marker())).toBe(path.join(base, "dev"));
  const precious = path.join(base, "prod", "thesis.txt");
  mkdirSync(path.dirname(precious));
  writeFileSync(precious, "x");
  expect(() => startRun(base, marker({ stack: "prod" }))).toThrow(
    `${path.join(base, "prod")} was not created by streamlake (it has no streamlake-run.json); choose another --dir`,
  );
  expect(existsSync(precious)).toBe(true);
});

test("a directory that a living process uses is refused until that run has ended", () => {
  const directory = startRun(base, marker({ pid: process.pid }));
  expect(() => startRun(base, marker({ pid: 1 }))).toThrow(
    `${directory} is in use by another run (process ${process.pid}); end that run or choose another --dir`,
  );
  endRun(directory);
  expect(startRun(base, marker())).toBe(directory);
});

test("the last run is the one that started last, or the stack's", () => {
  startRun(base, marker({ stack: "staging", startedAt: "2026-11-20T12:00:00.000Z" }));
  startRun(base, marker({ stack: "dev" }));
  mkdirSync(path.join(base, "other"));
  expect(lastRun(base, undefined).marker.stack).toBe("staging");
  expect(lastRun(base, "dev").directory).toBe(path.join(base, "dev"));
});

test("no run is an error that says how to start one", () => {
  expect(() => lastRun(path.join(base, "none"), undefined)).toThrow(
    `there is no run in ${path.join(base, "none")}; start one with: streamlake local`,
  );
  expect(() => lastRun(base, "prod")).toThrow(`there is no run of the stack "prod" in ${base}`);
});
