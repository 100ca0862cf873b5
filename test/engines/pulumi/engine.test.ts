/** What runs the CLI, and what the CLI runs, where something is missing. */
import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { engineTools } from "./engine";

test("without the CLI a test says how to get it", () => {
  expect(() => engineTools("/nowhere/.engines/pulumi")).toThrow(
    /nowhere\/\.engines\/pulumi; run npm run setup:engines first$/,
  );
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
