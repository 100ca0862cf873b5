// A Python virtual environment with the Spark of Glue 5.0, in .engines/spark.
const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

const REQUIREMENT = "pyspark==3.5.4";
const JAVA_VERSIONS = ["8", "11", "17"];

function run(command, args) {
  const { status, stderr, stdout, error } = spawnSync(command, args, { encoding: "utf8" });
  if (error || status !== 0) {
    throw new Error(`${command} ${args.join(" ")} failed: ${error ? error.message : stderr.trim() || stdout.trim()}`);
  }
  return `${stdout}${stderr}`;
}

function checkJava() {
  const java = process.env.JAVA_HOME ? path.join(process.env.JAVA_HOME, "bin", "java") : "java";
  if (spawnSync(java, ["-version"]).error) throw new Error("no java: install Java 17 (or 8, 11), or set JAVA_HOME");
  const [, version] = /version "(?:1\.)?(\d+)/.exec(run(java, ["-version"])) ?? [];
  if (!JAVA_VERSIONS.includes(version)) {
    throw new Error(`Java ${version} is not one that Spark 3.5 runs on: set JAVA_HOME to Java 17, 11 or 8`);
  }
}

function checkPython() {
  if (spawnSync("python3", ["--version"]).error)
    throw new Error("no python3: install Python 3.9 to 3.12 with venv and pip");
}

exports.setUp = function setUp(enginesDir) {
  checkJava();
  const dir = path.join(enginesDir, "spark");
  const done = path.join(dir, "complete");
  if (fs.existsSync(done) && fs.readFileSync(done, "utf8") === REQUIREMENT) return;
  checkPython();
  fs.rmSync(dir, { recursive: true, force: true });
  run("python3", ["-m", "venv", dir]);
  run(path.join(dir, "bin", "python"), ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", REQUIREMENT]);
  fs.writeFileSync(done, REQUIREMENT);
};
