/** What runs the CLI, and what the CLI runs, where something is missing. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import * as path from "node:path";
import { createEngine, engineTools } from "./engine";

test("without the CLI a test says how to get it", () => {
  expect(() => engineTools("/nowhere/.engines/pulumi")).toThrow(
    /nowhere\/\.engines\/pulumi; run npm run setup:engines first$/,
  );
});

test("a stack that the CLI refuses leaves no files", async () => {
  const temporary = mkdtempSync(path.join(os.tmpdir(), "refused-"));
  const where = jest.spyOn(os, "tmpdir").mockReturnValue(temporary);
  try {
    const engine = createEngine({ project: path.join(__dirname, "programs/hooks"), stack: "no name" });
    await expect(engine).rejects.toThrow(/^pulumi stack init no name: /);
    expect(where).toHaveBeenCalledTimes(1);
    expect(readdirSync(temporary)).toEqual([]);
  } finally {
    where.mockRestore();
    rmSync(temporary, { recursive: true });
  }
});

test("a plugin that is not told where the provider is says so and ends", () => {
  const env = { ...process.env, STREAMLAKE_TEST_PROVIDER_PORT: undefined };
  const plugin = spawnSync(path.join(__dirname, "plugin/pulumi-resource-aws"), { env, encoding: "utf8" });
  expect(plugin).toMatchObject({
    status: 1,
    stdout: "",
    stderr:
      "pulumi-resource-aws: STREAMLAKE_TEST_PROVIDER_PORT names no port; test/engines/pulumi/localAws.ts sets it\n",
  });
});
