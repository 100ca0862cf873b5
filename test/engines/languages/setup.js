// A Python virtual environment with Pulumi's SDK, in .engines/languages; and what writes the components' Python SDK, where
// Pulumi was built from modules: the host of Python that can be built cannot.
const { spawnSync } = require("node:child_process");
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

const REQUIREMENTS = path.join(__dirname, "python/requirements.txt");
const GENERATOR = path.join(__dirname, "generator/main.go");
/** The module that has the generator's packages, as it has the command line's. */
const MODULE = path.join(__dirname, "../pulumi/toolchain/cli");

function run(command, args, options) {
  const { status, stderr, stdout, error } = spawnSync(command, args, { encoding: "utf8", ...options });
  if (error || status !== 0) {
    throw new Error(`${command} ${args.join(" ")} failed: ${error ? error.message : stderr.trim() || stdout.trim()}`);
  }
}

function fingerprint(isBuilt) {
  const hash = createHash("sha256").update(fs.readFileSync(REQUIREMENTS));
  return isBuilt ? hash.update(fs.readFileSync(GENERATOR)).digest("hex") : hash.digest("hex");
}

exports.needs = ["pulumi"];

exports.setUp = function setUp(enginesDir) {
  const isBuilt = fs.existsSync(path.join(enginesDir, "pulumi/bin/pulumi"));
  const dir = path.join(enginesDir, "languages");
  const done = path.join(dir, "complete");
  if (fs.existsSync(done) && fs.readFileSync(done, "utf8") === fingerprint(isBuilt)) return;
  const hasVenv = spawnSync("python3", ["-c", "import sys, venv; sys.exit(sys.version_info < (3, 10))"]).status === 0;
  if (!hasVenv) throw new Error("no python3: install Python 3.10 or newer with venv");
  fs.rmSync(dir, { recursive: true, force: true });
  const venv = path.join(dir, "venv");
  run("python3", ["-m", "venv", venv]);
  const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", REQUIREMENTS];
  run(path.join(venv, "bin/python"), install);
  if (isBuilt) run("go", ["build", "-trimpath", "-o", path.join(dir, "generate-sdk"), GENERATOR], { cwd: MODULE });
  fs.writeFileSync(done, fingerprint(isBuilt));
};
