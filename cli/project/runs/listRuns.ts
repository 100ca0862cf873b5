/** Lists the runs below a directory, and finds the run that a command reads. */
import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { CommandError } from "../../errors";
import { suggestion } from "../../terminal/nearest";
import { type RunMarker, readMarker, userOf } from "./marker";
import { RUNS, runId } from "./startRun";

/**
 * `served` has results and a living process. Without results, a signal ended a `stopped` run, an error a `failed` one, and
 * a `killed` run did not clean up.
 */
export type RunState = "running" | "served" | "ended" | "stopped" | "failed" | "killed";

export interface Run {
  /** The time of the start, UTC: `20261121-191829`. */
  readonly id: string;
  readonly stack: string;
  readonly directory: string;
  readonly marker: RunMarker;
  readonly state: RunState;
}

export interface WantedRun {
  /** @default every stack */
  readonly stack: string | undefined;
  /** @default the last run with results */
  readonly run: string | undefined;
}

/** The last run comes first. */
export function listRuns(baseDir: string, stack: string | undefined): Run[] {
  const stacks = stack !== undefined ? [stack] : namesIn(baseDir);
  const runs = stacks.flatMap((name) => {
    const stackDir = path.join(baseDir, name);
    const kept = namesIn(path.join(stackDir, RUNS)).map((id) => runAt(path.join(stackDir, RUNS, id), id));
    // Former versions kept one run, in the directory of the stack itself.
    return [...kept, runAt(stackDir)].flatMap((run) => run ?? []);
  });
  return runs.sort((left, right) => (left.marker.startedAt < right.marker.startedAt ? 1 : -1));
}

/**
 * @returns the run, and a note for stderr if it has no results or is not the last one
 * @throws CommandError if there is no such run
 */
export function findRun(baseDir: string, { stack, run: id }: WantedRun): { run: Run; note?: string } {
  const runs = listRuns(baseDir, stack);
  const [last] = runs;
  const of = stack === undefined ? "" : ` of the stack "${stack}"`;
  if (!last) throw new CommandError(`there is no run${of} in ${baseDir}; start one with: streamlake local`);
  const run = id === undefined ? (runs.find(hasResults) ?? last) : runWithId(runs, id, `${of} in ${baseDir}`);
  if (!hasResults(run)) return { run, note: `the run ${run.id} ${ENDS[run.state]}; what is there is read` };
  if (id !== undefined || run === last) return { run };
  return {
    run,
    note: `reads the run ${run.id}; the last one, ${last.id}, ${ENDS[last.state]} (--run ${last.id} reads it)`,
  };
}

function runWithId(runs: readonly Run[], id: string, where: string): Run {
  const [run, other] = runs.filter((one) => one.id === id);
  if (run && other) throw new CommandError(`the stacks ${run.stack} and ${other.stack} have a run ${id}; add --stack`);
  if (run) return run;
  const meant = suggestion(
    id,
    runs.map((one) => one.id),
  );
  throw new CommandError(`there is no run ${id}${where}${meant || "; the runs are listed by: streamlake runs"}`);
}

const ENDS: Readonly<Record<RunState, string>> = {
  running: "has no results yet",
  served: "has results",
  ended: "has results",
  stopped: "was stopped before its results",
  failed: "failed before its results",
  killed: "was killed before its results",
};

function hasResults({ state }: Run): boolean {
  return state === "ended" || state === "served";
}

export function runAt(directory: string, id?: string): Run | undefined {
  const marker = readMarker(directory);
  if (!marker) return undefined;
  return { id: id ?? runId(marker.startedAt), stack: marker.stack, directory, marker, state: stateOf(marker) };
}

function stateOf(marker: RunMarker): RunState {
  const isUsed = userOf(marker) !== undefined;
  if (marker.outcome) return isUsed ? "served" : "ended";
  if (marker.pid !== undefined) return isUsed ? "running" : "killed";
  if (marker.failed) return "failed";
  return marker.stopped ? "stopped" : "ended";
}

/** Empty for a directory that does not exist, and for a file. */
function namesIn(directory: string): string[] {
  const isDirectory = statSync(directory, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return isDirectory ? readdirSync(directory).filter((name) => !name.startsWith(".")) : [];
}
