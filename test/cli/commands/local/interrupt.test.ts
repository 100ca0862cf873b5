/** Ctrl-C while the program starts: a start cannot be interrupted, and the terminal names the way to end at once. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { dispatch } from "../../../../cli/dispatch";
import { Interrupted } from "../../../../cli/errors";
import { testIo } from "../../support/testIo";

const work = mkdtempSync(path.join(tmpdir(), "interrupt-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

test("the step becomes the wait for the start, and the run ends with exit code 130", async () => {
  writeFileSync(path.join(work, "Pulumi.yaml"), "name: lake\nruntime: nodejs\nmain: program.js\n");
  // The program starts until the test has seen the step.
  writeFileSync(path.join(work, "program.js"), "module.exports = () => globalThis.interruptTest();\n");
  const interrupt = new AbortController();
  let seen: () => void = () => undefined;
  const isSeen = new Promise<void>((resolve) => {
    seen = resolve;
  });
  Object.assign(globalThis, {
    interruptTest: () => {
      interrupt.abort(new Interrupted("SIGINT"));
      return isSeen;
    },
  });
  const written: string[] = [];
  const write = (chunk: string | Uint8Array) => {
    written.push(String(chunk));
    if (String(chunk).includes("stopping when the program has started; Ctrl-C again ends at once")) seen();
    return true;
  };
  const io = testIo({ cwd: work, signal: interrupt.signal, stdout: { write, isTTY: true, columns: 80 } });
  expect(await dispatch(["local"], io)).toBe(130);
  expect(written.join("")).toContain("\r\u001b[Kstopping when the program has started; Ctrl-C again ends at once");
}, 60_000);
