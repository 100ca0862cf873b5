/** The options that name a run, and the run that they name. */
import path from "node:path";
import { stackName, text } from "../../optionKinds";
import type { Values } from "../../options";
import type { Io } from "../../terminal/io";
import { findRun, type Run } from "./listRuns";

export const runOptions = {
  run: text("ID", "the run, as streamlake runs lists it; the last one with results when absent", undefined),
  stack: stackName("the stack whose last run is read; the last run of all when absent"),
  dir: text("DIR", "the directory with the files of local runs", ".streamlake"),
};

/** Prints a note on stderr if the run has no results, or is not the last one. */
export function readRun(command: string, { dir, stack, run: id }: Values<typeof runOptions>, io: Io): Run {
  const { run, note } = findRun(path.resolve(io.cwd, dir), { stack, run: id });
  if (note !== undefined) io.stderr.write(`streamlake ${command}: ${note}\n`);
  return run;
}
