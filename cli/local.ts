/** `streamlake local`: the stack program in this process, on generated or real records, to SQL results. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { type LocalCloud, startLocal } from "../local/startLocal";
import { defineCommand } from "./command";
import { endRun, startRun } from "./dataDirectory";
import { CommandError } from "./errors";
import { generateRecords } from "./generate/generateRecords";
import { GENERATED_FORMATS } from "./generate/recordMakers";
import { inputKind, readInputs } from "./input/readInput";
import type { Io } from "./io";
import { interruptible } from "./localRun/interruptible";
import { failuresOf, type LocalReport, reportOf } from "./localRun/report";
import { answer, catalogColumns, ledgerOf, type RunContext, runHourlyStep, send } from "./localRun/runLocal";
import { serve } from "./localRun/serve";
import { iamLines, ledgerLines, queryLines, tableLines } from "./localRun/summary";
import { topology } from "./localRun/topology";
import { flag, integer, list, names, share, text } from "./optionKinds";
import type { Values } from "./options";
import { createPaint, type Paint } from "./paint";
import { createProgress } from "./progress";
import { loadProgram } from "./project/loadProgram";
import { type Project, readProject } from "./project/readProject";
import type { Sent } from "./send/sendRecords";
import { counted, counting, duration } from "./wording";

const OPTIONS = {
  stack: text("NAME", "the stack, whose config is Pulumi.<NAME>.yaml", "dev"),
  input: list("FILE …", "real files instead of generated records: CSV, NDJSON or JSON arrays"),
  records: integer("N", "how many records to generate", 1000, { min: 0, max: 1_000_000_000 }),
  malformed: share("SHARE", "the share of them that is malformed", 0.2),
  formats: names("LIST", "the formats to generate", GENERATED_FORMATS),
  seed: integer("N", "decides every generated record", 7, { min: 0, max: 4_294_967_295 }),
  batch: integer("N", "rows of a CSV file in one record, at most", 50, { min: 1, max: 100_000 }),
  query: list('"SQL" …', "what to ask; without it, the program's named queries"),
  report: text("FILE", "writes what was found as JSON", undefined),
  dir: text("DIR", "where runs keep their files", ".streamlake"),
  serve: flag("keeps everything running until Ctrl-C"),
  port: integer("PORT", "of 127.0.0.1; with --serve 4566, else a free one", undefined, { min: 1, max: 65_535 }),
};

const SERVE_PORT = 4566;

export const local = defineCommand({
  name: "local",
  summary: "Runs the stack program of Pulumi.yaml in this process: no AWS account, no Docker, no Pulumi CLI.",
  options: OPTIONS,
  notes: [
    "Exit code 0: the ledger balances, no call was denied, the workflow succeeded. 1: something of this failed. 2: wrong usage.",
  ],
  run: async (options, io) => {
    const project = readProject(io.cwd, options.stack);
    const inputs = options.input.map((file) => path.resolve(io.cwd, file));
    for (const file of inputs) await inputKind(file);
    const startedAt = new Date(io.clock.now()).toISOString();
    const { stack, seed } = options;
    const marker = { project: project.name, stack, seed, startedAt, pid: process.pid };
    const dataDir = startRun(path.resolve(io.cwd, options.dir), marker);
    try {
      return await run(options, io, { project, inputs, dataDir });
    } finally {
      endRun(dataDir);
    }
  },
});

interface Setting {
  readonly project: Project;
  readonly inputs: readonly string[];
  readonly dataDir: string;
}

async function run(options: Values<typeof OPTIONS>, io: Io, { project, inputs, dataDir }: Setting): Promise<number> {
  const startedAt = io.clock.now();
  const paint = createPaint(io.stdout, io.env);
  const progress = createProgress(io.stdout, io.clock);
  const say = (title: string, lines: readonly string[]) =>
    progress.done([paint.strong(title), ...lines, ""].join("\n"));
  const starting = start(options, io, project, dataDir);
  const cloud = await interruptible(starting, io.signal).catch(async (error) => {
    await (await starting.catch(() => undefined))?.stop();
    throw error;
  });
  try {
    const context: RunContext = { cloud, io, progress, dataDir };
    say(`Program "${project.name}", stack ${options.stack}`, topology(cloud.resources, io.stdout.columns ?? 100));

    const records = inputs.length > 0 ? readInputs(inputs, options.batch) : generateRecords(options);
    const sent = await send(context, records, inputs.length > 0 ? undefined : options.records);
    say("Sent", sentLines(sent));
    progress.update("landing the records");
    await interruptible(cloud.drain(), io.signal);
    const workflows = await runHourlyStep(context);
    const ledger = await ledgerOf(context);
    const columns = await catalogColumns(context, Object.keys(ledger.tables));
    const queries = await answer(context, options.query);
    const durationMs = Math.round(io.clock.now() - startedAt);
    const { stack, seed } = options;
    const iam = cloud.usage();
    const report = reportOf({ stack, seed, durationMs, sent, ledger, columns, iam, workflows, queries });
    show(report, say, paint);
    progress.done(`Files: ${path.relative(io.cwd, dataDir) || dataDir}   (${duration(durationMs)})`);
    if (options.report !== undefined) {
      writeFileSync(path.resolve(io.cwd, options.report), `${JSON.stringify(report, null, 2)}\n`);
    }
    const failures = failuresOf(report);
    for (const failure of failures) io.stderr.write(`streamlake local: ${failure}\n`);
    if (options.serve) await serve(context, project);
    return failures.length > 0 ? 1 : 0;
  } finally {
    progress.clear();
    await cloud.stop();
  }
}

async function start(
  { stack, seed, serve: serves, port }: Values<typeof OPTIONS>,
  io: Io,
  project: Project,
  dataDir: string,
): Promise<LocalCloud> {
  const wanted = port ?? (serves ? SERVE_PORT : 0);
  try {
    return await startLocal({
      program: () => loadProgram(project.main),
      project: project.name,
      stack,
      config: project.config,
      dataDir,
      port: wanted,
      seed,
      clock: io.clock,
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new CommandError(`the port ${wanted} of 127.0.0.1 is taken; give another --port`, { cause: error });
  }
}

function sentLines({ records, byFormat, malformed, redriven }: Sent): string[] {
  const parts = Object.entries(byFormat).map(([format, count]) => `${format} ${counted(count)}`);
  if (malformed > 0) parts.push(`malformed ${counted(malformed)}`);
  const again = redriven > 0 ? `, ${counting(redriven, "record")} sent again` : "";
  return [`  ${counting(records, "record")}${parts.length > 0 ? `: ${parts.join(", ")}` : ""}${again}`];
}

function show(report: LocalReport, say: (title: string, lines: readonly string[]) => void, paint: Paint): void {
  const landed = Object.entries(report.unformatted.byReason).map(([reason, count]) => `${reason} ${counted(count)}`);
  say("Landed", [
    `  ${counting(report.raw.rows, "row")} in ${counting(report.raw.objects, "object")} of raw/`,
    `  ${counting(report.unformatted.records, "record")} in unformatted/${landed.length > 0 ? `: ${landed.join(", ")}` : ""}`,
    ...(report.failedBatches > 0 ? [`  ${counting(report.failedBatches, "failed batch", "failed batches")}`] : []),
  ]);
  say(
    "Workflow",
    report.workflows.map(
      ({ name, status }) => `  ${name}  ${status === "SUCCEEDED" ? paint.good(status) : paint.bad(status)}`,
    ),
  );
  say("Tables", tableLines(report));
  for (const query of report.queries) say("Query", queryLines(query));
  say("IAM", iamLines(report.iam.denied, report.iam.unused));
  say(
    "Ledger",
    ledgerLines(report).map((line, index, all) =>
      index < all.length - 1 ? line : (report.ledger.balanced ? paint.good : paint.bad)(line),
    ),
  );
}
