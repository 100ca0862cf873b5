// A Python virtual environment with MiniStack, an AWS emulator of other people (MIT licence), in .engines/emulator.
const fs = require("node:fs");
const path = require("node:path");
const { checkPython, isComplete, makeVenv, markComplete, runs } = require("../setupTools.js");

const REQUIREMENT = "ministack==1.5.33";

exports.setUp = function setUp(enginesDir) {
  if (!runs("openssl", ["version"])) {
    throw new Error("no openssl: install OpenSSL's command, which makes the emulator's certificate");
  }
  const dir = path.join(enginesDir, "emulator");
  // The command names its Python by an absolute path: it tells whether the environment still is where it was made.
  if (isComplete(dir, REQUIREMENT) && runs(path.join(dir, "bin/ministack"), ["--help"])) return;
  checkPython([3, 10]);
  fs.rmSync(dir, { recursive: true, force: true });
  makeVenv(dir, [REQUIREMENT]);
  markComplete(dir, REQUIREMENT);
};
