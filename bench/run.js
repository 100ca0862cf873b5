#!/usr/bin/env node

// Runs all benchmarks, or the named ones, one after the other, each in a process of its own.
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { registerTypeScript } = require("../bin/typescript.js");

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

const known = fs
  .readdirSync(__dirname)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => path.basename(file, ".ts"));
const asked = process.argv.slice(2);
const unknown = asked.find((name) => !known.includes(name));

if (unknown !== undefined) {
  console.error(`bench: there is no "${unknown}"; one of ${known.join(", ")}`);
  process.exitCode = 2;
} else if (asked.length === 1) {
  registerTypeScript();
  require(path.join(__dirname, `${asked[0]}.ts`));
} else {
  for (const name of asked.length > 0 ? asked : known) {
    execFileSync(process.execPath, [__filename, name], { stdio: "inherit" });
  }
}
