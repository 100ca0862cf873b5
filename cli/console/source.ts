/** The run that a console shows: a served cloud as it is now, or the record of a run that is over. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import type {
  AlarmView,
  DashboardView,
  ExecutionView,
  Flow,
  GlueRunView,
  LedgerView,
  ReadyQuery,
  Sample,
  SinkView,
  UnformattedAnswer,
} from "../../console/wire";
import type { Usage } from "../../local/cloud/iam/usage";
import type { Flush } from "../serve/flushNow";
import type { ReplayCommand } from "./tryAgain";

/** The parts of a run that its files do not have. */
export interface RunRecord {
  readonly flow: Flow;
  readonly queries: readonly ReadyQuery[];
  /** Absent without one. */
  readonly dashboards?: readonly DashboardView[];
  readonly sample: Sample;
  readonly refusals: Refusals;
  readonly executions: readonly ExecutionView[];
  /** Absent in runs of former versions, as `sinks`. */
  readonly glueRuns?: readonly GlueRunView[];
  readonly usage: Usage;
  /** Absent in runs of former versions, as `used`. */
  readonly alarms?: readonly AlarmView[];
  readonly used?: readonly string[];
  readonly ledgers: readonly LedgerView[];
  readonly sinks?: readonly SinkView[];
  /** ISO 8601, UTC; when the ledgers were read. */
  readonly ledgersAt: string;
}

/** The unformatted records by format, and over time. */
export type Refusals = Pick<UnformattedAnswer, "byFormat" | "series">;

export interface ConsoleSource {
  readonly project: string;
  readonly stack: string;
  /** The id of the run. */
  readonly run: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly dataDir: string;
  /** Absent for a run that is over. */
  readonly endpoint?: string;
  /** The state at the time of the call. */
  record(): RunRecord;
  /** `record().sample` alone, which a page asks for each second. */
  sample(): Sample;
  /** Absent for a program without a single lake, which is the one that a replay is of. */
  readonly replay?: ReplayCommand;
  /** Runs the hourly step now; absent for a run that is over. */
  flush?(): Promise<Flush>;
}

export const RECORD_FILE = "console.json";

/** Keeps the record of the run beside its files, for `streamlake console`. */
export function writeRecord(source: ConsoleSource): void {
  writeFileSync(path.join(source.dataDir, RECORD_FILE), `${JSON.stringify(source.record())}\n`);
}
