// A Python virtual environment with the Spark of Glue 5.0, in .engines/spark.
const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { checkPython, isComplete, makeVenv, markComplete, pythonOf, runs } = require("../setupTools.js");

const REQUIREMENT = "pyspark==3.5.4";
const JAVA_VERSIONS = ["8", "11", "17"];

function checkJava() {
  const java = process.env.JAVA_HOME ? path.join(process.env.JAVA_HOME, "bin", "java") : "java";
  const { error, status, stderr } = spawnSync(java, ["-version"], { encoding: "utf8" });
  if (error) throw new Error("no java: install Java 17 (or 8, 11), or set JAVA_HOME");
  if (status !== 0) throw new Error(`${java} -version failed: ${stderr.trim()}`);
  const [, version] = /version "(?:1\.)?(\d+)/.exec(stderr) ?? [];
  if (!JAVA_VERSIONS.includes(version)) {
    throw new Error(`Java ${version} is not one that Spark 3.5 runs on: set JAVA_HOME to Java 17, 11 or 8`);
  }
}

exports.setUp = function setUp(enginesDir) {
  checkJava();
  const dir = path.join(enginesDir, "spark");
  if (isComplete(dir, REQUIREMENT) && runs(pythonOf(dir), ["-c", "import pyspark"])) return;
  checkPython([3, 9], [3, 12]);
  fs.rmSync(dir, { recursive: true, force: true });
  makeVenv(dir, [REQUIREMENT]);
  markComplete(dir, REQUIREMENT);
};
