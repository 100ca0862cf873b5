/** A running cloud as the source of a console. */
import path from "node:path";
import type { AlarmView, DashboardView, LedgerView, ReadyQuery, Sample, SinkView } from "../../console/wire";
import type { SinkLedger } from "../../local/ledger/sinks/sinkLedger";
import type { CloudWatchService } from "../../local/services/cloudwatch/service";
import type { GlueService } from "../../local/services/glue/service";
import type { KinesisService } from "../../local/services/kinesis/service";
import type { LambdaService } from "../../local/services/lambda/service";
import type { QuickSightService } from "../../local/services/quicksight/service";
import type { StepFunctionsService } from "../../local/services/stepFunctions/service";
import type { LocalCloud } from "../../local/startLocal";
import { lakeOf, type RouteLedger } from "../run/ledgers";
import { findingText } from "../run/report";
import { sinkLines } from "../run/summary";
import { usedBy, usedLines } from "../run/used";
import { Executions } from "./executions";
import { FailedDeliveries } from "./failedDeliveries";
import { failedCounter, failedPlaceOf, flowOf, nameOf, streamCounter, TABLE_ROWS } from "./flow";
import { glueRunViews } from "./glueRuns";
import { RouterCounts } from "./routerCounts";
import type { ConsoleSource } from "./source";

export interface ServedRun
  extends Pick<ConsoleSource, "project" | "stack" | "run" | "startedAt" | "endpoint" | "flush"> {
  readonly cloud: LocalCloud;
  readonly ledgers: readonly RouteLedger[];
  /** By the names of their components. */
  readonly sinks: Readonly<Record<string, SinkLedger>>;
  readonly ledgersAt: string;
  /** The calls before and after the run read its ledgers. */
  readonly checks: Parameters<typeof usedBy>[2];
}

const STREAM = "aws:kinesis/stream:Stream";
const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";
const FUNCTION = "aws:lambda/function:Function";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
/** Changes of an alarm that a page shows. */
const MAX_CHANGES = 20;
const NAMED_QUERY = "aws:athena/namedQuery:NamedQuery";

export function servedSource({ cloud, ledgers, sinks, ledgersAt, checks, ...run }: ServedRun): ConsoleSource {
  const { resources } = cloud;
  const counts = new RouterCounts(cloud.dataDir, logGroups(resources));
  const executions = new Executions(cloud.service("states") as StepFunctionsService);
  const glue = cloud.service("glue") as GlueService;
  const streams = resources.filter(({ type }) => type === STREAM).map(nameOf);
  const flow = flowOf(resources);
  const failedPlaces = resources.flatMap((resource) => failedPlaceOf(resource) ?? []);
  const s3 = path.join(cloud.dataDir, "s3");
  const failed = new FailedDeliveries(failedPlaces.map(({ bucket, folder }) => path.join(s3, bucket, folder)));
  const dashboards = dashboardViews(cloud);
  const sample = (): Sample => {
    counts.read();
    const glueRuns = glue.runs();
    const waiting = streams.map((stream) => [stream, waitingBytes(cloud, stream)] as const);
    return {
      counts: {
        ...counts.counts(),
        ...Object.fromEntries(streams.map((stream) => [streamCounter(stream), recordsIn(cloud, stream)])),
        ...Object.fromEntries(Object.entries(failed.counts()).map(([name, count]) => [failedCounter(name), count])),
        [TABLE_ROWS]: executions.tableRows(),
      },
      waitingBytes: Object.fromEntries(
        waiting.flatMap(([name, bytes]) => (bytes === undefined ? [] : [[name, bytes]])),
      ),
      ...executions.counts(),
      glueRuns: glueRuns.length,
      glueEnded: glueRuns.filter(({ endMillis }) => endMillis !== undefined).length,
      denied: cloud.usage().denied.length,
      failedBatches: (cloud.service("lambda") as LambdaService).failedBatches().length,
    };
  };
  return {
    ...run,
    dataDir: cloud.dataDir,
    sample,
    record: () => ({
      flow,
      queries: readyQueries(resources),
      ...(dashboards.length > 0 && { dashboards }),
      sample: sample(),
      refusals: counts.refusals(),
      executions: executions.all(),
      glueRuns: glueRunViews(glue.runs()),
      usage: cloud.usage(),
      alarms: alarmViews(cloud),
      used: usedLines(usedBy(cloud, sentInto(cloud, streams), checks)).map((line) => line.trim()),
      ledgers: ledgers.map(ledgerView),
      sinks: Object.entries(sinks).map(([name, ledger]) => sinkView(name, ledger)),
      ledgersAt,
    }),
  };
}

