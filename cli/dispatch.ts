/** Runs a subcommand, and turns an error into one line on stderr and an exit code. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { inspect } from "node:util";
import type { Command } from "./command";
import { CommandError, Interrupted, UsageError } from "./errors";
import { packageDirectory } from "./project/packageDirectory";
import type { Io } from "./terminal/io";
import { suggestion } from "./terminal/nearest";

/** Commands load on demand, so that `streamlake --help` does not load the simulated cloud. */
const commands: Readonly<Record<string, { summary: string; load: () => Command }>> = {
  init: {
    summary: "write a new project that runs at once: a program, its test, and a README",
    load: () => require("./commands/init").init,
  },
  local: {
    summary: "run the stack program in this process, from records to SQL results",
    load: () => require("./commands/local").local,
  },
  flush: {
    summary: "run the hourly step now: of a served local cloud, or of a deployed stack",
    load: () => require("./commands/flush").flush,
  },
  produce: {
    summary: "send generated records or a CSV file to a stream",
    load: () => require("./commands/produce").produce,
  },
  query: {
    summary: "run SQL over the files of a local run, or on a deployed stack",
    load: () => require("./commands/query").query,
  },
  cost: {
    summary: "estimate the cost of a month before the program is deployed",
    load: () => require("./commands/cost").cost,
  },
  lint: {
    summary: "find contradictions between the program's resources before it is deployed",
    load: () => require("./commands/lint").lint,
  },
  view: { summary: "print an item of a serving table of a local run", load: () => require("./commands/view").view },
  schemas: {
    summary: "compare the program's schemas with the recorded ones, or record them",
    load: () => require("./commands/schemas").schemas,
  },
  inspect: {
    summary: "list the unformatted records of a local run or a deployed stack, and why they are unformatted",
    load: () => require("./commands/inspect").inspect,
  },
  tail: {
    summary: "print rows or unformatted records as they land",
    load: () => require("./commands/tail").tail,
  },
  status: {
    summary: "one screen on a local run or a deployed stack: its stream, mappings, hours and alarms",
    load: () => require("./commands/status").status,
  },
  trace: {
    summary: "follow a record, an object or a text from the stream to the table",
    load: () => require("./commands/trace").trace,
  },
  console: {
    summary: "open the pages of the last local run in a browser: data flow, SQL, records, runs, health",
    load: () => require("./commands/console").console,
  },
  replay: {
    summary: "send unformatted records and failed batches through the current router again",
    load: () => require("./commands/replay").replay,
  },
  runs: { summary: "list the local runs whose files are kept", load: () => require("./commands/runs").runs },
  watch: {
    summary: "run changed hooks again on the records of a local run, at each save",
    load: () => require("./commands/watch").watch,
  },
  smoke: {
    summary: "check a deployed stack end to end with records of its own",
    load: () => require("./commands/smoke").smoke,
  },
  completion: {
    summary: "print a script that completes commands and options in bash, zsh or fish",
    load: () => require("./commands/completion").completion(loadAll),
  },
};

function loadAll(): readonly Command[] {
  return Object.values(commands).map(({ load }) => load());
}

/** Resolves to the exit code: 0 success, 1 failure, 2 wrong usage, 130 after SIGINT, 143 after SIGTERM. */
export async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  try {
    return await start(argv, io);
  } catch (error) {
    const interrupt: unknown = io.signal.aborted ? io.signal.reason : error;
    if (interrupt instanceof Interrupted) return interrupt.exitCode;
    io.stderr.write(`${messageOf(error, argv[0], io)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function start([name, ...rest]: readonly string[], io: Io): Promise<number> {
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    io.stdout.write(overview());
    return name === undefined ? 2 : 0;
  }
  if (name === "--version") {
    io.stdout.write(`${version()}\n`);
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    const names = Object.keys(commands);
    const meant = suggestion(name, names) || `; use one of ${names.join(", ")}`;
    throw new UsageError(`streamlake: unknown command "${name}"${meant}`);
  }
  return command.load().run(rest, io);
}

function overview(): string {
  const lines = Object.entries(commands).map(([name, command]) => `  ${name.padEnd(10)}  ${command.summary}`);
  return [
    "streamlake <command> [options]",
    "",
    ...lines,
    "",
    "Run streamlake <command> --help for its options.",
    "",
    "Exit codes: 0 success, 1 failure, 2 wrong usage, 130 Ctrl-C, 143 SIGTERM, 141 when the reader of a pipe ends early.",
    "",
  ].join("\n");
}

function version(): string {
  const file = path.join(packageDirectory(), "package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

/** Errors of the AWS SDK that newcomers see, with the way out. */
const WAYS_OUT: readonly (readonly [RegExp, string])[] = [
  [/Region is missing$/, "no AWS region is set; set AWS_REGION, or name a profile that has one in AWS_PROFILE"],
  [
    /Could not load credentials from any providers$/,
    "no AWS credentials were found; set AWS_PROFILE or AWS_ACCESS_KEY_ID, or log in with: aws sso login",
  ],
];

/** One line; with STREAMLAKE_DEBUG the whole error with its stack. */
function messageOf(error: unknown, name = "", io: Io): string {
  if (io.env.STREAMLAKE_DEBUG) return inspect(error);
  if (!(error instanceof Error)) return `streamlake: ${String(error)}`;
  const wayOut = WAYS_OUT.find(([problem]) => problem.test(error.message))?.[1];
  if (wayOut !== undefined) return `streamlake: ${wayOut}`;
  if (error instanceof UsageError || error instanceof CommandError) {
    return /^streamlake[ :]/.test(error.message) ? error.message : `streamlake ${name}: ${error.message}`;
  }
  const line = error.message.split("\n")[0];
  const isDefect = ["TypeError", "ReferenceError", "RangeError", "SyntaxError"].includes(error.name);
  return `streamlake: ${line}${isDefect ? ` (${error.name}; set STREAMLAKE_DEBUG=1 for the stack trace)` : ""}`;
}
