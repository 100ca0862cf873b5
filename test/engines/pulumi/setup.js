// Pulumi's CLI with its hosts for Node.js, Python and YAML, in .engines/pulumi: what is on PATH where all of it is there
// and new enough, else built with Go from modules. The newest versions that the modules still carry are pinned in
// toolchain/: hosts of Node.js and Python have moved to modules of their own since, which proxies do not always have.
const { spawnSync } = require("node:child_process");
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

const TOOLCHAIN = path.join(__dirname, "toolchain");
const OLDEST_CLI = [3, 200];
const OLDEST_GO = [1, 25];
const HOSTS = ["pulumi-language-nodejs", "pulumi-language-python", "pulumi-language-yaml"];
const SDK = "github.com/pulumi/pulumi/sdk/v3";

function run(command, args, options) {
  const { status, stderr, stdout, error } = spawnSync(command, args, { encoding: "utf8", ...options });
  if (error || status !== 0) {
    throw new Error(`${command} ${args.join(" ")} failed: ${error ? error.message : stderr.trim() || stdout.trim()}`);
  }
  return stdout.trim();
}

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

exports.setUp = function setUp(enginesDir) {
  const dir = path.join(enginesDir, "pulumi");
  const done = path.join(dir, "complete");
  const wanted = hasPulumi() ? "PATH" : fingerprint();
  if (fs.existsSync(done) && fs.readFileSync(done, "utf8") === wanted) return;
  fs.rmSync(dir, { recursive: true, force: true });
  const [bin, hosts] = [path.join(dir, "bin"), path.join(dir, "hosts")];
  for (const folder of [bin, hosts]) fs.mkdirSync(folder, { recursive: true });
  if (wanted !== "PATH") {
    checkGo();
    build("cli", ["github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"], bin);
    build("hosts", [`${SDK}/python/cmd/pulumi-language-python`], bin);
    build("hosts", [`${SDK}/nodejs/cmd/pulumi-language-nodejs`], hosts);
    build("yaml", ["github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"], bin);
    const source = run("go", ["list", "-m", "-f", "{{.Dir}}", SDK], { cwd: path.join(TOOLCHAIN, "hosts") });
    const executor = "pulumi-language-python-exec";
    fs.copyFileSync(path.join(source, "python/cmd", executor), path.join(bin, executor));
    fs.chmodSync(path.join(bin, executor), 0o755);
    fs.symlinkSync(path.join(__dirname, "languageHost.js"), path.join(bin, "pulumi-language-nodejs"));
  }
  fs.writeFileSync(done, wanted);
};
