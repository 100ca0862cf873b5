// Chromium, which draws the console: the one of this machine, or Debian's, which apt-get installs where it may.
const { spawnSync } = require("node:child_process");
const { run, runs } = require("../setupTools.js");

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The path of Chromium; undefined if there is none that runs. */
function findChromium() {
  const places = NAMES.map((name) => spawnSync("which", [name], { encoding: "utf8" }).stdout?.trim()).filter(Boolean);
  return places.find((place) => runs(place, ["--version"]));
}

exports.findChromium = findChromium;

exports.setUp = function setUp() {
  if (findChromium()) return;
  if (process.getuid?.() !== 0 || !runs("apt-get", ["--version"])) {
    throw new Error("no Chromium: install it (Debian: apt-get install chromium)");
  }
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  run("apt-get", ["update", "--quiet"], { env });
  run("apt-get", ["install", "--yes", "--quiet", "--no-install-recommends", "chromium"], { env });
  if (!findChromium()) throw new Error("no Chromium: apt-get has installed it, and it does not start");
};
