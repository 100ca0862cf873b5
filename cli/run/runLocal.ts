/** Runs the program locally and resolves to the exit code; always stops everything that it started. */
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Ledger } from "../../local/ledger/ledger";
import type { Lookups } from "../../local/program/lookups";
import type { KinesisService } from "../../local/services/kinesis/service";
import { type LocalCloud, startLocal } from "../../local/startLocal";
import { servedSource } from "../console/servedSource";
import { type ConsoleSource, writeRecord } from "../console/source";
import { CommandError } from "../errors";
import { type GenerateOptions, generateRecords } from "../generate/generateRecords";
import type { GeneratedFormat } from "../generate/recordMakers";
import type { Inputs } from "../input/expandInputs";
import { type InputSteps, inputSteps } from "../input/inputSteps";
import { readInputs } from "../input/readInput";
import { loadProgram } from "../project/loadProgram";
import type { Project } from "../project/readProject";
import { type RunAlarms, type RunOutcome, streamBytes } from "../project/runs/marker";
import { withProgramPlaces } from "../project/withProgramPlaces";
import type { Sent } from "../send/sendRecords";
import type { Io } from "../terminal/io";
import { createProgress } from "../terminal/progress";
import { counted, counting } from "../terminal/wording";
import { alarmsNow, readAlarms } from "./alarms";
import { readAlerts } from "./alerts";
import { drawDashboards } from "./dashboards";
import { readEmails } from "./emails";
import { entryOf, getAll, sendThroughApi } from "./entryRequests";
import { hookFailures } from "./hookFailures";
import { interruptible } from "./interruptible";
import { totalLedger, totalSent } from "./ledgers";
import { failuresOf, type LocalReport, reportOf, tablesOf } from "./report";
import { flattenJobs, inputStreams, type RoutedStream, routedStreams, streamNames } from "./routes";
import { createQuietShow, createShow } from "./show";
import { sinkLedgers, watchEntries } from "./sinkLedgers";
import { lakeBuckets, sinksOf } from "./sinks";
import {
  answer,
  askWarehouse,
  catalogColumns,
  land,
  ledgersOf,
  maxRecordBytes,
  type RunContext,
  runHourlyStep,
  send,
  warehouseOf,
} from "./steps";
import { takenFormats } from "./takenFormats";
import { callsOf, usedBy } from "./used";
import { explainWarehouse } from "./warehouse";

export interface LocalRunOptions extends Omit<GenerateOptions, "formats"> {
  /** The formats to generate; those that the router of the input stream takes when absent. */
  readonly formats: readonly GeneratedFormat[] | undefined;
  readonly project: Project;
  readonly stack: string;
  /** An empty directory for this run only. */
  readonly dataDir: string;
  /** Files to send instead of generated records. */
  readonly inputs: Inputs;
  /** The streams to send to, by name; the program's input streams when empty. */
  readonly streams: readonly string[];
  /** The maximum number of CSV rows in one record. */
  readonly batch: number;
  /** The SQL to run; the program's named queries when empty. */
  readonly query: readonly string[];
  /** The answers to the program's look-ups. */
  readonly lookups: Lookups;
  /** File for the report. */
  readonly report: string | undefined;
  /** File for the run as one page. */
  readonly html: string | undefined;
  /** The Python with PySpark that runs Glue jobs; DuckDB runs them when absent. */
  readonly sparkPython: string | undefined;
  /** Sends `inputs` through the program's HTTP entry, not to its streams. */
  readonly api: boolean;
  /** The paths to get from the HTTP entry. */
  readonly get: readonly string[];
  /** The SQL to run on the program's warehouse. */
  readonly warehouseQuery: readonly string[];
  /** Everything that AWS does at least once happens at least twice. */
  readonly redeliver: boolean;
  /** Prints only the values of `query` to standard output. */
  readonly quiet: boolean;
  readonly serve: boolean;
  /** The interval of flushes while serving, seconds; none when absent. */
  readonly flushEverySeconds: number | undefined;
  /** Called with the endpoint and the console's address before they are served. */
  readonly onServe?: (endpoint: string, console: string) => void;
  /** 0 for a free port. */
  readonly port: number;
  /** Called when the program runs, before the first record. */
  readonly onStarted: () => void;
  /** Called when the ledger is read. */
  readonly onOutcome: (outcome: RunOutcome) => void;
  /** Called when alarms were evaluated with the results, and when serving ends. */
  readonly onAlarms: (alarms: RunAlarms) => void;
}

