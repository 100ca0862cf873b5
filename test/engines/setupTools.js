// What the folders' setup.js share: commands that fail by their own words, marks of what is complete, and Python
// virtual environments.
const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

/** What a command says on its standard output; throws what it says of its failure. */
function run(command, args, options) {
  const { status, stderr, stdout, error } = spawnSync(command, args, { encoding: "utf8", ...options });
  if (error || status !== 0) {
    throw new Error(`${command} ${args.join(" ")} failed: ${error ? error.message : stderr.trim() || stdout.trim()}`);
  }
  return stdout.trim();
}

/** Whether a command is there and succeeds. */
function runs(command, args) {
  return spawnSync(command, args).status === 0;
}

/** Whether a directory was marked complete with this content. What is in it may have stopped working since: run it. */
function isComplete(dir, content) {
  const file = path.join(dir, "complete");
  return fs.existsSync(file) && fs.readFileSync(file, "utf8") === content;
}

function markComplete(dir, content) {
  fs.writeFileSync(path.join(dir, "complete"), content);
}

/** Of `python3`, both ends included: `[3, 9]`, and `[3, 12]` where newer ones do not do. */
function checkPython(oldest, newest) {
  const range = newest ? `${oldest.join(".")} to ${newest.join(".")}` : `${oldest.join(".")} or newer`;
  const wanted = `install Python ${range} with venv and pip`;
  const script = "import sys, venv, ensurepip; print(*sys.version_info[:2])";
  const { status, stdout, error } = spawnSync("python3", ["-c", script], { encoding: "utf8" });
  if (error) throw new Error(`no python3: ${wanted}`);
  if (status !== 0) throw new Error(`python3 has no venv or pip: ${wanted}`);
  const [major, minor] = stdout.split(" ").map(Number);
  const isOlder = major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
  const isNewer = newest && (major > newest[0] || (major === newest[0] && minor > newest[1]));
  if (isOlder || isNewer) throw new Error(`python3 is Python ${major}.${minor}: ${wanted}`);
}

function pythonOf(dir) {
  return path.join(dir, "bin", "python");
}

/** Makes a virtual environment with what `pip install` takes as arguments. */
function makeVenv(dir, packages) {
  run("python3", ["-m", "venv", dir]);
  run(pythonOf(dir), ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...packages]);
}

module.exports = { run, runs, isComplete, markComplete, checkPython, pythonOf, makeVenv };
