/** The components' Python SDK: written from the schema, and installed for one program, as `pulumi package add` does. */
import { execFileSync } from "node:child_process";
import { existsSync, symlinkSync } from "node:fs";
import * as path from "node:path";
import { type Engine, engineTools } from "../pulumi/engine";
import { REPOSITORY } from "../pulumi/shippedStack";

/** What `npm run setup:engines` makes. */
const TOOLS = path.join(REPOSITORY, ".engines/languages");
const VENV = path.join(TOOLS, "venv");

/** Where Python finds the SDK, in a directory. */
const SITE = "site";

/** For the command line: hosts that cannot read the project's virtual environment find it on PATH. */
export function pythonEnvironment(directory: string): Record<string, string> {
  const search = [path.join(VENV, "bin"), engineTools(), process.env.PATH];
  return { PYTHONPATH: path.join(directory, SITE), PATH: search.join(path.delimiter) };
}

/** @param plugin the directory of `PulumiPlugin.yaml` and `schema.json` */
export async function installPythonSdk(engine: Engine, plugin: string, directory: string): Promise<void> {
  if (!existsSync(path.join(TOOLS, "complete"))) throw new Error(`no ${TOOLS}; run npm run setup:engines first`);
  symlinkSync(VENV, path.join(engine.directory, "venv"));
  const sdk = await writeSdk(engine, plugin, path.join(directory, "sdks"));
  const options = ["--quiet", "--disable-pip-version-check", "--no-index", "--no-deps", "--no-build-isolation"];
  const install = ["-m", "pip", "install", ...options, "--target", path.join(directory, SITE), sdk];
  execFileSync(path.join(VENV, "bin/python"), install, { stdio: "pipe" });
}

async function writeSdk(engine: Engine, plugin: string, directory: string): Promise<string> {
  const generator = path.join(TOOLS, "generate-sdk");
  if (existsSync(generator)) {
    execFileSync(generator, [path.join(plugin, "schema.json"), directory], { stdio: "pipe" });
    return directory;
  }
  const written = await engine.cli("package", "gen-sdk", plugin, "--language", "python", "--out", directory);
  if (written.code !== 0) throw new Error(`pulumi package gen-sdk: ${written.stderr}`);
  return path.join(directory, "python");
}
