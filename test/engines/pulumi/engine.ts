/** Runs Pulumi's CLI on a copy of a project, with a backend, a home and a passphrase of its own, and reads what it did. */
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { type EngineRun, readEventLog } from "./eventLog";

/** What `npm run setup:engines` makes. */
const TOOLS = path.resolve(__dirname, "../../../.engines/pulumi");

export interface EngineOptions {
  /** Directory of a `Pulumi.yaml`. It is copied; what its relative paths lead to stays where it is. */
  readonly project: string;
  readonly stack: string;
  /** Directory of `Pulumi.<stack>.yaml`. @default the project's */
  readonly configDirectory?: string;
  /** Changes to the stack's configuration, by full key; undefined takes a key away. @default {} */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Plugins beside those of the project, as its `plugins.providers` would name them. @default [] */
  readonly providers?: readonly { readonly name: string; readonly path: string }[];
  /** Environment variables for the CLI and all that it starts. @default {} */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Engine {
  /** Where the CLI runs: the copy of the project. */
  readonly directory: string;
  preview(...args: readonly string[]): Promise<EngineRun>;
  up(...args: readonly string[]): Promise<EngineRun>;
  refresh(...args: readonly string[]): Promise<EngineRun>;
  destroy(...args: readonly string[]): Promise<EngineRun>;
  /** The stack's outputs. */
  outputs(): Promise<Record<string, unknown>>;
  /** Writes the stack's configuration anew: the file's own with these changes. */
  configure(changes: Readonly<Record<string, unknown>>): void;
  /** Lets another directory's program be run from now on, of the same stack. */
  runProgram(main: string): void;
  /** Any other command: exit code, standard output and standard error. */
  cli(...args: readonly string[]): Promise<CommandEnd>;
  /** Deletes the copy and the backend. */
  remove(): void;
}

export interface CommandEnd {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** @throws Error where the tools are not set up, and where the CLI refuses the project or the stack */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const tools = engineTools();
  const root = mkdtempSync(path.join(tmpdir(), "engine-"));
  try {
    return await engineIn(root, tools, options);
  } catch (error) {
    rmSync(root, { recursive: true, force: true });
    throw error;
  }
}

async function engineIn(root: string, tools: string, options: EngineOptions): Promise<Engine> {
  const directory = path.join(root, "project");
  cpSync(options.project, directory, { recursive: true, filter: (file) => path.basename(file) !== "node_modules" });
  const projectFile = path.join(directory, "Pulumi.yaml");
  const project = absolutePaths(parse(readFileSync(projectFile, "utf8")) as Project, options);
  const writeProject = (main?: string) =>
    writeFileSync(projectFile, stringify({ ...project, ...(main !== undefined && { main }) }));
  writeProject();
  const configure = stackConfiguration(directory, options);
  configure(options.config ?? {});

  const home = path.join(root, "home");
  const backend = path.join(root, "backend");
  for (const folder of [home, backend]) mkdirSync(folder);
  const env = { ...ownEnvironment({ tools, home, backend }), ...options.env };
  const cli = (...args: readonly string[]) => run(args, directory, env);
  let runs = 0;
  const operation = async (name: string, args: readonly string[]): Promise<EngineRun> => {
    const eventLog = path.join(root, `events-${++runs}.json`);
    const common = ["--stack", options.stack, "--event-log", eventLog, "--color", "never", "--non-interactive"];
    const end = await cli(name, ...common, ...args);
    return { ...end, ...readEventLog(eventLog) };
  };
  const yes = ["--yes", "--skip-preview", "--suppress-progress"];
  const created = await cli("stack", "init", options.stack, "--non-interactive");
  if (created.code !== 0) throw new Error(`pulumi stack init ${options.stack}: ${created.stderr}`);
  return {
    directory,
    preview: (...args) => operation("preview", ["--suppress-progress", ...args]),
    up: (...args) => operation("up", [...yes, ...args]),
    refresh: (...args) => operation("refresh", [...yes, ...args]),
    destroy: (...args) => operation("destroy", [...yes, ...args]),
    async outputs() {
      const { code, stdout, stderr } = await cli("stack", "output", "--json", "--show-secrets", "-s", options.stack);
      if (code !== 0) throw new Error(`pulumi stack output: ${stderr}`);
      return JSON.parse(stdout) as Record<string, unknown>;
    },
    configure,
    runProgram: writeProject,
    cli,
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

interface Project {
  readonly main?: string;
  readonly plugins?: { readonly providers?: readonly { readonly name: string; readonly path: string }[] };
  readonly packages?: Readonly<Record<string, unknown>>;
}

/** The directory of the CLI and the language hosts. */
export function engineTools(tools: string = TOOLS): string {
  if (existsSync(path.join(tools, "complete"))) return path.join(realpathSync(tools), "bin");
  throw new Error(`no Pulumi CLI in ${path.relative(process.cwd(), tools)}; run npm run setup:engines first`);
}

/** The copy lies elsewhere: what the project says of its surroundings is made absolute. */
function absolutePaths(project: Project, { project: from, providers = [] }: EngineOptions): Project {
  const absolute = (value: string) => path.resolve(from, value);
  const own = project.plugins?.providers ?? [];
  const all = [...own, ...providers].map((provider) => ({ ...provider, path: absolute(provider.path) }));
  const packages = Object.entries(project.packages ?? {}).map(([name, source]) => [
    name,
    typeof source === "string" && source.startsWith(".") ? absolute(source) : source,
  ]);
  return {
    ...project,
    ...(project.main !== undefined && { main: absolute(project.main) }),
    ...(all.length > 0 && { plugins: { ...project.plugins, providers: all } }),
    ...(packages.length > 0 && { packages: Object.fromEntries(packages) }),
  };
}

/** The stack's file keeps what the CLI adds to it, the salt of its passphrase. */
function stackConfiguration(directory: string, { project, configDirectory = project, stack }: EngineOptions) {
  const name = `Pulumi.${stack}.yaml`;
  const [shipped, copy] = [path.join(configDirectory, name), path.join(directory, name)];
  const read = (file: string) => (existsSync(file) ? (parse(readFileSync(file, "utf8")) ?? {}) : {});
  return (changes: Readonly<Record<string, unknown>>) => {
    const config = { ...read(shipped).config, ...changes };
    const set = Object.entries(config).filter(([, value]) => value !== undefined);
    writeFileSync(copy, stringify({ ...read(copy), config: Object.fromEntries(set) }));
  };
}

function ownEnvironment({ tools, home, backend }: { tools: string; home: string; backend: string }): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: `${tools}${path.delimiter}${process.env.PATH}`,
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: `file://${backend}`,
    PULUMI_CONFIG_PASSPHRASE: "engine tests",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    // Offers `--event-log`.
    PULUMI_DEBUG_COMMANDS: "true",
  };
}

function run(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<CommandEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn("pulumi", args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (bytes: Buffer) => stdout.push(bytes));
    child.stderr.on("data", (bytes: Buffer) => stderr.push(bytes));
    child.on("error", reject);
    child.on("close", (code) =>
      resolve({ code: code ?? -1, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
    );
  });
}