/** Resolves to the exit code. */
export async function runLocal(options: LocalRunOptions, io: Io): Promise<number> {
  const { stack, seed, inputs, dataDir } = options;
  const startedAt = io.clock.now();
  const progress = createProgress(options.quiet ? io.stderr : io.stdout, io.clock, options.quiet);
  const show = options.quiet ? createQuietShow(io, options.query.length > 0) : createShow(io, progress);
  const starting = `starting "${options.project.name}", stack ${stack}`;
  const step = () =>
    io.signal.aborted ? "stopping when the program has started; Ctrl-C again ends at once" : starting;
  const cloud = await progress.during(startOrLeave(options, io), step);
  try {
    options.onStarted();
    const context: RunContext = { cloud, io, progress, dataDir };
    const sinks = sinksOf(cloud.resources);
    watchEntries(context, sinks);
    const routes = routedStreams(cloud.resources);
    const streams = inputStreams(cloud.resources, cloud.outputs, options.streams);
    if (inputs.files.length > 0 && streams.length > 1) {
      const names = streamNames(cloud.resources).join(", ");
      throw new CommandError(
        `streamlake local: --input: the program writes ${streams.length} streams: ${names}; choose one with --stream`,
      );
    }
    // Refused before anything is sent.
    const entry = options.api ? entryOf(sinks, "--api") : undefined;
    if (options.get.length > 0) entryOf(sinks, "--get");
    if (options.warehouseQuery.length > 0) warehouseOf(cloud.resources);
    show.program(options.project.name, stack, cloud.resources);
    show.declaredOnly(cloud.declaredOnly);

    const input = inputSteps();
    const sentByStream = entry
      ? await sendThroughApi(context, entry, inputs, input)
      : await sendAll(context, streams, routes, options, input);
    const sent = totalSent(Object.values(sentByStream));
    show.sent(sent, input.notes(inputs, io.cwd));
    await land(context, sentByStream);
    const workflows = await runHourlyStep(context);
    const readBytes = streamBytes(dataDir);
    const before = callsOf(cloud);
    const deliveries = sinks.flatMap((sink) => (sink.kind === "delivery" ? sink.sources : []));
    const ledgers = await ledgersOf(context, routes, deliveries);
    const ledgersAt = new Date(io.clock.now()).toISOString();
    const ledger = totalLedger(ledgers);
    const sinkReports = await sinkLedgers(context, sinks);
    const after = callsOf(cloud);
    const isBalanced = ledger.balanced && Object.values(sinkReports).every(({ balanced }) => balanced);
    const flattened = flattenJobs(cloud.resources).map(({ bucket, raw }) => `${bucket}/${raw}`);
    options.onOutcome({ records: sent.records, balanced: isBalanced, streamBytes: readBytes, flattened });
    const tables = tablesOf(ledger, sinkReports);
    const columns = await catalogColumns(context, Object.keys(tables));
    const queries = await answer(context, options.query, tablesWithRows(tables));

    const loaded = sinks.flatMap((sink) =>
      sink.kind === "warehouse" ? sink.tables.map((table) => `${sink.schema}.${table}`) : [],
    );
    const warehouseQueries = (await askWarehouse(context, options.warehouseQuery)).map(({ error, ...result }) =>
      error === undefined ? result : { ...result, error: explainWarehouse(error, loaded) },
    );
    const dashboards = await progress.during(drawDashboards(cloud), () => "drawing dashboards");
    const answers = await getAll(context, sinks, options.get);

    const durationMs = Math.round(io.clock.now() - startedAt);
    const iam = cloud.usage();
    const alerts = readAlerts(cloud);
    const alarms = readAlarms(cloud);
    options.onAlarms(alarmsNow(cloud));
    const failedHooks = ledger.byReason.hook ? await hookFailures(path.join(dataDir, "s3"), io.cwd) : [];
    const report = reportOf({
      stack,
      seed,
      durationMs,
      declaredOnly: cloud.declaredOnly,
      sent,
      ledgers,
      sinks: sinkReports,
      columns,
      iam,
      used: usedBy(cloud, sent, [before, after]),
      workflows,
      queries,
      warehouseQueries,
      dashboards,
      answers,
      alerts,
      alarms,
      emails: readEmails(cloud),
      hookFailures: failedHooks,
    });
    show.report(report, dataDir, lakeBuckets(routes, sinks));
    if (options.report !== undefined) writeFileSync(options.report, `${JSON.stringify(report, null, 2)}\n`);
    const failures = failuresOf(report, recordsIn(cloud, Object.keys(sentByStream)));
    for (const failure of failures) io.stderr.write(`streamlake local: ${failure}\n`);
    const source = servedSource({
      cloud,
      ledgers,
      sinks: sinkReports,
      ledgersAt,
      checks: [before, after],
      project: options.project.name,
      stack,
      run: path.basename(dataDir),
      startedAt: new Date(startedAt).toISOString(),
    });
    writeRecord(source);
    if (options.html !== undefined) show.page(options.html, await writePage(options.html, source, report, context));
    if (options.serve) {
      // A run that ends needs nothing of the console.
      const { serve } = require("../serve/serve") as typeof import("../serve/serve");
      const { consoleAddress } = require("../console/handler") as typeof import("../console/handler");
      const token = randomBytes(16).toString("base64url");
      options.onServe?.(cloud.endpoint, consoleAddress(cloud.endpoint, token));
      try {
        await serve(context, { ...options, project: options.project.name, source, token });
      } finally {
        writeRecord(source);
        options.onAlarms(alarmsNow(cloud));
      }
    }
    return failures.length > 0 ? 1 : 0;
  } finally {
    progress.clear();
    try {
      // Its processes, which made the program's packages, would outlive this one.
      await (require("esbuild") as typeof import("esbuild")).stop();
    } finally {
      await cloud.stop();
    }
  }
}

