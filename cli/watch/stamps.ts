/** The stamp of a file, which a save changes: an editor may write the file, or replace it by another. */
import { statSync } from "node:fs";

/** Stamps by absolute path. */
export type Stamps = ReadonlyMap<string, string>;

export function stampOf(file: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(file);
    return `${mtimeMs} ${size} ${ino}`;
  } catch (error) {
    // Another error than an absent file changes the stamp too.
    return String((error as NodeJS.ErrnoException).code);
  }
}

/** The files whose stamps are no longer these. */
export function changedAmong(files: Stamps): string[] {
  return [...files].filter(([file, stamp]) => stampOf(file) !== stamp).map(([file]) => file);
}
