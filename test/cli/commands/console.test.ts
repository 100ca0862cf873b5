import { rmSync } from "node:fs";
import path from "node:path";
import { dispatch } from "../../../cli/dispatch";
import { Interrupted } from "../../../cli/errors";
import { changeMarker } from "../../../cli/project/runs/marker";
import { type SavedRun, savedRun } from "../support/savedRun";
import { testIo } from "../support/testIo";

let saved: SavedRun;
beforeEach(() => {
  saved = savedRun();
});
afterEach(() => rmSync(saved.work, { recursive: true, force: true }));

test("a run that is over is served until Ctrl-C, at an address with a token", async () => {
  const interrupt = new AbortController();
  const out: string[] = [];
  const io = testIo({
    cwd: saved.work,
    signal: interrupt.signal,
    stdout: { write: (chunk) => out.push(String(chunk)) },
  });
  const ended = dispatch(["console"], io);
  while (out.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const [, address = ""] = /^the console of the run 20261120-100000 until Ctrl-C: (\S+)\n$/.exec(out.join("")) ?? [];
  const page = await fetch(address);
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("<title>Streamlake console</title>")]);
  interrupt.abort(new Interrupted("SIGINT"));
  expect(await ended).toBe(130);
  await expect(fetch(address)).rejects.toThrow();
});

test("of a run that is served, the address of its own console is printed", async () => {
  const console = "http://127.0.0.1:4566/_streamlake/console/?token=abc";
  changeMarker(saved.run.directory, { pid: process.pid, endpoint: "http://127.0.0.1:4566", console });
  const io = testIo({ cwd: saved.work });
  expect(await dispatch(["console"], io)).toBe(0);
  expect(io.out().toString()).toBe(`the run 20261120-100000 is served; its console: ${console}\n`);
});

test("a run without a record is refused by its name", async () => {
  rmSync(path.join(saved.run.directory, "console.json"));
  const io = testIo({ cwd: saved.work });
  expect(await dispatch(["console"], io)).toBe(1);
  expect(io.err()).toBe(
    "streamlake console: the run 20261120-100000 has no console.json: it has no results yet, or a former version made it; start another with: streamlake local\n",
  );
});
