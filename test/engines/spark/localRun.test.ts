/** `streamlake local --spark`: the whole program, its Glue job on real Spark. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(__dirname, "../../..");
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "local-spark-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

function local(options: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const args = ["bin/streamlake.js", "local", "--dir", join(dir, "runs"), "--spark", ...options];
  return spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8", env: { ...process.env, ...env } });
}

test("every row is in its table, as with DuckDB", () => {
  const report = join(dir, "report.json");
  const { status, stderr } = local(["--records", "200", "--report", report]);
  expect([status, stderr]).toEqual([0, ""]);
  expect(JSON.parse(readFileSync(report, "utf8")).ledger).toMatchObject({ lost: 0, duplicated: 0 });
});

test("a Python without PySpark is named, with what to install", () => {
  const { status, stderr } = local([], { STREAMLAKE_PYTHON: join(dir, "nothing") });
  expect(status).toBe(2);
  expect(stderr).toBe(
    `streamlake local: --spark: "${join(dir, "nothing")}" has no PySpark; in a checkout: npm run setup:engines, else pip install pyspark==3.5.4, and name its python in STREAMLAKE_PYTHON\n`,
  );
});
