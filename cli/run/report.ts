/** The results of a run as one JSON document. */

import type { Usage } from "../../local/cloud/iam/usage";
import type { Ledger } from "../../local/ledger/ledger";
import type { SinkLedger } from "../../local/ledger/sinks/sinkLedger";
import type { DeclaredOnly } from "../../local/program/registrar";
import type { Sent } from "../send/sendRecords";
import type { AlarmReport } from "./alarms";
import type { AlertMessages } from "./alerts";
import type { QueryResult } from "./athena";
import { deniedTexts } from "./denied";
import type { TopicEmails } from "./emails";
import type { HookFailure } from "./hookFailures";
import { type RouteLedger, totalLedger } from "./ledgers";
import type { Used } from "./used";

export interface TableColumn {
  readonly name: string;
  readonly type: string;
}

export interface Workflow {
  readonly name: string;
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
    raw: { rows: ledger.rows.raw, objects: ledger.rawObjects },
    unformatted: { records: ledger.records.unformatted, byReason: ledger.byReason },
    failedBatches: ledger.failedBatches,
    tables: Object.fromEntries(
      Object.entries(ledger.tables).map(([name, counts]) => [
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
    alerts,
    alarms,
    emails,
    hookFailures,
  };
}

/** Describes each failure of the run; empty for a successful run. */
export function failuresOf({ ledger, sinks, iam, workflows, sent, queries, hookFailures }: LocalReport): string[] {
  const failures = ledger.findings.map((finding) => `ledger: ${findingText(finding)}`);
  for (const [name, { findings }] of Object.entries(sinks)) {
    failures.push(...findings.map((finding) => `ledger of ${name}: ${findingText(finding)}`));
  }
  if (ledger.records.sent < sent.records) {
    failures.push(`ledger: ${sent.records - ledger.records.sent} sent records are not in the stream`);
  }
  failures.push(
    ...hookFailures.map(({ records, detail, example }) => `hook: ${records} × ${oneLine(detail)}, as ${example}`),
  );
  failures.push(...deniedTexts(iam.denied).map((text) => `iam: ${text}`));
  failures.push(
    ...workflows
      .filter(({ status }) => status !== "SUCCEEDED")
      .map(({ name, status, error }) => `workflow: ${name} ${status.toLowerCase()}${error ? `: ${error}` : ""}`),
  );
  failures.push(
    ...queries.flatMap(({ sql, error }) => (error === undefined ? [] : [`query: ${error} in ${oneLine(sql)}`])),
  );
  return failures;
}

export function findingText({ what, count, examples }: Ledger["findings"][number]): string {
  return `${count} × ${what}, as ${examples.join(", ")}`;
}

/** SQL on one line. */
export function oneLine(sql: string): string {
  return sql.replace(/\s+/g, " ").trim();
}
