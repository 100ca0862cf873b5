// The folders of engines: those whose setup.js says what their tests need.
const fs = require("node:fs");
const path = require("node:path");

function hasTests(dir) {
  return fs.readdirSync(dir, { recursive: true }).some((file) => file.endsWith(".test.ts"));
}

/** Throws for a folder with tests and no setup.js: it would be in no list of what is ready, and its tests would never run. */
exports.engineFolders = function engineFolders(dir) {
  const folders = fs.readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const names = folders.map(({ name }) => name).sort();
  const isSetUp = (name) => fs.existsSync(path.join(dir, name, "setup.js"));
  const missed = names.filter((name) => !isSetUp(name) && hasTests(path.join(dir, name)));
  if (missed.length > 0) {
    throw new Error(`${missed.join(", ")}: tests without setup.js never run; let it export setUp(enginesDir) or needs`);
  }
  return names.filter(isSetUp);
};
