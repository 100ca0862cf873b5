// A Python virtual environment with Pulumi's SDK, in .engines/languages; and what writes the components' Python SDK, where
// Pulumi was built from modules: the host of Python that can be built cannot.
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");
const { checkPython, isComplete, makeVenv, markComplete, pythonOf, run, runs } = require("../setupTools.js");

const REQUIREMENTS = path.join(__dirname, "python/requirements.txt");
const GENERATOR = path.join(__dirname, "generator/main.go");
/** The module that has the generator's packages, as it has the command line's. */
const MODULE = path.join(__dirname, "../pulumi/toolchain/cli");

/** Of everything that decides what is made. */
function fingerprint(isBuilt) {
  const hash = createHash("sha256");
  const files = [__filename, REQUIREMENTS, ...(isBuilt ? [GENERATOR, path.join(MODULE, "go.sum")] : [])];
  for (const file of files) hash.update(fs.readFileSync(file));
  return hash.digest("hex");
}

exports.needs = ["pulumi"];

exports.setUp = function setUp(enginesDir) {
  const isBuilt = fs.existsSync(path.join(enginesDir, "pulumi/bin/pulumi"));
  const dir = path.join(enginesDir, "languages");
  const [venv, generator] = [path.join(dir, "venv"), path.join(dir, "generate-sdk")];
  const wanted = fingerprint(isBuilt);
  const works = () => runs(pythonOf(venv), ["-c", "import pulumi"]) && (!isBuilt || fs.existsSync(generator));
  if (isComplete(dir, wanted) && works()) return;
  checkPython([3, 10]);
  fs.rmSync(dir, { recursive: true, force: true });
  makeVenv(venv, ["-r", REQUIREMENTS]);
  if (isBuilt) run("go", ["build", "-trimpath", "-o", generator, GENERATOR], { cwd: MODULE });
  markComplete(dir, wanted);
};
