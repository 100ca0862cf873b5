/** The end of a run whose bundler cannot be stopped. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { dispatch } from "../../../../cli/dispatch";
import { testIo } from "../../support/testIo";

jest.mock("esbuild", () => ({
  ...jest.requireActual<object>("esbuild"),
  stop: () => Promise.reject(new Error("the service does not end")),
}));

const work = mkdtempSync(path.join(tmpdir(), "stop-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

test("the cloud stops all the same", async () => {
  writeFileSync(path.join(work, "Pulumi.yaml"), "name: lake\nruntime: nodejs\nmain: program.js\n");
  writeFileSync(path.join(work, "program.js"), "module.exports = () => undefined;\n");
  const listen = jest.spyOn(Server.prototype, "listen");
  await expect(dispatch(["local"], testIo({ cwd: work }))).resolves.toBe(1);
  const servers = listen.mock.contexts as Server[];
  expect(servers.length).toBeGreaterThan(0);
  expect(servers.some(({ listening }) => listening)).toBe(false);
}, 60_000);
