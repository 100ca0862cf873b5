import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { dispatch } from "../../../cli/dispatch";
import { changeMarker, type RunMarker } from "../../../cli/project/runs/marker";
import { beginRun, startRun } from "../../../cli/project/runs/startRun";
import { testIo } from "../support/testIo";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(path.join(tmpdir(), "runs-"));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function run(hour: number, changes: Partial<RunMarker>, bytes: number): string {
  const startedAt = `2026-11-20T${hour}:04:05.678Z`;
  const base = path.join(cwd, ".streamlake");
  const directory = startRun(base, { project: "lake", stack: "dev", seed: 7, startedAt, pid: process.pid });
  beginRun(directory, 5);
  changeMarker(directory, changes);
  mkdirSync(path.join(directory, "s3", "lake"), { recursive: true });
  writeFileSync(path.join(directory, "s3", "lake", "object"), "x".repeat(bytes));
  return directory;
}

async function runs(...argv: string[]) {
  const io = testIo({ cwd });
  const code = await dispatch(["runs", ...argv], io);
  return { code, out: io.out().toString(), err: io.err() };
}

test("each run is a line with its id, start, records, ledger, state and size", async () => {
  run(10, { outcome: { records: 1000, balanced: true }, pid: undefined }, 4_200_000);
  run(11, { outcome: { records: 7, balanced: false }, pid: undefined }, 1_000);
  run(12, { stopped: true, pid: undefined }, 10);
  run(13, {}, 10);
  const { code, out, err } = await runs();
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out.replaceAll(/\d+\.\d kB$/gm, "S kB").replaceAll(/ {2,3}\d{3} B$/gm, "  S B")).toBe(
    [
      "run id           stack  started (UTC)        records  ledger    state    size",
      "───────────────  ─────  ───────────────────  ───────  ────────  ───────  ──────",
      "20261120-130405  dev    2026-11-20 13:04:05                     running  S B",
      "20261120-120405  dev    2026-11-20 12:04:05                     stopped  S B",
      "20261120-110405  dev    2026-11-20 11:04:05        7  broken    ended    S kB",
      "20261120-100405  dev    2026-11-20 10:04:05    1,000  balanced  ended    4.2 MB",
      "4 runs, 4.2 MB",
      "",
    ].join("\n"),
  );
});

test("a ledger that was read before the last records of a served run is outdated", async () => {
  const outcome = { records: 1, balanced: true, streamBytes: 10 };
  for (const [hour, bytes] of [
    [10, 10],
    [11, 11],
  ] as const) {
    const directory = run(hour, { outcome, pid: undefined }, 1);
    mkdirSync(path.join(directory, "kinesis", "clicks"), { recursive: true });
    writeFileSync(path.join(directory, "kinesis", "clicks", "shardId-000000000000.ndjson"), "x".repeat(bytes));
  }
  const { runs: found } = JSON.parse((await runs("--json")).out);
  expect(found.map(({ ledger }: { ledger: string }) => ledger)).toEqual(["outdated", "balanced"]);
  expect((await runs()).out).toMatch(/ outdated +ended .*\n.* balanced +ended /);
});

test("--json has bytes and directories", async () => {
  const directory = run(10, { outcome: { records: 1000, balanced: true }, pid: undefined }, 4_200_000);
  const { runs: found } = JSON.parse((await runs("--json", "--stack", "dev")).out);
  expect(found).toEqual([
    {
      id: "20261120-100405",
      stack: "dev",
      startedAt: "2026-11-20T10:04:05.678Z",
      state: "ended",
      records: 1000,
      ledger: "balanced",
      bytes: expect.any(Number),
      directory,
    },
  ]);
  expect(found[0].bytes).toBeGreaterThan(4_200_000);
});

test("no run is no failure", async () => {
  expect(await runs()).toEqual({
    code: 0,
    out: `there is no run in ${path.join(cwd, ".streamlake")}; start one with: streamlake local\n`,
    err: "",
  });
  expect(JSON.parse((await runs("--json")).out)).toEqual({ runs: [] });
});
