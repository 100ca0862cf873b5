/** A program that fails is one error: the process ends by itself, and Pulumi's runtime adds nothing. */
import { spawnSync } from "node:child_process";
import path from "node:path";

const root = path.join(__dirname, "..", "..", "..");

function runProcess(program: string) {
  const script =
    'require("./bin/typescript.js").registerTypeScript(); require("./test/local/support/failingProcess.ts")';
  const { status, stdout, stderr } = spawnSync(process.execPath, ["-e", script, program], {
    cwd: root,
    encoding: "utf8",
    timeout: 50_000,
  });
  return { status, stdout, stderr };
}

test("a refused resource", () => {
  expect(runProcess("refused")).toEqual({
    status: 1,
    stdout:
      'local: resource "m" (aws:sfn/stateMachine:StateMachine): definition.States.A.Result is not supported; the fields are Type, Comment, QueryLanguage, Next, End, Assign, Output; see docs/fidelity.md\n',
    stderr: "",
  });
});

test("a callback that throws", () => {
  expect(runProcess("throwing")).toEqual({ status: 1, stdout: "alerts is not a name\n", stderr: "" });
});

test("an input that is rejected, and so never there", () => {
  expect(runProcess("rejected")).toEqual({
    status: 1,
    stdout: 'error serializing property "code": the package does not bundle\n',
    stderr: "",
  });
});
