#!/usr/bin/env node

// Sets up every engine that the tests in this folder run on, below .engines/; what is there already is left alone.
const fs = require("node:fs");
const path = require("node:path");

for (const entry of fs.readdirSync(__dirname, { withFileTypes: true })) {
  const setup = path.join(__dirname, entry.name, "setup.js");
  if (!entry.isDirectory() || !fs.existsSync(setup)) continue;
  try {
    require(setup).setUp(path.resolve(__dirname, "../../.engines"));
    console.log(`${entry.name}: ready`);
  } catch (error) {
    console.error(`${entry.name}: ${error.message}`);
    process.exitCode = 1;
  }
}
