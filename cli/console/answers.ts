/** The answers about a run that pages show without a question of their own. */
import path from "node:path";
import type {
  ExecutionView,
  HealthAnswer,
  Overview,
  RunsAnswer,
  UnformattedAnswer,
  ValuesAnswer,
} from "../../console/wire";
import { queryLake } from "../../local/queryLake";
import { CommandError } from "../errors";
import { readMarker, streamBytes } from "../project/runs/marker";
import { deniedTexts, shortRole } from "../run/denied";
import { interruptible } from "../run/interruptible";
import type { Io } from "../terminal/io";
import { withoutData } from "./executions";
import { FailedDeliveries } from "./failedDeliveries";
import { groupsWithLogs } from "./searchLogs";
import type { ConsoleSource } from "./source";
import type { UnformattedIndex } from "./unformattedIndex";
import { valuesOf } from "./values";

export function overviewOf(source: ConsoleSource): Overview {
  const { project, stack, run, startedAt, endpoint, dataDir: files } = source;
  const { flow, queries, dashboards } = source.record();
  return {
    project,
    stack,
    run,
    startedAt,
    files,
    ...(endpoint !== undefined && { endpoint }),
    flow,
    queries,
    ...(dashboards && { dashboards }),
  };
}

export async function unformattedOf(source: ConsoleSource, index: UnformattedIndex): Promise<UnformattedAnswer> {
  const groups = await index.groups();
  const failed = new FailedDeliveries([path.join(source.dataDir, "s3")]);
  return {
    groups,
    unreadable: await index.unreadable(),
    failedDeliveries: failed.groups(),
    ...source.record().refusals,
  };
}

export function runsOf(source: ConsoleSource): RunsAnswer {
  const { executions, glueRuns } = source.record();
  return { executions: executions.map(withoutData), ...(glueRuns && { glue: glueRuns }) };
}

/** With input and output of its states. */
export function executionOf(source: ConsoleSource, arn: string): ExecutionView {
  const found = source.record().executions.find((execution) => execution.arn === arn);
  if (!found) throw new CommandError(`console: there is no execution ${JSON.stringify(arn)}`);
  return found;
}

export function healthOf(source: ConsoleSource): HealthAnswer {
  const { usage, sample, alarms = [], used = [], ledgers, sinks = [], ledgersAt } = source.record();
  const read = readMarker(source.dataDir)?.outcome?.streamBytes ?? Number.POSITIVE_INFINITY;
  return {
    ledgers,
    sinks,
    ledgersAt,
    isOutdated: streamBytes(source.dataDir) > read,
    denied: deniedTexts(usage.denied),
    unused: usage.unused.map(({ role, action, resource }) => ({ role: shortRole(role), action, resource })),
    failedBatches: sample.failedBatches,
    alarms,
    used,
    logGroups: groupsWithLogs(source.dataDir),
  };
}

export function runValues(dataDir: string, { clock, signal }: Pick<Io, "clock" | "signal">): Promise<ValuesAnswer> {
  return valuesOf(dataDir, (sql, database) =>
    interruptible(queryLake({ dataDir, sql, database, nowMillis: clock.now(), signal }), signal),
  );
}
