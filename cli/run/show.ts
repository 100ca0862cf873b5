/** Prints the results of a run, section by section. */
import path from "node:path";
import type { DeclaredOnly } from "../../local/program/registrar";
import type { Sent } from "../send/sendRecords";
import type { Io } from "../terminal/io";
import { plainRows } from "../terminal/plainRows";
import type { Progress } from "../terminal/progress";
import { tableOn } from "../terminal/textTable";
import { linesOn } from "../terminal/unseen";
import { byteCount, counted, counting, createPaint, duration } from "../terminal/wording";
import { alarmLines } from "./alarms";
import { alertLines } from "./alerts";
import { dashboardLines } from "./dashboards";
import { emailLines } from "./emails";
import { lakeOf } from "./ledgers";
import type { LocalReport } from "./report";
import { hookLines, iamLines, ledgerLines, queryLines, sinkLines, tableLines } from "./summary";
import { type TopologyResource, topology } from "./topology";
import { usedLines } from "./used";

export interface Show {
  program(project: string, stack: string, resources: readonly TopologyResource[]): void;
  declaredOnly(resources: readonly DeclaredOnly[]): void;
  /** @param notes on the files that were sent, one line each */
  sent(sent: Sent, notes: readonly string[]): void;
  /** @param lakes the buckets of the program's lakes */
  report(report: LocalReport, dataDir: string, lakes: readonly string[]): void;
  /** The file of `--html`, and its size. */
  page(file: string, bytes: number): void;
}

/** The width in characters of output that is not a terminal. */
const WIDTH = 120;

export function createShow(io: Io, progress: Progress): Show {
  const paint = createPaint(io);
  const width = io.stdout.columns ?? WIDTH;
  const section = (title: string, lines: readonly string[]) =>
    progress.done([paint.strong(title), ...lines, ""].join("\n"));
  return {
    program: (project, stack, resources) => section(`Program "${project}", stack ${stack}`, topology(resources, width)),
    declaredOnly: (resources) => {
      if (resources.length > 0) section("Declared only", declaredOnlyLines(resources));
    },
    sent: (sent, notes) => section("Sent", [sentLine(sent), ...notes.map((note) => `  ${note}`)]),
    report(report, dataDir, lakes) {
      section("Landed", landedLines(report));
      const hooks = hookLines(report);
      if (hooks.length > 0) section("Hooks FAILED", hooks.map(paint.bad));
      const state = (status: string) => (status === "SUCCEEDED" ? paint.good(status) : paint.bad(status));
      section(
        "Workflow",
        report.workflows.map(({ machine = "", name, status }) => `  ${`${machine}  ${name}`.trim()}  ${state(status)}`),
      );
      section("Tables", tableLines(report));
      for (const query of report.queries) section("Query", queryLines(query, tableOn(io)));
      for (const query of report.warehouseQueries) section("Warehouse query", queryLines(query, tableOn(io)));
      if (report.dashboards.length > 0) section("Dashboards", dashboardLines(report.dashboards));
      for (const { path, status, body } of report.answers) section(`GET ${path}`, [`  ${status}  ${body}`]);
      for (const alerts of report.alerts) section(`Alerts of "${alerts.name}"`, alertLines(alerts));
      for (const emails of report.emails) section(`E-mail of "${emails.topic}"`, emailLines(emails));
      if (report.alarms.length > 0) section("Alarms", alarmLines(report.alarms));
      section("IAM", iamLines(report.iam, width));
      for (const route of report.ledgers) {
        const verdict = route.ledger.balanced ? paint.good : paint.bad;
        const lines = ledgerLines({ ...route, sinks: report.sinks });
        const of = report.ledgers.length > 1 ? ` of ${route.stream} in ${lakeOf(route)}` : "";
        section(`Ledger${of}`, [...lines.slice(0, -1), verdict(lines.at(-1) ?? "")]);
      }
      for (const [name, sink] of Object.entries(report.sinks)) {
        const verdict = sink.balanced ? paint.good : paint.bad;
        const lines = sinkLines(sink);
        section(`Ledger of ${sink.kind} "${name}"`, [...lines.slice(0, -1), verdict(lines.at(-1) ?? "")]);
      }
      section("Used", usedLines(report.used));
      const below = path.relative(io.cwd, dataDir) || ".";
      section("Files", [
        ...lakes.map(
          (bucket) => `  ${path.join(below, "s3", bucket)}${path.sep}   the lake: raw, unformatted, parquet-output`,
        ),
        `  ${path.join(below, "logs")}${path.sep}   the logs of the functions`,
        `  took ${duration(report.durationMs)}; for more, run: streamlake query "SQL", streamlake inspect`,
      ]);
    },
    page: (file, bytes) =>
      section("Page", [
        `  ${path.relative(io.cwd, file)}   the run as one page, ${byteCount(bytes)}; it needs no server`,
      ]),
  };
}

function declaredOnlyLines(resources: readonly DeclaredOnly[]): string[] {
  return [
    `  ${counting(resources.length, "resource is", "resources are")} not simulated, and the pipeline does not use them:`,
    ...resources.map(({ type, name, reason }) => `  ${type} "${name}": ${reason}`),
  ];
}

/** Prints only the values of the queries that were asked for. */
export function createQuietShow(io: Io, asked: boolean): Show {
  return {
    program: () => undefined,
    declaredOnly: () => undefined,
    sent: () => undefined,
    page: () => undefined,
    report: ({ queries }) => {
      for (const { rows } of asked ? queries : []) io.stdout.write(linesOn(io.stdout, plainRows(rows)));
    },
  };
}

function sentLine({ records, byFormat, malformed, redriven }: Sent): string {
  const parts = Object.entries(byFormat).map(([format, count]) => `${format} ${counted(count)}`);
  if (malformed > 0) parts.push(`malformed ${counted(malformed)}`);
  const again = redriven > 0 ? `, ${counting(redriven, "record")} sent again` : "";
  return `  ${counting(records, "record")}${parts.length > 0 ? `: ${parts.join(", ")}` : ""}${again}`;
}

function landedLines({ raw, unformatted, failedBatches }: LocalReport): string[] {
  const reasons = Object.entries(unformatted.byReason).map(([reason, count]) => `${reason} ${counted(count)}`);
  return [
    `  ${counting(raw.rows, "row")} in ${counting(raw.objects, "object")} of raw/`,
    `  ${counting(unformatted.records, "record")} in unformatted/${reasons.length > 0 ? `: ${reasons.join(", ")}` : ""}`,
    ...(failedBatches > 0 ? [`  ${counting(failedBatches, "failed batch", "failed batches")}`] : []),
  ];
}