/** Resolves to the page's bytes. */
async function writePage(
  file: string,
  source: ConsoleSource,
  report: LocalReport,
  { io, progress }: RunContext,
): Promise<number> {
  // The page is rarely asked for, and bundling it takes time in a checkout.
  const { pageFile } = require("../console/pageFile") as typeof import("../console/pageFile");
  const queries = [...report.queries, ...report.warehouseQueries];
  const page = await progress.during(
    pageFile(source, { queries, clock: io.clock, signal: io.signal }),
    () => "writing the page",
  );
  writeFileSync(file, page);
  return Buffer.byteLength(page);
}

/** Each stream gets all input files, or generated records of its own, in formats that its routers take. */
async function sendAll(
  context: RunContext,
  streams: readonly string[],
  routes: readonly RoutedStream[],
  options: LocalRunOptions,
  input: InputSteps,
): Promise<Record<string, Sent>> {
  const { inputs, batch, seed } = options;
  const all: Record<string, Sent> = {};
  for (const [index, stream] of streams.entries()) {
    const limits = { rowsPerRecord: batch, maxRecordBytes: await maxRecordBytes(context, stream) };
    const isReal = inputs.files.length > 0;
    const records = isReal
      ? readInputs(inputs.files, { ...limits, ...input, stdin: context.io.stdin })
      : await generated(stream, index);
    all[stream] = await send(context, stream, records, (count) =>
      isReal
        ? { what: "sending", bytes: input.bytes(), ofBytes: inputs.bytes }
        : `sending ${counted(count)} of ${counting(options.records, "record")}`,
    );
  }
  return all;

  async function generated(stream: string, index: number) {
    const routers = routes.filter((route) => route.stream === stream).flatMap(({ functionNames }) => functionNames);
    const formats = options.formats ?? (await takenFormats(context, routers, seed));
    return generateRecords({ ...options, formats, seed: seed + index });
  }
}

function recordsIn(cloud: LocalCloud, streams: readonly string[]): number {
  const kinesis = cloud.service("kinesis") as KinesisService;
  return streams.flatMap((stream) => kinesis.shardLogs(stream)).reduce((sum, { records }) => sum + records, 0);
}

function tablesWithRows(tables: Ledger["tables"]): ReadonlySet<string> {
  return new Set(Object.keys(tables).filter((table) => (tables[table]?.rows ?? 0) > 0));
}

/** A start cannot be interrupted: after Ctrl-C it runs to its end, and then the cloud is stopped. */
async function startOrLeave(options: LocalRunOptions, io: Io): Promise<LocalCloud> {
  const { project, stack, dataDir, port, seed, sparkPython, lookups, redeliver } = options;
  const starting = withProgramPlaces(io.cwd, () =>
    startLocal({
      program: () => loadProgram(project.main),
      project: project.name,
      stack,
      config: project.config,
      lookups,
      dataDir,
      port,
      seed,
      clock: io.clock,
      sparkPython,
      redeliver,
    }),
  );
  try {
    return await interruptible(starting, io.signal);
  } catch (error) {
    if (io.signal.aborted) await starting.then((cloud) => cloud.stop()).catch(() => undefined);
    throw error;
  }
}
