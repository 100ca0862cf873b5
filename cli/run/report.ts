/** The results of a run as one JSON document. */

import type { Usage } from "../../local/cloud/iam/usage";
import type { Ledger } from "../../local/ledger/ledger";
import type { SinkLedger } from "../../local/ledger/sinks/sinkLedger";
import type { DeclaredOnly } from "../../local/program/registrar";
import type { Sent } from "../send/sendRecords";
import { counted } from "../terminal/wording";
import type { AlarmReport } from "./alarms";
import type { AlertMessages } from "./alerts";
import type { QueryResult } from "./athena";
import { type DashboardReport, dashboardFailures } from "./dashboards";
import { deniedTexts } from "./denied";
import type { TopicEmails } from "./emails";
import type { HookFailure } from "./hookFailures";
import { type RouteLedger, totalLedger } from "./ledgers";
import type { Used } from "./used";

export interface TableColumn {
  readonly name: string;
  readonly type: string;
}

/** The answer of the HTTP entry to a GET. */
export interface HttpAnswer {
  readonly path: string;
  readonly status: number;
  readonly body: string;
}

export interface Workflow {
  /** The execution's name. */
  readonly name: string;
  /** The state machine's name; absent if the schedule's call failed. */
  readonly machine?: string;
  readonly status: string;
  readonly error?: string;
}

export interface LocalReport {
  readonly stack: string;
  readonly seed: number;
  readonly durationMs: number;
  /** Resources of the program that are not simulated, and that its pipeline does not use. */
  readonly declaredOnly: readonly DeclaredOnly[];
  readonly sent: {
    readonly records: number;
    readonly byFormat: Readonly<Record<string, number>>;
    readonly malformed: number;
  };
  readonly raw: { readonly rows: number; readonly objects: number };
  readonly unformatted: { readonly records: number; readonly byReason: Readonly<Record<string, number>> };
  readonly failedBatches: number;
  readonly tables: Readonly<
    Record<string, { readonly rows: number; readonly files: number; readonly columns: readonly TableColumn[] }>
  >;
  /** The totals of `ledgers`. */
  readonly ledger: Ledger;
  /** The ledger of each stream that is routed into a lake. */
  readonly ledgers: readonly RouteLedger[];
  /** The ledgers of serving tables and HTTP entries, by the names of their components. */
  readonly sinks: Readonly<Record<string, SinkLedger>>;
  readonly iam: Usage;
  /** What the run used of AWS's meters. */
  readonly used: Used;
  readonly workflows: readonly Workflow[];
  readonly queries: readonly QueryResult[];
  /** The results of `--warehouse-query`. */
  readonly warehouseQueries: readonly QueryResult[];
  /** Each visual of each dashboard, with the rows that it draws. */
  readonly dashboards: readonly DashboardReport[];
  /** The answers of the HTTP entry to `--get`. */
  readonly answers: readonly HttpAnswer[];
  /** The messages of each `ContentAlerts` component. */
  readonly alerts: readonly AlertMessages[];
  /** The alarms that went off. */
  readonly alarms: readonly AlarmReport[];
  /** The messages of each topic with e-mail subscriptions; local sends none. */
  readonly emails: readonly TopicEmails[];
  /** Records that hooks failed on, with the error's message and the lines of the program that threw. */
  readonly hookFailures: readonly HookFailure[];
}

export interface ReportSources {
  readonly stack: string;
  readonly seed: number;
  readonly durationMs: number;
  readonly declaredOnly: readonly DeclaredOnly[];
  readonly sent: Sent;
  readonly ledgers: readonly RouteLedger[];
  readonly sinks: Readonly<Record<string, SinkLedger>>;
  /** By table. */
  readonly columns: Readonly<Record<string, readonly TableColumn[]>>;
  readonly iam: Usage;
  /** What the run used of AWS's meters. */
  readonly used: Used;
  readonly workflows: readonly Workflow[];
  readonly queries: readonly QueryResult[];
  /** The results of `--warehouse-query`. */
  readonly warehouseQueries: readonly QueryResult[];
  /** Each visual of each dashboard, with the rows that it draws. */
  readonly dashboards: readonly DashboardReport[];
  /** The answers of the HTTP entry to `--get`. */
  readonly answers: readonly HttpAnswer[];
  readonly alerts: readonly AlertMessages[];
  readonly alarms: readonly AlarmReport[];
  readonly emails: readonly TopicEmails[];
  readonly hookFailures: readonly HookFailure[];
}

