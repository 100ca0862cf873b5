/** Gives each run a directory of its own, `<dir>/<stack>/runs/<id>`, and deletes those of old runs. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { CommandError } from "../../errors";
import { changeMarker, MARKER, type RunMarker, readMarker, userOf, writeMarker } from "./marker";

export const RUNS = "runs";

/** Runs that are being deleted; what a killed process left of them is deleted later. */
const DELETED = ".deleted-";

/** Creates the directory of a run, which contains only the marker. Its name is the run's id. */
export function startRun(baseDir: string, marker: RunMarker): string {
  const stackDir = path.join(baseDir, marker.stack);
  try {
    mkdirSync(stackDir, { recursive: true });
    moveFormerRun(stackDir);
    const directory = newDirectory(path.join(stackDir, RUNS), marker.startedAt);
    writeMarker(directory, marker);
    return directory;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOTDIR" || code === "EEXIST") {
      throw new CommandError(`${stackDir} lies below a file, or is one; choose another --dir`, { cause: error });
    }
    if (code === "EACCES" || code === "EROFS" || code === "EPERM") {
      throw new CommandError(`${stackDir} may not be written by this user; choose another --dir`, { cause: error });
    }
    throw error;
  }
}

/**
 * Marks that the program runs, and deletes the runs before the last `keep`, this one included. Until then a run that fails
 * costs no former run its files.
 */
export function beginRun(directory: string, keep: number): void {
  changeMarker(directory, { begun: true });
  prune(path.dirname(directory), keep);
}

/**
 * Marks the run as ended; its files stay, unless its program never ran.
 *
 * @param end of a run without results
 */
export function endRun(directory: string, end: "stopped" | "failed"): void {
  const marker = readMarker(directory);
  if (!marker?.begun) remove(directory);
  else
    changeMarker(directory, {
      pid: undefined,
      endpoint: undefined,
      console: undefined,
      ...(!marker.outcome && { [end]: true }),
    });
}

/** `2026-11-21T19:18:29.660Z` is `20261121-191829`; UTC. */
export function runId(startedAt: string): string {
  return startedAt.slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
}

/** The second run of a second is `20261121-191829-2`. Creating a directory fails if another process was faster. */
function newDirectory(runsDir: string, startedAt: string): string {
  mkdirSync(runsDir, { recursive: true });
  for (let number = 1; ; number++) {
    const directory = path.join(runsDir, number === 1 ? runId(startedAt) : `${runId(startedAt)}-${number}`);
    try {
      mkdirSync(directory);
      return directory;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

/** Former versions kept one run, in the directory of the stack itself. The marker moves last, and so a crash loses nothing. */
function moveFormerRun(stackDir: string): void {
  const names = readdirSync(stackDir).filter((name) => name !== RUNS && name !== MARKER);
  const marker = readMarker(stackDir);
  if (!marker) {
    if (names.length === 0 || existsSync(path.join(stackDir, RUNS))) return;
    throw new CommandError(`${stackDir} was not created by streamlake (it has no ${MARKER}); choose another --dir`);
  }
  const user = userOf(marker);
  if (user !== undefined) {
    throw new CommandError(
      `${stackDir} is in use by a former version of streamlake (process ${user}); end that run or choose another --dir`,
    );
  }
  const directory = path.join(stackDir, RUNS, runId(marker.startedAt));
  mkdirSync(directory, { recursive: true });
  for (const name of names) renameSync(path.join(stackDir, name), path.join(directory, name));
  writeMarker(stackDir, { ...marker, begun: true });
  renameSync(path.join(stackDir, MARKER), path.join(directory, MARKER));
}

/** Never touches a run that a process uses, nor a directory without a marker. */
function prune(runsDir: string, keep: number): void {
  const names = readdirSync(runsDir);
  for (const name of names.filter((one) => one.startsWith(DELETED))) {
    rmSync(path.join(runsDir, name), { recursive: true, force: true });
  }
  const runs = names.flatMap((name) => {
    const directory = path.join(runsDir, name);
    const marker = name.startsWith(DELETED) ? undefined : readMarker(directory);
    return marker ? [{ directory, marker, isFree: userOf(marker) === undefined }] : [];
  });
  // A process that was killed while its program started left nothing to read.
  const [empty, begun] = [runs.filter(isEmpty), runs.filter((run) => !isEmpty(run))];
  begun.sort((left, right) => (left.marker.startedAt < right.marker.startedAt ? 1 : -1));
  for (const { directory, isFree } of [...empty, ...begun.slice(keep)]) if (isFree) remove(directory);
}

function isEmpty({ marker, isFree }: { readonly marker: RunMarker; readonly isFree: boolean }): boolean {
  return isFree && !marker.begun;
}

/** Renames first, so that no process finds a run of which half is deleted. */
function remove(directory: string): void {
  const gone = path.join(path.dirname(directory), `${DELETED}${path.basename(directory)}-${process.pid}`);
  try {
    renameSync(directory, gone);
  } catch (error) {
    // Another process deletes it.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  rmSync(gone, { recursive: true, force: true });
}
