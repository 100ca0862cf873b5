// Keeps the JavaScript that was made of TypeScript files, so that a later process transpiles only files that changed.
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

const DIRECTORY = path.join(modulesDirectory(), ".cache", "streamlake");

/**
 * Returns the kept text of a file, or makes it. A kept text is used for the same file, source and maker only.
 *
 * @param maker the transpiler, its version and its options
 */
function transpiled(maker, fileName, source, transpile) {
  const key = digest(JSON.stringify([maker, fileName, source]));
  const place = path.join(DIRECTORY, `${digest(fileName)}.js`);
  const kept = textOf(place, key);
  if (kept !== undefined) return kept;
  const made = transpile();
  keep(place, key, made);
  return made;
}

/** The first line has the key and the length of the rest: a file that a crash cut off is made again. */
function textOf(place, key) {
  let file;
  try {
    file = fs.readFileSync(place, "utf8");
  } catch {
    return undefined; // Not made yet, or not readable: the source is at hand.
  }
  const end = file.indexOf("\n");
  const text = file.slice(end + 1);
  return file.slice(0, end) === header(key, text) ? text : undefined;
}

/** Other processes read the place meanwhile, so it gets a whole file by one rename. */
function keep(place, key, text) {
  const fresh = `${place}.${process.pid}.${process.hrtime.bigint()}`;
  try {
    if (!fs.existsSync(DIRECTORY)) fs.mkdirSync(DIRECTORY, { recursive: true });
    fs.writeFileSync(fresh, `${header(key, text)}\n${text}`);
    fs.renameSync(fresh, place);
  } catch {
    // A full disk or a directory of another user: the next process transpiles again.
    if (fs.existsSync(fresh)) fs.unlinkSync(fresh);
  }
}

function header(key, text) {
  return `${key} ${text.length}`;
}

function digest(text) {
  return createHash("sha256").update(text).digest("hex").slice(0, 40);
}

/** The directory that this package is installed in, or the one of a checkout. */
function modulesDirectory() {
  const root = path.join(__dirname, "..");
  const parent = path.dirname(root);
  return path.basename(parent) === "node_modules" ? parent : path.join(root, "node_modules");
}

module.exports = { transpiled };
