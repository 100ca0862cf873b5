/** The set-up of engines: no folder of tests is left out, and a Python that does not do is said. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

const { engineFolders } = require("../engines/engineFolders.js") as { engineFolders(dir: string): string[] };
const directory = fs.mkdtempSync(path.join(os.tmpdir(), "streamlake-engines-"));

afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

function write(file: string, text = "", mode = 0o644): string {
  const target = path.join(directory, file);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(target, text, { mode });
  return path.dirname(target);
}

test("every folder of engines says what its tests need", () => {
  expect(engineFolders(path.join(__dirname, "../engines"))).toEqual([
    "audit",
    "console",
    "emulator",
    "languages",
    "policy",
    "pulumi",
    "spark",
    "trino",
  ]);
});

test("folders with tests, at any depth, and no setup.js are refused; those without tests are passed over", () => {
  write("engines/helpers/clock.ts");
  write("engines/spark/setup.js");
  write("engines/spark/rows/rows.test.ts");
  const engines = path.join(directory, "engines");
  expect(engineFolders(engines)).toEqual(["spark"]);
  write("engines/beam/pipelines/one.test.ts");
  expect(() => engineFolders(engines)).toThrow(
    "beam: tests without setup.js never run; let it export setUp(enginesDir) or needs",
  );
});

/** What is wrong with a `python3`, alone on PATH, that answers by a shell's words; none is there without words. */
function pythonProblem(answer: string | undefined, ...range: [number, number][]): string {
  const folder = answer ? write(`${answer.replace(/\W/g, "-")}/python3`, `#!/bin/sh\n${answer}\n`, 0o755) : directory;
  const tools = JSON.stringify(path.join(__dirname, "../engines/setupTools.js"));
  const script = `try { require(${tools}).checkPython(...${JSON.stringify(range)}) } catch (e) { console.log(e.message) }`;
  return execFileSync(process.execPath, ["-e", script], { encoding: "utf8", env: { PATH: folder } }).trim();
}

test.each([
  ["echo 3 8", "python3 is Python 3.8: install Python 3.9 to 3.12 with venv and pip"],
  ["echo 3 9", ""],
  ["echo 3 12", ""],
  ["echo 3 13", "python3 is Python 3.13: install Python 3.9 to 3.12 with venv and pip"],
  ["exit 1", "python3 has no venv or pip: install Python 3.9 to 3.12 with venv and pip"],
])("where Python must be 3.9 to 3.12, `%s` is told: %s", (answer, message) => {
  expect(pythonProblem(answer, [3, 9], [3, 12])).toBe(message);
});

test.each([
  ["echo 3 9", "python3 is Python 3.9: install Python 3.10 or newer with venv and pip"],
  ["echo 3 14", ""],
  [undefined, "no python3: install Python 3.10 or newer with venv and pip"],
])("where Python must be 3.10 or newer, `%s` is told: %s", (answer, message) => {
  expect(pythonProblem(answer, [3, 10])).toBe(message);
});
