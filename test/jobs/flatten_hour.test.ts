/** The Glue script's pure part against the golden vectors that the local engine is held to. Needs python3; Spark is not needed. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const VECTORS = join(__dirname, "../fixtures/flatten");
const hasPython = spawnSync("python3", ["-c", "import sys; assert sys.version_info >= (3, 9)"]).status === 0;
const withPython = hasPython ? test.each : test.skip.each;

function readCase(...path: string[]): Record<string, unknown> {
  return JSON.parse(readFileSync(join(VECTORS, ...path), "utf8")) as Record<string, unknown>;
}

let printed: { rows: Record<string, object>; plans: Record<string, object> };

beforeAll(() => {
  if (!hasPython) return;
  const { stdout, stderr, status } = spawnSync("python3", [join(__dirname, "support/flattenVectors.py")], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  printed = JSON.parse(stdout);
});

withPython(readdirSync(join(VECTORS, "rows")))("flatten_hour.py flattens %s", (name) => {
  const { columns, rows, failedCasts } = readCase("rows", name, "expected.json");
  expect(printed.rows[name]).toEqual({ columns, rows, failedCasts });
});

withPython(readdirSync(join(VECTORS, "plans")))("flatten_hour.py plans %s", (file) => {
  const { columns, dropped } = readCase("plans", file);
  expect(printed.plans[file.replace(".json", "")]).toEqual({ columns, dropped });
});
