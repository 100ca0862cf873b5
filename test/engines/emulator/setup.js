// A Python virtual environment with MiniStack, an AWS emulator of other people (MIT licence), in .engines/emulator.
const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

const REQUIREMENT = "ministack==1.5.33";

function run(command, args) {
  const { status, stderr, stdout, error } = spawnSync(command, args, { encoding: "utf8" });
  if (error || status !== 0) {
    throw new Error(`${command} ${args.join(" ")} failed: ${error ? error.message : stderr.trim() || stdout.trim()}`);
  }
}

function check(command, args, wanted) {
  if (spawnSync(command, args).status !== 0) throw new Error(`no ${command}: install ${wanted}`);
}

exports.setUp = function setUp(enginesDir) {
  check("openssl", ["version"], "OpenSSL's command, which makes the emulator's certificate");
  const dir = path.join(enginesDir, "emulator");
  const done = path.join(dir, "complete");
  if (fs.existsSync(done) && fs.readFileSync(done, "utf8") === REQUIREMENT) return;
  check("python3", ["-c", "import sys, venv; sys.exit(sys.version_info < (3, 10))"], "Python 3.10 or newer with venv");
  fs.rmSync(dir, { recursive: true, force: true });
  run("python3", ["-m", "venv", dir]);
  run(path.join(dir, "bin", "python"), ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", REQUIREMENT]);
  fs.writeFileSync(done, REQUIREMENT);
};
