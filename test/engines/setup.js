#!/usr/bin/env node

// Sets up every engine that the tests in this folder run on, below .engines/; what is there already is left alone.
// A folder's setup.js has `setUp(enginesDir)`, or `needs` where it builds on the engines of other folders, or both. The folders
// whose tests can run then are listed in .engines/ready, which is not there before; where one is missing the exit code is 1.
const fs = require("node:fs");
const path = require("node:path");
const { engineFolders } = require("./engineFolders.js");

const enginesDir = path.resolve(__dirname, "../../.engines");
const readyFile = path.join(enginesDir, "ready");
const isReady = new Map();

function setUp(name) {
  if (isReady.has(name)) return isReady.get(name);
  const engine = require(path.join(__dirname, name, "setup.js"));
  try {
    for (const needed of engine.needs ?? []) if (!setUp(needed)) throw new Error(`needs ${needed}`);
    engine.setUp?.(enginesDir);
    isReady.set(name, true);
    console.log(`${name}: ready`);
  } catch (error) {
    isReady.set(name, false);
    console.error(`${name}: ${error.message}`);
    process.exitCode = 1;
  }
  return isReady.get(name);
}

fs.rmSync(readyFile, { force: true });
const ready = engineFolders(__dirname).filter(setUp);
fs.mkdirSync(enginesDir, { recursive: true });
fs.writeFileSync(readyFile, ready.map((name) => `test/engines/${name}\n`).join(""));
