/** Finds the files that inputs name: files, directories, glob patterns and standard input. */
import { accessSync, constants, readdirSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { globSync, isDynamicPattern } from "tinyglobby";
import { CommandError } from "../errors";
import { counting } from "../terminal/wording";
import { isReadOnce, STDIN } from "./openInput";

export interface Inputs {
  /**
   * Absolute paths, or `-`; each file once, whatever links lead to it, in the order of the command line and sorted within a
   * directory or pattern.
   */
  readonly files: readonly string[];
  /** The size of all files; undefined with standard input and pipes. */
  readonly bytes: number | undefined;
  /** One line that names the files that are left out; undefined if there are none. */
  readonly note: string | undefined;
}

/** Files are counted beyond this number of names. */
const MAX_NAMED = 5;

/** @throws CommandError for a name or pattern without files, and for files that this user may not read */
export function expandInputs(given: readonly string[], cwd: string): Inputs {
  const files = new Set<string>();
  const known = new Set<string>();
  const hidden: string[] = [];
  const empty: string[] = [];
  const again: string[] = [];
  for (const name of given) {
    const found = filesOf(name, cwd);
    for (const file of found.files) {
      const real = realOf(file);
      const isAgain = known.has(real) || (real !== file && found.files.includes(real));
      if (!isAgain) files.add(file);
      else if (!files.has(file)) again.push(file);
      known.add(real);
    }
    hidden.push(...found.hidden);
    empty.push(...found.empty);
  }
  const unreadable = [...files].filter((file) => file !== STDIN).flatMap((file) => problemOf(file) ?? []);
  if (unreadable.length > 0) {
    throw new CommandError(
      `${counting(unreadable.length, "file")} cannot be read: ${named(unreadable)}; change the permissions, or name other files`,
    );
  }
  const notes = [
    ...(hidden.length > 0 ? [`${counting(hidden.length, "hidden file")}: ${named(relative(hidden, cwd))}`] : []),
    ...(empty.length > 0 ? [`${counting(empty.length, "empty file")}: ${named(relative(empty, cwd))}`] : []),
    ...(again.length > 0
      ? [`${counting(again.length, "link")} to files that are sent: ${named(relative(again, cwd))}`]
      : []),
  ];
  return {
    files: [...files],
    bytes: [...files].some(isReadOnce) ? undefined : [...files].reduce((sum, file) => sum + statSync(file).size, 0),
    note: notes.length > 0 ? `leaves out ${notes.join("; ")}` : undefined,
  };
}

interface Found {
  readonly files: readonly string[];
  readonly hidden: readonly string[];
  readonly empty: readonly string[];
}

function filesOf(name: string, cwd: string): Found {
  if (name === STDIN) return { files: [STDIN], hidden: [], empty: [] };
  const whole = path.resolve(cwd, name);
  // A file whose name has brackets is no pattern.
  const stat = statSync(whole, { throwIfNoEntry: false });
  if (stat && !stat.isDirectory()) return { files: [whole], hidden: [], empty: [] };
  if (!stat && !isDynamicPattern(name)) throw new CommandError(`there is no file ${whole}`);
  const all = stat ? [...walk(whole)] : globSync(name, { cwd, absolute: true, expandDirectories: false });
  const isHidden = (file: string) => stat !== undefined && path.relative(whole, file).split(path.sep).some(isDotName);
  const isEmpty = (file: string) => statSync(file, { throwIfNoEntry: false })?.size === 0;
  const sorted = all.map((file) => path.resolve(file)).sort();
  const hidden = sorted.filter(isHidden);
  const shown = sorted.filter((file) => !isHidden(file));
  const files = shown.filter((file) => !isEmpty(file));
  if (files.length === 0) {
    const problem = stat ? `${whole} contains no files with content` : `no file with content matches ${name}`;
    throw new CommandError(hidden.length > 0 ? `${problem}, except hidden ones` : problem);
  }
  return { files, hidden, empty: shown.filter(isEmpty) };
}

/**
 * Every file below a folder; a folder that cannot be read is itself one that cannot be read.
 *
 * @param above the real paths of the folders above, to which a link would lead in circles
 */
function* walk(folder: string, above: readonly string[] = []): Generator<string> {
  const real = realOf(folder);
  if (above.includes(real)) return;
  const names = namesIn(folder);
  if (names === undefined) yield folder;
  for (const name of names ?? []) {
    const entry = path.join(folder, name);
    if (statSync(entry, { throwIfNoEntry: false })?.isDirectory()) yield* walk(entry, [...above, real]);
    else yield entry;
  }
}

/** The path without links; of a link that leads nowhere, its own. */
function realOf(file: string): string {
  try {
    return file === STDIN ? file : realpathSync(file);
  } catch {
    return file;
  }
}

function namesIn(folder: string): string[] | undefined {
  try {
    return readdirSync(folder);
  } catch {
    return undefined; // reported with its code by `problemOf`
  }
}

function isDotName(name: string): boolean {
  return name.startsWith(".");
}

function problemOf(file: string): string | undefined {
  try {
    accessSync(file, constants.R_OK);
    return undefined;
  } catch (error) {
    return `${file} (${(error as NodeJS.ErrnoException).code})`;
  }
}

function relative(files: readonly string[], cwd: string): string[] {
  return files.map((file) => path.relative(cwd, file));
}

function named(files: readonly string[]): string {
  const more = files.length - MAX_NAMED;
  return files.slice(0, MAX_NAMED).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
