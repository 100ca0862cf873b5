/** Lists the files of a bucket in key order, skipping directories outside the prefix and before the start. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { compareUtf8, isContinued, keyOfPath, SELF, textOf } from "./keyPath";

export interface ListedFile {
  readonly key: string;
  readonly path: string;
}

/** The keys with the prefix that sort after `after`, in order. */
export function* listFiles(bucketDir: string, prefix: string, after = ""): Generator<ListedFile> {
  yield* walk(bucketDir, [], prefix, after);
}

interface Entry {
  /** The key of a file, or the common prefix of the keys in a directory. */
  readonly key: string;
  readonly names: readonly string[];
  readonly isDirectory: boolean;
}

function* walk(bucketDir: string, names: readonly string[], prefix: string, after: string): Generator<ListedFile> {
  const entries = entriesOf(bucketDir, names);
  // The parts of a long segment are stored beside longer keys with the same prefix, so sort by the keys themselves.
  if (entries.some(({ names: own }) => isContinued(own.at(-1) as string))) {
    const files = entries.flatMap((entry) => [...visit(bucketDir, entry, prefix, after)]);
    yield* files.sort((a, b) => compareUtf8(a.key, b.key));
    return;
  }
  for (const entry of entries.sort((a, b) => compareUtf8(a.key, b.key))) yield* visit(bucketDir, entry, prefix, after);
}

function* visit(bucketDir: string, entry: Entry, prefix: string, after: string): Generator<ListedFile> {
  const { key, names, isDirectory } = entry;
  if (!isDirectory) {
    if (key.startsWith(prefix) && compareUtf8(key, after) > 0) yield { key, path: path.join(bucketDir, ...names) };
    return;
  }
  const canMatch = key.startsWith(prefix) || prefix.startsWith(key);
  const isPast = compareUtf8(key, after) < 0 && !after.startsWith(key);
  if (canMatch && !isPast) yield* walk(bucketDir, names, prefix, after);
}

/** A directory's entries; an object stored inside the directory of its own key is listed beside that directory. */
function entriesOf(bucketDir: string, names: readonly string[]): Entry[] {
  return read(bucketDir, names).flatMap((found): Entry[] => {
    if (found.name === SELF) return [];
    const own = [...names, found.name];
    if (!found.isDirectory()) return [{ key: keyOfPath(own), names: own, isDirectory: false }];
    const directory: Entry = { key: directoryKey(names, found.name), names: own, isDirectory: true };
    const inside = [...own, SELF];
    const hasSelf = read(bucketDir, own).some(({ name }) => name === SELF);
    return hasSelf ? [directory, { key: keyOfPath(inside), names: inside, isDirectory: false }] : [directory];
  });
}

function directoryKey(names: readonly string[], name: string): string {
  const above = names.length === 0 ? "" : keyOfPath([...names, "x"]).slice(0, -1);
  return isContinued(name) ? above + textOf(name.slice(0, -"%more".length)) : `${above}${textOf(name)}/`;
}

function read(bucketDir: string, names: readonly string[]) {
  try {
    return readdirSync(path.join(bucketDir, ...names), { withFileTypes: true });
  } catch (error) {
    // Its last object was deleted in the meantime, and the directory with it.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
