// Trino, on which Athena's engine version 3 is based, with its Hive connector: in .engines/trino, from Maven's registry.
// Version 435 is the last one that runs on Java 17.
const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { isComplete, markComplete, run, runs } = require("../setupTools.js");

const CONNECTOR = "io.trino:trino-hive:435:zip";
const PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1";
const SOURCE = path.join(__dirname, "TrinoShell.java");

function checkJava() {
  const { error, stdout } = spawnSync("javac", ["--version"], { encoding: "utf8" });
  const [, major] = /javac (\d+)/.exec(stdout ?? "") ?? [];
  if (error || !(Number(major) >= 17)) throw new Error("no javac of Java 17 or newer: install a JDK");
}

exports.setUp = function setUp(enginesDir) {
  const dir = path.join(enginesDir, "trino");
  const pom = path.join(__dirname, "pom.xml");
  const content = [pom, SOURCE].map((file) => fs.readFileSync(file, "utf8")).join(CONNECTOR);
  if (isComplete(dir, content) && runs("java", ["-version"])) return;
  checkJava();
  if (!runs("mvn", ["-version"])) throw new Error("no mvn: install Apache Maven");
  fs.rmSync(dir, { recursive: true, force: true });
  fs.mkdirSync(dir, { recursive: true });
  // Maven writes marks beside its file.
  const copied = path.join(dir, "pom.xml");
  fs.copyFileSync(pom, copied);
  const [libraries, connector, classes] = ["lib", "connector", "classes"].map((name) => path.join(dir, name));
  const maven = (goal, ...options) =>
    run("mvn", ["--quiet", "--batch-mode", "--file", copied, `${PLUGIN}:${goal}`, ...options]);
  maven("copy-dependencies", "-DincludeScope=runtime", `-DoutputDirectory=${libraries}`);
  maven("unpack", `-Dartifact=${CONNECTOR}`, `-DoutputDirectory=${connector}`);
  const [unpacked] = fs.readdirSync(connector);
  fs.renameSync(path.join(connector, unpacked), path.join(dir, "hive"));
  fs.rmSync(connector, { recursive: true });
  run("javac", ["-cp", `${libraries}/*:${path.join(dir, "hive")}/*`, "-d", classes, SOURCE]);
  markComplete(dir, content);
};
