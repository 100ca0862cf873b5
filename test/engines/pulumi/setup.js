// Pulumi's CLI with its hosts for Node.js, Python and YAML, in .engines/pulumi: what is on PATH where all of it is there
// and new enough, else built with Go from modules. The newest versions that the modules still carry are pinned in
// toolchain/: hosts of Node.js and Python have moved to modules of their own since, which proxies do not always have.
const { spawnSync } = require("node:child_process");
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");
const { isComplete, markComplete, run, runs } = require("../setupTools.js");

const TOOLCHAIN = path.join(__dirname, "toolchain");
const OLDEST_CLI = [3, 200];
const OLDEST_GO = [1, 25];
const LANGUAGE_HOST = path.join(__dirname, "languageHost.js");
const HOSTS = ["pulumi-language-nodejs", "pulumi-language-python", "pulumi-language-yaml"];
const SDK = "github.com/pulumi/pulumi/sdk/v3";

function onPath(command) {
  return (process.env.PATH ?? "").split(path.delimiter).some((dir) => dir && fs.existsSync(path.join(dir, command)));
}

/** Whether a version text, `v3.246.0` or `go1.26`, is at least major.minor. */
function isNewEnough(text, [major, minor]) {
  const [, ownMajor, ownMinor] = /(\d+)\.(\d+)/.exec(text) ?? [];
  return Number(ownMajor) > major || (Number(ownMajor) === major && Number(ownMinor) >= minor);
}

function hasPulumi() {
  const { stdout, error } = spawnSync("pulumi", ["version"], { encoding: "utf8" });
  return !error && isNewEnough(stdout, OLDEST_CLI) && HOSTS.every(onPath);
}

function checkGo() {
  const needed = `Go ${OLDEST_GO.join(".")} or newer, to build Pulumi (or Pulumi ${OLDEST_CLI.join(".")} or newer on PATH)`;
  if (!onPath("go")) throw new Error(`no go: install ${needed}`);
  const version = run("go", ["env", "GOVERSION"]);
  if (!isNewEnough(version, OLDEST_GO)) throw new Error(`${version} is too old: install ${needed}`);
}

/** Of everything that decides what the build makes. */
function fingerprint() {
  const hash = createHash("sha256").update(fs.readFileSync(__filename));
  for (const name of ["cli", "hosts", "yaml"]) hash.update(fs.readFileSync(path.join(TOOLCHAIN, name, "go.sum")));
  return hash.digest("hex");
}

function build(module, packages, into) {
  const cwd = path.join(TOOLCHAIN, module);
  const sdk = run("go", ["list", "-m", "-f", "{{.Version}}", SDK], { cwd });
  const flags = `-s -w -X ${SDK}/go/common/version.Version=${sdk}`;
  run("go", ["build", "-trimpath", "-ldflags", flags, "-o", `${into}${path.sep}`, ...packages], { cwd });
}

/** Node.js's host is this checkout's, wherever it was when the rest was built. */
function linkHost(bin) {
  const link = path.join(bin, "pulumi-language-nodejs");
  if (fs.existsSync(link) && fs.realpathSync(link) === fs.realpathSync(LANGUAGE_HOST)) return;
  fs.rmSync(link, { force: true });
  fs.symlinkSync(LANGUAGE_HOST, link);
}

exports.setUp = function setUp(enginesDir) {
  const dir = path.join(enginesDir, "pulumi");
  const [bin, hosts] = [path.join(dir, "bin"), path.join(dir, "hosts")];
  const wanted = hasPulumi() ? "PATH" : fingerprint();
  if (isComplete(dir, wanted)) {
    if (wanted === "PATH") return;
    if (runs(path.join(bin, "pulumi"), ["version"])) {
      linkHost(bin);
      const built = [...HOSTS.map((host) => path.join(bin, host)), path.join(hosts, "pulumi-language-nodejs")];
      if (built.every((file) => fs.existsSync(file))) return;
    }
  }
  if (wanted !== "PATH") checkGo();
  fs.rmSync(dir, { recursive: true, force: true });
  for (const folder of [bin, hosts]) fs.mkdirSync(folder, { recursive: true });
  if (wanted !== "PATH") {
    build("cli", ["github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"], bin);
    build("hosts", [`${SDK}/python/cmd/pulumi-language-python`], bin);
    build("hosts", [`${SDK}/nodejs/cmd/pulumi-language-nodejs`], hosts);
    build("yaml", ["github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"], bin);
    const source = run("go", ["list", "-m", "-f", "{{.Dir}}", SDK], { cwd: path.join(TOOLCHAIN, "hosts") });
    const executor = "pulumi-language-python-exec";
    fs.copyFileSync(path.join(source, "python/cmd", executor), path.join(bin, executor));
    fs.chmodSync(path.join(bin, executor), 0o755);
    linkHost(bin);
  }
  markComplete(dir, wanted);
};