export function reportOf(sources: ReportSources): LocalReport {
  const {
    stack,
    seed,
    durationMs,
    declaredOnly,
    sent,
    ledgers,
    sinks,
    columns,
    iam,
    used,
    workflows,
    queries,
    warehouseQueries,
    dashboards,
    answers,
    alerts,
    alarms,
    emails,
    hookFailures,
  } = sources;
  const ledger = totalLedger(ledgers);
  return {
    stack,
    seed,
    durationMs,
    declaredOnly,
    sent: { records: sent.records, byFormat: sent.byFormat, malformed: sent.malformed },
    raw: rawOf(ledger, sinks),
    unformatted: { records: ledger.records.unformatted, byReason: ledger.byReason },
    failedBatches: ledger.failedBatches,
    tables: Object.fromEntries(
      Object.entries(tablesOf(ledger, sinks)).map(([name, counts]) => [
        name,
        { ...counts, columns: (Object.hasOwn(columns, name) && columns[name]) || [] },
      ]),
    ),
    ledger,
    ledgers,
    sinks,
    iam,
    used,
    workflows,
    queries,
    warehouseQueries,
    dashboards,
    answers,
    alerts,
    alarms,
    emails,
    hookFailures,
  };
}

function rawOf(ledger: Ledger, sinks: LocalReport["sinks"]): LocalReport["raw"] {
  let [rows, objects] = [ledger.rows.raw, ledger.rawObjects];
  for (const sink of Object.values(sinks)) {
    if (sink.objects === undefined) continue;
    rows += sink.counts.rows ?? 0;
    objects += sink.objects;
  }
  return { rows, objects };
}

/** The tables of the lakes, those included that sinks write. */
export function tablesOf(ledger: Ledger, sinks: LocalReport["sinks"]): Ledger["tables"] {
  const all = new Map<string, { rows: number; files: number }>();
  for (const tables of [ledger.tables, ...Object.values(sinks).map(({ tables = {} }) => tables)]) {
    for (const [name, { rows, files }] of Object.entries(tables)) {
      const counted = all.get(name) ?? { rows: 0, files: 0 };
      all.set(name, { rows: counted.rows + rows, files: counted.files + files });
    }
  }
  return Object.fromEntries(all);
}

/**
 * Describes each failure of the run; empty for a successful run.
 *
 * @param inStreams the number of records in the streams that the run has sent to
 */
export function failuresOf(report: LocalReport, inStreams: number): string[] {
  const { ledger, sinks, iam, workflows, sent, queries, warehouseQueries, dashboards, answers, hookFailures } = report;
  const failures = ledger.findings.map((finding) => `ledger: ${findingText(finding)}`);
  for (const [name, { balanced, findings, unchecked }] of Object.entries(sinks)) {
    const wrong = balanced || findings.length > 0 ? findings : unchecked;
    failures.push(...wrong.map((finding) => `ledger of ${name}: ${findingText(finding)}`));
  }
  if (inStreams < sent.records) {
    failures.push(`ledger: ${counted(sent.records - inStreams)} sent records are not in the stream`);
  }
  failures.push(
    ...hookFailures.map(
      ({ records, detail, example }) => `hook: ${counted(records)} × ${oneLine(detail)}, as ${example}`,
    ),
  );
  failures.push(...deniedTexts(iam.denied).map((text) => `iam: ${text}`));
  failures.push(
    ...workflows
      .filter(({ status }) => status !== "SUCCEEDED")
      .map(({ name, status, error }) => `workflow: ${name} ${status.toLowerCase()}${error ? `: ${error}` : ""}`),
  );
  failures.push(
    ...[...queries, ...warehouseQueries].flatMap(({ sql, error }) =>
      error === undefined ? [] : [`query: ${oneLine(sql)}: ${error}`],
    ),
  );
  failures.push(...dashboardFailures(dashboards));
  failures.push(
    ...answers
      .filter(({ status }) => status !== 200)
      .map(({ path, status, body }) => `GET ${path}: ${status} ${oneLine(body)}`),
  );
  return failures;
}

export function findingText({ what, count, examples }: Ledger["findings"][number]): string {
  return `${counted(count)} × ${what}, as ${examples.join(", ")}`;
}

/** SQL on one line. */
export function oneLine(sql: string): string {
  return sql.replace(/\s+/g, " ").trim();
}