function dashboardViews(cloud: LocalCloud): DashboardView[] {
  const service = cloud.service("quicksight") as QuickSightService;
  return service.dashboards().map(({ name, visuals }) => ({
    name,
    visuals: visuals.map(({ visual: { title, kind }, source, sql, fields }) => ({ title, kind, source, sql, fields })),
  }));
}

/** The directory of each function's log group, relative to `logs/`. */
function logGroups(resources: LocalCloud["resources"]): Record<string, string> {
  const functions = resources.filter(({ type }) => type === FUNCTION);
  return Object.fromEntries(
    functions.map((resource) => {
      const { logGroup } = (resource.inputs.loggingConfig ?? {}) as { readonly logGroup?: string };
      return [nameOf(resource), (logGroup ?? `/aws/lambda/${nameOf(resource)}`).replace(/^\//, "")];
    }),
  );
}

function recordsIn(cloud: LocalCloud, stream: string): number {
  const logs = (cloud.service("kinesis") as KinesisService).shardLogs(stream);
  return logs.reduce((sum, { records }) => sum + records, 0);
}

/** Undefined if no function reads the stream from its first record. */
function waitingBytes(cloud: LocalCloud, stream: string): number | undefined {
  const readsAll = cloud.resources.some(
    ({ type, inputs }) =>
      type === MAPPING &&
      String(inputs.eventSourceArn).endsWith(`:stream/${stream}`) &&
      inputs.startingPosition === "TRIM_HORIZON",
  );
  if (!readsAll) return undefined;
  const logs = (cloud.service("kinesis") as KinesisService).shardLogs(stream);
  const sent = logs.reduce((sum, { payloadBytes }) => sum + payloadBytes, 0);
  return Math.max(0, sent - Math.min(...(cloud.service("lambda") as LambdaService).deliveredBytes(stream)));
}

/** Those that are in ALARM first. */
function alarmViews(cloud: LocalCloud): AlarmView[] {
  const names = new Map(cloud.resources.filter(({ type }) => type === ALARM).map(({ id, name }) => [id, name]));
  const views = (cloud.service("cloudwatch") as CloudWatchService).alarms().map(
    ({ settings, state, reason, history }): AlarmView => ({
      name: names.get(settings.AlarmName) ?? settings.AlarmName,
      state,
      ...(settings.AlarmDescription !== undefined && { description: settings.AlarmDescription }),
      reason,
      history: history
        .filter(({ type }) => type !== "ConfigurationUpdate")
        .slice(-MAX_CHANGES)
        .map(({ atMillis, summary }) => ({ atMillis, summary }))
        .reverse(),
    }),
  );
  const rank = { ALARM: 0, OK: 1, INSUFFICIENT_DATA: 2 };
  return views.sort((left, right) => rank[left.state] - rank[right.state] || (left.name < right.name ? -1 : 1));
}

/** The records of all streams, and the bytes of their payloads. */
function sentInto(cloud: LocalCloud, streams: readonly string[]): { records: number; bytes: number } {
  const logs = streams.flatMap((stream) => (cloud.service("kinesis") as KinesisService).shardLogs(stream));
  return {
    records: logs.reduce((sum, { records }) => sum + records, 0),
    bytes: logs.reduce((sum, { payloadBytes }) => sum + payloadBytes, 0),
  };
}

function readyQueries(resources: LocalCloud["resources"]): ReadyQuery[] {
  return resources
    .filter(({ type }) => type === NAMED_QUERY)
    .map(({ inputs }) => ({
      name: String(inputs.name),
      description: String(inputs.description ?? ""),
      sql: String(inputs.query),
      database: String(inputs.database),
    }));
}

function sinkView(name: string, ledger: SinkLedger): SinkView {
  const { kind, resource, stream, balanced, findings } = ledger;
  // The last line is the verdict.
  const lines = sinkLines(ledger)
    .slice(0, -1)
    .map((line) => line.trim());
  return {
    name,
    kind,
    resource,
    ...(stream !== undefined && { stream }),
    lines,
    balanced,
    findings: findings.map(findingText),
  };
}

function ledgerView({ stream, ledger, ...route }: RouteLedger): LedgerView {
  const { records, rows, balanced, findings } = ledger;
  return {
    stream,
    bucket: lakeOf(route),
    ...records,
    rawRows: rows.raw,
    tableRows: rows.tables,
    balanced,
    findings: findings.map(findingText),
  };
}
