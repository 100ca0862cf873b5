/** `streamlake local`: runs the stack program in this process, from records to SQL results. */
import { once } from "node:events";
import { closeSync, existsSync, openSync, statSync, unlinkSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { defaults } from "../../lake/defaults";
import { checkDuckDb } from "../../local/duckdb/duckdb";
import { findSpark } from "../../local/flatten/spark/findSpark";
import { LOOKUPS_FILE } from "../../local/program/lookups";
import { defineCommand } from "../command";
import { CommandError, UsageError } from "../errors";
import { GENERATED_FORMATS } from "../generate/recordMakers";
import { expandInputs, type Inputs } from "../input/expandInputs";
import { checkInput } from "../input/readInput";
import { duration, flag, integer, list, optionalNames, share, stackName, text } from "../optionKinds";
import { lookupsFile, readLookups } from "../project/readLookups";
import { type Project, readProject } from "../project/readProject";
import { changeMarker, type RunAlarms, type RunOutcome } from "../project/runs/marker";
import { beginRun, endRun, startRun } from "../project/runs/startRun";
import type { Io } from "../terminal/io";

const KEEP_KEY = "streamlake:keepRuns";
const KEEP_RANGE = { min: 1, max: 1000 };

const OPTIONS = {
  stack: stackName("the stack to run, configured by Pulumi.<NAME>.yaml", "dev"),
  input: list(
    "FILE …",
    "sends these files instead of generated records; names, directories, patterns, or - for standard input",
  ),
  api: flag("sends --input through the program's IngestApi, signed, instead of to its stream"),
  stream: list("NAME …", "the streams to send to; the output streamName, or all routed streams, when absent"),
  records: integer("N", "the number of records to generate for each stream", {
    initial: 1000,
    min: 0,
    max: 1_000_000_000,
  }),
  malformed: share("SHARE", "the share of generated records that is malformed", 0.2),
  formats: optionalNames(
    "LIST",
    `the formats to generate, of ${GENERATED_FORMATS.join(", ")}; those that the program's router takes when absent`,
    GENERATED_FORMATS,
  ),
  seed: integer("N", "the seed; the same seed generates the same records", { initial: 7, min: 0, max: 4_294_967_295 }),
  batch: integer("N", "the maximum number of CSV rows in one record", { initial: 50, min: 1, max: 100_000 }),
  query: list('"SQL" …', "the SQL to run; the program's named queries when absent"),
  "warehouse-query": list('"SQL" …', "the SQL to run on the program's warehouse"),
  get: list("PATH …", "gets these paths from the program's IngestApi, signed: /customers/17850"),
  quiet: flag("prints only the values of --query: a line for each row, tabs between values"),
  report: text("FILE", "writes the results to this file as JSON"),
  html: text("FILE", "writes the run to this file as one page that opens without a server; it has up to 8 MB"),
  dir: text("DIR", "the directory with the files of local runs", ".streamlake"),
  keep: integer(
    "N",
    `the number of runs whose files stay, this one included; ${KEEP_KEY} or 5 when absent`,
    KEEP_RANGE,
  ),
  lookups: text("FILE", `answers what the program looks up; ${LOOKUPS_FILE} when present`),
  redeliver: flag(
    "every batch, delivery, schedule and load at least twice, some in other pieces, as on AWS; the results are those of a run without",
  ),
  spark: flag("runs Glue jobs on Spark instead of DuckDB; needs PySpark and Java"),
  serve: flag("keeps everything running until Ctrl-C"),
  "flush-every": duration(
    "TIME",
    "with --serve: runs the hourly step for the current hour at this interval, such as 10s",
  ),
  port: integer("PORT", "the port on 127.0.0.1; 4566 with --serve, otherwise a free port", { min: 1, max: 65_535 }),
};

const SERVE_PORT = 4566;

export const local = defineCommand({
  name: "local",
  summary: "Runs the stack program of Pulumi.yaml in this process: no AWS account, no Docker, no Pulumi CLI.",
  options: OPTIONS,
  hasColors: true,
  notes: [
    "Files are CSV, JSON, NDJSON, XML, Avro, Parquet or one record of any format, plain or packed by gzip or zstd; the content",
    "decides. Rows of Avro and Parquet are sent as NDJSON.",
    "",
    "Exit code 0: the ledger balances, no call was denied and the workflow succeeded. 1: one of these failed. 2: wrong usage.",
  ],
  run: async (options, io) => {
    const flushEverySeconds = options["flush-every"];
    if (flushEverySeconds !== undefined && !options.serve) {
      throw new UsageError("streamlake local: --flush-every needs --serve; a run without it runs the hourly step once");
    }
    if (options.api && options.input.length === 0) {
      throw new UsageError("streamlake local: --api sends files; give --input");
    }
    const answers = lookupsFile(io.cwd, options.lookups);
    const lookups = readLookups(answers);
    const project = readProject(io.cwd, options.stack, lookups.config);
    const inputs = await readableInputs(options.input, io);
    const report = writableFile("--report", options.report, io.cwd);
    const html = writableFile("--html", options.html, io.cwd);
    if (html !== undefined && html === report) {
      throw new UsageError(`streamlake local: --html and --report name the same file, ${html}`);
    }
    const keep = options.keep ?? keepOf(project, options.stack);
    const sparkPython = options.spark ? sparkOf(io.cwd) : undefined;
    checkDuckDb();
    const port = options.port ?? (options.serve ? SERVE_PORT : 0);
    await checkPort(port);
    if (project.isUnconfigured)
      (options.quiet ? io.stderr : io.stdout).write(`${withoutConfiguration(project, options.stack)}\n\n`);
    const startedAt = new Date(io.clock.now()).toISOString();
    const { stack, seed } = options;
    const marker = {
      project: project.name,
      stack,
      seed,
      startedAt,
      ...(answers && { lookups: answers }),
      pid: process.pid,
    };
    const dataDir = startRun(path.resolve(io.cwd, options.dir), marker);
    try {
      // The simulated cloud takes seconds to load; help and usage errors do not need it.
      const { runLocal } = require("../run/runLocal") as typeof import("../run/runLocal");
      const onStarted = () => beginRun(dataDir, keep);
      const onOutcome = (outcome: RunOutcome) => changeMarker(dataDir, { outcome });
      const onAlarms = (alarms: RunAlarms) => changeMarker(dataDir, { alarms });
      const onServe = (endpoint: string, console: string) => changeMarker(dataDir, { endpoint, console });
      const events = { onStarted, onOutcome, onAlarms, onServe };
      const run = {
        ...options,
        lookups,
        streams: options.stream,
        warehouseQuery: options["warehouse-query"],
        flushEverySeconds,
        sparkPython,
        inputs,
        port,
        report,
        html,
        project,
        dataDir,
        ...events,
      };
      return await runLocal(run, io);
    } finally {
      endRun(dataDir, io.signal.aborted ? "stopped" : "failed");
    }
  },
});

/** The stack's own number of kept runs. */
function keepOf({ config }: Project, stack: string): number {
  const given = config[KEEP_KEY];
  if (given === undefined) return defaults.local.keepRuns;
  const keep = /^\d+$/.test(given) ? Number(given) : Number.NaN;
  if (keep >= KEEP_RANGE.min && keep <= KEEP_RANGE.max) return keep;
  throw new UsageError(
    `streamlake local: ${KEEP_KEY} of the stack ${stack} must be a whole number from ${KEEP_RANGE.min} to ${KEEP_RANGE.max}, not "${given}"`,
  );
}

function withoutConfiguration({ config }: Project, stack: string): string {
  return `There is no Pulumi.${stack}.yaml: the stack ${stack} runs with defaults, in ${config["aws:region"]}.`;
}

/** Reports a wrong input before the run starts, not in the middle of it. */
async function readableInputs(given: readonly string[], io: Io): Promise<Inputs> {
  try {
    const inputs = expandInputs(given, io.cwd);
    for (const file of inputs.files) await checkInput(file, io.stdin);
    return inputs;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new UsageError(`streamlake local: --input: ${error.message}`, { cause: error });
  }
}

/** Loading the cloud takes seconds; a port that is in use is reported before. */
async function checkPort(port: number): Promise<void> {
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const problem =
      code === "EADDRINUSE"
        ? "is in use; stop what uses it, or choose another with --port"
        : `cannot be opened (${code ?? message}); choose another with --port`;
    throw new CommandError(`streamlake local: port ${port} of 127.0.0.1 ${problem}`, { cause: error });
  }
  await new Promise((resolve) => server.close(resolve));
}

function sparkOf(cwd: string): string {
  try {
    return findSpark(cwd);
  } catch (error) {
    throw new UsageError(`streamlake local: --spark: ${(error as Error).message}`);
  }
}

/** The file of an option; one that cannot be written is reported before the run, not after it. */
function writableFile(option: string, given: string | undefined, cwd: string): string | undefined {
  if (given === undefined) return undefined;
  const file = path.resolve(cwd, given);
  const folder = path.dirname(file);
  const isDirectory = (name: string) => statSync(name, { throwIfNoEntry: false })?.isDirectory() ?? false;
  try {
    if (isDirectory(file)) {
      throw new UsageError(`streamlake local: ${option} must be a file, and ${file} is a directory`);
    }
    if (!isDirectory(folder)) throw new UsageError(`streamlake local: ${option}: there is no directory ${folder}`);
    const isNew = !existsSync(file);
    closeSync(openSync(file, "a"));
    if (isNew) unlinkSync(file);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`streamlake local: ${option}: ${file} cannot be written (${code})`, { cause: error });
  }
  return file;
}
