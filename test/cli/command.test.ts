import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { dispatch } from "../../cli/dispatch";
import { startRun } from "../../cli/project/runs/startRun";
import { testIo } from "./support/testIo";

let cwd: string;

beforeAll(() => {
  cwd = mkdtempSync(path.join(tmpdir(), "command-"));
  const outcome = { records: 3, balanced: true };
  startRun(path.join(cwd, ".streamlake"), {
    project: "lake",
    stack: "dev",
    seed: 7,
    startedAt: "2026-11-20T10:00:00.000Z",
    outcome,
  });
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

async function runs(argv: readonly string[], isTTY: boolean, env: Record<string, string> = {}) {
  const out: string[] = [];
  const stdout = { write: (chunk: string | Uint8Array) => out.push(String(chunk)), isTTY, columns: 200 };
  const code = await dispatch(["runs", ...argv], testIo({ cwd, stdout, env }));
  return { code, isColored: out.join("").startsWith("\u001b[1mrun id") };
}

test.each([
  [[], true, {}, true],
  [[], false, {}, false],
  [[], true, { NO_COLOR: "1" }, false],
  [["--color", "never"], true, {}, false],
  [["--color", "always"], false, {}, true],
  [["--color", "always"], true, { NO_COLOR: "1" }, true],
] as const)("headings with %j, terminal %s and %j have colours: %s", async (argv, isTTY, env, isColored) => {
  expect(await runs(argv, isTTY, env)).toEqual({ code: 0, isColored });
});

test.each(["local", "query", "cost", "lint", "inspect", "tail", "status", "console", "replay", "runs", "watch"])(
  "%s has --color",
  async (command) => {
    const io = testIo();
    expect(await dispatch([command, "--help"], io)).toBe(0);
    expect(io.out().toString()).toMatch(/^ {2}--color WHEN +auto, always or never: .+ \(default auto\)$/m);
  },
);

test("a command that prints no table does not take --color", async () => {
  const io = testIo();
  expect(await dispatch(["completion", "bash", "--color", "never"], io)).toBe(2);
  expect(io.err()).toBe("streamlake completion: unknown option --color; see --help\n");
});
